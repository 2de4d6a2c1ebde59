//! Against servers that send what no server should, byte by byte. Whatever they send costs an error: the process lives,
//! and its memory stays bounded.

#![cfg(test)]

mod ber;
mod floods;
mod forged;
mod malformed;
mod mutated;
mod server;
