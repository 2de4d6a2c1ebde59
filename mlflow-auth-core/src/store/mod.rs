//! Where users and grants are kept: the traits, a store in memory, and the cache in front of any store.

mod attempts;
mod cached;
mod change;
mod clock;
mod error;
mod events;
mod feed;
mod freshness;
mod identities;
mod limits;
mod memory;
mod permissions;
mod sessions;
mod shared;
mod tokens;
pub mod transfer;
mod users;

pub use attempts::{AttemptStore, FailedAttempts};
pub use cached::Cached;
pub use change::{Change, GrantConflict, assignment_name, grant_name, grant_number, moved_on};
pub use clock::now;
pub use error::StoreError;
pub use events::Events;
pub use feed::{ChangeFeed, Changes, Event, Revision};
pub use freshness::{Freshness, Stamp, Topic};
pub use identities::{
    Adopts, Arrival, ArrivalRefusal, Arrived, ArrivesAt, BoundIdentity, GroupSync, IdentityKey, IdentityStore,
    identity_name,
};
pub use limits::check_patterns;
pub use memory::MemoryStore;
pub use permissions::{Membership, PermissionStore, Role};
pub use sessions::{NewSession, Renewal, SecretDigest, Session, SessionStore, session_number};
pub use shared::Store;
pub use tokens::{AccessToken, NewToken, Seconds, TokenHash, TokenStore, token_name, token_number};
pub use transfer::Transfer;
pub use users::{NewUser, User, UserStore, UserUpdate};
