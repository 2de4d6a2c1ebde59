//! What a pattern amounts to, so that the simple ones, which are most, need no automaton.
//!
//! All of this holds for names that are not empty and have no line break: there `.*` is anything, and `$` is the end.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// What a pattern amounts to, or one of the alternatives that it amounts to.
#[derive(Debug, PartialEq)]
pub(super) enum Shape {
    /// Every name.
    Everything,
    /// Names in which this text stands there.
    Text(Place, Box<[u8]>),
    /// Anything else: a pattern without groups, and without what is of no account at its end.
    Other(Hir),
}

/// Where a text stands in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is the name.
    Whole,
    /// At its beginning.
    Front,
    /// At its end.
    Back,
    /// Somewhere.
    Anywhere,
}

impl Place {
    fn of(open_start: bool, end: bool) -> Self {
        match (open_start, end) {
            (false, true) => Place::Whole,
            (false, false) => Place::Front,
            (true, true) => Place::Back,
            (true, false) => Place::Anywhere,
        }
    }
}

/// The most alternatives that a pattern is taken apart into.
const MOST: usize = 16;

/// The signs that mean something in a pattern.
const SIGNS: &[char] = &['\\', '.', '^', '$', '*', '+', '?', '{', '}', '[', ']', '(', ')', '|'];

/// The shape of a pattern that is nothing but text, between `^` or `.*` and `.*` or `$`: found without parsing, for the
/// sake of those who load ten thousand of them.
pub(super) fn plain_text(pattern: &str) -> Option<Shape> {
    let rest = pattern.strip_prefix('^').unwrap_or(pattern);
    let (open_start, rest) = rest.strip_prefix(".*").map_or((false, rest), |rest| (true, rest));
    let (end, rest) = rest.strip_suffix('$').map_or((false, rest), |rest| (true, rest));
    let (anything, text) = rest.strip_suffix(".*").map_or((false, rest), |rest| (true, rest));
    let plain = !text.is_empty() && !text.contains(SIGNS);
    plain.then(|| Shape::Text(Place::of(open_start, end && !anything), text.as_bytes().into()))
}

/// The shapes of which one must fit.
pub(super) fn shapes(hir: Hir) -> Vec<Shape> {
    let hir = plain(hir);
    let mut found = Vec::new();
    alternatives(parts(&hir), &mut found);
    match found.len() {
        1..=MOST => found,
        _ => vec![Shape::Other(hir)],
    }
}

/// The same without its groups, so that what they held apart grows together.
pub(super) fn plain(hir: Hir) -> Hir {
    match hir.properties().explicit_captures_len() {
        0 => hir,
        _ => without_groups(hir),
    }
}

fn without_groups(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Capture(capture) => without_groups(*capture.sub),
        kind => rebuilt(kind, &mut without_groups),
    }
}

