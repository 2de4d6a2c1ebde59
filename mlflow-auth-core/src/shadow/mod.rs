//! Shadow mode: what a set of changes would do, seen on real decisions before it is made.
//!
//! A [`Candidate`] is a list of changes as they would lie over what is held now. Every live decision is made again with
//! it, by the same [`Policy`](crate::Policy); what differs is counted for each pair of rules: the one that decides and
//! the one that would. Nothing of it reaches the answer. When enough was seen, [`Shadow::check`] says whether more
//! would be lost than is allowed, and the changes can be made.

mod candidate;
mod counts;
mod report;
mod watch;

pub use candidate::{Candidate, Unobservable};
pub use report::{Report, Rule, RuleReport, Sample};
pub use watch::{Condition, Occasion, Shadow, TooEarly, Watched};

#[cfg(test)]
mod tests;
