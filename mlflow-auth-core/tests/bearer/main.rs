//! Bearer tokens: which are believed, whose they are, and what they cost the issuer.

#![cfg(test)]

mod cluster;
mod groups;
mod keys;
mod provider;
mod server;
mod signing_in;
mod tokens;
mod upkeep;
