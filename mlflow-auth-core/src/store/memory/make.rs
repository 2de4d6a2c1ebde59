//! How each change is made.

use super::state::{RoleRow, State, is_exact_on, no_such_role};
use crate::grants::{GrantId, GrantSpec, Scope, Target};
use crate::store::{Change, Event, GrantConflict, StoreError, change};
use crate::vocabulary::{GroupName, Permission, ResourceType, RoleKey, RoleName, Subject, Username, Workspace};
use std::collections::{BTreeMap, BTreeSet};

impl State {
    /// Makes one change. After an error the state is to be thrown away.
    pub(super) fn make(&mut self, change: &Change) -> Result<(), StoreError> {
        change.check()?;
        match change {
            Change::Grant(spec, conflict) => self.grant(spec, *conflict),
            Change::Revoke { subject, scope, kind, target } => self.revoke(subject, scope, kind, target),
            Change::Rewrite { grant, target, permission } => self.rewrite(*grant, target, *permission),
            Change::ResourceDeleted { kind, id, workspace } => {
                self.remove_grants(|spec| is_exact_on(spec, kind, id, workspace));
                Ok(())
            }
            Change::ResourceRenamed { kind, from, to, workspace } => {
                self.rename_resource(kind, from, to, workspace);
                Ok(())
            }
            Change::Forget(subject) => {
                self.forget(subject);
                Ok(())
            }
            Change::ForgetWorkspace(workspace) => {
                self.forget_workspace(workspace);
                Ok(())
            }
            Change::CreateGroup(group) => self.create_group(group),
            Change::Join(user, group) => {
                self.join(user, group);
                Ok(())
            }
            Change::Leave(user, group) => {
                self.leave(user, group);
                Ok(())
            }
            Change::CreateRole { key, description } => self.create_role(key, description.clone()),
            Change::UpdateRole { key, name, description } => self.update_role(key, name.as_ref(), description.as_ref()),
            Change::Assign(user, role) => self.assign(user, role),
            Change::Unassign(user, role) => self.unassign(user, role),
            Change::OnlyIfStillAt(revision) if *revision == self.committed => Ok(()),
            Change::OnlyIfStillAt(_) => Err(change::moved_on()),
        }
    }

    /// Who may hold one more pattern by a change that was made.
    pub(super) fn gets_a_pattern<'s>(&'s self, change: &'s Change) -> Option<&'s Subject> {
        match change {
            Change::Grant(GrantSpec { subject, target: Target::Pattern { .. }, .. }, _) => Some(subject),
            Change::Rewrite { grant, target: Target::Pattern { .. }, .. } => {
                self.grants.get(grant).map(|spec| &spec.subject)
            }
            _ => None,
        }
    }

    pub(super) fn grant(&mut self, spec: &GrantSpec, conflict: GrantConflict) -> Result<(), StoreError> {
        if let Subject::Role(key) = &spec.subject
            && !self.roles.contains_key(key)
        {
            return Err(no_such_role(key));
        }
        match (self.find(&spec.subject, &spec.scope, &spec.kind, &spec.target), conflict) {
            (Some(_), GrantConflict::Refuse) => {
                let GrantSpec { subject, scope, kind, target, .. } = spec;
                return Err(StoreError::AlreadyExists(change::grant_name(subject, scope, kind, target)));
            }
            (Some(id), GrantConflict::Replace) => self.grants.insert(id, spec.clone()),
            (None, _) => {
                let id = self.new_id();
                self.grants.insert(id, spec.clone())
            }
        };
        self.tell(Event::Grants(spec.subject.clone()));
        Ok(())
    }

    fn revoke(
        &mut self,
        subject: &Subject,
        scope: &Scope,
        kind: &ResourceType,
        target: &Target,
    ) -> Result<(), StoreError> {
        let found = self.find(subject, scope, kind, target);
        let id = found.ok_or_else(|| StoreError::NotFound(change::grant_name(subject, scope, kind, target)))?;
        self.grants.remove(&id);
        self.tell(Event::Grants(subject.clone()));
        Ok(())
    }

    fn rewrite(&mut self, id: GrantId, target: &Target, permission: Permission) -> Result<(), StoreError> {
        let found = self.grants.get(&id).cloned();
        let spec = found.ok_or_else(|| StoreError::NotFound(change::grant_number(id)))?;
        let GrantSpec { subject, scope, kind, .. } = &spec;
        if self.find(subject, scope, kind, target).is_some_and(|other| other != id) {
            return Err(StoreError::AlreadyExists(change::grant_name(subject, scope, kind, target)));
        }
        self.tell(Event::Grants(subject.clone()));
        self.grants.insert(id, GrantSpec { target: target.clone(), permission, ..spec });
        Ok(())
    }

    fn find(&self, subject: &Subject, scope: &Scope, kind: &ResourceType, target: &Target) -> Option<GrantId> {
        let is_it = |spec: &GrantSpec| {
            spec.subject == *subject && spec.scope == *scope && spec.kind == *kind && spec.target.is_same_place(target)
        };
        self.grants.iter().find(|(_, spec)| is_it(spec)).map(|(id, _)| *id)
    }

    fn remove_grants(&mut self, unwanted: impl Fn(&GrantSpec) -> bool) {
        let removed: BTreeSet<Subject> =
            self.grants.extract_if(.., |_, spec| unwanted(spec)).map(|(_, spec)| spec.subject).collect();
        removed.into_iter().for_each(|subject| self.tell(Event::Grants(subject)));
    }

