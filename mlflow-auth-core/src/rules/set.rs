//! Many patterns at once.

use super::automaton::{Compiled, Draft};
use super::fast::Fast;
use super::{Pattern, RuleSetError, Unjudged, shape, syntax};
use regex_syntax::hir::Hir;
use std::sync::OnceLock;

/// Compiled patterns in the order in which they are asked.
///
/// A decision costs about as much over a hundred thousand rules as over ten, and does not allocate once the caches are
/// warm: whole names, beginnings and ends are probed in hash maps, texts in the middle are looked for all at once, and
/// all other patterns form one lazy automaton, which says the lowest that matches in one pass over the name.
#[derive(Debug)]
pub struct RuleSet {
    patterns: Box<[Option<Pattern>]>,
    limits: RuleLimits,
    fast: Fast,
    /// All patterns as they are, for the names that the fast way leaves aside; made when the first of them comes.
    careful: OnceLock<Option<Compiled>>,
}

/// How large a set may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleLimits {
    /// The most patterns.
    pub rules: usize,
    /// The most memory in bytes that the compiled patterns may take, working memory of the threads aside.
    pub bytes: usize,
}

impl Default for RuleLimits {
    /// 100,000 patterns, 256 MiB.
    fn default() -> Self {
        Self { rules: 100_000, bytes: 256 << 20 }
    }
}

impl RuleSet {
    /// Compiles `patterns`, the first asked first, within the default [limits](RuleLimits). `None` stands for one that
    /// cannot be read: it matches everything.
    ///
    /// # Errors
    /// [`RuleSetError`] if there are too many, or if they are too large together.
    pub fn new<'p>(patterns: impl IntoIterator<Item = Option<&'p Pattern>>) -> Result<Self, RuleSetError> {
        Self::with_limits(patterns, RuleLimits::default())
    }

    /// The same within other limits.
    ///
    /// # Errors
    /// [`RuleSetError`], as [`RuleSet::new`].
    pub fn with_limits<'p>(
        patterns: impl IntoIterator<Item = Option<&'p Pattern>>,
        limits: RuleLimits,
    ) -> Result<Self, RuleSetError> {
        let most = limits.rules.min(u32::MAX as usize);
        let patterns: Box<[_]> = patterns.into_iter().take(most.saturating_add(1)).map(|rule| rule.cloned()).collect();
        if patterns.len() > most {
            return Err(RuleSetError::TooMany { limit: most });
        }
        let fast = Fast::new(&patterns, limits.bytes)?;
        Ok(Self { patterns, limits, fast, careful: OnceLock::new() })
    }

    /// The place of the first pattern that matches `name`.
    ///
    /// # Errors
    /// [`Unjudged`], which must be taken for a refusal.
    pub fn first_match(&self, name: &str) -> Result<Option<usize>, Unjudged> {
        if !Fast::leaves_aside(name)
            && let Ok(found) = self.fast.first(name)
        {
            return Ok(found.map(|rule| rule as usize));
        }
        let mut best: Option<usize> = None;
        self.carefully(name, |rule| best = Some(best.map_or(rule, |best| best.min(rule))))?;
        Ok(best)
    }

    /// The places of all patterns that match `name`, in order.
    ///
    /// # Errors
    /// [`Unjudged`], which must be taken for a refusal.
    pub fn all_matches(&self, name: &str) -> Result<Vec<usize>, Unjudged> {
        let mut places = Vec::new();
        let mut found = Vec::new();
        if !Fast::leaves_aside(name) && self.fast.all(name, &mut found).is_ok() {
            places.extend(found.into_iter().map(|rule| rule as usize));
        } else {
            self.carefully(name, |rule| places.push(rule))?;
        }
        places.sort_unstable();
        places.dedup();
        Ok(places)
    }

    /// Calls `met` for all patterns that match, without the shortcuts.
    fn carefully(&self, name: &str, mut met: impl FnMut(usize)) -> Result<(), Unjudged> {
        let all = self.careful.get_or_init(|| self.compile_all().inspect_err(Unjudged::tell).ok());
        all.as_ref().ok_or(Unjudged(()))?.simulate(name, |rule| met(rule as usize));
        Ok(())
    }

    fn compile_all(&self) -> Result<Compiled, RuleSetError> {
        let mut draft = Draft::default();
        for (rule, pattern) in (0..).zip(&self.patterns) {
            draft.add(rule, pattern.as_ref().map_or(Ok(Hir::empty()), compiled_form)?);
        }
        draft.compile(self.limits.bytes.saturating_mul(2))
    }
}

/// The pattern as it is compiled.
pub(super) fn compiled_form(pattern: &Pattern) -> Result<Hir, RuleSetError> {
    let hir = syntax::read(pattern.as_str()).map_err(|fault| RuleSetError::Automaton(fault.problem.into()))?;
    Ok(shape::plain(hir))
}
