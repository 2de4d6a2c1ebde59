//! What is told of a candidate.

use super::watch::Occasion;
use crate::grants::GrantId;
use crate::policy::Verdict;
use serde::Serialize;

/// What was seen of a candidate. As JSON an object with these keys.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The label of the candidate; none if there is none to observe.
    pub candidate: Option<String>,
    /// Why there is no usable candidate.
    pub problem: Option<String>,
    /// How many changes it makes.
    pub changes: usize,
    /// Since when it is observed, in seconds since 1970.
    pub since: u64,
    /// How many decisions were seen.
    pub observed: u64,
    /// How many could not be made again: a name or a grant could not be read in time.
    pub skipped: u64,
    /// How many were allowed and would be refused.
    pub lost: u64,
    /// How many were refused and would be allowed.
    pub gained: u64,
    /// How many of both are in none of `rules`, which holds a thousand.
    pub untold: u64,
    /// What differed, for each pair of rules: losses first, then by number.
    pub rules: Vec<RuleReport>,
}

/// What differed between two rules.
#[derive(Clone, Debug, Serialize)]
pub struct RuleReport {
    /// `lost` or `gained`.
    pub effect: &'static str,
    /// How many decisions.
    pub count: u64,
    /// What decides now.
    pub live: Rule,
    /// What would decide.
    pub candidate: Rule,
    /// Seconds since 1970.
    pub first_seen: u64,
    /// Seconds since 1970.
    pub last_seen: u64,
    /// Up to five different ones.
    pub samples: Vec<Sample>,
}

/// What decides, or would.
#[derive(Clone, Debug, Serialize)]
pub struct Rule {
    /// [`Reason::name`](crate::Reason::name).
    pub reason: &'static str,
    /// The number of the grant; none if there is no grant, or it is not stored yet.
    pub grant: Option<GrantId>,
    /// The permission that it comes to.
    pub permission: &'static str,
    /// In words.
    pub says: String,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Who asked.
    pub user: String,
    /// For which action; empty where no resource came into it.
    pub action: &'static str,
    /// On what.
    pub resource: String,
    /// The method of the request.
    pub method: String,
    /// The path of its route.
    pub route: String,
}

impl Rule {
    pub(super) fn of(verdict: &Verdict<'_>) -> Self {
        let grant = verdict.reason.grant();
        Self {
            reason: verdict.reason.name(),
            grant: grant.map(|grant| grant.id).filter(|id| *id >= 0),
            permission: verdict.permission.name(),
            says: match grant {
                Some(grant) if grant.id < 0 => format!("new grant, {}", grant.spec),
                Some(grant) => grant.to_string(),
                None => verdict.why(),
            },
        }
    }
}

impl Sample {
    pub(super) fn of(verdict: &Verdict<'_>, occasion: Occasion<'_>) -> Self {
        Self {
            user: verdict.who.as_str().to_owned(),
            action: verdict.asked.map_or("", |(action, _)| action.name()),
            resource: verdict.asked.map_or(String::new(), |(_, resource)| resource.to_string()),
            method: occasion.method.to_owned(),
            route: occasion.route.to_owned(),
        }
    }

    pub(super) fn is(&self, verdict: &Verdict<'_>, occasion: Occasion<'_>) -> bool {
        *self == Self::of(verdict, occasion)
    }
}
