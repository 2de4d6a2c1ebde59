//! What a store holds.

use crate::grants::Grant;
use crate::hash::PasswordHash;
use crate::store::{AccessToken, BoundIdentity, Role, User};
use crate::vocabulary::{GroupName, RoleKey, Subject, Username};

/// All that a store holds and another one can take: everything but sessions and what was spent.
///
/// Where something has a number, it is that of the store it was read from. It says which row is meant, and means nothing
/// to another store.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// The accounts, by name.
    pub accounts: Vec<Account>,
    /// The groups, by name.
    pub groups: Vec<GroupName>,
    /// The roles, by workspace and name.
    pub roles: Vec<Role>,
    /// Who is in which group, by group and user.
    pub members: Vec<Member>,
    /// Who has which role, by role and user.
    pub assignments: Vec<Assignment>,
    /// The grants of everybody, by number. One that cannot be read says so ([`Grant::fault`]) and is a refusal.
    pub grants: Vec<Grant>,
    /// Who somebody of a provider is, by issuer and subject.
    pub identities: Vec<BoundIdentity>,
    /// The access tokens, by number.
    pub tokens: Vec<AccessToken>,
}

/// An account with its password.
#[derive(Clone, Debug)]
pub struct Account {
    /// All but its password.
    pub user: User,
    /// Its password hash, as it is stored; none for somebody who signs in elsewhere.
    pub password: Option<PasswordHash>,
}

/// Somebody in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who. The account may be kept elsewhere.
    pub user: Username,
    /// In which group.
    pub group: GroupName,
    /// Which provider put them there; none for somebody put there by hand.
    pub provider: Option<String>,
}

/// Somebody who has a role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Assignment {
    /// Who. The account may be kept elsewhere.
    pub user: Username,
    /// Which role.
    pub role: RoleKey,
}

impl Contents {
    /// How many things there are.
    pub fn len(&self) -> usize {
        let Self { accounts, groups, roles, members, assignments, grants, identities, tokens } = self;
        let people = accounts.len() + groups.len() + roles.len() + members.len() + assignments.len();
        people + grants.len() + identities.len() + tokens.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// How errors name a membership, such as ``user `bob` in group `ml` ``.
pub fn member_name(member: &Member) -> String {
    format!("{} in {}", Subject::User(member.user.clone()), Subject::Group(member.group.clone()))
}
