//! A clock that a busy machine does not fool.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Nanoseconds of one call.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Cost {
    /// In the quietest of the batches.
    pub best: f64,
    /// In the batch in the middle.
    pub median: f64,
}

/// Calls `work` for about `patience`, in batches that are short beside a time slice of the scheduler, so that some of
/// them run undisturbed.
pub fn time<T>(patience: Duration, mut work: impl FnMut() -> T) -> Cost {
    let once = Instant::now();
    black_box(work());
    let calls = (BATCH.as_nanos() / once.elapsed().as_nanos().max(1)).clamp(1, 1 << 16);
    let calls = u32::try_from(calls).unwrap_or(1);
    let began = Instant::now();
    let mut batches = Vec::new();
    while batches.len() < 5 || began.elapsed() < patience {
        let batch = Instant::now();
        for _ in 0..calls {
            black_box(work());
        }
        batches.push(batch.elapsed().as_nanos() as f64 / f64::from(calls));
    }
    batches.sort_by(f64::total_cmp);
    let at = |part: usize| batches.get(batches.len() / part).copied().unwrap_or(f64::NAN);
    Cost { best: batches.first().copied().unwrap_or(f64::NAN), median: at(2) }
}

const BATCH: Duration = Duration::from_micros(200);

/// Such as `1.14 ms`.
pub fn readable(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        ns if ns < 1e9 => format!("{:.2} ms", ns / 1e6),
        ns => format!("{:.2} s", ns / 1e9),
    }
}
