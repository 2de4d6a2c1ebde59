//! The words of the project, each a type: what exists is valid.

mod name;
mod narrowing;
mod permission;
mod principal;
mod reach;
mod resource;
mod secret;
mod subject;
mod unavailable;

pub use name::{GroupName, InvalidName, RoleName, Username, Workspace};
pub use narrowing::{NarrowedTo, Narrowing};
pub use permission::{Action, Permission, UnknownAction, UnknownPermission};
pub use principal::{Principal, Proof};
pub use resource::{Resource, ResourceRef, ResourceType};
pub use secret::Secret;
pub use subject::{RoleKey, Subject};
pub use unavailable::Unavailable;
