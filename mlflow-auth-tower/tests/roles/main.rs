//! MLflow's REST API of roles, grants and workspaces, on the layer.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "../common/mod.rs"]
mod common;
mod grants;
mod lists;
mod older;
mod sign_up;
mod targets;
mod workspaces;
mod world;
