//! The candidate that is observed at the moment.

use super::counts::Counts;
use super::{Candidate, Report};
use crate::policy::Verdict;
use crate::store::now;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

/// The candidate that is observed at the moment, and what was seen of it. Shared by whoever decides, and whoever reads
/// the candidate. What was counted is counted in this process alone, and gone with it.
#[derive(Debug, Default)]
pub struct Shadow(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    watched: Option<Arc<Watched>>,
    /// What was watched until it could not be used: it goes on when the same comes back.
    before: Option<Arc<Watched>>,
    problem: Option<String>,
}

/// A candidate with what was seen of it.
#[derive(Debug)]
pub struct Watched {
    candidate: Arc<Candidate>,
    counts: Arc<Counts>,
    since: u64,
}

/// What a decision was made for.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// The path of its route, as the table writes it.
    pub route: &'a str,
}

/// Under which condition a candidate may be made live.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition {
    /// How many decisions may have been lost at most.
    pub allow_lost: u64,
    /// The label of the candidate that is meant; none for whichever is observed.
    pub candidate: Option<String>,
    /// Whether it may be made live although no decision was made again with it. More losses than allowed are refused all
    /// the same.
    pub unseen: bool,
    /// Whether it may be made live although some decisions could not be made again with it.
    pub skipped: bool,
}

/// Why a candidate may not be made live.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TooEarly {
    /// There is none.
    #[error("there is no candidate: {0}")]
    NoCandidate(String),
    /// It is another one.
    #[error("the candidate is `{found}` by now, not `{asked}`; read the report again")]
    Another {
        /// The one that was asked for.
        asked: String,
        /// The one that is observed.
        found: String,
    },
    /// Nobody was observed yet whom the candidate touches.
    #[error("no decision was observed yet that the candidate touches, so nothing is known of what it does")]
    Unseen,
    /// Of some decisions it is not known whether they would be lost.
    #[error("{skipped} decisions could not be made again with the candidate, so what it does to them is not known")]
    Skipped {
        /// How many.
        skipped: u64,
    },
    /// Too much would be lost.
    #[error("{lost} of {observed} observed decisions would be lost, and {allowed} may be")]
    Losses {
        /// How many.
        lost: u64,
        /// Of how many.
        observed: u64,
        /// How many may.
        allowed: u64,
    },
}

