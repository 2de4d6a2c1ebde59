//! The candidate that is observed at the moment.

use super::counts::{Counts, seconds};
use super::{Candidate, Report};
use crate::policy::Verdict;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError, RwLock};

/// The candidate that is observed at the moment, and what was seen of it. Shared by whoever decides, and whoever reads
/// the candidate. What was counted is counted in this process alone, and gone with it.
#[derive(Debug, Default)]
pub struct Shadow(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    watched: Option<Arc<Watched>>,
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
    /// Whether it may be made live although nothing was observed yet. More losses than allowed are refused all the same.
    pub unseen: bool,
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
    /// Nobody was observed yet.
    #[error("no decision was observed yet, so nothing is known of what the candidate does")]
    Unseen,
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

    /// Observes this candidate from now on. What was counted goes on if it has the label of the one before.
    pub fn observe(&self, candidate: Candidate) {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = state.watched.take().filter(|before| before.candidate.label() == candidate.label());
        let (counts, since) = match before {
            Some(before) => (before.counts.clone(), before.since),
            None => (Arc::default(), seconds()),
        };
        *state =
            State { watched: Some(Arc::new(Watched { candidate: Arc::new(candidate), counts, since })), problem: None };
    }

    /// Observes nothing, because there is no usable candidate.
    pub fn fail(&self, problem: impl Into<String>) {
        let state = State { watched: None, problem: Some(problem.into()) };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = state;
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
        self.watched().map_or_else(|| nothing(problem), |watched| watched.report())
    }

    /// The candidate, if it may be made live under this condition.
    ///
    /// # Errors
    /// [`TooEarly`] says why not.
    pub fn check(&self, condition: &Condition) -> Result<Arc<Candidate>, TooEarly> {
        let Some(watched) = self.watched() else {
            let why = self.problem().unwrap_or_else(|| "none was read".to_owned());
            return Err(TooEarly::NoCandidate(why));
        };
        let found = watched.candidate.label();
        if let Some(asked) = condition.candidate.as_deref().filter(|asked| *asked != found) {
            return Err(TooEarly::Another { asked: asked.to_owned(), found: found.to_owned() });
        }
        let (observed, lost) = (watched.counts.observed.load(Relaxed), watched.counts.lost.load(Relaxed));
        match lost > condition.allow_lost {
            true => Err(TooEarly::Losses { lost, observed, allowed: condition.allow_lost }),
            false if observed == 0 && !condition.unseen => Err(TooEarly::Unseen),
            false => Ok(watched.candidate.clone()),
        }
    }
}

impl Watched {
    /// The candidate.
    pub fn candidate(&self) -> &Arc<Candidate> {
        &self.candidate
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
        if live.allowed == candidate.allowed {
            return None;
        }
        self.counts.differ(live, candidate, occasion).filter(|count| count.is_power_of_two())
    }

    fn report(&self) -> Report {
        let Counts { observed, skipped, lost, gained, untold, .. } = self.counts.as_ref();
        Report {
            candidate: Some(self.candidate.label().to_owned()),
            problem: None,
            changes: self.candidate.changes().len(),
            since: self.since,
            observed: observed.load(Relaxed),
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
        skipped: 0,
        lost: 0,
        gained: 0,
        untold: 0,
        rules: Vec::new(),
    }
}
