//! One pattern, checked.

use super::automaton::Draft;
use super::shape::plain_text;
use super::syntax::{self, Fault};
use regex_syntax::hir::{Class, Hir, HirKind};
use std::fmt;
use std::sync::Arc;

/// A regular expression that names are matched against: anchored at its start, open at its end, as Python's `re.match`
/// does it. `^prod` and `prod` match `production`; `prod$` matches `prod` alone.
///
/// The language is what Python's `re` (3.11) and the `regex` crate have in common. Where both know a spelling and read it
/// differently, it is refused. Classes are Python's: `\w` is a letter, a number or `_` of any script. One
/// difference is known to remain: with the flag `i`, Python takes the Turkish `İ` and `ı` for an `i`.
///
/// Cheap to clone. Two are equal if they are written alike.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pattern(Arc<str>);

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pattern `{}` cannot be used{}: {problem}", shortened(pattern), place(*position))]
pub struct PatternError {
    /// As it was written.
    pub pattern: String,
    /// What is wrong, and what to write instead.
    pub problem: String,
    /// How many characters stand before what is wrong, where that can be said.
    pub position: Option<usize>,
}

/// The longest pattern in characters, as in mlflow-oidc-auth.
const LONGEST: usize = 1024;

/// The most memory that one pattern may need when it is compiled.
const LARGEST: usize = 1 << 20;

impl Pattern {
    /// Checks `text`: 1 to 1024 characters, at most 1 MiB when compiled, no look-around, no back-references, nothing
    /// that Python reads differently.
    ///
    /// # Errors
    /// [`PatternError`], which says what to write instead. It takes no longer than some milliseconds, whatever `text` is.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        match check(text) {
            Ok(()) => Ok(Self(text.into())),
            Err(Fault { problem, at }) => Err(PatternError {
                pattern: text.to_owned(),
                problem: problem.into_owned(),
                position: at.map(|at| text.bytes().take(at).filter(|byte| (*byte as i8) >= -0x40).count()),
            }),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::of("it is empty; write `.*` to match everything"));
    }
    if text.chars().nth(LONGEST).is_some() {
        return Err(Fault::of(format!("it is longer than {LONGEST} characters; write several patterns")));
    }
    if plain_text(text).is_some() {
        return Ok(());
    }
    let hir = syntax::read(text)?;
    let fits = |hir| {
        let mut draft = Draft::default();
        draft.add(0, hir);
        draft.compile(LARGEST).is_ok()
    };
    match at_most(&hir) <= LARGEST || fits(hir) {
        true => Ok(()),
        false => Err(Fault::of("it is too large when it is compiled; use smaller counts, or ranges in place of `\\w`")),
    }
}

/// More than `hir` needs when it is compiled alone.
fn at_most(hir: &Hir) -> usize {
    const STATE: usize = 64;
    let all = |parts: &[Hir]| parts.iter().map(at_most).fold(STATE, usize::saturating_add);
    match hir.kind() {
        HirKind::Literal(text) => text.0.len() * STATE,
        HirKind::Class(Class::Unicode(class)) if class.is_ascii() => class.ranges().len() * STATE,
        HirKind::Class(Class::Unicode(class)) => (class.ranges().len().min(128) + 40) * STATE,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len() * STATE,
        HirKind::Empty | HirKind::Look(_) => STATE,
        HirKind::Capture(capture) => at_most(&capture.sub).saturating_add(2 * STATE),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).saturating_add(1);
            at_most(&repetition.sub).saturating_add(STATE).saturating_mul(times.try_into().unwrap_or(usize::MAX))
        }
    }
}

fn shortened(pattern: &str) -> String {
    let mut chars = pattern.chars();
    let mut head = String::new();
    for c in chars.by_ref().take(100) {
        match c.is_control() {
            true => head.extend(c.escape_default()),
            false => head.push(c),
        }
    }
    if chars.next().is_some() { head + "…" } else { head }
}

fn place(position: Option<usize>) -> String {
    position.map_or_else(String::new, |before| format!(" at character {}", before + 1))
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
