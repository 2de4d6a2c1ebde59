#![doc = include_str!("../README.md")]

mod accounts;
mod connect;
mod error;
mod feed;
mod foreign;
mod marks;
mod migrations;
mod permissions;
mod pool;
mod queries;
mod read;
mod replica;
mod rows;
mod schema;
mod session;
mod settings;
mod sign_in;
mod store;
mod transfer;
mod url;
mod watch;
mod work;
mod write;

pub use foreign::read_tables;
#[cfg(test)]
#[path = "../tests/postgres/cluster.rs"]
mod cluster;
#[cfg(test)]
#[path = "../tests/postgres/keeper.rs"]
mod keeper;

pub use settings::{
    InvalidPostgresSettings, PostgresAddress, PostgresListen, PostgresPassword, PostgresSettings, PostgresTls,
};
pub use store::PostgresStore;
