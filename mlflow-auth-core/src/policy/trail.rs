//! What a decision passed on its way. The same code decides and explains; only the trail differs.

use super::{Source, Verdict};
use crate::grants::Grant;
use crate::vocabulary::Action;

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

impl Shadowed<'_> {
    /// Whether it would have allowed `action`, had it decided.
    pub fn would_allow(&self, action: Action) -> bool {
        let permission = self.grant.spec.permission;
        !permission.is_refusal() && permission.allows(action)
    }
}

/// A verdict with everything it shadowed. Prints as several lines; as JSON it is an object:
///
/// | key | value |
/// |---|---|
/// | `user` | who asked |
/// | `allowed`, `verdict` | `true` and `"allow"`, or `false` and `"refuse"` |
/// | `action`, `creates` | the word of the [`Action`](crate::Action), or null; whether a new resource is asked for |
/// | `resource` | `{type, id, name, workspace}`, or null; `id` null: the whole type, `name` null: not known |
/// | `rung` | the place in its chain of what decided, the topmost being 0 |
/// | `permission` | what is held there, all weighed |
/// | `reason`, `source` | [`Reason::name`](super::Reason::name); `user`, `group`, `regex`, `group-regex`, or null |
/// | `grant` | what decided, or null: `{id, subject: {type, name, workspace}, workspace, resource_type, target: {form, text, priority}, permission, fault, says}`; `workspace` null: everywhere, or not a role |
/// | `needed` | the least permission that allows the action, or null |
/// | `missing` | null if allowed, else `{permission, resource, says}`: a grant of it would help; `permission` null: none would |
/// | `shadowed` | `{grant, source, rung, would_allow}` each, in the order in which they would have been asked |
/// | `says` | the verdict as a sentence |
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// What was decided, and by what.
    pub verdict: Verdict<'a>,
    /// What else spoke about the resources that were looked at, in the order in which it would have been asked.
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
