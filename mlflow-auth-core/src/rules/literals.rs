//! Rules that are plain text: one probe of a hash map instead of a match each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// A rule and its text.
pub(super) type Text = (u32, Box<[u8]>);

/// Texts with the rules that they belong to.
#[derive(Debug, Default)]
pub(super) struct Literals {
    /// The distinct lengths, the one that can answer lowest first.
    lengths: Vec<Length>,
    rules: Map<Box<[u8]>, Rules>,
    /// The other rules of texts that have more than one.
    others: Vec<Vec<u32>>,
}

/// The rules of one text.
#[derive(Debug)]
struct Rules {
    lowest: u32,
    /// The place of the others, if there are any.
    others: Option<u32>,
}

/// What the texts of one length have in common: most names are turned away without a probe.
#[derive(Debug)]
struct Length {
    length: usize,
    lowest: u32,
    first: Bytes,
    last: Bytes,
}

/// A set of bytes.
#[derive(Debug, Default)]
struct Bytes([u64; 4]);

impl Bytes {
    fn add(&mut self, byte: Option<&u8>) {
        if let Some(byte) = byte
            && let Some(word) = self.0.get_mut(usize::from(byte >> 6))
        {
            *word |= 1 << (byte & 63);
        }
    }

    #[inline]
    fn has(&self, byte: Option<&u8>) -> bool {
        byte.is_some_and(|byte| self.0.get(usize::from(byte >> 6)).is_some_and(|word| word >> (byte & 63) & 1 == 1))
    }
}

impl Length {
    #[inline]
    fn may_hold(&self, text: &[u8]) -> bool {
        self.first.has(text.first()) && self.last.has(text.last())
    }
}

/// The most distinct lengths: each costs a look at every name.
const MOST_LENGTHS: usize = 24;

/// Which end of the name is compared.
#[derive(Clone, Copy)]
pub(super) enum End {
    /// The name begins with the text.
    Front,
    /// The name ends with the text.
    Back,
}

impl End {
    fn of(self, name: &[u8], length: usize) -> Option<&[u8]> {
        match self {
            End::Front => name.get(..length),
            End::Back => name.get(name.len().checked_sub(length)?..),
        }
    }
}

impl Literals {
    /// From texts in the order of their rules, none of them empty. Those of lengths that are too many are handed back:
    /// the rarest ones.
    pub(super) fn new(texts: Vec<Text>) -> (Self, Vec<Text>) {
        let mut lengths = lengths(&texts);
        let left = lengths.split_off(lengths.len().min(MOST_LENGTHS));
        let is_left = |(_, text): &Text| left.iter().any(|(_, length)| length.length == text.len());
        let (left, texts): (Vec<_>, Vec<_>) = texts.into_iter().partition(is_left);
        let mut lengths: Vec<Length> = lengths.into_iter().map(|(_, length)| length).collect();
        lengths.sort_unstable_by_key(|length| length.lowest);
        (Self { lengths, ..Self::mapped(texts) }, left)
    }

    /// The same for texts that are compared with whole names.
    pub(super) fn whole(texts: Vec<Text>) -> Self {
        let lengths = lengths(&texts).into_iter().map(|(_, length)| length).collect();
        Self { lengths, ..Self::mapped(texts) }
    }

    fn mapped(texts: Vec<Text>) -> Self {
        let mut rules: Map<Box<[u8]>, Rules> = Map::with_capacity_and_hasher(texts.len(), Default::default());
        let mut others: Vec<Vec<u32>> = Vec::new();
        for (rule, text) in texts {
            match rules.entry(text) {
                Entry::Vacant(vacant) => drop(vacant.insert(Rules { lowest: rule, others: None })),
                Entry::Occupied(mut held) => {
                    let place = *held.get_mut().others.get_or_insert_with(|| {
                        others.push(Vec::new());
                        others.len() as u32 - 1
                    });
                    others.get_mut(place as usize).into_iter().for_each(|others| others.push(rule));
                }
            }
        }
        Self { lengths: Vec::new(), rules, others }
    }

    /// The lowest rule below `bound` whose text is `name`.
    pub(super) fn first_whole(&self, name: &str, bound: u32) -> u32 {
        let name = name.as_bytes();
        match self.lengths.iter().any(|length| length.length == name.len() && length.may_hold(name)) {
            true => self.rules.get(name).map_or(bound, |rules| bound.min(rules.lowest)),
            false => bound,
        }
    }

    /// The lowest rule below `bound` whose text stands at that end of `name`.
    pub(super) fn first(&self, name: &str, end: End, bound: u32) -> u32 {
        let mut best = bound;
        for length in &self.lengths {
            if length.lowest >= best {
                break;
            }
            if let Some(part) = end.of(name.as_bytes(), length.length)
                && length.may_hold(part)
                && let Some(rules) = self.rules.get(part)
            {
                best = best.min(rules.lowest);
            }
        }
        best
    }

    /// All rules whose text is `name`, some perhaps twice.
    pub(super) fn all_whole(&self, name: &str, found: &mut Vec<u32>) {
        self.found(name.as_bytes(), found);
    }

    /// All rules whose text stands at that end of `name`, some perhaps twice.
    pub(super) fn all(&self, name: &str, end: End, found: &mut Vec<u32>) {
        for length in &self.lengths {
            let part = end.of(name.as_bytes(), length.length);
            part.filter(|part| length.may_hold(part)).into_iter().for_each(|part| self.found(part, found));
        }
    }

    fn found(&self, text: &[u8], found: &mut Vec<u32>) {
        if let Some(rules) = self.rules.get(text) {
            found.push(rules.lowest);
            found.extend(rules.others.and_then(|place| self.others.get(place as usize)).into_iter().flatten());
        }
    }
}

/// The distinct lengths, the most frequent first, each with how many there are.
fn lengths(texts: &[Text]) -> Vec<(usize, Length)> {
    let mut counted: Map<usize, (usize, Length)> = Map::default();
    for (rule, text) in texts {
        let new = || (0, Length { length: text.len(), lowest: *rule, first: Bytes::default(), last: Bytes::default() });
        let (count, length) = counted.entry(text.len()).or_insert_with(new);
        *count += 1;
        length.first.add(text.first());
        length.last.add(text.last());
    }
    let mut lengths: Vec<(usize, Length)> = counted.into_values().collect();
    lengths.sort_unstable_by_key(|(count, length)| (std::cmp::Reverse(*count), length.length));
    lengths
}