    fn rename_resource(&mut self, kind: &ResourceType, from: &str, to: &str, workspace: &Workspace) {
        if from == to {
            return;
        }
        self.remove_grants(|spec| is_exact_on(spec, kind, to, workspace));
        let mut moved = BTreeSet::new();
        for spec in self.grants.values_mut().filter(|spec| is_exact_on(spec, kind, from, workspace)) {
            spec.target = Target::Exact(to.to_owned());
            moved.insert(spec.subject.clone());
        }
        moved.into_iter().for_each(|subject| self.tell(Event::Grants(subject)));
    }

    /// Forgets all but the account.
    pub(super) fn forget(&mut self, subject: &Subject) {
        self.remove_grants(|spec| spec.subject == *subject);
        let users = match subject {
            Subject::User(user) => self.forget_memberships(user),
            Subject::Group(group) => {
                let gone = self.groups.remove(group).map(|members| members.into_keys().collect());
                gone.inspect(|_: &BTreeSet<_>| self.tell(Event::Grants(subject.clone()))).unwrap_or_default()
            }
            Subject::Role(key) => {
                let gone = self.roles.remove(key).map(|role| role.users);
                gone.inspect(|_| self.tell(Event::Grants(subject.clone()))).unwrap_or_default()
            }
        };
        users.into_iter().for_each(|user| self.tell(Event::Membership(user)));
    }

    fn forget_workspace(&mut self, workspace: &Workspace) {
        let roles: Vec<_> = self.roles.keys().filter(|key| key.workspace == *workspace).cloned().collect();
        roles.into_iter().for_each(|key| self.forget(&Subject::Role(key)));
        self.remove_grants(|spec| spec.scope == Scope::In(workspace.clone()));
    }

    /// Takes a user out of everything. Returns the user if there was anything.
    fn forget_memberships(&mut self, user: &Username) -> BTreeSet<Username> {
        let left = self.groups.values_mut().filter_map(|members| members.remove_entry(user)).map(|(user, _)| user);
        let mut users: BTreeSet<_> = left.collect();
        users.extend(self.roles.values_mut().filter_map(|role| role.users.take(user)));
        users
    }

    pub(super) fn create_group(&mut self, group: &GroupName) -> Result<(), StoreError> {
        if self.groups.contains_key(group) {
            return Err(StoreError::AlreadyExists(Subject::Group(group.clone()).to_string()));
        }
        self.groups.insert(group.clone(), BTreeMap::new());
        self.tell(Event::Grants(Subject::Group(group.clone())));
        Ok(())
    }

    fn join(&mut self, user: &Username, group: &GroupName) {
        if self.members_of_new(group).insert(user.clone(), String::new()).is_none_or(|provider| !provider.is_empty()) {
            self.tell(Event::Membership(user.clone()));
        }
    }

    /// The members of a group, which is made if there is none.
    pub(super) fn members_of_new(&mut self, group: &GroupName) -> &mut BTreeMap<Username, String> {
        if !self.groups.contains_key(group) {
            self.tell(Event::Grants(Subject::Group(group.clone())));
        }
        self.groups.entry(group.clone()).or_default()
    }

    fn leave(&mut self, user: &Username, group: &GroupName) {
        if self.groups.get_mut(group).is_some_and(|members| members.remove(user).is_some()) {
            self.tell(Event::Membership(user.clone()));
        }
    }

    pub(super) fn create_role(&mut self, key: &RoleKey, description: Option<String>) -> Result<(), StoreError> {
        if self.roles.contains_key(key) {
            return Err(StoreError::AlreadyExists(Subject::Role(key.clone()).to_string()));
        }
        let id = self.new_id();
        self.roles.insert(key.clone(), RoleRow { id, description, users: BTreeSet::new() });
        self.tell(Event::Grants(Subject::Role(key.clone())));
        Ok(())
    }

    fn update_role(
        &mut self,
        key: &RoleKey,
        name: Option<&RoleName>,
        description: Option<&String>,
    ) -> Result<(), StoreError> {
        let mut role = self.roles.remove(key).ok_or_else(|| no_such_role(key))?;
        role.description = description.cloned().or(role.description);
        let renamed = RoleKey { workspace: key.workspace.clone(), name: name.unwrap_or(&key.name).clone() };
        if self.roles.contains_key(&renamed) {
            return Err(StoreError::AlreadyExists(Subject::Role(renamed).to_string()));
        }
        if renamed != *key {
            self.rename_holder(&Subject::Role(key.clone()), &Subject::Role(renamed.clone()));
            role.users.iter().for_each(|user| self.tell(Event::Membership(user.clone())));
        }
        self.tell(Event::Grants(Subject::Role(renamed.clone())));
        self.roles.insert(renamed, role);
        Ok(())
    }

    fn rename_holder(&mut self, from: &Subject, to: &Subject) {
        for spec in self.grants.values_mut().filter(|spec| spec.subject == *from) {
            spec.subject = to.clone();
        }
        self.tell(Event::Grants(from.clone()));
    }

    pub(super) fn assign(&mut self, user: &Username, key: &RoleKey) -> Result<(), StoreError> {
        let role = self.roles.get_mut(key).ok_or_else(|| no_such_role(key))?;
        if !role.users.insert(user.clone()) {
            return Err(StoreError::AlreadyExists(change::assignment_name(user, key)));
        }
        self.tell(Event::Membership(user.clone()));
        Ok(())
    }

    fn unassign(&mut self, user: &Username, key: &RoleKey) -> Result<(), StoreError> {
        let role = self.roles.get_mut(key).ok_or_else(|| no_such_role(key))?;
        if !role.users.remove(user) {
            return Err(StoreError::NotFound(change::assignment_name(user, key)));
        }
        self.tell(Event::Membership(user.clone()));
        Ok(())
    }
}
