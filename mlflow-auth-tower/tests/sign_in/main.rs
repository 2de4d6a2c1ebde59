//! Signing in over HTTP: redirects, cookies and pages, in front of a provider that is only pointed to.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "../common/mod.rs"]
mod common;
mod pages;
mod sessions;
mod world;
