//! What a store holds, and how it is read.

use crate::grants::{Grant, GrantId, GrantSpec, Scope, Target};
use crate::hash::PasswordHash;
use crate::rules::Pattern;
use crate::store::{
    AccessToken, Event, FailedAttempts, IdentityKey, Membership, NewUser, Revision, Role, Seconds, SecretDigest,
    Session, StoreError, User, UserUpdate,
};
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username, Workspace};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// All that is stored, and what was touched since it was copied.
#[derive(Clone, Default)]
pub(super) struct State {
    last_id: i64,
    /// The revision at which this copy was made.
    pub(super) committed: Revision,
    accounts: BTreeMap<Username, (User, Option<PasswordHash>)>,
    /// Who is in each group, and which provider put them there; empty for somebody put there by hand.
    pub(super) groups: BTreeMap<GroupName, BTreeMap<Username, String>>,
    pub(super) roles: BTreeMap<RoleKey, RoleRow>,
    pub(super) grants: BTreeMap<GrantId, GrantSpec>,
    pub(super) identities: BTreeMap<IdentityKey, (Username, Seconds)>,
    pub(super) tokens: BTreeMap<i64, AccessToken>,
    pub(super) sessions: BTreeMap<i64, SessionRow>,
    pub(super) spent: HashMap<SecretDigest, Seconds>,
    pub(super) attempts: HashMap<Username, FailedAttempts>,
    events: Vec<Event>,
}

#[derive(Clone)]
pub(super) struct RoleRow {
    pub(super) id: i64,
    pub(super) description: Option<String>,
    pub(super) users: BTreeSet<Username>,
}

#[derive(Clone)]
pub(super) struct SessionRow {
    pub(super) digest: SecretDigest,
    pub(super) session: Session,
    /// Until when somebody asks the provider.
    pub(super) leased_until: Seconds,
}

/// Whether a grant names exactly this resource and holds in `workspace` or everywhere.
pub(super) fn is_exact_on(spec: &GrantSpec, kind: &ResourceType, id: &str, workspace: &Workspace) -> bool {
    let holds_there = match &spec.scope {
        Scope::Everywhere => true,
        Scope::In(scope) => scope == workspace,
    };
    let names_it = matches!(&spec.target, Target::Exact(named) if named == id);
    spec.kind == *kind && names_it && holds_there
}

/// Why a target cannot be read, if it cannot.
fn fault(target: &Target) -> Option<String> {
    match target {
        Target::Unreadable { text, .. } => Pattern::new(text).err().map(|error| error.to_string()),
        Target::Exact(_) | Target::Pattern { .. } | Target::Every => None,
    }
}

pub(super) fn no_such_group(name: &GroupName) -> StoreError {
    StoreError::NotFound(Subject::Group(name.clone()).to_string())
}

pub(super) fn no_such_role(key: &RoleKey) -> StoreError {
    StoreError::NotFound(Subject::Role(key.clone()).to_string())
}

pub(super) fn no_such_user(name: &Username) -> StoreError {
    StoreError::NotFound(Subject::User(name.clone()).to_string())
}

impl State {
    /// A number that was never given before.
    pub(super) fn new_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    pub(super) fn membership(&self, user: &Username) -> Membership {
        let groups = self.groups.iter().filter(|(_, members)| members.contains_key(user)).map(|(name, _)| name.clone());
        let roles = self.roles.iter().filter(|(_, role)| role.users.contains(user)).map(|(key, _)| key.clone());
        Membership { groups: groups.collect(), roles: roles.collect() }
    }

    pub(super) fn grants(&self, wanted: impl Fn(&GrantSpec) -> bool) -> Vec<Grant> {
        let found = self.grants.iter().filter(|(_, spec)| wanted(spec));
        found.map(|(id, spec)| Grant { id: *id, spec: spec.clone(), fault: fault(&spec.target) }).collect()
    }

    pub(super) fn holders(&self) -> Vec<Subject> {
        let holders: BTreeSet<_> = self.grants.values().map(|spec| &spec.subject).collect();
        holders.into_iter().cloned().collect()
    }

    pub(super) fn groups(&self) -> Vec<GroupName> {
        self.groups.keys().cloned().collect()
    }

    pub(super) fn members(&self, group: &GroupName) -> Result<Vec<Username>, StoreError> {
        let members = self.groups.get(group).ok_or_else(|| no_such_group(group))?;
        Ok(members.keys().cloned().collect())
    }

