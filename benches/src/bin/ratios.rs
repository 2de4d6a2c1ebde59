//! Prints what a decision costs.
#![expect(clippy::print_stdout, reason = "printing a table is all it does")]

use benches::decision::{Case, Set, compile, grants};
use benches::timing::{readable, time};
use mlflow_auth_core::*;
use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(500);

fn main() -> Result<(), Box<dyn Error>> {
    let mut show = |name: &str, case: &mut Case| {
        let cost = time(PATIENCE, || {
            black_box(case.next());
        });
        println!("{name:20} best {:>10} median {:>10} (next)", readable(cost.best), readable(cost.median));
        let cost = time(PATIENCE, || {
            black_box(case.decide());
        });
        println!("{name:20} best {:>10} median {:>10}", readable(cost.best), readable(cost.median));
    };
    let mut case = Case::exact(1_000)?;
    case.warm();
    show("exact", &mut case);
    for set in [Set::Prefix, Set::Mixed] {
        for count in [10, 1_000, 10_000, 100_000] {
            let mut case = Case::patterns(set, count)?;
            case.warm();
            case.warm();
            show(&format!("{}/{count}", set.name()), &mut case);
            let cost = time(PATIENCE, || {
                black_box(case.explain());
            });
            println!("explain              best {:>10} median {:>10}", readable(cost.best), readable(cost.median));
            let patterns: Vec<Pattern> = set.patterns(count).iter().map(|p| Pattern::new(p).unwrap()).collect();
            let rules = RuleSet::new(patterns.iter().map(Some)).unwrap();
            for n in &case.names {
                black_box(rules.first_match(n).unwrap());
            }
            let mut i = 0;
            let cost = time(PATIENCE, || {
                i = (i + 1) % case.names.len();
                black_box(rules.first_match(&case.names[i]).unwrap());
            });
            println!("rules              best {:>10} median {:>10}", readable(cost.best), readable(cost.median));
            let kind = ResourceType::EXPERIMENT;
            let workspace = Workspace::default();
            let cost = time(PATIENCE, || {
                i = (i + 1) % case.names.len();
                black_box(case.policy.permits(
                    &case.who,
                    &case.held,
                    Action::Read,
                    ResourceRef { kind: &kind, id: Some("7"), name: Some(&case.names[i]), workspace: &workspace },
                ));
            });
            println!("permits              best {:>10} median {:>10}", readable(cost.best), readable(cost.median));
        }
    }
    if std::env::args().nth(1).is_some() {
        return Ok(());
    }
    for set in [Set::Prefix, Set::Mixed] {
        let patterns = set.patterns(10_000);
        let cost = time(PATIENCE, || drop(black_box(grants(&patterns))));
        println!("check {:14} best {:>10} median {:>10}", set.name(), readable(cost.best), readable(cost.median));
        let checked = grants(&patterns)?;
        let cost = time(PATIENCE, || drop(black_box(compile(checked.clone()))));
        println!("compile {:12} best {:>10} median {:>10}", set.name(), readable(cost.best), readable(cost.median));
    }
    Ok(())
}
