//! Decisions, warm, over names that rotate.

use benches::decision::{Case, ROTATION, Set, compile, grants};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mlflow_auth_core::{Action, Requirement, ResourceRef, ResourceType, Workspace};
use std::hint::black_box;
use std::time::Duration;

/// Asks for one thing after the other, for ever.
fn turns(case: &Case) -> impl Iterator<Item = &[Requirement; 1]> {
    assert!(case.decide_all() > 0);
    case.needs.iter().cycle()
}

fn decide(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decide");
    let exact = Case::exact(1_000).unwrap();
    let mut turns_of_exact = turns(&exact);
    group.bench_function("exact", |bench| {
        bench.iter(|| exact.policy.decide(&exact.who, &exact.held, black_box(turns_of_exact.next().unwrap())).allowed);
    });
    for set in [Set::Prefix, Set::Mixed] {
        for count in [10, 1_000, 10_000, 100_000] {
            let case = Case::patterns(set, count).unwrap();
            assert_eq!(case.decide_all(), ROTATION / 2);
            let mut turns = turns(&case);
            group.bench_function(format!("{}/{count}", set.name()), |bench| {
                bench.iter(|| case.policy.decide(&case.who, &case.held, black_box(turns.next().unwrap())).allowed);
            });
        }
    }
    group.finish();
}

fn explain(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("explain");
    for count in [10, 1_000, 10_000] {
        let case = Case::patterns(Set::Mixed, count).unwrap();
        case.needs.iter().for_each(|needs| drop(case.policy.explain(&case.who, &case.held, needs)));
        let mut turns = turns(&case);
        group.bench_function(format!("mixed/{count}"), |bench| {
            bench.iter(|| case.policy.explain(&case.who, &case.held, black_box(turns.next().unwrap())).shadowed.len());
        });
    }
    group.finish();
}

fn load(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load 10,000 patterns");
    for set in [Set::Prefix, Set::Mixed] {
        let patterns = set.patterns(10_000);
        let checked = grants(&patterns).unwrap();
        group.bench_function(format!("check/{}", set.name()), |bench| {
            bench.iter(|| grants(black_box(&patterns)).unwrap())
        });
        group.bench_function(format!("compile/{}", set.name()), |bench| {
            bench.iter_with_large_drop(|| compile(black_box(checked.clone())).unwrap());
        });
    }
    group.finish();
}

fn filter(criterion: &mut Criterion) {
    let case = Case::patterns(Set::Mixed, 1_000).unwrap();
    let names = Set::Mixed.names(1_000, 10_000);
    let workspace = Workspace::default();
    let kind = ResourceType::EXPERIMENT;
    let mut group = criterion.benchmark_group("filter");
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("10,000 names by 1,000 patterns", |bench| {
        bench.iter(|| {
            let kept = |name: &&String| {
                let row = ResourceRef { kind: &kind, id: Some("7"), name: Some(name.as_str()), workspace: &workspace };
                case.policy.permits(&case.who, &case.held, Action::Read, row)
            };
            black_box(&names).iter().filter(kept).count()
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_millis(1500))
        .sample_size(30);
    targets = decide, explain, load, filter
}
criterion_main!(benches);