/// An expression whose parts are put through `part`, and the rest left alone.
pub(super) fn rebuilt(kind: HirKind, part: &mut impl FnMut(Hir) -> Hir) -> Hir {
    match kind {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(text) => Hir::literal(text.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(mut repetition) => {
            let sub = std::mem::replace(&mut *repetition.sub, Hir::empty());
            *repetition.sub = part(sub);
            Hir::repetition(repetition)
        }
        HirKind::Capture(capture) => part(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(part).collect()),
        HirKind::Alternation(branches) => Hir::alternation(branches.into_iter().map(part).collect()),
    }
}

fn parts(hir: &Hir) -> &[Hir] {
    match hir.kind() {
        HirKind::Concat(parts) => parts,
        HirKind::Empty => &[],
        _ => std::slice::from_ref(hir),
    }
}

/// Adds the shapes of the alternatives of `parts`.
fn alternatives(mut parts: &[Hir], found: &mut Vec<Shape>) {
    take(&mut parts, |part| matches!(part.kind(), HirKind::Look(Look::Start)));
    match parts {
        [only] if let HirKind::Alternation(branches) = only.kind() => {
            branches.iter().take(MOST + 1).for_each(|branch| alternatives(self::parts(branch), found));
        }
        _ => {
            let (parts, last) = trimmed(parts);
            match simple(parts).filter(|_| last.is_none()) {
                Some(shapes) => found.extend(shapes),
                None => found.push(Shape::Other(Hir::concat(parts.iter().cloned().chain(last).collect()))),
            }
        }
    }
}

/// Without what matches whatever stands there, or may be missing, at an end that is open; and what to put at its end.
fn trimmed(mut parts: &[Hir]) -> (&[Hir], Option<Hir>) {
    while let [rest @ .., end] = parts {
        match (end.kind(), rest) {
            (HirKind::Look(Look::End), [rest @ .., before]) if is_anything(before) => parts = rest,
            (HirKind::Repetition(repetition), _) if repetition.min == 0 => parts = rest,
            (HirKind::Repetition(repetition), _) if repetition.max != Some(repetition.min) => {
                let least = Repetition { max: Some(repetition.min), ..repetition.clone() };
                return (rest, Some(Hir::repetition(least)));
            }
            _ => break,
        }
    }
    (parts, None)
}

/// `.* texts $`, of which all may be missing.
fn simple(mut parts: &[Hir]) -> Option<Vec<Shape>> {
    let open_start = take(&mut parts, is_anything);
    let mut texts = vec![Vec::new()];
    while let [first, rest @ ..] = parts
        && let Some(longer) = finite(first).and_then(|more| product(&texts, &more))
    {
        (texts, parts) = (longer, rest);
    }
    let end = take(&mut parts, |part| matches!(part.kind(), HirKind::Look(Look::End)));
    if !parts.is_empty() {
        return None;
    }
    let place = Place::of(open_start, end);
    let shape = |text: Vec<u8>| match text.is_empty() && place != Place::Whole {
        true => Shape::Everything,
        false => Shape::Text(place, text.into()),
    };
    Some(texts.into_iter().map(shape).collect())
}

/// All that `hir` can be, if that is not much.
fn finite(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    match hir.kind() {
        HirKind::Empty => Some(vec![Vec::new()]),
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Class(Class::Unicode(class)) => {
            let chars = || class.ranges().iter().flat_map(|range| range.start()..=range.end());
            (chars().take(MOST + 1).count() <= MOST).then(|| chars().map(|c| c.to_string().into_bytes()).collect())
        }
        HirKind::Repetition(Repetition { min: 0, max: Some(1), sub, .. }) => {
            let texts = finite(sub)?;
            Some(texts.into_iter().chain([Vec::new()]).collect())
        }
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![Vec::new()], |texts, part| product(&texts, &finite(part)?))
        }
        HirKind::Alternation(branches) if branches.len() <= MOST => {
            let texts = branches.iter().map(finite).collect::<Option<Vec<_>>>()?;
            Some(texts.concat())
        }
        _ => None,
    }
}

/// Each text with each other behind it, if that is not too many.
fn product(texts: &[Vec<u8>], behind: &[Vec<u8>]) -> Option<Vec<Vec<u8>>> {
    let joined = || texts.iter().flat_map(|text| behind.iter().map(move |more| [text.as_slice(), more].concat()));
    (texts.len() * behind.len() <= MOST).then(|| joined().collect())
}

/// Drops the first parts for which `is` holds, and says whether there were any.
fn take(parts: &mut &[Hir], is: impl Fn(&Hir) -> bool) -> bool {
    let mut taken = false;
    while let [first, rest @ ..] = *parts
        && is(first)
    {
        (*parts, taken) = (rest, true);
    }
    taken
}

/// Whether `hir` is `.*`.
fn is_anything(hir: &Hir) -> bool {
    let HirKind::Repetition(repetition) = hir.kind() else { return false };
    let HirKind::Class(Class::Unicode(class)) = repetition.sub.kind() else { return false };
    let mut ranges = class.ranges().iter().map(|range| (range.start(), range.end()));
    let all = match ranges.next() {
        Some(('\0', '\t')) => ranges.next() == Some(('\x0b', char::MAX)),
        first => first == Some(('\0', char::MAX)),
    };
    all && repetition.min == 0 && repetition.max.is_none()
}
