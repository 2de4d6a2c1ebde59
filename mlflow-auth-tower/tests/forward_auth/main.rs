//! The layer as the endpoint of a proxy that asks.
#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot be set up must stop"
)]

#[path = "../common/mod.rs"]
mod common;
mod judged;
mod said;
mod told;
mod world;
