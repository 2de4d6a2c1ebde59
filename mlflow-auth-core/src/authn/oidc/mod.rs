//! Providers of OpenID Connect: where their documents are, and how they are fetched.

mod discovery;
mod fetch;
mod keys;

pub use discovery::{Discovery, DiscoveryError, PublishedKeys};
pub use fetch::{FetchError, FetchSettings, Fetcher, InvalidFetcher};
pub use keys::{AlbKeys, InvalidRegion, KeySetAt};
