//! Many patterns in one lazy automaton.

use super::alphabet::{Alphabet, Classes};
use super::caches::Caches;
use super::{RuleSetError, simulation};
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::{Anchored, Input, MatchError, MatchKind, PatternID, PatternSet};
use regex_syntax::hir::Hir;

/// Patterns that are to be compiled together.
#[derive(Default)]
pub(super) struct Draft {
    classes: Classes,
    patterns: Vec<(u32, Hir)>,
}

/// The same, compiled.
#[derive(Debug)]
pub(super) struct Compiled {
    /// From the number of a pattern to that of its rule, lowest first.
    rules: Box<[u32]>,
    nfa: NFA,
    alphabet: Alphabet,
}

impl Draft {
    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Adds a pattern of a rule.
    pub(super) fn add(&mut self, rule: u32, pattern: Hir) {
        self.patterns.push((rule, self.classes.collect(pattern)));
    }

    /// Compiles all, within `limit` bytes.
    pub(super) fn compile(mut self, limit: usize) -> Result<Compiled, RuleSetError> {
        self.patterns.sort_by_key(|(rule, _)| *rule);
        let alphabet = Alphabet::new(self.classes)?;
        let (rules, patterns): (Vec<u32>, Vec<Hir>) = self.patterns.into_iter().unzip();
        let patterns: Vec<Hir> = patterns.into_iter().map(|pattern| alphabet.spell_pattern(pattern)).collect();
        let config = thompson::Config::new().nfa_size_limit(Some(limit)).which_captures(WhichCaptures::None);
        let nfa = thompson::Compiler::new().configure(config).build_many_from_hir(&patterns);
        let nfa = nfa.map_err(|error| match error.size_limit() {
            Some(limit) => RuleSetError::TooLarge { rules: patterns.len(), limit },
            None => RuleSetError::Automaton(Box::new(error)),
        })?;
        Ok(Compiled { rules: rules.into(), nfa, alphabet: alphabet.for_names() })
    }
}

impl Compiled {
    /// Calls `met` with all rules that match `name`, with some perhaps twice.
    pub(super) fn simulate(&self, name: &str, mut met: impl FnMut(u32)) {
        simulation::run(&self.nfa, &self.alphabet, name, |pattern| self.rule(pattern).into_iter().for_each(&mut met));
    }

    pub(super) fn nfa(&self) -> &NFA {
        &self.nfa
    }

    /// A name that is spelled in the letters of these patterns like this.
    pub(super) fn unspelled(&self, letters: &[u8]) -> Option<String> {
        let letters = std::str::from_utf8(letters).ok()?;
        Some(letters.chars().map(|letter| self.alphabet.sample(letter)).collect())
    }

    fn rule(&self, pattern: PatternID) -> Option<u32> {
        self.rules.get(pattern.as_usize()).copied()
    }
}

/// Patterns compiled together, as a lazy automaton.
#[derive(Debug)]
pub(super) struct Automaton {
    compiled: Compiled,
    /// Stops at the lowest rule that matches.
    first: Lazy,
    /// Finds all that match.
    all: Lazy,
}

impl Automaton {
    /// `limit`: the most bytes that the patterns may take, caches aside.
    pub(super) fn new(patterns: Draft, limit: usize) -> Result<Self, RuleSetError> {
        let compiled = patterns.compile(limit)?;
        let lazy = |kind| Lazy::new(compiled.nfa.clone(), kind);
        let (first, all) = (lazy(MatchKind::LeftmostFirst)?, lazy(MatchKind::All)?);
        Ok(Self { compiled, first, all })
    }

    /// What the compiled patterns take, caches aside.
    pub(super) fn memory(&self) -> usize {
        self.compiled.nfa.memory_usage()
    }

    /// The lowest rule of all.
    pub(super) fn lowest(&self) -> u32 {
        self.compiled.rules.first().copied().unwrap_or(u32::MAX)
    }

    /// The lowest rule that matches `name`.
    pub(super) fn first(&self, name: &str) -> Option<u32> {
        match self.first.search(name, &self.compiled.alphabet) {
            Ok(found) => found.and_then(|pattern| self.compiled.rule(pattern)),
            Err(_) => self.simulated(name).min(),
        }
    }

    /// Adds all rules that match `name` to `found`, some perhaps twice.
    pub(super) fn all(&self, name: &str, found: &mut Vec<u32>) {
        match self.all.search_all(name, &self.compiled.alphabet) {
            Ok(patterns) => found.extend(patterns.iter().filter_map(|pattern| self.compiled.rule(pattern))),
            Err(_) => found.extend(self.simulated(name)),
        }
    }

    /// The rules that match `name`, some perhaps twice, found without the automaton: it stopped before it knew.
    #[cold]
    fn simulated(&self, name: &str) -> impl Iterator<Item = u32> {
        let mut met = Vec::new();
        self.compiled.simulate(name, |rule| met.push(rule));
        met.into_iter()
    }
}

fn anchored(name: &str) -> Input<'_> {
    Input::new(name).anchored(Anchored::Yes)
}

/// An automaton that is made while it runs, and what of it was made so far.
#[derive(Debug)]
struct Lazy {
    dfa: DFA,
    rooms: Caches<Room>,
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
        Ok(Self { dfa, rooms: Caches::default() })
    }

    fn search(&self, name: &str, alphabet: &Alphabet) -> Result<Option<PatternID>, MatchError> {
        let mut room = self.rooms.take();
        let Room { cache, name: spelled } = room.get_or_insert_with(|| Room::new(&self.dfa));
        let end = self.dfa.try_search_fwd(cache, &anchored(alphabet.spell(name, spelled)))?;
        Ok(end.map(|end| end.pattern()))
    }

    fn search_all(&self, name: &str, alphabet: &Alphabet) -> Result<PatternSet, MatchError> {
        let mut room = self.rooms.take();
        let Room { cache, name: spelled } = room.get_or_insert_with(|| Room::new(&self.dfa));
        let mut patterns = PatternSet::new(self.dfa.pattern_len());
        self.dfa.try_which_overlapping_matches(cache, &anchored(alphabet.spell(name, spelled)), &mut patterns)?;
        Ok(patterns)
    }
}

/// What one search needs room for.
#[derive(Debug)]
struct Room {
    cache: Cache,
    name: String,
}

impl Room {
    fn new(dfa: &DFA) -> Self {
        Self { cache: dfa.create_cache(), name: String::new() }
    }
}
