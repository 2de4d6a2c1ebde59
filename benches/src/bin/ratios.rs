//! Prints what decisions cost beside what a user would pick instead, all in one run, as a Markdown table.
//!
//! `cargo run --release -p benches --features peers --bin ratios`
#![expect(clippy::print_stdout, reason = "a table is all that it makes")]

use benches::decision::{Case, Names, Set, compile, grants};
use benches::loops::{Loop, Together};
use benches::timing::{Cost, readable, time};
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    println!("| what | quietest batch | median batch | beside ours |\n|---|---:|---:|---:|");
    exact()?;
    for count in [10, 1_000, 10_000, 100_000] {
        patterns(Set::Prefix, Names::Teams, count)?;
        patterns(Set::Mixed, Names::Teams, count)?;
        patterns(Set::Mixed, Names::Shapes, count)?;
    }
    explained()?;
    new_names()?;
    loaded()?;
    filtered()
}

/// Prints a row; `ours` is what the row is held against.
fn row(what: &str, cost: Cost, ours: Option<Cost>) {
    let times = ours.map_or_else(String::new, |ours| format!("{:.1} times", cost.best / ours.best));
    println!("| {what} | {} | {} | {times} |", readable(cost.best), readable(cost.median));
}

fn exact() -> Result<(), Box<dyn Error>> {
    let mut case = Case::exact(1_000)?;
    case.warm();
    row("decide, 1,000 exact grants", time(PATIENCE, || case.decide()), None);
    Ok(())
}

fn patterns(set: Set, names: Names, count: usize) -> Result<(), Box<dyn Error>> {
    let mut case = Case::patterns(set, names, count)?;
    case.warm();
    let asked = match names {
        Names::Teams => "",
        Names::Shapes => ", every shape asked for",
    };
    let what = format!("{count} patterns, {}{asked}", set.name());
    let ours = time(PATIENCE, || case.decide());
    row(&format!("**decide, {what}**"), ours, None);
    if count <= 10_000 && !(set == Set::Mixed && names == Names::Teams) {
        beside(&what, ours, set, count, &case.names)?;
    }
    #[cfg(feature = "peers")]
    if count <= 1_000 && set == Set::Prefix {
        peers(&what, ours, &set.patterns(count), &case.names)?;
    }
    Ok(())
}

/// The `regex` crate alone: it only finds the pattern, and decides nothing.
fn beside(what: &str, ours: Cost, set: Set, count: usize, names: &[String]) -> Result<(), Box<dyn Error>> {
    let patterns = set.patterns(count);
    let mut turns = names.iter().cycle();
    let mut next = || turns.next().map_or("", String::as_str);
    let each = Loop::new(&patterns)?;
    row(&format!("`Vec<Regex>`, {what}"), time(PATIENCE, || each.first(next())), Some(ours));
    match Together::new(&patterns, false) {
        Ok(together) => {
            row(&format!("`RegexSet`, {what}"), time(PATIENCE, || together.first(next())), Some(ours));
        }
        Err(_) => println!("| `RegexSet`, {what} | does not build | | |"),
    }
    let together = Together::new(&patterns, true)?;
    for name in names {
        black_box(together.first(name));
    }
    let cost = time(PATIENCE, || together.first(next()));
    row(&format!("`RegexSet` with 1 GiB, {what}"), cost, Some(ours));
    Ok(())
}

#[cfg(feature = "peers")]
fn peers(what: &str, ours: Cost, patterns: &[String], names: &[String]) -> Result<(), Box<dyn Error>> {
    let names = names.get(..64).unwrap_or(names);
    let mut cedar = benches::peers::Cedar::new(patterns.len(), names)?;
    row(&format!("`cedar-policy` (`like`), {what}"), time(PATIENCE, || cedar.decide()), Some(ours));
    let mut casbin = benches::peers::Casbin::new(patterns, names)?;
    row(&format!("`casbin` (`regexMatch`), {what}"), time(PATIENCE, || casbin.decide()), Some(ours));
    Ok(())
}

fn explained() -> Result<(), Box<dyn Error>> {
    for count in [10, 1_000, 10_000] {
        let mut case = Case::patterns(Set::Mixed, Names::Shapes, count)?;
        case.warm();
        let cost = time(PATIENCE, || case.explain());
        row(&format!("explain, {count} patterns, mixed, every shape asked for"), cost, None);
    }
    Ok(())
}

/// What a name costs that no thread has seen yet.
fn new_names() -> Result<(), Box<dyn Error>> {
    for count in [1_000, 10_000] {
        let mut case = Case::patterns(Set::Mixed, Names::Shapes, count)?;
        case.names = Names::Shapes.rotation(count, 200_000);
        case.names.drain(..4096);
        let cost = time(Duration::from_millis(1), || case.decide());
        row(&format!("decide, {count} patterns, mixed, every shape asked for, first names ever"), cost, None);
    }
    Ok(())
}

fn loaded() -> Result<(), Box<dyn Error>> {
    for set in [Set::Prefix, Set::Mixed] {
        let patterns = set.patterns(10_000);
        let cost = time(PATIENCE, || grants(&patterns));
        row(&format!("check 10,000 patterns, {}", set.name()), cost, None);
        let checked = grants(&patterns)?;
        let cost = time(PATIENCE, || compile(checked.clone()));
        row(&format!("compile 10,000 patterns, {}", set.name()), cost, None);
    }
    Ok(())
}

fn filtered() -> Result<(), Box<dyn Error>> {
    let case = Case::patterns(Set::Mixed, Names::Shapes, 1_000)?;
    for (names, what) in [(Names::Teams, "team names"), (Names::Shapes, "names of every shape")] {
        let names = names.rotation(1_000, 10_000);
        case.filter(&names);
        let cost = time(PATIENCE, || case.filter(&names));
        row(&format!("filter 10,000 {what} by 1,000 patterns, mixed"), cost, None);
    }
    Ok(())
}
