//! Many patterns in one lazy automaton.

use super::caches::Caches;
use super::{RuleSetError, simulation};
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::{Anchored, Input, MatchError, MatchKind, PatternID, PatternSet};
use regex_syntax::hir::Hir;

/// Patterns compiled together, each with the number of its rule, lowest first.
#[derive(Debug)]
pub(super) struct Automaton {
    rules: Box<[u32]>,
    /// Stops at the lowest rule that matches.
    first: Lazy,
    /// Finds all that match.
    all: Lazy,
}

/// Compiles `patterns` together, within `limit` bytes.
pub(super) fn compile(patterns: &[&Hir], limit: usize) -> Result<NFA, RuleSetError> {
    let config = thompson::Config::new().nfa_size_limit(Some(limit)).which_captures(WhichCaptures::None);
    let compiled = thompson::Compiler::new().configure(config).build_many_from_hir(patterns);
    compiled.map_err(|error| match error.size_limit() {
        Some(limit) => RuleSetError::TooLarge { rules: patterns.len(), limit },
        None => RuleSetError::Automaton(Box::new(error)),
    })
}

impl Automaton {
    /// `limit`: the most bytes that the compiled patterns may take, caches aside.
    pub(super) fn new(patterns: &[(u32, Hir)], limit: usize) -> Result<Self, RuleSetError> {
        let nfa = compile(&patterns.iter().map(|(_, hir)| hir).collect::<Vec<_>>(), limit)?;
        Ok(Self {
            rules: patterns.iter().map(|(rule, _)| *rule).collect(),
            first: Lazy::new(nfa.clone(), MatchKind::LeftmostFirst)?,
            all: Lazy::new(nfa, MatchKind::All)?,
        })
    }

    /// What the compiled patterns take, caches aside.
    pub(super) fn memory(&self) -> usize {
        self.first.dfa.get_nfa().memory_usage()
    }

    /// The lowest rule of all.
    pub(super) fn lowest(&self) -> u32 {
        self.rules.first().copied().unwrap_or(u32::MAX)
    }

    /// The lowest rule that matches `name`.
    pub(super) fn first(&self, name: &str) -> Option<u32> {
        match self.first.search(name) {
            Ok(found) => found.and_then(|pattern| self.rule(pattern)),
            Err(_) => self.simulated(name).min(),
        }
    }

    /// Adds all rules that match `name` to `found`, some perhaps twice.
    pub(super) fn all(&self, name: &str, found: &mut Vec<u32>) {
        match self.all.search_all(name) {
            Ok(patterns) => found.extend(patterns.iter().filter_map(|pattern| self.rule(pattern))),
            Err(_) => found.extend(self.simulated(name)),
        }
    }

    /// The rules that match `name`, some perhaps twice, found without the automaton: it stopped before it knew.
    #[cold]
    fn simulated(&self, name: &str) -> impl Iterator<Item = u32> {
        let mut met = Vec::new();
        simulation::run(self.first.dfa.get_nfa(), name, |pattern| met.extend(self.rule(pattern)));
        met.into_iter()
    }

    fn rule(&self, pattern: PatternID) -> Option<u32> {
        self.rules.get(pattern.as_usize()).copied()
    }
}

fn anchored(name: &str) -> Input<'_> {
    Input::new(name).anchored(Anchored::Yes)
}

/// An automaton that is made while it runs, and what of it was made so far.
#[derive(Debug)]
struct Lazy {
    dfa: DFA,
    caches: Caches<Cache>,
}

/// What one cache may grow to: so much, and so much for each pattern, and no more than so much.
const CACHE: (usize, usize, usize) = (2 << 20, 4 << 10, 64 << 20);

impl Lazy {
    fn new(nfa: NFA, kind: MatchKind) -> Result<Self, RuleSetError> {
        let (least, each, most) = CACHE;
        let capacity = nfa.pattern_len().saturating_mul(each).saturating_add(least).min(most);
        // A word boundary of Unicode makes it stop at the first character that is not ASCII, with an error.
        let config = DFA::config()
            .match_kind(kind)
            .cache_capacity(capacity)
            .skip_cache_capacity_check(true)
            .unicode_word_boundary(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa);
        let dfa = dfa.map_err(|error| RuleSetError::Automaton(Box::new(error)))?;
        Ok(Self { dfa, caches: Caches::default() })
    }

    fn search(&self, name: &str) -> Result<Option<PatternID>, MatchError> {
        let mut cache = self.caches.take();
        let cache = cache.get_or_insert_with(|| self.dfa.create_cache());
        Ok(self.dfa.try_search_fwd(cache, &anchored(name))?.map(|end| end.pattern()))
    }

    fn search_all(&self, name: &str) -> Result<PatternSet, MatchError> {
        let mut cache = self.caches.take();
        let cache = cache.get_or_insert_with(|| self.dfa.create_cache());
        let mut patterns = PatternSet::new(self.dfa.pattern_len());
        self.dfa.try_which_overlapping_matches(cache, &anchored(name), &mut patterns)?;
        Ok(patterns)
    }
}
