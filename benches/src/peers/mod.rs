//! Other policy engines, each with the rules of a workload in its own language. What is allowed is the same; what a
//! request is made of is made beforehand.

mod casbin;
mod cedar;
mod regorus;

pub use self::casbin::Casbin;
pub use self::cedar::Cedar;
pub use self::regorus::Regorus;

use crate::names::Workload;
use std::error::Error;

/// What every step of an engine can fail with.
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// An engine that decides whether Alice may read.
pub trait Peer {
    /// Loads the rules of `workload`.
    ///
    /// # Errors
    /// Those of the engine.
    fn load(workload: Workload) -> Outcome<Self>
    where
        Self: Sized;

    /// Asks for these names from now on.
    ///
    /// # Errors
    /// Those of the engine.
    fn ask_for(&mut self, names: &[String]) -> Outcome<()>;

    /// Decides on the next name.
    fn decide(&mut self) -> bool;
}

/// The next of `items`, in turn.
fn next<'i, T>(items: &'i [T], turn: &mut usize) -> Option<&'i T> {
    *turn = if *turn + 1 < items.len() { *turn + 1 } else { 0 };
    items.get(*turn)
}
