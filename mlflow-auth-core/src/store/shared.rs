//! Stores of all kinds behind one pointer: which one it is need not be known when the program is compiled.

use super::transfer::Contents;
use super::{
    AccessToken, Arrival, Arrived, AttemptStore, BoundIdentity, Change, ChangeFeed, Changes, FailedAttempts,
    IdentityKey, IdentityStore, Membership, NewSession, NewToken, NewUser, PermissionStore, Renewal, Revision, Role,
    Seconds, SecretDigest, Session, SessionStore, StoreError, TokenStore, Transfer, User, UserStore, UserUpdate,
};
use crate::grants::{Grant, SubjectGrants};
use crate::hash::PasswordHash;
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username, Workspace};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// Keeps everything: accounts, groups, roles and grants, access tokens, sessions, identities, failed attempts; and moves
/// it elsewhere.
///
/// `Arc<dyn Store>` is a store too, for programs that learn from their configuration which one it is.
pub trait Store:
    PermissionStore + UserStore + TokenStore + SessionStore + IdentityStore + AttemptStore + Transfer
{
}

impl<S> Store for S where
    S: PermissionStore + UserStore + TokenStore + SessionStore + IdentityStore + AttemptStore + Transfer + ?Sized
{
}

/// Each function of each trait asks the store behind the pointer.
macro_rules! shared {
    ($($store:ident { $(fn $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)* })*) => {$(
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<S: $store + ?Sized> $store for Arc<S> {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, StoreError> {
                (**self).$name($($argument),*).await
            })*
        }
    )*};
}

shared! {
    ChangeFeed {
        fn revision() -> Revision;
        fn changes(after: Revision, patience: Duration) -> Changes;
    }
    PermissionStore {
        fn membership(user: &Username) -> Arc<Membership>;
        fn grants_of(subject: &Subject) -> Arc<SubjectGrants>;
        fn grants_on(kind: &ResourceType, id: &str, workspace: &Workspace) -> Vec<Grant>;
        fn patterns_on(kind: &ResourceType) -> Vec<Grant>;
        fn holders() -> Vec<Subject>;
        fn groups() -> Vec<GroupName>;
        fn members(group: &GroupName) -> Vec<Username>;
        fn roles() -> Vec<Role>;
        fn role_users(role: &RoleKey) -> Vec<Username>;
        fn apply(changes: &[Change]) -> Revision;
    }
    UserStore {
        fn user(name: &Username) -> Option<User>;
        fn credentials(name: &Username) -> Option<(User, Option<PasswordHash>)>;
        fn users() -> Vec<User>;
        fn create_user(user: NewUser) -> User;
        fn update_user(name: &Username, update: UserUpdate) -> ();
        fn delete_user(name: &Username) -> ();
    }
    TokenStore {
        fn token(prefix: &str) -> Option<AccessToken>;
        fn tokens_of(user: &Username) -> Vec<AccessToken>;
        fn create_token(token: NewToken) -> AccessToken;
        fn delete_token(user: &Username, id: i64) -> ();
        fn delete_tokens(user: &Username) -> usize;
        fn saw_token(id: i64, at: Seconds) -> ();
    }
    SessionStore {
        fn session(digest: &SecretDigest) -> Option<Session>;
        fn sessions_of(user: &Username) -> Vec<Session>;
        fn open_session(session: NewSession) -> Session;
        fn saw_session(id: i64, at: Seconds) -> ();
        fn lease_renewal(id: i64, now: Seconds, until: Seconds) -> Option<Session>;
        fn renew_session(id: i64, renewal: Renewal) -> ();
        fn end_session(user: &Username, id: i64) -> ();
        fn end_sessions(user: &Username) -> usize;
        fn spend(what: &SecretDigest, until: Seconds) -> bool;
        fn forget_expired(now: Seconds, idle_since: Seconds) -> usize;
    }
    IdentityStore {
        fn bound(key: &IdentityKey) -> Option<User>;
        fn identities_of(user: &Username) -> Vec<BoundIdentity>;
        fn arrive(arrival: Arrival) -> Arrived;
        fn unbind(user: &Username, key: &IdentityKey) -> ();
    }
    AttemptStore {
        fn failed_attempts(user: &Username) -> Option<FailedAttempts>;
        fn count_failed_attempt(user: &Username, at: Seconds, forget_before: Seconds) -> ();
        fn forget_failed_attempts(user: &Username) -> ();
    }
    Transfer {
        fn contents() -> (Revision, Contents);
        fn add_contents(contents: Contents, at: Revision) -> Revision;
    }
}
