//! Prints what rules take in memory, as a Markdown table, counted by the allocator.
//!
//! ```text
//! cargo run --release -p benches --bin memory
//! ```
#![expect(clippy::print_stdout, reason = "a table is all that it makes")]

use allocation_counter::measure;
use benches::decision::{Case, compile, grants};
use benches::names::{Asked, ROTATION, Set, Workload};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("| rules | shape | as rows, each | compiled, each | most while compiling | one thread's cache, warm |");
    println!("|---:|---|---:|---:|---:|---:|");
    for set in [Set::Prefix, Set::Mixed, Set::Words] {
        for count in [10, 1_000, 10_000, 100_000] {
            row(set, count)?;
        }
    }
    Ok(())
}

fn row(set: Set, count: usize) -> Result<(), Box<dyn Error>> {
    let patterns = set.patterns(count);
    let mut rows = Ok(Vec::new());
    let of_rows = measure(|| rows = grants(&patterns)).bytes_current;
    let (rows, mut held) = (rows?, None);
    let compiling = measure(|| held = compile(rows).ok());
    if held.take().is_none() {
        println!("| {count} | {} | {} | refused | | |", set.name(), each(of_rows, count));
        return Ok(());
    }
    let workload = Workload::of_one_group(set, count);
    let mut case = Case::patterns(workload)?;
    case.ask_for(workload.names(Asked::Rotation, ROTATION));
    let warm = measure(|| {
        (0..ROTATION).filter(|_| case.decide()).count();
    });
    println!(
        "| {count} | {} | {} | {} | {} | {} |",
        set.name(),
        each(of_rows, count),
        each(compiling.bytes_current, count),
        mebibytes(compiling.bytes_max as f64),
        mebibytes(warm.bytes_current as f64),
    );
    Ok(())
}

fn each(bytes: i64, count: usize) -> String {
    format!("{:.0} B", bytes as f64 / count as f64)
}

fn mebibytes(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / f64::from(1 << 20))
}
