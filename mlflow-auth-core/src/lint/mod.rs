//! What is wrong, or at least odd, with the grants of a store: each finding with an example name that the engine itself
//! has confirmed.
//!
//! [`lint`] is a pure function over a [`Snapshot`] and, if they are known, the resources and the accounts there are. What
//! is said about patterns is exact, for names that are not empty and have no line break: that a pattern never decides is
//! proved by automata, that it may by a name on which it does. All of it is bounded; what would take too much is a
//! finding as well, [`Code::NotChecked`].

mod finding;
mod order;
mod overlap;
mod people;
mod resources;
mod rules;
mod table;

pub use finding::{Code, Finding, Severity};
pub use resources::Known;

use crate::plan::Snapshot;
use crate::rules::RuleSetError;
use table::Table;

/// All findings, the gravest first, in an order that is always the same.
///
/// # Errors
/// [`RuleSetError`] if the patterns of one subject are too many or too large, so that no store could load them.
pub fn lint(snapshot: &Snapshot, known: &Known) -> Result<Vec<Finding>, RuleSetError> {
    let mut findings = Vec::new();
    for (subject, held) in snapshot.subjects() {
        for table in Table::all(&held.grants)? {
            let reachable = rules::check(&table, &mut findings);
            overlap::check(&table, &reachable, &mut findings);
            resources::check_rules(&table, known, &mut findings);
            resources::check_redundant(&table, &held.grants, known, &mut findings);
        }
        resources::check_exact(&held.grants, known, &mut findings);
        people::check_subject(subject, held, known, &mut findings);
    }
    people::check_groups(snapshot, &mut findings);
    findings.sort_by_key(order::of);
    findings.dedup();
    Ok(findings)
}

#[cfg(test)]
mod tests;
