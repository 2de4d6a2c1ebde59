//! What the benches share.

pub mod decision;
pub mod timing;
