//! The rule engine: patterns over names, and the lowest of many that matches, in one pass.

mod alphabet;
mod automaton;
mod caches;
mod contained;
mod error;
mod fast;
mod literals;
mod pattern;
mod python;
mod set;
mod shape;
mod simulation;
mod syntax;

pub use error::{RuleSetError, Unjudged};
pub use pattern::{Pattern, PatternError};
pub use set::{RuleLimits, RuleSet};
