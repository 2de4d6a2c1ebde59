//! Prints what decisions cost beside what a user would pick instead, all in one run, as Markdown tables.
//!
//! ```text
//! cargo run --release -p benches --features peers --bin ratios
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

fn main() -> Result<(), Box<dyn Error>> {
    println!("Each cell: the median round, and the quietest one. A round asks for all names once.\n");
    side_by_side::floor()?;
    side_by_side::regex_crate()?;
    #[cfg(feature = "peers")]
    others::engines()?;
    ours::explained()?;
    ours::new_names()?;
    ours::loaded()?;
    ours::filtered()
}
