//! Prints what a store of a million grants costs, as Markdown tables.
//!
//! ```text
//! cargo run --release -p benches --bin scale
//! cargo run --release -p benches --bin scale -- --in postgresql://user@127.0.0.1:5432/empty
//! ```
//!
//! The second moves a million grants of 100,000 users into an empty PostgreSQL database, and measures there.
#![expect(clippy::print_stdout, reason = "tables are all that it makes")]

use benches::scale::{
    Gate, Outcome, Place, Size, changes, fill, first_decisions, grants_a_second, moved, opening, resident,
};
use std::process::Command;
use std::time::{Duration, Instant};

/// What a process is told that only measures memory.
const MEMORY: &str = "--memory-of";

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => all().await,
        [flag, url] if flag == "--in" => database(&Place::of(url)).await,
        [flag, place, users] if flag == MEMORY => memory(&Place::of(place), users.parse()?).await,
        _ => Err("the only argument is `--in`, with the URL of an empty database".into()),
    }
}

async fn all() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let [large, small] = ["large.db", "small.db"].map(|name| folder.path().join(name));
    fill(&large, Size::LARGE).await?;
    fill(&small, Size::FEWER_USERS).await?;
    println!(
        "{} grants in {:?}: {} MiB on disk",
        Size::LARGE.grants(),
        Size::LARGE,
        std::fs::metadata(&large)?.len() >> 20
    );
    let [large, small] = [large, small].map(|path| Place::from(path.as_path()));
    measured(&large, Size::LARGE).await?;
    child(&large, Size::LARGE)?;
    child(&small, Size::FEWER_USERS)
}

async fn database(place: &Place) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("moved.db");
    fill(&path, Size::MORE_USERS).await?;
    let took = moved(&Place::from(path.as_path()), place).await?;
    println!("{} grants in {:?}: moved in {took:.1?}", Size::MORE_USERS.grants(), Size::MORE_USERS);
    for callers in [1, 8, 32] {
        let each = 2000 / callers;
        let rate = grants_a_second(place, Size::MORE_USERS, callers, each).await?;
        println!("{callers} at once: {rate:.0} grants a second");
    }
    measured(place, Size::MORE_USERS).await?;
    child(place, Size::MORE_USERS)
}

async fn measured(place: &Place, size: Size) -> Outcome<()> {
    println!("\n| what | median | longest |\n|---|---:|---:|");
    row("open the store", opening(place, 20).await?);
    first(place, size).await?;
    changed(place, size).await?;
    println!(
        "\n| resident memory | grants | opened | 1 active user | 100 | 1,000 | 10,000 |\n|---|---:|---:|---:|---:|---:|---:|"
    );
    Ok(())
}

fn row(what: &str, (median, longest): (Duration, Duration)) {
    println!("| {what} | {median:.2?} | {longest:.2?} |");
}

async fn first(place: &Place, size: Size) -> Outcome<()> {
    let mut all = Vec::new();
    for _ in 0..5 {
        let gate = Gate::open(place).await?;
        all.push(first_decisions(&gate, size, 0..1).await?.0);
    }
    all.sort_unstable();
    let at = |place: usize| all.get(place).copied().unwrap_or_default();
    row("first decision of all, which compiles the 5,000 rules of everyone's group", (at(2), at(4)));
    let gate = Gate::open(place).await?;
    first_decisions(&gate, size, 0..1).await?;
    row(
        "first decision of a user, their groups not known yet",
        first_decisions(&gate, size, (1..200).map(|i| i * 47)).await?,
    );
    first_decisions(&gate, size, 0..1000).await?;
    row("first decision of a user, their groups known", first_decisions(&gate, size, 5000..5200).await?);
    row("every later decision, with all that is held gathered anew", first_decisions(&gate, size, 5000..5200).await?);
    Ok(())
}

async fn changed(place: &Place, size: Size) -> Outcome<()> {
    let (here, there) = (Gate::open(place).await?, Gate::open(place).await?);
    let follows = there.follow();
    for (rule, what) in [(false, "grant of a user"), (true, "rule of everyone's group of 5,000")] {
        let changed = changes(&here, &there, size, 60, rule).await?;
        row(&format!("one {what} changed: until the store acknowledges it"), changed.written);
        row("... from then until a decision here sees it", changed.seen_here);
        row("... from then until a decision of another process sees it", changed.seen_there);
    }
    follows.abort();
    Ok(())
}

/// Measures memory in a process of its own, which has held nothing else.
fn child(place: &Place, size: Size) -> Outcome<()> {
    let measured =
        Command::new(std::env::current_exe()?).arg(MEMORY).arg(place.text()).arg(size.users.to_string()).output()?;
    match measured.status.success() {
        true => print!("{}", String::from_utf8_lossy(&measured.stdout)),
        false => return Err(String::from_utf8_lossy(&measured.stderr).into_owned().into()),
    }
    Ok(())
}

async fn memory(place: &Place, users: usize) -> Outcome<()> {
    let sizes = [Size::LARGE, Size::FEWER_USERS, Size::MORE_USERS];
    let size = sizes.into_iter().find(|size| size.users == users).ok_or("there is no such size")?;
    let gate = Gate::open(place).await?;
    let began = Instant::now();
    let mut cells = vec![mebibytes()];
    for active in [1, 100, 1_000, 10_000] {
        if active > users {
            cells.push("there are none".to_owned());
            continue;
        }
        first_decisions(&gate, size, 0..active).await?;
        cells.push(mebibytes());
    }
    println!("| {users} users, measured within {:.0?} | {} | {} |", began.elapsed(), size.grants(), cells.join(" | "));
    Ok(())
}

fn mebibytes() -> String {
    resident().map_or_else(|| "not known".to_owned(), |bytes| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)))
}
