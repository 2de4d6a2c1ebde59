#![doc = include_str!("../README.md")]

mod authn;
mod authorizer;
#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "file")]
mod documents;
mod grants;
mod hash;
pub mod lint;
pub mod plan;
mod policy;
pub mod routes;
mod rules;
pub mod shadow;
pub mod store;
mod vocabulary;
pub mod what_if;

#[cfg(any(feature = "file", feature = "htpasswd"))]
pub use authn::FileUnusable;
#[cfg(feature = "file")]
pub use authn::GroupFile;
pub use authn::accounts;
#[cfg(feature = "jwt")]
pub use authn::jwt;
pub use authn::kit;
#[cfg(feature = "oidc")]
pub use authn::oidc;
pub use authn::{
    AccessTokenAuthenticator, AccessTokenSettings, AuthenticationError, Authenticator, BasicCredentials, DIRECTORY,
    GroupResolver, InvalidHeaders, InvalidNetwork, InvalidTrust, IssueError, MalformedCredentials, NamedBy, Network,
    NewSecret, OpenedSession, PasswordAuthenticator, PasswordSettings, Peer, ProxyAuthenticator, ProxyHeaders,
    ProxySecret, ProxySettings, Rejection, Renewed, SessionAuthenticator, SessionDirectory, SessionRenewal,
    SessionSettings, Sessions, Standing, TokenLimits, TokenOrder, TokenText, Trust, TrustSettings, cookies, is_token,
    issue_token,
};
#[cfg(feature = "oidc")]
pub use authn::{GroupHook, GroupHookSettings, InvalidHook};
#[cfg(feature = "htpasswd")]
pub use authn::{Htpasswd, HtpasswdSettings};
#[cfg(feature = "oidc")]
pub use authn::{InvalidSealer, Sealer};
pub use authorizer::{Authorizer, AuthorizerError, Belongings};
pub use grants::{Grant, GrantId, GrantSpec, Holdings, Scope, StoredGrant, SubjectGrants, Target};
pub use hash::{HashError, PasswordHash};
pub use policy::{
    Bound, Chain, Explanation, Missing, Mode, Policy, Reason, Requirement, Rung, Shadowed, Source, SourceOrder,
    UnknownSource, Verdict,
};
pub use rules::{Pattern, PatternError, RuleLimits, RuleSet, RuleSetError, Unjudged};
pub use store::{Freshness, Stamp, Topic};
pub use vocabulary::{
    Action, GroupName, InvalidName, NarrowedTo, Narrowing, Permission, Principal, Proof, Resource, ResourceRef,
    ResourceType, RoleKey, RoleName, Secret, Subject, Unavailable, UnknownAction, UnknownPermission, Username,
    Workspace,
};
