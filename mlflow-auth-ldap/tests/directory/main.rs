//! Against a real OpenLDAP (`slapd`, with `ldapadd` of its tools), on ports of loopback of its own. Each test starts one
//! with a directory that is thrown away, and stops it.

#![cfg(test)]

mod certificates;
mod chart;
mod fault_table;
mod faults;
mod groups;
mod names;
mod people;
mod security;
mod service;
mod sessions;
mod setup;
mod slapd;
mod ways;
