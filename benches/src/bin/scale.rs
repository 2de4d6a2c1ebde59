//! Prints what a store of a million grants costs, as Markdown tables.
//!
//! ```text
//! cargo run --release -p benches --bin scale
//! ```
#![expect(clippy::print_stdout, reason = "tables are all that it makes")]

use benches::scale::{Gate, Outcome, Size, changes, fill, first_decisions, opening, resident};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What a process is told that only measures memory.
const MEMORY: &str = "--memory-of";

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => all().await,
        [flag, path, users] if flag == MEMORY => memory(Path::new(path), users.parse()?).await,
        _ => Err("no arguments are taken".into()),
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
    println!("\n| what | median | longest |\n|---|---:|---:|");
    row("open the store", opening(&large, 20).await?);
    first(&large).await?;
    changed(&large).await?;
    println!(
        "\n| resident memory | grants | opened | 1 active user | 100 | 1,000 | 10,000 |\n|---|---:|---:|---:|---:|---:|---:|"
    );
    child(&large, Size::LARGE)?;
    child(&small, Size::FEWER_USERS)
}

fn row(what: &str, (median, longest): (Duration, Duration)) {
    println!("| {what} | {median:.2?} | {longest:.2?} |");
}

async fn first(path: &Path) -> Outcome<()> {
    let mut all = Vec::new();
    for _ in 0..5 {
        let gate = Gate::open(path).await?;
        all.push(first_decisions(&gate, Size::LARGE, 0..1).await?.0);
    }
    all.sort_unstable();
    let at = |place: usize| all.get(place).copied().unwrap_or_default();
    row("first decision of all, which compiles the 5,000 rules of everyone's group", (at(2), at(4)));
    let gate = Gate::open(path).await?;
    first_decisions(&gate, Size::LARGE, 0..1).await?;
    row(
        "first decision of a user, their groups not known yet",
        first_decisions(&gate, Size::LARGE, (1..200).map(|i| i * 47)).await?,
    );
    first_decisions(&gate, Size::LARGE, 0..1000).await?;
    row("first decision of a user, their groups known", first_decisions(&gate, Size::LARGE, 5000..5200).await?);
    row(
        "every later decision, with all that is held gathered anew",
        first_decisions(&gate, Size::LARGE, 5000..5200).await?,
    );
    Ok(())
}

async fn changed(path: &Path) -> Outcome<()> {
    let (here, there) = (Gate::open(path).await?, Gate::open(path).await?);
    let follows = there.follow();
    for (rule, what) in [(false, "grant of a user"), (true, "rule of everyone's group of 5,000")] {
        let changed = changes(&here, &there, Size::LARGE, 60, rule).await?;
        row(&format!("one {what} changed: until the store acknowledges it"), changed.written);
        row("... from then until a decision here sees it", changed.seen_here);
        row("... from then until a decision of another process sees it", changed.seen_there);
    }
    follows.abort();
    Ok(())
}

/// Measures memory in a process of its own, which has held nothing else.
fn child(path: &Path, size: Size) -> Outcome<()> {
    let measured = Command::new(std::env::current_exe()?).arg(MEMORY).arg(path).arg(size.users.to_string()).output()?;
    match measured.status.success() {
        true => print!("{}", String::from_utf8_lossy(&measured.stdout)),
        false => return Err(String::from_utf8_lossy(&measured.stderr).into_owned().into()),
    }
    Ok(())
}

async fn memory(path: &Path, users: usize) -> Outcome<()> {
    let size = if users == Size::LARGE.users { Size::LARGE } else { Size::FEWER_USERS };
    let gate = Gate::open(path).await?;
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
