//! What differed, counted in bounded memory.

use super::report::{Rule, RuleReport, Sample};
use super::watch::Occasion;
use crate::grants::GrantId;
use crate::policy::Verdict;
use crate::store::now;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many pairs of rules are told apart. What differs beyond is counted together.
const MOST_RULES: usize = 1_000;

/// How many different occasions are kept of a pair of rules.
const MOST_SAMPLES: usize = 5;

/// What was counted since a candidate is observed.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) observed: AtomicU64,
    /// Of those, the ones that were made again.
    pub(super) compared: AtomicU64,
    pub(super) skipped: AtomicU64,
    pub(super) lost: AtomicU64,
    pub(super) gained: AtomicU64,
    pub(super) untold: AtomicU64,
    pairs: Mutex<HashMap<Pair, Entry>>,
}

/// Which rule decides, and which would.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Pair {
    lost: bool,
    live: Key,
    candidate: Key,
}

/// A rule: a grant, or the reason where none decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key(&'static str, Option<GrantId>);

#[derive(Debug)]
struct Entry {
    live: Rule,
    candidate: Rule,
    count: u64,
    first: u64,
    last: u64,
    samples: Vec<Sample>,
}

impl Counts {
    /// Counts a difference. Says how often the pair was seen by now, if it is told apart.
    pub(super) fn differ(&self, live: &Verdict<'_>, candidate: &Verdict<'_>, occasion: Occasion<'_>) -> Option<u64> {
        let lost = live.allowed;
        if lost { &self.lost } else { &self.gained }.fetch_add(1, Relaxed);
        let pair = Pair { lost, live: Key::of(live), candidate: Key::of(candidate) };
        let now = now();
        let mut pairs = self.lock();
        if pairs.len() >= MOST_RULES && !pairs.contains_key(&pair) {
            self.untold.fetch_add(1, Relaxed);
            return None;
        }
        let entry = pairs.entry(pair).or_insert_with(|| Entry {
            live: Rule::of(live),
            candidate: Rule::of(candidate),
            count: 0,
            first: now,
            last: now,
            samples: Vec::new(),
        });
        entry.count += 1;
        entry.last = now;
        if entry.samples.len() < MOST_SAMPLES && !entry.samples.iter().any(|sample| sample.is(live, occasion)) {
            entry.samples.push(Sample::of(live, occasion));
        }
        Some(entry.count)
    }

    /// The pairs, those first that lose, and those first that were seen most.
    pub(super) fn rules(&self) -> Vec<RuleReport> {
        let told = |(pair, entry): (&Pair, &Entry)| RuleReport {
            effect: if pair.lost { "lost" } else { "gained" },
            count: entry.count,
            live: entry.live.clone(),
            candidate: entry.candidate.clone(),
            first_seen: entry.first,
            last_seen: entry.last,
            samples: entry.samples.clone(),
        };
        let mut rules: Vec<RuleReport> = self.lock().iter().map(told).collect();
        rules.sort_by(|one, other| {
            let key = |rule: &RuleReport| (rule.effect == "gained", std::cmp::Reverse(rule.count), rule.first_seen);
            key(one).cmp(&key(other)).then_with(|| one.live.says.cmp(&other.live.says))
        });
        rules
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Pair, Entry>> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Key {
    fn of(verdict: &Verdict<'_>) -> Self {
        Self(verdict.reason.name(), verdict.reason.grant().map(|grant| grant.id))
    }
}
