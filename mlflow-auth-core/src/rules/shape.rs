//! What a pattern amounts to, so that the simple ones, which are most, need no automaton.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// What a pattern amounts to for a name without a line break.
#[derive(Debug)]
pub(super) enum Shape {
    /// Every name.
    Everything,
    /// This name.
    Exact(Box<[u8]>),
    /// Names that begin so.
    Prefix(Box<[u8]>),
    /// Names that end so.
    Suffix(Box<[u8]>),
    /// Names that hold this.
    Contains(Box<[u8]>),
    /// Anything else: a pattern without groups.
    Other(Hir),
}

impl Shape {
    pub(super) fn of(hir: Hir) -> Self {
        let hir = plain(hir);
        simple(&hir).unwrap_or(Shape::Other(hir))
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
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Repetition(mut repetition) => {
            repetition.sub = Box::new(without_groups(*repetition.sub));
            Hir::repetition(repetition)
        }
        HirKind::Capture(capture) => without_groups(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(without_groups).collect()),
        HirKind::Alternation(branches) => Hir::alternation(branches.into_iter().map(without_groups).collect()),
    }
}

/// `^ .* literal .* $`, of which all parts may be missing.
fn simple(hir: &Hir) -> Option<Shape> {
    let mut parts = match hir.kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        HirKind::Empty => &[],
        _ => std::slice::from_ref(hir),
    };
    take(&mut parts, |part| matches!(part.kind(), HirKind::Look(Look::Start)));
    let open_start = take(&mut parts, is_anything);
    let mut literal: &[u8] = &[];
    if let [first, rest @ ..] = parts
        && let HirKind::Literal(text) = first.kind()
    {
        (literal, parts) = (&text.0, rest);
    }
    let anything = take(&mut parts, is_anything);
    let end = take(&mut parts, |part| matches!(part.kind(), HirKind::Look(Look::End)));
    if !parts.is_empty() {
        return None;
    }
    let open_end = anything || !end;
    Some(match (open_start, open_end) {
        (false, false) => Shape::Exact(literal.into()),
        _ if literal.is_empty() => Shape::Everything,
        (false, true) => Shape::Prefix(literal.into()),
        (true, false) => Shape::Suffix(literal.into()),
        (true, true) => Shape::Contains(literal.into()),
    })
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
