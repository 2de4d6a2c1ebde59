//! What the benches share: workloads, a clock, and what a user would pick instead.

pub mod decision;
pub mod loops;
#[cfg(feature = "peers")]
pub mod peers;
pub mod timing;
