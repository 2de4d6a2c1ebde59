//! The store on a PostgreSQL that the tests start themselves.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod backup;
mod cluster;
mod conformance;
mod crash;
mod faults;
mod full;
mod keeper;
mod lists;
mod moving;
mod opening;
mod pooler;
mod races;
mod replicas;
mod standby;
mod words;
