#![doc = include_str!("../README.md")]

mod answer;
mod api;
mod body;
mod creator_groups;
mod cross_site;
mod denial;
#[cfg(feature = "axum")]
mod extract;
mod flow;
mod forward_auth;
mod graphql;
mod judge;
mod judged;
mod layer;
mod lookup;
mod narrowed;
#[cfg_attr(not(feature = "sign-in"), allow(dead_code, reason = "most pages are about signing in"))]
mod page;
mod reply;
mod request;
mod service;
mod shadow;
#[cfg(feature = "sign-in")]
mod sign_in;

pub use body::{Body, BoxError};
pub use creator_groups::{CreatorGroups, CreatorGroupsError};
pub use cross_site::Origins;
#[cfg(feature = "axum")]
pub use extract::{CurrentUser, MissingLayer};
pub use forward_auth::{Dialect, ForwardAuth, ForwardAuthSettings};
pub use judged::{Judged, Plain};
pub use layer::{AuthLayer, Limits};
pub use service::{Auth, ResponseFuture};
#[cfg(feature = "sign-in")]
pub use sign_in::{BrowserSignIn, CookieSettings, SameSite, UnknownSameSite};
