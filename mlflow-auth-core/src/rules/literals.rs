//! Rules that are plain text: one probe of a hash map instead of a match each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// A rule and its text.
pub(super) type Text = (u32, Box<[u8]>);

/// Texts with the rules that they belong to.
#[derive(Debug, Default)]
pub(super) struct Literals {
    /// The distinct lengths, each with the lowest rule of a text so long.
    lengths: Vec<(usize, u32)>,
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

/// The most distinct lengths: each costs a probe for every name.
const MOST_LENGTHS: usize = 12;

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
    /// From texts in the order of their rules. Those of lengths that are too many are handed back: the rarest ones.
    pub(super) fn new(texts: Vec<Text>) -> (Self, Vec<Text>) {
        let kept = frequent_lengths(&texts);
        let (texts, left): (Vec<_>, Vec<_>) = texts.into_iter().partition(|(_, text)| kept.contains_key(&text.len()));
        let mut lengths: Vec<(usize, u32)> = kept.into_iter().collect();
        // The length that can answer lowest comes first: the others may then be left out.
        lengths.sort_unstable_by_key(|(length, lowest)| (*lowest, *length));
        (Self { lengths, ..Self::whole(texts) }, left)
    }

    /// The same for texts that are compared with whole names, whatever their length.
    pub(super) fn whole(texts: Vec<Text>) -> Self {
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
        match self.rules.is_empty() {
            true => bound,
            false => self.rules.get(name.as_bytes()).map_or(bound, |rules| bound.min(rules.lowest)),
        }
    }

    /// The lowest rule below `bound` whose text stands at that end of `name`.
    pub(super) fn first(&self, name: &str, end: End, bound: u32) -> u32 {
        let mut best = bound;
        for (length, lowest) in &self.lengths {
            if *lowest >= best {
                break;
            }
            let part = end.of(name.as_bytes(), *length);
            best = part.and_then(|part| self.rules.get(part)).map_or(best, |rules| best.min(rules.lowest));
        }
        best
    }

    /// All rules whose text is `name`, some perhaps twice.
    pub(super) fn all_whole(&self, name: &str, found: &mut Vec<u32>) {
        self.found(name.as_bytes(), found);
    }

    /// All rules whose text stands at that end of `name`.
    pub(super) fn all(&self, name: &str, end: End, found: &mut Vec<u32>) {
        let parts = self.lengths.iter().filter_map(|(length, _)| end.of(name.as_bytes(), *length));
        parts.for_each(|part| self.found(part, found));
    }

    fn found(&self, text: &[u8], found: &mut Vec<u32>) {
        if let Some(rules) = self.rules.get(text) {
            found.push(rules.lowest);
            found.extend(rules.others.and_then(|place| self.others.get(place as usize)).into_iter().flatten());
        }
    }
}

/// The most frequent lengths, each with the lowest of its rules.
fn frequent_lengths(texts: &[Text]) -> Map<usize, u32> {
    let mut counted: Map<usize, (usize, u32)> = Map::default();
    for (rule, text) in texts {
        counted.entry(text.len()).or_insert((0, *rule)).0 += 1;
    }
    let mut lengths: Vec<(usize, usize, u32)> =
        counted.into_iter().map(|(length, (n, rule))| (n, length, rule)).collect();
    lengths.sort_unstable_by_key(|(count, length, _)| (std::cmp::Reverse(*count), *length));
    lengths.into_iter().take(MOST_LENGTHS).map(|(_, length, rule)| (length, rule)).collect()
}
