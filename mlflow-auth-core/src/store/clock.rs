//! The time of day.

use super::Seconds;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time, as tokens and sessions count it. A clock that stands before 1970 makes all of them old.
pub fn now() -> Seconds {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(Seconds::MAX, |since| since.as_secs())
}
