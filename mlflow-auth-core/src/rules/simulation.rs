//! Patterns on any name, exactly as Python judges them, slowly.
//!
//! The fast way leaves some names aside: those with a line break (before the last one `$` holds too), the empty one (in
//! which there is no `\B`), and those that are not ASCII where a pattern looks for word boundaries (what a word is, Python
//! and the `regex` crate see differently). Here all patterns are followed through the name at once, one character after
//! the other, and what `$` and `\b` mean is decided here.

use super::alphabet::Alphabet;
use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::look::Look;
use regex_automata::util::primitives::{PatternID, StateID};
use regex_syntax::hir::{Class, ClassUnicode, HirKind};
use std::sync::LazyLock;

/// Calls `met` for every pattern of `nfa` that matches `name` from its start, for some more than once.
pub(super) fn run(nfa: &NFA, alphabet: &Alphabet, name: &str, mut met: impl FnMut(PatternID)) {
    let mut spelled = String::new();
    let name = alphabet.spell(name, &mut spelled);
    let mut here = States::new(nfa, alphabet, name);
    let mut there = States::new(nfa, alphabet, name);
    here.enter(nfa.start_anchored(), 0, &mut met);
    for (at, byte) in name.bytes().enumerate() {
        for state in here.active.drain(..) {
            if let Some(next) = step(nfa.state(state), byte) {
                there.enter(next, at + 1, &mut met);
            }
        }
        if there.active.is_empty() {
            return;
        }
        std::mem::swap(&mut here, &mut there);
    }
}

fn step(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(transitions) => transitions.matches_byte(byte),
        State::Dense(transitions) => transitions.matches_byte(byte),
        _ => None,
    }
}

/// The states that are active before one character of the name.
struct States<'n> {
    nfa: &'n NFA,
    alphabet: &'n Alphabet,
    /// The name in this alphabet.
    name: &'n str,
    active: Vec<StateID>,
    /// For each state, behind which byte it was last entered, counted from one.
    entered: Vec<usize>,
    stack: Vec<StateID>,
}

impl<'n> States<'n> {
    fn new(nfa: &'n NFA, alphabet: &'n Alphabet, name: &'n str) -> Self {
        Self { nfa, alphabet, name, active: Vec::new(), entered: vec![0; nfa.states().len()], stack: Vec::new() }
    }

    /// Makes `state` active, and all that follow from it without a character.
    fn enter(&mut self, state: StateID, at: usize, met: &mut impl FnMut(PatternID)) {
        self.stack.push(state);
        while let Some(state) = self.stack.pop() {
            match self.entered.get_mut(state.as_usize()) {
                Some(entered) if *entered != at + 1 => *entered = at + 1,
                _ => continue,
            }
            match self.nfa.state(state) {
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) => self.active.push(state),
                State::Look { look, next } if self.holds(*look, at) => self.stack.push(*next),
                State::Look { .. } | State::Fail => {}
                State::Union { alternates } => self.stack.extend(alternates.iter()),
                State::BinaryUnion { alt1, alt2 } => self.stack.extend([*alt1, *alt2]),
                State::Capture { next, .. } => self.stack.push(*next),
                State::Match { pattern_id } => met(*pattern_id),
            }
        }
    }

    fn holds(&self, look: Look, at: usize) -> bool {
        let rest = self.name.get(at..).unwrap_or_default();
        match look {
            Look::End => rest.is_empty() || rest == "\n",
            Look::WordUnicode => self.is_boundary(at),
            Look::WordUnicodeNegate => !self.name.is_empty() && !self.is_boundary(at),
            other => self.nfa.look_matcher().matches(other, self.name.as_bytes(), at),
        }
    }

    fn is_boundary(&self, at: usize) -> bool {
        let (before, after) = self.name.split_at_checked(at).unwrap_or((self.name, ""));
        let is_word = |letter| is_word(self.alphabet.sample(letter));
        before.chars().next_back().is_some_and(is_word) != after.chars().next().is_some_and(is_word)
    }
}

/// Whether Python takes `c` for a part of a word.
fn is_word(c: char) -> bool {
    let ranges = words().ranges();
    let place = ranges.partition_point(|range| range.end() < c);
    ranges.get(place).is_some_and(|range| range.start() <= c)
}

/// The characters of which Python thinks that words are made.
pub(super) fn words() -> &'static ClassUnicode {
    static WORD: LazyLock<ClassUnicode> = LazyLock::new(|| {
        let word = super::syntax::read(r"\w").ok().map(|hir| hir.into_kind());
        match word {
            Some(HirKind::Class(Class::Unicode(class))) => class,
            _ => ClassUnicode::empty(),
        }
    });
    &WORD
}
