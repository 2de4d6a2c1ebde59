//! Bearer tokens: which are believed, whose they are, and what they cost the issuer.

#![cfg(test)]

mod keys;
mod provider;
mod signing_in;
mod tokens;
mod upkeep;
