//! Rules that look for plain text anywhere in a name.

use super::RuleSetError;
use aho_corasick::{AhoCorasick, Input, MatchError};

/// Texts that are looked for all at once.
#[derive(Debug)]
pub(super) struct Contained {
    finder: AhoCorasick,
    /// For each text, lowest rule first.
    rules: Box<[Sought]>,
}

#[derive(Clone, Copy, Debug)]
struct Sought {
    rule: u32,
    /// Whether the name must end with the text.
    at_end: bool,
}

/// What the finder needs for each byte of its texts, at most; measured.
const BYTES_PER_BYTE: usize = 64;

impl Contained {
    /// From rule, text, and whether the name must end with it, in the order of the rules.
    pub(super) fn new(texts: &[(u32, Box<[u8]>, bool)], limit: usize) -> Result<Option<Self>, RuleSetError> {
        if texts.is_empty() {
            return Ok(None);
        }
        let bytes: usize = texts.iter().map(|(_, text, _)| text.len()).sum();
        if bytes.saturating_mul(BYTES_PER_BYTE) > limit {
            return Err(RuleSetError::TooLarge { rules: texts.len(), limit });
        }
        let finder = AhoCorasick::new(texts.iter().map(|(_, text, _)| text));
        let rules = texts.iter().map(|(rule, _, at_end)| Sought { rule: *rule, at_end: *at_end }).collect();
        Ok(Some(Self { finder: finder.map_err(|error| RuleSetError::Automaton(Box::new(error)))?, rules }))
    }

    /// The lowest rule below `bound` that is met in `name`.
    pub(super) fn first(&self, name: &str, bound: u32) -> Result<u32, MatchError> {
        let lowest = self.rules.first().map_or(u32::MAX, |sought| sought.rule);
        let mut best = bound;
        if lowest < best {
            for rule in self.met(name)? {
                best = best.min(rule);
                if best == lowest {
                    break;
                }
            }
        }
        Ok(best)
    }

    /// All rules that are met in `name`, some perhaps more than once.
    pub(super) fn all(&self, name: &str, found: &mut Vec<u32>) -> Result<(), MatchError> {
        found.extend(self.met(name)?);
        Ok(())
    }

    fn met(&self, name: &str) -> Result<impl Iterator<Item = u32>, MatchError> {
        let matches = self.finder.try_find_overlapping_iter(Input::new(name))?;
        Ok(matches.filter_map(move |found| {
            let sought = self.rules.get(found.pattern().as_usize())?;
            (!sought.at_end || found.end() == name.len()).then_some(sought.rule)
        }))
    }
}
