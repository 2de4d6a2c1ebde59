#![doc = include_str!("../README.md")]

mod authn;
mod authorizer;
#[cfg(feature = "conformance")]
pub mod conformance;
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

pub use authn::accounts;
#[cfg(feature = "jwt")]
pub use authn::jwt;
#[cfg(feature = "oidc")]
pub use authn::oidc;
pub use authn::{
    AuthenticationError, Authenticator, BasicCredentials, GroupResolver, MalformedCredentials, NewSecret,
    OpenedSession, PasswordAuthenticator, PasswordSettings, Rejection, Renewed, SessionAuthenticator, SessionRenewal,
    SessionSettings, Sessions, cookies,
};
#[cfg(feature = "oidc")]
pub use authn::{InvalidSealer, Sealer};
pub use authorizer::{Authorizer, AuthorizerError, Belongings};
pub use grants::{Grant, GrantId, GrantSpec, Holdings, Scope, StoredGrant, SubjectGrants, Target};
pub use hash::{HashError, PasswordHash};
pub use policy::{
    Chain, Explanation, Missing, Mode, Policy, Reason, Requirement, Rung, Shadowed, Source, SourceOrder, UnknownSource,
    Verdict,
};
pub use rules::{Pattern, PatternError, RuleLimits, RuleSet, RuleSetError, Unjudged};
pub use store::{Freshness, Stamp, Topic};
pub use vocabulary::{
    Action, GroupName, InvalidName, NarrowedTo, Narrowing, Permission, Principal, Proof, Resource, ResourceRef,
    ResourceType, RoleKey, RoleName, Secret, Subject, Unavailable, UnknownAction, UnknownPermission, Username,
    Workspace,
};
