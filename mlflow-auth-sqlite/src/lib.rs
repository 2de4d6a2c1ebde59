#![doc = include_str!("../README.md")]

mod accounts;
mod connections;
mod error;
mod feed;
mod file;
mod foreign;
mod migrations;
mod queries;
mod read;
mod rows;
mod settings;
mod sign_in;
mod store;
mod transfer;
mod write;

pub use foreign::read_tables;
pub use settings::SqliteSettings;
pub use store::SqliteStore;
