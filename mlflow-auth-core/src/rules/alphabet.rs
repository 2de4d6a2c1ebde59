//! A smaller alphabet: characters that no pattern of a set tells apart are one letter.
//!
//! `\w` alone takes in hundreds of ranges of Unicode, which make an automaton large and slow to compile. But a set of
//! patterns tells few kinds of characters apart, mostly "a letter", "a digit", "a space", "any other", and those that
//! stand in its texts. So the characters beyond ASCII are numbered by kind, patterns are compiled over these letters, and
//! names are spelled in them. ASCII stays what it is, and a name in ASCII is not touched.

use super::shape::rebuilt;
use super::{RuleSetError, simulation};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::BuildHasher;

type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// First and last of a run of characters.
type Run = (u32, u32);

/// The first letter, and the first sign that stands for a class while classes are still collected.
const LETTERS: u32 = 0x80;
const CLASSES: u32 = 0xF_0000;

/// The most letters, the most classes, the most runs in all of them, and the most pairs of a class and a letter in it.
const MOST_LETTERS: usize = 50_000;
const MOST_CLASSES: usize = 100_000;
const MOST_RUNS: usize = 2_000_000;
const MOST_MEMBERS: usize = 10_000_000;

/// Collects the classes of patterns: what of them lies beyond ASCII.
#[derive(Default)]
pub(super) struct Classes {
    numbers: Map<Box<[Run]>, u32>,
}

impl Classes {
    /// `hir` with a sign in place of each class, or part of a class, beyond ASCII.
    pub(super) fn collect(&mut self, hir: Hir) -> Hir {
        if hir.properties().look_set().contains_word_unicode() {
            self.class(simulation::words());
        }
        self.collected(hir)
    }

    fn collected(&mut self, hir: Hir) -> Hir {
        match hir.into_kind() {
            HirKind::Literal(text) => match std::str::from_utf8(&text.0) {
                Ok(chars) if !chars.is_ascii() => Hir::literal(self.text(chars).into_bytes()),
                _ => Hir::literal(text.0),
            },
            HirKind::Class(Class::Unicode(class)) => Hir::class(Class::Unicode(self.class(&class))),
            kind => rebuilt(kind, &mut |hir| self.collected(hir)),
        }
    }

    fn text(&mut self, text: &str) -> String {
        let sign = |c: char| if c.is_ascii() { c } else { self.sign(Box::new([(c.into(), c.into())])) };
        text.chars().map(sign).collect()
    }

    fn class(&mut self, class: &ClassUnicode) -> ClassUnicode {
        let (mut kept, mut beyond) = (Vec::new(), Vec::new());
        for range in class.ranges() {
            if range.start().is_ascii() {
                kept.push(ClassUnicodeRange::new(range.start(), range.end().min('\x7f')));
            }
            if !range.end().is_ascii() {
                beyond.push((u32::from(range.start()).max(LETTERS), u32::from(range.end())));
            }
        }
        if !beyond.is_empty() {
            let sign = self.sign(beyond.into());
            kept.push(ClassUnicodeRange::new(sign, sign));
        }
        ClassUnicode::new(kept)
    }

    /// The sign of a class; of one too many it is the last one, and [`Alphabet::new`] then refuses all of them.
    fn sign(&mut self, runs: Box<[Run]>) -> char {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX).min(char::MAX as u32 - CLASSES);
        char::from_u32(CLASSES + *self.numbers.entry(runs).or_insert(next)).unwrap_or(char::MAX)
    }

    /// Where classes begin and end, in the order of the characters, from the first one beyond ASCII on.
    fn changes(&self) -> BTreeMap<u32, Vec<(u32, bool)>> {
        let mut changes = BTreeMap::from([(LETTERS, Vec::new())]);
        for (runs, class) in &self.numbers {
            for (start, end) in runs {
                changes.entry(*start).or_insert_with(Vec::new).push((*class, true));
                changes.entry(end + 1).or_insert_with(Vec::new).push((*class, false));
            }
        }
        changes.remove(&(char::MAX as u32 + 1));
        changes
    }
}

/// The letters that a set of patterns tells apart.
#[derive(Debug, Default)]
pub(super) struct Alphabet {
    /// The first character of each run, with the letter of all in it.
    runs: Box<[(u32, char)]>,
    /// One character of each letter.
    samples: Vec<char>,
    /// The runs of letters of each class, while patterns are written in them.
    members: Vec<Vec<(char, char)>>,
}

