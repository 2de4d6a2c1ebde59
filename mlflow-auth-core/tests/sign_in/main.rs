//! Signing in in a browser: what a hostile answer of a provider, a callback or a cookie can do.

#![cfg(test)]
#![allow(dead_code, reason = "the keys are shared with the tests of bearer tokens")]

mod answers;
mod callbacks;
mod directory;
#[path = "../bearer/keys.rs"]
mod keys;
mod scripted;
mod sessions;
mod together;
