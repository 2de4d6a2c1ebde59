//! The decision: pure, synchronous, always an answer.

mod decide;
mod first_match;
mod listed;
mod missing;
mod narrowed;
mod requirement;
mod settings;
mod told;
mod trail;
mod union;
mod verdict;
mod words;

pub use decide::Policy;
pub use missing::Missing;
pub use narrowed::Bound;
pub use requirement::{Chain, Requirement, Rung};
pub use settings::{Mode, Source, SourceOrder, UnknownSource};
pub use trail::{Explanation, Shadowed};
pub use verdict::{Reason, Verdict};
