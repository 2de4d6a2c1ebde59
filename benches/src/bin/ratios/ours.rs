//! What else ours does: explanations, names never seen before, loading, lists.

use crate::{PATIENCE, SIZES};
use benches::decision::{Case, compile, grants};
use benches::names::{Asked, ROTATION, Set, Workload};
use benches::timing::{Cost, time};
use std::error::Error;
use std::time::Instant;

/// The decision with all that it shadowed, and what a name costs that no thread has met yet.
pub(crate) fn explained() -> Result<(), Box<dyn Error>> {
    println!("| rules, mixed | decide | explain |\n|---:|---:|---:|");
    for count in SIZES {
        let mut case = Case::patterns(Workload::of_one_group(Set::Mixed, count))?;
        case.warm()?;
        let decide = time(PATIENCE, case.round(), || case.decide());
        let explain = time(PATIENCE, case.round(), || case.explain());
        println!("| {count} | {} | {} |", decide.shown(), explain.shown());
    }
    println!();
    Ok(())
}

/// What a name costs the first time.
pub(crate) fn new_names() -> Result<(), Box<dyn Error>> {
    println!("| rules | shape | the first 4,096 names ever, each |\n|---:|---|---:|");
    for set in [Set::Mixed, Set::Words] {
        for count in [1_000, 10_000] {
            let mut rounds = Vec::new();
            for _ in 0..5 {
                let mut case = Case::patterns(Workload::of_one_group(set, count))?;
                let began = Instant::now();
                std::hint::black_box((0..ROTATION).filter(|_| case.decide()).count());
                rounds.push(began.elapsed().as_nanos() as f64 / ROTATION as f64);
            }
            println!("| {count} | {} | {} |", set.name(), Cost::of(rounds).shown());
        }
    }
    println!();
    Ok(())
}

/// What loading costs.
pub(crate) fn loaded() -> Result<(), Box<dyn Error>> {
    println!("| rules | shape | checked when written | compiled |\n|---:|---|---:|---:|");
    for set in [Set::Prefix, Set::Mixed, Set::Words] {
        for count in SIZES {
            let patterns = set.patterns(count);
            let checked = grants(&patterns)?;
            let check = time(PATIENCE, 1, || grants(&patterns));
            match compile(checked.clone()) {
                Ok(_) => {
                    let compiled = time(PATIENCE, 1, || compile(checked.clone()));
                    println!("| {count} | {} | {} | {} |", set.name(), check.shown(), compiled.shown());
                }
                Err(error) => println!("| {count} | {} | {} | refused: {error} |", set.name(), check.shown()),
            }
        }
    }
    println!();
    Ok(())
}

/// What a search costs.
pub(crate) fn filtered() -> Result<(), Box<dyn Error>> {
    println!("| rules | shape | 1,000 rows | 10,000 rows |\n|---:|---|---:|---:|");
    for set in [Set::Prefix, Set::Mixed] {
        for count in [1_000, 10_000] {
            let workload = Workload::of_one_group(set, count);
            let case = Case::patterns(workload)?;
            let cost = |rows: usize| {
                let (names, _) = workload.names(Asked::Rotation, rows);
                case.filter(&names);
                time(PATIENCE, 1, || case.filter(&names)).shown()
            };
            println!("| {count} | {} | {} | {} |", set.name(), cost(1_000), cost(10_000));
        }
    }
    Ok(())
}
