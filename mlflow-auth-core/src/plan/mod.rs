//! Permissions as code: what a store should hold, what it holds, the difference, and making it so.
//!
//! A [`Desired`] says what should be held, mostly read from a file (the module `file`, feature `file`). A [`Snapshot`] is
//! what a store holds at one revision. [`Difference::between`] compares the two; it prints as what a person reviews, and
//! [`Difference::apply`] writes it in one transaction, refused if the store was changed since the snapshot was read.
//! [`Snapshot::after`] is what the store would hold then, so that it can be tried without being written: its
//! [`Holders`] answer what somebody would hold.

mod desired;
mod difference;
#[cfg(feature = "file")]
pub mod file;
mod holders;
mod print;
mod snapshot;
mod step;

pub use desired::{Desired, Sections, Wanted};
pub use difference::{Difference, Removal};
pub use holders::Holders;
pub use snapshot::{Held, Snapshot};
pub use step::Step;

#[cfg(test)]
mod tests;
