//! Bearer tokens: which are believed, whose they are, and what they cost the issuer.

#![cfg(test)]

mod alb;
mod cluster;
mod groups;
mod keys;
mod provider;
mod server;
mod signed_headers;
mod signing_in;
mod tokens;
mod upkeep;
