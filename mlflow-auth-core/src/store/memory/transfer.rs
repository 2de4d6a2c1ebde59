//! How all that is in memory is read, and taken from another store.

use super::MemoryStore;
use super::state::{State, no_such_group, no_such_user};
use crate::grants::{Grant, GrantSpec, Target};
use crate::rules::RuleLimits;
use crate::store::transfer::{Account, Assignment, Contents, Member, Transfer, member_name};
use crate::store::{
    AccessToken, BoundIdentity, Event, GrantConflict, Revision, StoreError, change, check_patterns, identity_name,
    token_name,
};
use crate::vocabulary::Subject;
use async_trait::async_trait;
use std::collections::BTreeSet;

impl State {
    fn contents(&self) -> Contents {
        let account = |(user, password): &_| Account { user: Clone::clone(user), password: Clone::clone(password) };
        let members = self.groups.iter().flat_map(|(group, members)| members.iter().map(move |member| (group, member)));
        let assigned = self.roles.iter().flat_map(|(role, row)| row.users.iter().map(move |user| (role, user)));
        Contents {
            accounts: self.accounts().map(account).collect(),
            groups: self.groups(),
            roles: self.roles(),
            members: members
                .map(|(group, (user, provider))| Member {
                    user: user.clone(),
                    group: group.clone(),
                    provider: Some(provider.clone()).filter(|provider| !provider.is_empty()),
                })
                .collect(),
            assignments: assigned.map(|(role, user)| Assignment { user: user.clone(), role: role.clone() }).collect(),
            grants: self.grants(|_| true),
            identities: self
                .identities
                .iter()
                .map(|(key, (user, at))| BoundIdentity { key: key.clone(), user: user.clone(), bound_at: *at })
                .collect(),
            tokens: self.tokens.values().cloned().collect(),
        }
    }

    fn add_contents(&mut self, contents: Contents) -> Result<(), StoreError> {
        let Contents { accounts, groups, roles, members, assignments, grants, identities, tokens } = contents;
        accounts.into_iter().try_for_each(|account| self.add_account(account.user, account.password))?;
        groups.iter().try_for_each(|group| self.create_group(group))?;
        roles.into_iter().try_for_each(|role| self.create_role(&role.key, role.description))?;
        members.iter().try_for_each(|member| self.add_member(member))?;
        assignments.iter().try_for_each(|assignment| self.assign(&assignment.user, &assignment.role))?;
        grants.iter().try_for_each(|grant| self.grant(&readable(&grant.spec), GrantConflict::Refuse))?;
        identities.into_iter().try_for_each(|identity| self.add_identity(identity))?;
        tokens.into_iter().try_for_each(|token| self.add_token(token))?;
        self.check_patterns(&grants)
    }

    fn add_member(&mut self, member: &Member) -> Result<(), StoreError> {
        let members = self.groups.get_mut(&member.group).ok_or_else(|| no_such_group(&member.group))?;
        if members.contains_key(&member.user) {
            return Err(StoreError::AlreadyExists(member_name(member)));
        }
        members.insert(member.user.clone(), member.provider.clone().unwrap_or_default());
        self.tell(Event::Membership(member.user.clone()));
        Ok(())
    }

    fn add_identity(&mut self, identity: BoundIdentity) -> Result<(), StoreError> {
        let BoundIdentity { key, user, bound_at } = identity;
        self.user(&user).ok_or_else(|| no_such_user(&user))?;
        if self.identities.contains_key(&key) {
            return Err(StoreError::AlreadyExists(identity_name(&user, &key)));
        }
        self.tell(Event::User(user.clone()));
        self.identities.insert(key, (user, bound_at));
        Ok(())
    }

    fn add_token(&mut self, token: AccessToken) -> Result<(), StoreError> {
        self.active(&token.user)?;
        let is_taken = |other: &AccessToken| {
            other.prefix == token.prefix || (other.user == token.user && other.name == token.name)
        };
        if self.tokens.values().any(is_taken) {
            return Err(StoreError::AlreadyExists(token_name(&token.user, &token.name)));
        }
        let id = self.new_id();
        self.tell(Event::User(token.user.clone()));
        self.tokens.insert(id, AccessToken { id, ..token });
        Ok(())
    }

    fn check_patterns(&self, new: &[Grant]) -> Result<(), StoreError> {
        let is_pattern = |target: &Target| matches!(target, Target::Pattern { .. } | Target::Unreadable { .. });
        let subjects: BTreeSet<&Subject> = new
            .iter()
            .map(|grant| &grant.spec)
            .filter(|spec| is_pattern(&spec.target))
            .map(|spec| &spec.subject)
            .collect();
        let held = |subject: &Subject| self.grants(|spec| spec.subject == *subject);
        subjects.into_iter().try_for_each(|subject| check_patterns(subject, held(subject), RuleLimits::default()))
    }
}

/// A pattern that could not be read where it comes from may well be readable here.
fn readable(spec: &GrantSpec) -> GrantSpec {
    match &spec.target {
        Target::Unreadable { text, priority } => {
            let target = Target::pattern(text, *priority).unwrap_or_else(|_| spec.target.clone());
            GrantSpec { target, ..spec.clone() }
        }
        Target::Exact(_) | Target::Pattern { .. } | Target::Every => spec.clone(),
    }
}

#[async_trait]
impl Transfer for MemoryStore {
    async fn contents(&self) -> Result<(Revision, Contents), StoreError> {
        let kept = self.lock();
        Ok((kept.feed.newest(), kept.state.contents()))
    }

    async fn add_contents(&self, contents: Contents, at: Revision) -> Result<Revision, StoreError> {
        contents.check()?;
        let (_, revision) = self.write(|state| match state.committed == at {
            true => state.add_contents(contents),
            false => Err(change::moved_on()),
        })?;
        Ok(revision)
    }
}
