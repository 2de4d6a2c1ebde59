//! Providers of OpenID Connect: where their documents are, and how they are fetched.

mod cluster;
mod discovery;
mod fetch;
mod keys;

pub use cluster::ClusterKeys;
pub use discovery::{Discovery, DiscoveryError, PublishedKeys};
pub(in crate::authn) use fetch::provider_url;
pub use fetch::{FetchError, FetchSettings, Fetcher, InvalidFetcher};
pub use keys::{AlbKeys, InvalidRegion, KeySetAt};