    pub(super) fn roles(&self) -> Vec<Role> {
        let role = |(key, role): (&RoleKey, &RoleRow)| Role {
            id: role.id,
            key: key.clone(),
            description: role.description.clone(),
        };
        self.roles.iter().map(role).collect()
    }

    pub(super) fn role_users(&self, role: &RoleKey) -> Result<Vec<Username>, StoreError> {
        let role = self.roles.get(role).ok_or_else(|| no_such_role(role))?;
        Ok(role.users.iter().cloned().collect())
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &(User, Option<PasswordHash>)> {
        self.accounts.values()
    }

    /// Puts in an account as it stands, which must be new, under a number of its own.
    pub(super) fn add_account(&mut self, user: User, password: Option<PasswordHash>) -> Result<(), StoreError> {
        if self.accounts.contains_key(&user.name) {
            return Err(StoreError::AlreadyExists(Subject::User(user.name).to_string()));
        }
        let id = self.new_id();
        self.tell(Event::User(user.name.clone()));
        self.accounts.insert(user.name.clone(), (User { id, ..user }, password));
        Ok(())
    }

    pub(super) fn user(&self, name: &Username) -> Option<(User, Option<PasswordHash>)> {
        self.accounts.get(name).cloned()
    }

    /// An account that may sign in.
    pub(super) fn active(&self, name: &Username) -> Result<&User, StoreError> {
        let account = self.accounts.get(name).map(|(user, _)| user).filter(|user| user.is_active);
        account.ok_or_else(|| no_such_user(name))
    }

    /// Puts an account in the place of what it was. Its password stays.
    pub(super) fn replace_user(&mut self, user: User) {
        if let Some((old, _)) = self.accounts.get_mut(&user.name) {
            *old = user;
        }
    }

    pub(super) fn users(&self) -> Vec<User> {
        self.accounts.values().map(|(user, _)| user.clone()).collect()
    }

    pub(super) fn create_user(&mut self, user: NewUser) -> Result<User, StoreError> {
        user.check()?;
        let NewUser { name, password, is_admin, display_name, is_service } = user;
        if self.accounts.contains_key(&name) {
            return Err(StoreError::AlreadyExists(Subject::User(name).to_string()));
        }
        let id = self.new_id();
        let user = User { id, name: name.clone(), is_admin, display_name, is_service, is_active: true };
        self.accounts.insert(name.clone(), (user.clone(), password));
        self.tell(Event::User(name));
        Ok(user)
    }

    pub(super) fn update_user(&mut self, name: &Username, update: UserUpdate) -> Result<(), StoreError> {
        update.check()?;
        let (user, password) = self.user(name).ok_or_else(|| no_such_user(name))?;
        let expose = |hash: &Option<PasswordHash>| hash.as_ref().map(|hash| hash.expose().to_owned());
        if update.if_password_is.is_some() && expose(&update.if_password_is) != expose(&password) {
            return Err(StoreError::Conflict(Subject::User(name.clone()).to_string()));
        }
        let is_active_admin = |user: &User| user.is_admin && user.is_active;
        let others = self.accounts.values().map(|(user, _)| user).filter(|user| user.name != *name);
        if update.needs_another_admin(&user) && !others.into_iter().any(is_active_admin) {
            return Err(StoreError::LastAdmin(Subject::User(name.clone()).to_string()));
        }
        if update.ends_tokens() {
            self.tokens.retain(|_, token| token.user != *name);
        }
        if update.ends_sessions() {
            self.sessions.retain(|_, row| row.session.user != *name);
        }
        let changed = User {
            is_admin: update.is_admin.unwrap_or(user.is_admin),
            display_name: update.display_name.or(user.display_name),
            is_active: update.is_active.unwrap_or(user.is_active),
            ..user
        };
        self.accounts.insert(name.clone(), (changed, update.password.or(password)));
        self.tell(Event::User(name.clone()));
        Ok(())
    }

    pub(super) fn delete_user(&mut self, name: &Username) -> Result<(), StoreError> {
        self.accounts.remove(name).ok_or_else(|| no_such_user(name))?;
        self.identities.retain(|_, (user, _)| user != name);
        self.tokens.retain(|_, token| token.user != *name);
        self.sessions.retain(|_, row| row.session.user != *name);
        self.tell(Event::User(name.clone()));
        self.forget(&Subject::User(name.clone()));
        Ok(())
    }
}
