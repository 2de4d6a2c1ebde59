//! Decisions, warm, over names that rotate. The table with ratios is made by `src/bin/ratios.rs`.
#![allow(missing_docs, reason = "the macros of criterion make items without")]

use benches::decision::{Case, compile, grants};
use benches::names::{Asked, Set, Workload};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const SETS: [Set; 2] = [Set::Prefix, Set::Mixed];

fn decide(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("decide");
    let mut exact = Case::exact(1_000)?;
    exact.warm()?;
    group.bench_function("exact", |bench| bench.iter(|| exact.decide()));
    for set in SETS {
        for count in [10, 1_000, 10_000, 100_000] {
            let mut case = Case::patterns(Workload::of_one_group(set, count))?;
            case.warm()?;
            group.bench_function(format!("{}/{count}", set.name()), |bench| bench.iter(|| case.decide()));
        }
    }
    group.finish();
    Ok(())
}

fn explain(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("explain");
    for count in [10, 1_000, 10_000] {
        let mut case = Case::patterns(Workload::of_one_group(Set::Mixed, count))?;
        case.warm()?;
        group.bench_function(format!("mixed/{count}"), |bench| bench.iter(|| case.explain()));
    }
    group.finish();
    Ok(())
}

fn load(criterion: &mut Criterion) -> Outcome {
    let mut group = criterion.benchmark_group("load 10,000 patterns");
    group.sample_size(10);
    for set in [Set::Prefix, Set::Mixed, Set::Words] {
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
    let mut group = criterion.benchmark_group("filter by 1,000 patterns");
    for set in SETS {
        let workload = Workload::of_one_group(set, 1_000);
        let case = Case::patterns(workload)?;
        for rows in [1_000, 10_000] {
            let (names, _) = workload.names(Asked::Rotation, rows);
            group.throughput(Throughput::Elements(rows as u64));
            group.bench_function(format!("{}/{rows}", set.name()), |bench| {
                bench.iter(|| case.filter(black_box(&names)))
            });
        }
    }
    group.finish();
    Ok(())
}

fn all(criterion: &mut Criterion) {
    let outcome = decide(criterion).and_then(|()| explain(criterion)).and_then(|()| load(criterion));
    let outcome = outcome.and_then(|()| filter(criterion));
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
