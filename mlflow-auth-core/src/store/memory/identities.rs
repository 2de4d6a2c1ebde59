//! How identities are kept in memory, and who they are.

use super::MemoryStore;
use super::state::State;
use crate::store::{
    Adopts, Arrival, ArrivalRefusal, Arrived, ArrivesAt, BoundIdentity, Event, GroupSync, IdentityKey, IdentityStore,
    Membership, NewUser, StoreError, User, identity_name,
};
use crate::vocabulary::{GroupName, Subject, Username};
use async_trait::async_trait;

impl State {
    fn bound(&self, key: &IdentityKey) -> Option<User> {
        let (name, _) = self.identities.get(key)?;
        self.user(name).map(|(user, _)| user)
    }

    fn identities_of(&self, user: &Username) -> Vec<BoundIdentity> {
        let theirs = self.identities.iter().filter(|(_, (owner, _))| owner == user);
        theirs.map(|(key, (user, at))| BoundIdentity { key: key.clone(), user: user.clone(), bound_at: *at }).collect()
    }

    fn arrive(&mut self, arrival: Arrival) -> Result<Arrived, StoreError> {
        arrival.check()?;
        let account = match self.account(&arrival)? {
            Ok(account) => account,
            Err(refusal) => return Ok(Arrived::Refused(refusal)),
        };
        let changed = User {
            is_admin: arrival.is_admin.unwrap_or(account.is_admin),
            display_name: arrival.display_name.or_else(|| account.display_name.clone()),
            ..account.clone()
        };
        if changed != account {
            self.replace_user(changed.clone());
            self.tell(Event::User(changed.name.clone()));
        }
        self.sync_groups(&changed.name, &arrival.provider, &arrival.groups);
        Ok(Arrived::As(changed))
    }

    /// The account of somebody who arrives: bound to them, or bound now.
    fn account(&mut self, arrival: &Arrival) -> Result<Result<User, ArrivalRefusal>, StoreError> {
        let bound = self.bound(&arrival.key);
        let is_bound = bound.is_some();
        let found = bound.or_else(|| self.user(&arrival.user).map(|(user, _)| user));
        if let Some(refusal) = found.as_ref().and_then(|account| arrival.accounts.refuses(account)) {
            return Ok(Err(refusal));
        }
        let account = match found {
            Some(account) if is_bound => return Ok(Ok(account)),
            Some(account) => {
                let is_free = self.identities_of(&account.name).is_empty();
                if !is_free || !arrival.adopts.takes(account.is_admin) {
                    return Ok(Err(ArrivalRefusal::Taken));
                }
                account
            }
            None if !arrival.creates => return Ok(Err(ArrivalRefusal::NoAccount)),
            None if arrival.adopts == Adopts::Nobody && self.is_awaited(&arrival.user) => {
                return Ok(Err(ArrivalRefusal::Taken));
            }
            None => {
                let is_service = arrival.accounts == ArrivesAt::Program;
                self.create_user(NewUser { is_service, ..NewUser::named(arrival.user.clone()) })?
            }
        };
        self.identities.insert(arrival.key.clone(), (account.name.clone(), arrival.at));
        self.tell(Event::User(account.name.clone()));
        Ok(Ok(account))
    }

    /// Whether somebody was given something before they came.
    fn is_awaited(&self, user: &Username) -> bool {
        let Membership { groups, roles } = self.membership(user);
        let subject = Subject::User(user.clone());
        !groups.is_empty() || !roles.is_empty() || self.grants.values().any(|spec| spec.subject == subject)
    }

    fn sync_groups(&mut self, user: &Username, provider: &str, sync: &GroupSync) {
        let mut is_changed = false;
        if let GroupSync::Replace(groups) = sync {
            let is_lost = |group: &GroupName| !groups.contains(group);
            for (_, members) in self.groups.iter_mut().filter(|(group, _)| is_lost(group)) {
                if members.get(user).is_some_and(|given_by| given_by == provider) {
                    members.remove(user);
                    is_changed = true;
                }
            }
        }
        for group in sync.groups() {
            let members = self.members_of_new(group);
            if !members.contains_key(user) {
                members.insert(user.clone(), provider.to_owned());
                is_changed = true;
            }
        }
        if is_changed {
            self.tell(Event::Membership(user.clone()));
        }
    }

    fn unbind(&mut self, user: &Username, key: &IdentityKey) -> Result<(), StoreError> {
        let is_theirs = self.identities.get(key).is_some_and(|(owner, _)| owner == user);
        if !is_theirs {
            return Err(StoreError::NotFound(identity_name(user, key)));
        }
        self.identities.remove(key);
        self.sessions.retain(|_, row| row.session.user != *user);
        self.tell(Event::User(user.clone()));
        Ok(())
    }
}

#[async_trait]
impl IdentityStore for MemoryStore {
    async fn bound(&self, key: &IdentityKey) -> Result<Option<User>, StoreError> {
        Ok(self.read(|state| state.bound(key)))
    }

    async fn identities_of(&self, user: &Username) -> Result<Vec<BoundIdentity>, StoreError> {
        Ok(self.read(|state| state.identities_of(user)))
    }

    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, StoreError> {
        Ok(self.write(|state| state.arrive(arrival))?.0)
    }

    async fn unbind(&self, user: &Username, key: &IdentityKey) -> Result<(), StoreError> {
        self.write(|state| state.unbind(user, key)).map(|_| ())
    }
}
