//! Providers of OpenID Connect: where their documents are, how they are fetched, and signing in with them in a browser.

mod cluster;
mod code_flow;
mod discovery;
mod fetch;
mod keys;
mod sign_in;

pub use cluster::ClusterKeys;
pub use code_flow::{
    Attempt, Begun, Callback, Forged, InvalidSignIn, ProviderTokens, Refreshed, SignInError, SignInProvider,
    SignInSettings, SignedIn,
};
pub use discovery::{Discovery, DiscoveryError, PublishedKeys};
pub(in crate::authn) use fetch::provider_url;
pub use fetch::{FetchError, FetchSettings, Fetcher, InvalidFetcher};
pub use keys::{AlbKeys, InvalidRegion, KeySetAt};
pub use sign_in::{ATTEMPT_LIFETIME, Finished, Returned, SignIn, SignInRules, Started};
