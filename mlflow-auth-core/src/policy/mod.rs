//! The decision: pure, synchronous, always an answer.

mod decide;
mod first_match;
mod requirement;
mod settings;
mod trail;
mod union;
mod verdict;

pub use decide::Policy;
pub use requirement::{Chain, Requirement, Rung};
pub use settings::{Mode, Source, SourceOrder, UnknownSource};
pub use trail::{Explanation, Shadowed};
pub use verdict::{Reason, Verdict};
