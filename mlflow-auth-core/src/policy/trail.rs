//! What a decision passed on its way. The same code decides and explains; only the trail differs.

use super::{Source, Verdict};
use crate::grants::Grant;

/// A grant that spoke about the resource and did not decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadowed<'a> {
    /// The grant.
    pub grant: &'a Grant,
    /// The source it belongs to.
    pub source: Source,
    /// The rung of the chain on which it stood, the topmost being 0.
    pub rung: usize,
}

/// A verdict with everything it shadowed.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// What was decided, and by what.
    pub verdict: Verdict<'a>,
    /// What else spoke about the resources that were looked at, in the order it was met.
    pub shadowed: Vec<Shadowed<'a>>,
}

/// Takes note of what is met. [`Nothing`] takes none, and the compiler removes it.
pub(super) trait Trail<'a> {
    /// Whether to look further once the answer is known.
    const THOROUGH: bool;

    fn met(&mut self, grant: &'a Grant, source: Source);

    /// The rung that is looked at from here on.
    fn rung(&mut self, rung: usize);
}

/// Decides, and looks no further.
pub(super) struct Nothing;

impl<'a> Trail<'a> for Nothing {
    const THOROUGH: bool = false;

    fn met(&mut self, _: &'a Grant, _: Source) {}

    fn rung(&mut self, _: usize) {}
}

/// Keeps all grants that spoke, with the rung on which they did.
#[derive(Default)]
pub(super) struct Everything<'a> {
    rung: usize,
    pub(super) met: Vec<Shadowed<'a>>,
}

impl<'a> Trail<'a> for Everything<'a> {
    const THOROUGH: bool = true;

    fn met(&mut self, grant: &'a Grant, source: Source) {
        self.met.push(Shadowed { grant, source, rung: self.rung });
    }

    fn rung(&mut self, rung: usize) {
        self.rung = rung;
    }
}
