//! The rule engine: patterns over names, and the lowest of many that matches, in one pass.

mod alphabet;
mod automaton;
mod caches;
mod contained;
mod error;
mod fast;
mod language;
mod literals;
mod pattern;
mod python;
mod set;
mod shape;
mod simulation;
mod syntax;

pub use error::{RuleSetError, Unjudged};
pub(crate) use language::{TooHard, witness};
pub use pattern::{Pattern, PatternError};
pub use set::{RuleLimits, RuleSet};
