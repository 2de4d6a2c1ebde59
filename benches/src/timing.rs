//! A clock that a busy machine does not fool.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Nanoseconds of one call.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Cost {
    /// In the quietest round.
    pub best: f64,
    /// In the round in the middle.
    pub median: f64,
}

/// Calls `work` for about `patience`, in rounds of `calls`, at least three. A round goes once over all names, so that no
/// round is cheaper than another because of what it asks for.
pub fn time<T>(patience: Duration, calls: usize, mut work: impl FnMut() -> T) -> Cost {
    let began = Instant::now();
    let mut rounds = Vec::new();
    while rounds.len() < 3 || began.elapsed() < patience {
        let round = Instant::now();
        for _ in 0..calls {
            black_box(work());
        }
        rounds.push(round.elapsed().as_nanos() as f64 / calls.max(1) as f64);
    }
    Cost::of(rounds)
}

impl Cost {
    /// The cost of a call from that in each round.
    pub fn of(mut rounds: Vec<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        let at = |place: usize| rounds.get(place).copied().unwrap_or(f64::NAN);
        Self { best: at(0), median: at(rounds.len() / 2) }
    }

    /// Such as `74 ns (70 ns)`: the median, and the quietest round.
    pub fn shown(self) -> String {
        format!("{} ({})", readable(self.median), readable(self.best))
    }
}

/// Such as `1.14 ms`.
pub fn readable(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        ns if ns < 1e9 => format!("{:.2} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}
