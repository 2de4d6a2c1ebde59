//! Decisions, warm, over names that rotate. The table with ratios is made by `src/bin/ratios.rs`.
#![allow(missing_docs, reason = "the macros of criterion make items without")]

use benches::decision::{Case, Names, ROTATION, Set, compile, grants};
use benches::loops::{Loop, Together};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const WORKLOADS: [(Set, Names, &str); 3] = [
    (Set::Prefix, Names::Teams, "prefix"),
    (Set::Mixed, Names::Teams, "mixed"),
    (Set::Mixed, Names::Shapes, "mixed, every shape"),
];

fn decide(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("decide");
    let mut exact = Case::exact(1_000)?;
    assert_eq!(exact.warm(), 1_000);
    group.bench_function("exact", |bench| bench.iter(|| exact.decide()));
    for (set, names, what) in WORKLOADS {
        for count in [10, 1_000, 10_000, 100_000] {
            let mut case = Case::patterns(set, names, count)?;
            let allowed = case.warm();
            assert!(set == Set::Mixed || allowed == ROTATION / 2, "{allowed} of {what} {count}");
            group.bench_function(format!("{what}/{count}"), |bench| bench.iter(|| case.decide()));
        }
    }
    group.finish();
    Ok(())
}

/// Only the search for the pattern, without any decision.
fn regex_crate(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("the regex crate instead");
    for count in [10, 1_000] {
        let (patterns, names) = (Set::Prefix.patterns(count), Names::Teams.rotation(count, ROTATION));
        let mut turns = names.iter().cycle();
        let mut next = || turns.next().map_or("", String::as_str);
        let (each, together) = (Loop::new(&patterns)?, Together::new(&patterns, false)?);
        group.bench_function(format!("Vec<Regex>/{count}"), |bench| bench.iter(|| each.first(next())));
        group.bench_function(format!("RegexSet/{count}"), |bench| bench.iter(|| together.first(next())));
    }
    group.finish();
    Ok(())
}

#[cfg(feature = "peers")]
fn engines(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("other engines instead");
    for count in [10, 1_000] {
        let names = Names::Teams.rotation(count, 64);
        let mut cedar = benches::peers::Cedar::new(count, &names)?;
        group.bench_function(format!("cedar-policy/{count}"), |bench| bench.iter(|| cedar.decide()));
        let mut casbin = benches::peers::Casbin::new(&Set::Prefix.patterns(count), &names)?;
        group.bench_function(format!("casbin/{count}"), |bench| bench.iter(|| casbin.decide()));
    }
    group.finish();
    Ok(())
}

fn explain(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("explain");
    for count in [10, 1_000, 10_000] {
        let mut case = Case::patterns(Set::Mixed, Names::Shapes, count)?;
        case.warm();
        group.bench_function(format!("mixed, every shape/{count}"), |bench| bench.iter(|| case.explain()));
    }
    group.finish();
    Ok(())
}

fn load(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("load 10,000 patterns");
    group.sample_size(10);
    for set in [Set::Prefix, Set::Mixed] {
        let patterns = set.patterns(10_000);
        let checked = grants(&patterns)?;
        group.bench_function(format!("check/{}", set.name()), |bench| bench.iter(|| grants(black_box(&patterns)).ok()));
        group.bench_function(format!("compile/{}", set.name()), |bench| {
            bench.iter_with_large_drop(|| compile(black_box(checked.clone())).ok());
        });
    }
    group.finish();
    Ok(())
}

fn filter(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("filter 10,000 names by 1,000 patterns");
    group.throughput(Throughput::Elements(10_000));
    for (set, names, what) in WORKLOADS {
        let case = Case::patterns(set, names, 1_000)?;
        let names = names.rotation(1_000, 10_000);
        group.bench_function(what, |bench| bench.iter(|| case.filter(black_box(&names))));
    }
    group.finish();
    Ok(())
}

fn all(criterion: &mut Criterion) {
    let mut outcome = decide(criterion).and_then(|()| regex_crate(criterion)).and_then(|()| explain(criterion));
    outcome = outcome.and_then(|()| load(criterion)).and_then(|()| filter(criterion));
    #[cfg(feature = "peers")]
    {
        outcome = outcome.and_then(|()| engines(criterion));
    }
    assert!(outcome.is_ok(), "{outcome:?}");
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1200))
        .sample_size(20);
    targets = all
}
criterion_main!(benches);
