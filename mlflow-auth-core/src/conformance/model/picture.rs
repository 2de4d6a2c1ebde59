//! All that can be seen of a store.

use super::steps::{IDS, KINDS, subjects, users, workspaces};
use crate::conformance::GrantsAndAccounts;
use crate::grants::{Grant, GrantSpec};
use crate::store::{Membership, User};
use crate::vocabulary::{GroupName, RoleKey, Subject, Username};
use std::collections::HashMap;

/// What every read of a store says, but for the numbers, which stores give as they like.
#[derive(Debug)]
pub(super) struct Picture {
    /// Without their numbers, with their password hashes.
    accounts: Vec<(User, Option<String>)>,
    groups: Vec<(GroupName, Vec<Username>)>,
    roles: Vec<(RoleKey, Option<String>, Vec<Username>)>,
    memberships: Vec<Membership>,
    holders: Vec<Subject>,
    /// What each subject holds, then what is held on each resource and by which patterns.
    grants: Vec<Vec<GrantSpec>>,
    /// Of accounts, roles and grants, in the order in which they were seen.
    pub(super) numbers: Vec<Number>,
}

/// Of what, and which.
pub(super) type Number = (&'static str, i64);

impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        let Self { accounts, groups, roles, memberships, holders, grants, numbers: _ } = self;
        *accounts == other.accounts
            && *groups == other.groups
            && *roles == other.roles
            && *memberships == other.memberships
            && *holders == other.holders
            && *grants == other.grants
    }
}

impl Picture {
    pub(super) async fn of(store: &dyn GrantsAndAccounts) -> Self {
        let mut numbers = Vec::new();
        Self {
            accounts: accounts(store, &mut numbers).await,
            groups: groups(store).await,
            roles: roles(store, &mut numbers).await,
            memberships: memberships(store).await,
            holders: store.holders().await.unwrap(),
            grants: grants(store, &mut numbers).await,
            numbers,
        }
    }
}

async fn accounts(store: &dyn GrantsAndAccounts, numbers: &mut Vec<Number>) -> Vec<(User, Option<String>)> {
    let mut accounts = Vec::new();
    for listed in store.users().await.unwrap() {
        let (user, hash) = store.credentials(&listed.name).await.unwrap().unwrap();
        assert_eq!(store.user(&listed.name).await.unwrap(), Some(listed.clone()));
        assert_eq!(user, listed);
        numbers.push(("account", user.id));
        accounts.push((User { id: 0, ..user }, hash.map(|hash| hash.expose().to_owned())));
    }
    accounts
}

async fn groups(store: &dyn GrantsAndAccounts) -> Vec<(GroupName, Vec<Username>)> {
    let mut groups = Vec::new();
    for group in store.groups().await.unwrap() {
        let members = store.members(&group).await.unwrap();
        groups.push((group, members));
    }
    groups
}

async fn roles(
    store: &dyn GrantsAndAccounts,
    numbers: &mut Vec<Number>,
) -> Vec<(RoleKey, Option<String>, Vec<Username>)> {
    let mut roles = Vec::new();
    for role in store.roles().await.unwrap() {
        numbers.push(("role", role.id));
        let users = store.role_users(&role.key).await.unwrap();
        roles.push((role.key, role.description, users));
    }
    roles
}

async fn memberships(store: &dyn GrantsAndAccounts) -> Vec<Membership> {
    let mut memberships = Vec::new();
    for user in users() {
        memberships.push(store.membership(&user).await.unwrap().as_ref().clone());
    }
    memberships
}

async fn grants(store: &dyn GrantsAndAccounts, numbers: &mut Vec<Number>) -> Vec<Vec<GrantSpec>> {
    let mut lists: Vec<Vec<Grant>> = Vec::new();
    for subject in subjects() {
        lists.push(store.grants_of(&subject).await.unwrap().grants().to_vec());
    }
    for kind in KINDS {
        for id in IDS {
            for workspace in workspaces() {
                lists.push(store.grants_on(&kind, id, &workspace).await.unwrap());
            }
        }
        lists.push(store.patterns_on(&kind).await.unwrap());
    }
    numbers.extend(lists.iter().flatten().map(|grant| ("grant", grant.id)));
    lists.into_iter().map(|list| list.into_iter().map(|grant| grant.spec).collect()).collect()
}

/// Which number of the store stands for which of the model, from the first step on.
#[derive(Default)]
pub(super) struct Numbers {
    from_model: HashMap<Number, i64>,
    from_store: HashMap<Number, i64>,
}

impl Numbers {
    /// Whether things that have one number in the model have one in the store, then and now, and others another: the
    /// model keeps a number as long as the thing lasts and never uses it again.
    pub(super) fn are_the_same(&mut self, model: &[Number], store: &[Number]) -> bool {
        let mut pairs = model.iter().zip(store);
        pairs.all(|(&(what, expected), &(_, found))| {
            *self.from_model.entry((what, expected)).or_insert(found) == found
                && *self.from_store.entry((what, found)).or_insert(expected) == expected
        })
    }
}
