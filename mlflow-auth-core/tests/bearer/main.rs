//! Bearer tokens: which are believed, whose they are, and what they cost the issuer.

#![cfg(test)]

mod alb;
mod keys;
mod provider;
mod signed_headers;
mod signing_in;
mod tokens;
mod upkeep;
