//! Ours beside the floor, and beside the `regex` crate alone.

use crate::{PATIENCE, SIZES};
use benches::decision::{Case, ID, right};
use benches::floor::Floor;
use benches::loops::{Loop, Together};
use benches::names::{Asked, Layout, ROTATION, Set, Workload};
use benches::timing::{Cost, time};
use std::error::Error;

const ASKED: [Asked; 5] = [Asked::First, Asked::Middle, Asked::Last, Asked::Miss, Asked::Rotation];

/// The table with the floor.
pub(crate) fn floor() -> Result<(), Box<dyn Error>> {
    println!("| rules | whose | shape | names | floor | ours | ours to the floor |\n|---:|---|---|---|---:|---:|---:|");
    let mut exact = Case::exact(1_000)?;
    exact.warm()?;
    let cost = time(PATIENCE, exact.round(), || exact.decide());
    println!("| 1,000 | Alice | exact ids | all of them | | {} | |", cost.shown());
    for layout in [Layout::OneGroup, Layout::Spread] {
        for count in SIZES {
            beside_the_floor(Workload { set: Set::Prefix, layout, count }, &ASKED)?;
        }
    }
    for count in SIZES {
        beside_the_floor(Workload::of_one_group(Set::Mixed, count), &[Asked::Rotation])?;
    }
    for count in [10, 1_000, 10_000] {
        beside_the_floor(Workload::of_one_group(Set::Words, count), &[Asked::Rotation])?;
    }
    println!();
    Ok(())
}

fn beside_the_floor(workload: Workload, asked: &[Asked]) -> Result<(), Box<dyn Error>> {
    let mut case = Case::patterns(workload)?;
    // Classes of Unicode written out for every pattern would fill the memory of the machine.
    let spelled_out = workload.set == Set::Words && workload.count > 1_000;
    let mut floor = if spelled_out { None } else { Some(Floor::new(&workload.her_patterns())?) };
    for asked in asked {
        let (names, allowed) = workload.names(*asked, ROTATION);
        case.ask_for((names.clone(), allowed));
        case.warm()?;
        let floor = floor.as_mut().map(|floor| cost_of_floor(floor, &names, allowed)).transpose()?;
        let ours = time(PATIENCE, names.len(), || case.decide());
        let (shown, ratio) = match floor {
            Some(floor) => {
                (floor.shown(), format!("{:.2} ({:.2})", ours.median / floor.median, ours.best / floor.best))
            }
            None => (String::new(), String::new()),
        };
        let (count, set) = (workload.count, workload.set.name());
        println!("| {count} | {:?} | {set} | {asked:?} | {shown} | {} | {ratio} |", workload.layout, ours.shown());
    }
    Ok(())
}

fn cost_of_floor(floor: &mut Floor, names: &[String], allowed: usize) -> Result<Cost, String> {
    right("the floor", names.iter().filter(|name| floor.decide(ID, name)).count(), allowed)?;
    let mut turns = names.iter().cycle();
    Ok(time(PATIENCE, names.len(), || floor.decide(ID, turns.next().map_or("", String::as_str))))
}

/// The table with the `regex` crate alone, which only finds the pattern and decides nothing.
pub(crate) fn regex_crate() -> Result<(), Box<dyn Error>> {
    println!(
        "| rules | shape | ours | `Vec<Regex>` | `RegexSet` | `RegexSet` with 1 GiB |\n|---:|---|---:|---:|---:|---:|"
    );
    for set in [Set::Prefix, Set::Mixed] {
        for count in [10, 1_000, 10_000] {
            let workload = Workload::of_one_group(set, count);
            let (patterns, (names, _)) = (workload.her_patterns(), workload.names(Asked::Rotation, ROTATION));
            let mut case = Case::patterns(workload)?;
            case.warm()?;
            let ours = time(PATIENCE, case.round(), || case.decide());
            let each = Loop::new(&patterns)?;
            let few: Vec<String> = names.iter().step_by(65).cloned().collect();
            let each = beside(ours, &few, |name| each.first(name));
            let set = |ample| Together::new(&patterns, ample);
            let usual = set(false).map(|set| beside(ours, &few, |name| set.first(name)));
            let usual = usual.unwrap_or_else(|_| "does not build".to_owned());
            let ample = set(true)?;
            let ample = beside(ours, &names, |name| ample.first(name));
            println!("| {count} | {} | {} | {each} | {usual} | {ample} |", workload.set.name(), ours.shown());
        }
    }
    println!();
    Ok(())
}

fn beside(ours: Cost, names: &[String], mut first: impl FnMut(&str) -> Option<usize>) -> String {
    let mut turns = names.iter().cycle();
    let mut next = || first(turns.next().map_or("", String::as_str));
    for _ in names {
        next();
    }
    let cost = time(PATIENCE, names.len(), next);
    format!("{}: {:.0} times", cost.shown(), cost.median / ours.median)
}
