//! Shadow mode: a file of candidate rules, observed beside the live ones; and the commands that ask about it.

mod client;
mod command;
mod watch;
mod words;

pub use command::{Credentials, Obeyed, Order, OrderError, order as obey};
pub(crate) use command::{NAME, command, read_order};
pub use watch::{ShadowSettings, Watch};