impl Shadow {
    /// Nothing to observe yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Observes this candidate from now on. What was counted goes on if it has the label of the one before and makes no
    /// change that the one before did not make; with another change it begins anew, since nothing was seen of that.
    pub fn observe(&self, candidate: Candidate) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let State { watched, before, .. } = std::mem::take(&mut *state);
        let (counts, since) = match watched.or(before).filter(|before| before.candidate.covers(&candidate)) {
            Some(before) => (before.counts.clone(), before.since),
            None => (Arc::default(), now()),
        };
        state.watched = Some(Arc::new(Watched { candidate: Arc::new(candidate), counts, since }));
    }

    /// Observes nothing, because there is no usable candidate.
    pub fn fail(&self, problem: impl Into<String>) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        state.before = state.watched.take().or_else(|| state.before.take());
        state.problem = Some(problem.into());
    }

    /// The candidate `label` could not be compared with the store: if it is the one that is observed it goes on as it
    /// was, and the problem is reported beside it. Otherwise as [`Shadow::fail`].
    pub fn hold(&self, label: &str, problem: impl Into<String>) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if state.watched.as_ref().is_some_and(|watched| watched.candidate.label() == label) {
            state.problem = Some(problem.into());
            return;
        }
        drop(state);
        self.fail(problem);
    }

    /// `made` is live. Nothing is left of it; what was counted stays until there is another one. Whatever is observed
    /// instead of it by now goes on.
    pub fn promoted(&self, made: &Arc<Watched>) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if state.watched.as_ref().is_some_and(|watched| Arc::ptr_eq(watched, made)) {
            let (candidate, counts) = (Arc::new(made.candidate.emptied()), made.counts.clone());
            state.watched = Some(Arc::new(Watched { candidate, counts, since: made.since }));
        }
    }

    /// What is observed now.
    pub fn watched(&self) -> Option<Arc<Watched>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).watched.clone()
    }

    fn problem(&self) -> Option<String> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).problem.clone()
    }

    /// What was seen.
    pub fn report(&self) -> Report {
        let problem = self.problem();
        match self.watched() {
            Some(watched) => Report { problem, ..watched.report() },
            None => nothing(problem),
        }
    }

    /// What is observed, if it may be made live under this condition.
    ///
    /// # Errors
    /// [`TooEarly`] says why not.
    pub fn check(&self, condition: &Condition) -> Result<Arc<Watched>, TooEarly> {
        let Some(watched) = self.watched() else {
            let why = self.problem().unwrap_or_else(|| "none was read".to_owned());
            return Err(TooEarly::NoCandidate(why));
        };
        let found = watched.candidate.label();
        if let Some(asked) = condition.candidate.as_deref().filter(|asked| *asked != found) {
            return Err(TooEarly::Another { asked: asked.to_owned(), found: found.to_owned() });
        }
        let count = |of: fn(&Counts) -> &AtomicU64| of(&watched.counts).load(Relaxed);
        let (lost, skipped) = (count(|counts| &counts.lost), count(|counts| &counts.skipped));
        if lost > condition.allow_lost {
            let observed = count(|counts| &counts.observed);
            return Err(TooEarly::Losses { lost, observed, allowed: condition.allow_lost });
        }
        if skipped > 0 && !condition.skipped {
            return Err(TooEarly::Skipped { skipped });
        }
        match count(|counts| &counts.compared) {
            0 if !condition.unseen => Err(TooEarly::Unseen),
            _ => Ok(watched),
        }
    }
}

impl Watched {
    /// The candidate.
    pub fn candidate(&self) -> &Arc<Candidate> {
        &self.candidate
    }

    /// How many decisions would be lost.
    pub fn lost(&self) -> u64 {
        self.counts.lost.load(Relaxed)
    }

    /// A decision that the candidate does not touch.
    pub fn same(&self) {
        self.counts.observed.fetch_add(1, Relaxed);
    }

    /// A decision that could not be made again. Says whether it is one to be logged, as [`Watched::compare`] does.
    pub fn skip(&self) -> bool {
        (self.counts.skipped.fetch_add(1, Relaxed) + 1).is_power_of_two()
    }

    /// A decision, and the same with the candidate. If they differ and the difference is one to be logged, says how
    /// often the two rules were seen to differ: the first time, the second, the fourth, the eighth and so on.
    pub fn compare(&self, live: &Verdict<'_>, candidate: &Verdict<'_>, occasion: Occasion<'_>) -> Option<u64> {
        self.counts.observed.fetch_add(1, Relaxed);
        self.counts.compared.fetch_add(1, Relaxed);
        if live.allowed == candidate.allowed {
            return None;
        }
        self.counts.differ(live, candidate, occasion).filter(|count| count.is_power_of_two())
    }

    fn report(&self) -> Report {
        let Counts { observed, compared, skipped, lost, gained, untold, .. } = self.counts.as_ref();
        Report {
            candidate: Some(self.candidate.label().to_owned()),
            problem: None,
            changes: self.candidate.changes().len(),
            since: self.since,
            observed: observed.load(Relaxed),
            compared: compared.load(Relaxed),
            skipped: skipped.load(Relaxed),
            lost: lost.load(Relaxed),
            gained: gained.load(Relaxed),
            untold: untold.load(Relaxed),
            rules: self.counts.rules(),
        }
    }
}

fn nothing(problem: Option<String>) -> Report {
    Report {
        candidate: None,
        problem,
        changes: 0,
        since: 0,
        observed: 0,
        compared: 0,
        skipped: 0,
        lost: 0,
        gained: 0,
        untold: 0,
        rules: Vec::new(),
    }
}
