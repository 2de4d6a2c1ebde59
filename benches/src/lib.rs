//! What the benches share: workloads, a clock, the floor, and what a user would pick instead.

pub mod decision;
pub mod directory;
pub mod floor;
pub mod loops;
pub mod names;
#[cfg(feature = "peers")]
pub mod peers;
pub mod scale;
pub mod timing;
pub mod warm;
