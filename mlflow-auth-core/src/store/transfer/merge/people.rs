//! Accounts, groups, roles, and who belongs to them.

use super::{Merging, added, compared};
use crate::store::assignment_name;
use crate::store::transfer::report::{Outcome, Part};
use crate::store::transfer::{Account, check, member_name};
use crate::vocabulary::{Subject, Username};
use std::collections::{HashMap, HashSet};

impl Merging<'_> {
    pub(super) fn accounts(&mut self) {
        for (at, account) in self.source.accounts.iter().enumerate() {
            let there = self.accounts.get(&account.user.name).copied();
            let outcome = match there {
                Some(there) => compared(&account_differences(account, there)),
                None => added(check::account(account)),
            };
            let may_widen = there.is_some_and(|there| is_more(there, account));
            if outcome == Outcome::Added {
                self.add.accounts.push(account.clone());
                self.accounts.insert(&account.user.name, account);
            }
            self.write((Part::Accounts, at), Subject::User(account.user.name.clone()).to_string(), outcome, may_widen);
        }
    }

    pub(super) fn groups(&mut self) {
        for (at, group) in self.source.groups.iter().enumerate() {
            let outcome = match self.groups.insert(group) {
                true => Outcome::Added,
                false => Outcome::AlreadyThere,
            };
            if outcome == Outcome::Added {
                self.add.groups.push(group.clone());
            }
            self.tell((Part::Groups, at), Subject::Group(group.clone()).to_string(), outcome, true);
        }
    }

    pub(super) fn roles(&mut self) {
        let there: HashMap<_, _> = self.target.roles.iter().map(|role| (&role.key, &role.description)).collect();
        for (at, role) in self.source.roles.iter().enumerate() {
            let outcome = match there.get(&role.key) {
                Some(description) if **description == role.description => Outcome::AlreadyThere,
                Some(_) => compared(&["descriptions"]),
                None if self.roles.contains(&role.key) => Outcome::AlreadyThere,
                None => added(check::role(role)),
            };
            if outcome == Outcome::Added {
                self.add.roles.push(role.clone());
                self.roles.insert(&role.key);
            }
            self.tell((Part::Roles, at), Subject::Role(role.key.clone()).to_string(), outcome, true);
        }
    }

    pub(super) fn members(&mut self) {
        let mut there: HashMap<(&Username, &_), &Option<String>> =
            self.target.members.iter().map(|member| ((&member.user, &member.group), &member.provider)).collect();
        for (at, member) in self.source.members.iter().enumerate() {
            let outcome = match there.get(&(&member.user, &member.group)) {
                Some(provider) if **provider == member.provider => Outcome::AlreadyThere,
                Some(_) => compared(&["providers"]),
                None if !self.groups.contains(&member.group) => no_such(&Subject::Group(member.group.clone())),
                None => added(check::member(member)),
            };
            if outcome == Outcome::Added {
                self.add.members.push(member.clone());
                there.insert((&member.user, &member.group), &member.provider);
            }
            self.tell((Part::Members, at), member_name(member), outcome, true);
        }
    }

    pub(super) fn assignments(&mut self) {
        let mut there: HashSet<_> = self.target.assignments.iter().collect();
        for (at, assignment) in self.source.assignments.iter().enumerate() {
            let outcome = match there.contains(assignment) {
                true => Outcome::AlreadyThere,
                false if !self.roles.contains(&assignment.role) => no_such(&Subject::Role(assignment.role.clone())),
                false => Outcome::Added,
            };
            if outcome == Outcome::Added {
                self.add.assignments.push(assignment.clone());
                there.insert(assignment);
            }
            let what = assignment_name(&assignment.user, &assignment.role);
            self.tell((Part::Assignments, at), what, outcome, true);
        }
    }
}

pub(super) fn no_such(subject: &Subject) -> Outcome {
    Outcome::LeftOut(format!("{subject} does not exist"))
}

/// Whether an account may do more than the source's of that name.
fn is_more(there: &Account, ours: &Account) -> bool {
    let (there, ours) = (&there.user, &ours.user);
    (there.is_admin && !ours.is_admin) || (there.is_active && !ours.is_active)
}

fn account_differences(one: &Account, other: &Account) -> Vec<&'static str> {
    let password = |account: &Account| account.password.as_ref().map(|hash| hash.expose().to_owned());
    let (a, b) = (&one.user, &other.user);
    let differences = [
        (password(one) != password(other), "password hashes"),
        (a.is_admin != b.is_admin, "admin flags"),
        (a.display_name != b.display_name, "display names"),
        (a.is_service != b.is_service, "service flags"),
        (a.is_active != b.is_active, "active flags"),
    ];
    differences.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
}
