//! Prints what decisions cost beside what a user would pick instead, all in one run, as Markdown tables.
//!
//! ```text
//! cargo run --release -p benches --features peers --bin ratios
//! cargo run --release -p benches --features peers --bin ratios -- floor filtered
//! ```
#![expect(clippy::print_stdout, reason = "tables are all that it makes")]

#[cfg(feature = "peers")]
mod others;
mod ours;
mod side_by_side;

use std::error::Error;
use std::time::Duration;

/// How long each cell is measured.
const PATIENCE: Duration = Duration::from_millis(500);

/// How many rules there are.
const SIZES: [usize; 4] = [10, 1_000, 10_000, 100_000];

/// A table, and the name by which it is asked for.
type Table = (&'static str, fn() -> Result<(), Box<dyn Error>>);

const TABLES: &[Table] = &[
    ("floor", side_by_side::floor),
    ("regex", side_by_side::regex_crate),
    #[cfg(feature = "peers")]
    ("engines", others::engines),
    ("explained", ours::explained),
    ("new-names", ours::new_names),
    ("loaded", ours::loaded),
    ("filtered", ours::filtered),
];

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(name) = wanted.iter().find(|name| TABLES.iter().all(|(known, _)| known != name)) {
        return Err(format!("there is no table `{name}`").into());
    }
    println!("Each cell: the median round, and the quietest one. A round asks for all names once.\n");
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    TABLES.iter().filter(|(name, _)| asked(name)).try_for_each(|(_, print)| print())
}
