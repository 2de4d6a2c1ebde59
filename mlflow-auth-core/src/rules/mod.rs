//! The rule engine: patterns over names, and the lowest of many that matches, in one pass.

mod pattern;
mod set;

pub use pattern::{Pattern, PatternError};
pub use set::{RuleSet, RuleSetError};