impl Alphabet {
    /// The letters that `classes` need.
    pub(super) fn new(classes: Classes) -> Result<Self, RuleSetError> {
        let runs: usize = classes.numbers.keys().map(|runs| runs.len()).sum();
        if classes.numbers.len() > MOST_CLASSES || runs > MOST_RUNS {
            return Err(RuleSetError::TooManyCharacters);
        }
        let mut alphabet = Self { members: vec![Vec::new(); classes.numbers.len()], ..Self::default() };
        let hashers = <[foldhash::fast::RandomState; 2]>::default();
        let mark = |class: u32| hashers.iter().fold(0, |mark, hasher| mark << 64 | u128::from(hasher.hash_one(class)));
        let (mut letters, mut room) = (Map::default(), MOST_MEMBERS);
        // The classes that hold the character, and the sum of their random marks, which need not be compared one by one.
        let (mut here, mut sum) = (BTreeSet::new(), 0_u128);
        let mut runs = Vec::new();
        for (start, changes) in classes.changes() {
            for (class, begins) in changes {
                if begins {
                    here.insert(class);
                    sum = sum.wrapping_add(mark(class));
                } else {
                    here.remove(&class);
                    sum = sum.wrapping_sub(mark(class));
                }
            }
            let letter = match letters.get(&sum) {
                Some(letter) => *letter,
                None => {
                    room = room.checked_sub(here.len()).ok_or(RuleSetError::TooManyCharacters)?;
                    *letters.entry(sum).or_insert(alphabet.add(start, &here)?)
                }
            };
            runs.push((start, letter));
        }
        Ok(Self { runs: runs.into(), ..alphabet })
    }

    /// Adds the letter of the characters that are in just these classes.
    fn add(&mut self, sample: u32, classes: &BTreeSet<u32>) -> Result<char, RuleSetError> {
        let number = u32::try_from(self.samples.len()).ok().filter(|number| (*number as usize) < MOST_LETTERS);
        let letter = number.and_then(|number| char::from_u32(LETTERS + number));
        let letter = letter.ok_or(RuleSetError::TooManyCharacters)?;
        self.samples.push(char::from_u32(sample).unwrap_or(char::REPLACEMENT_CHARACTER));
        for class in classes {
            let Some(members) = self.members.get_mut(*class as usize) else { continue };
            match members.last_mut() {
                Some((_, end)) if u32::from(*end) + 1 == u32::from(letter) => *end = letter,
                _ => members.push((letter, letter)),
            }
        }
        Ok(letter)
    }

    /// A pattern that was [collected](Classes::collect), in these letters.
    pub(super) fn spell_pattern(&self, hir: Hir) -> Hir {
        match hir.into_kind() {
            HirKind::Literal(text) => match std::str::from_utf8(&text.0) {
                Ok(chars) if !chars.is_ascii() => Hir::concat(chars.chars().map(|c| self.class_of([(c, c)])).collect()),
                _ => Hir::literal(text.0),
            },
            HirKind::Class(Class::Unicode(class)) => {
                self.class_of(class.ranges().iter().map(|range| (range.start(), range.end())))
            }
            kind => rebuilt(kind, &mut |hir| self.spell_pattern(hir)),
        }
    }

    fn class_of(&self, signs: impl IntoIterator<Item = (char, char)>) -> Hir {
        let mut ranges = Vec::new();
        for (start, end) in signs {
            match u32::from(start).checked_sub(CLASSES) {
                None => ranges.push((start, end)),
                Some(first) => {
                    let classes = first..=u32::from(end) - CLASSES;
                    ranges.extend(classes.filter_map(|class| self.members.get(class as usize)).flatten());
                }
            }
        }
        let ranges = ranges.into_iter().map(|(start, end)| ClassUnicodeRange::new(start, end));
        Hir::class(Class::Unicode(ClassUnicode::new(ranges)))
    }

    /// Drops what only patterns need.
    pub(super) fn for_names(mut self) -> Self {
        self.members = Vec::new();
        self
    }

    /// `name` in these letters, written into `room` if it is not ASCII.
    pub(super) fn spell<'n>(&self, name: &'n str, room: &'n mut String) -> &'n str {
        if name.is_ascii() {
            return name;
        }
        room.clear();
        room.extend(name.chars().map(|c| if c.is_ascii() { c } else { self.letter(c) }));
        room
    }

    /// Where no class was collected there is one run from the first character beyond ASCII on, so there always is one.
    fn letter(&self, c: char) -> char {
        let after = self.runs.partition_point(|(start, _)| *start <= u32::from(c));
        let run = after.checked_sub(1).and_then(|place| self.runs.get(place));
        run.map_or(c, |(_, letter)| *letter)
    }

    /// A character that is spelled with this letter.
    pub(super) fn sample(&self, letter: char) -> char {
        let place = u32::from(letter).checked_sub(LETTERS).map(|place| place as usize);
        place.and_then(|place| self.samples.get(place)).copied().unwrap_or(letter)
    }
}
