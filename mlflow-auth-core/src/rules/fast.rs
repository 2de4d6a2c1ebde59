//! The way of nearly all names.

use super::automaton::{Automaton, Draft};
use super::contained::Contained;
use super::literals::{End, Literals, Text};
use super::set::compiled_form;
use super::shape::{Place, Shape, plain_text, shapes};
use super::{Pattern, RuleSetError};
use aho_corasick::MatchError;
use regex_syntax::hir::Hir;

/// Rules by their shape, each shape with what finds it fastest. For names that are not [left aside](Fast::leaves_aside).
#[derive(Debug)]
pub(super) struct Fast {
    everything: Vec<u32>,
    exact: Literals,
    prefixes: Literals,
    suffixes: Literals,
    contained: Option<Contained>,
    rest: Option<Box<Automaton>>,
    /// Those that look for word boundaries, apart: for a name that is not ASCII they must be simulated.
    with_boundaries: Option<Box<Automaton>>,
}

/// The same rules, not yet compiled.
#[derive(Default)]
struct Sorted {
    everything: Vec<u32>,
    exact: Vec<Text>,
    prefixes: Vec<Text>,
    suffixes: Vec<Text>,
    contained: Vec<(u32, Box<[u8]>, bool)>,
    rest: Draft,
    with_boundaries: Draft,
}

impl Sorted {
    fn add(&mut self, rule: u32, shape: Shape) {
        match shape {
            Shape::Everything => self.everything.push(rule),
            Shape::Text(Place::Whole, text) => self.exact.push((rule, text)),
            Shape::Text(Place::Front, text) => self.prefixes.push((rule, text)),
            Shape::Text(Place::Back, text) => self.suffixes.push((rule, text)),
            Shape::Text(Place::Anywhere, text) => self.contained.push((rule, text, false)),
            Shape::Other(hir) if hir.properties().look_set().contains_word_unicode() => {
                self.with_boundaries.add(rule, hir);
            }
            Shape::Other(hir) => self.rest.add(rule, hir),
        }
    }
}

/// What a byte of plain text takes if it has to be compiled.
const BYTES_PER_BYTE: usize = 32;

impl Fast {
    /// Names on which the shapes do not mean what the patterns do.
    pub(super) fn leaves_aside(name: &str) -> bool {
        name.is_empty() || name.as_bytes().contains(&b'\n')
    }

    pub(super) fn new(patterns: &[Option<Pattern>], limit: usize) -> Result<Self, RuleSetError> {
        let mut sorted = Sorted::default();
        for (rule, pattern) in (0..).zip(patterns) {
            match pattern {
                None => sorted.everything.push(rule),
                Some(pattern) => match plain_text(pattern.as_str()) {
                    Some(shape) => sorted.add(rule, shape),
                    None => shapes(compiled_form(pattern)?).into_iter().for_each(|shape| sorted.add(rule, shape)),
                },
            }
        }
        let (prefixes, left) = Literals::new(sorted.prefixes);
        left.into_iter().for_each(|(rule, text)| sorted.rest.add(rule, Hir::literal(text)));
        let (suffixes, left) = Literals::new(sorted.suffixes);
        sorted.contained.extend(left.into_iter().map(|(rule, text)| (rule, text, true)));
        sorted.contained.sort_by_key(|(rule, ..)| *rule);
        let fast = Self {
            everything: sorted.everything,
            exact: Literals::whole(sorted.exact),
            prefixes,
            suffixes,
            contained: Contained::new(&sorted.contained, limit)?,
            rest: together(sorted.rest, limit)?,
            with_boundaries: together(sorted.with_boundaries, limit)?,
        };
        fast.within(limit, patterns)
    }

    /// All of it must fit into `limit` even if the simple ones have to be compiled for a name that is left aside.
    fn within(self, limit: usize, patterns: &[Option<Pattern>]) -> Result<Self, RuleSetError> {
        let text: usize = patterns.iter().flatten().map(|pattern| pattern.as_str().len()).sum();
        let automata = [&self.rest, &self.with_boundaries].into_iter().flatten().map(|automaton| automaton.memory());
        match automata.sum::<usize>().saturating_add(text.saturating_mul(BYTES_PER_BYTE)) > limit {
            true => Err(RuleSetError::TooLarge { rules: patterns.len(), limit }),
            false => Ok(self),
        }
    }

    /// The lowest rule that matches `name`, by looking only for lower ones than already found.
    pub(super) fn first(&self, name: &str) -> Result<Option<u32>, MatchError> {
        let mut best = self.everything.first().copied().unwrap_or(u32::MAX);
        best = self.exact.first_whole(name, best);
        best = self.prefixes.first(name, End::Front, best);
        best = self.suffixes.first(name, End::Back, best);
        if let Some(contained) = &self.contained {
            best = contained.first(name, best)?;
        }
        for automaton in [&self.rest, &self.with_boundaries].into_iter().flatten() {
            if automaton.lowest() < best {
                best = best.min(automaton.first(name).unwrap_or(u32::MAX));
            }
        }
        Ok((best != u32::MAX).then_some(best))
    }

    /// All rules that match `name`, in no order.
    pub(super) fn all(&self, name: &str, found: &mut Vec<u32>) -> Result<(), MatchError> {
        found.extend(&self.everything);
        self.exact.all_whole(name, found);
        self.prefixes.all(name, End::Front, found);
        self.suffixes.all(name, End::Back, found);
        if let Some(contained) = &self.contained {
            contained.all(name, found)?;
        }
        let automata = [&self.rest, &self.with_boundaries].into_iter().flatten();
        automata.for_each(|automaton| automaton.all(name, found));
        Ok(())
    }
}

fn together(patterns: Draft, limit: usize) -> Result<Option<Box<Automaton>>, RuleSetError> {
    match patterns.is_empty() {
        true => Ok(None),
        false => Ok(Some(Box::new(Automaton::new(patterns, limit)?))),
    }
}
