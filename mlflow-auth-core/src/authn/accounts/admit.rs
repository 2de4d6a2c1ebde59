//! How an identity becomes a user.

use super::{AccountRules, GroupUpkeep, Identity, Names, UnknownUsers};
use crate::store::{
    Adopts, Arrival, ArrivalRefusal, Arrived, ArrivesAt, Freshness, GroupSync, IdentityStore, Stamp, StoreError, Topic,
    User, UserStore, now,
};
use crate::vocabulary::{GroupName, InvalidName, Principal, Proof, Unavailable, Username};
use std::sync::Arc;

/// A store of accounts and of who they are.
pub trait AccountStore: UserStore + IdentityStore {}

impl<S: UserStore + IdentityStore> AccountStore for S {}

/// Finds the accounts of those whom one provider vouches for, or makes them.
#[derive(Clone)]
pub struct Accounts {
    store: Arc<dyn AccountStore>,
    freshness: Arc<Freshness>,
    rules: AccountRules,
}

/// Somebody who is let in.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Who they are here.
    pub user: Username,
    /// The groups of the proof, under the names they have here.
    pub groups: Vec<GroupName>,
    /// Whether they pass every check.
    pub is_admin: bool,
    /// Taken before the account was read: while it is current, this may be remembered.
    pub stamp: Stamp,
}

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdmitError {
    /// They are nobody here.
    #[error(transparent)]
    Refused(#[from] ArrivalRefusal),
    /// One of their groups has no name here.
    #[error(transparent)]
    Group(#[from] InvalidName),
    /// Something of them cannot be kept.
    #[error(transparent)]
    Invalid(StoreError),
    /// Nobody can tell now. Never a refusal.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<StoreError> for AdmitError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Invalid(_) => AdmitError::Invalid(error),
            error => Unavailable::new("the user store", error).into(),
        }
    }
}

/// What a look at the store says.
enum Look {
    /// They are this user already.
    Is(User),
    /// They are let in, and have no account.
    Guest,
    /// They have to be bound to an account first.
    Unbound,
}

/// How often an account is read again because it has another name than was thought, or was just bound.
const LOOKS: usize = 4;

impl Accounts {
    /// Asks `store`; `freshness` must hear of its changes.
    pub fn new(store: Arc<dyn AccountStore>, freshness: Arc<Freshness>, rules: AccountRules) -> Self {
        Self { store, freshness, rules }
    }

    /// What the provider may say.
    pub fn rules(&self) -> &AccountRules {
        &self.rules
    }

    /// What tells when to forget what was remembered under an [`Admitted::stamp`].
    pub fn freshness(&self) -> &Arc<Freshness> {
        &self.freshness
    }

    /// Lets in somebody whose proof comes with each request. Nothing is written unless an account is made or bound. What
    /// it costs is worth remembering.
    ///
    /// # Errors
    /// [`AdmitError`]
    pub async fn admit(&self, identity: &Identity) -> Result<Admitted, AdmitError> {
        let groups = self.groups(identity)?;
        let by_proof = self.makes_admin(identity);
        let mut name = identity.user.clone();
        let mut looks = 0;
        loop {
            looks += 1;
            let stamp = self.freshness.stamp(Topic::User(&name));
            let user = match self.look(identity).await? {
                Look::Is(user) => user,
                Look::Guest => return Ok(Admitted { user: identity.user.clone(), groups, is_admin: by_proof, stamp }),
                Look::Unbound => self.arrive(self.arrival(identity, &groups, self.rules.accounts)).await?,
            };
            // The stamp is worth something only if it is of this account, and older than what was read of it.
            if (user.name == name && self.freshness.is_current(stamp)) || looks == LOOKS {
                return Ok(Admitted { user: user.name, groups, is_admin: user.is_admin || by_proof, stamp });
            }
            name = user.name;
        }
    }

    /// Lets in a person who signs in for a session: what the provider says of the admin flag, the display name and groups
    /// is written.
    ///
    /// # Errors
    /// [`AdmitError`]
    pub async fn sign_in(&self, identity: &Identity) -> Result<Admitted, AdmitError> {
        let groups = self.groups(identity)?;
        let stamp = self.freshness.stamp(Topic::User(&identity.user));
        let mut arrival = self.arrival(identity, &groups, ArrivesAt::Person);
        arrival.is_admin = self.rules.trust_admin_groups.then_some(identity.is_admin);
        if self.rules.groups == GroupUpkeep::AtFirst && self.store.bound(&arrival.key).await?.is_some() {
            arrival.groups = GroupSync::Keep;
        }
        let user = self.arrive(arrival).await?;
        Ok(Admitted { user: user.name, groups, is_admin: user.is_admin, stamp })
    }

    /// Whether `identity` is bound to the account `user`.
    ///
    /// # Errors
    /// [`AdmitError::Unavailable`]
    pub async fn is_bound_to(&self, identity: &Identity, user: &Username) -> Result<bool, AdmitError> {
        Ok(self.store.bound(&identity.key()).await?.is_some_and(|account| account.name == *user))
    }

    async fn look(&self, identity: &Identity) -> Result<Look, AdmitError> {
        if let Some(user) = self.store.bound(&identity.key()).await? {
            return self.may(user);
        }
        match self.store.user(&identity.user).await? {
            Some(user) if self.rules.names == Names::Trusted => {
                let found = self.may(user)?;
                match self.store.identities_of(&identity.user).await?.is_empty() {
                    true => Ok(found),
                    false => Err(ArrivalRefusal::Taken.into()),
                }
            }
            Some(_) => Ok(Look::Unbound),
            None => match (self.rules.unknown_users, self.rules.names) {
                (UnknownUsers::Create, _) => Ok(Look::Unbound),
                (UnknownUsers::Admit, Names::Trusted | Names::Adopts) => Ok(Look::Guest),
                (UnknownUsers::Admit, Names::Separate) | (UnknownUsers::Refuse, _) => {
                    Err(ArrivalRefusal::NoAccount.into())
                }
            },
        }
    }

    fn may(&self, user: User) -> Result<Look, AdmitError> {
        match self.rules.accounts.refuses(&user) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(Look::Is(user)),
        }
    }

    async fn arrive(&self, arrival: Arrival) -> Result<User, AdmitError> {
        match self.store.arrive(arrival).await? {
            Arrived::As(user) => Ok(user),
            Arrived::Refused(refusal) => Err(refusal.into()),
        }
    }

    /// What is written of `identity`, whose `groups` have the names they have here.
    fn arrival(&self, identity: &Identity, groups: &[GroupName], accounts: ArrivesAt) -> Arrival {
        // In the order of the identity's own.
        let named = identity.groups.iter().zip(groups);
        let kept = named.filter(|(group, _)| !identity.asked_groups.contains(group)).map(|(_, name)| name.clone());
        let kept: Vec<GroupName> = kept.collect();
        let adopts = match self.rules.names {
            Names::Separate => Adopts::Nobody,
            Names::Trusted | Names::Adopts if self.makes_admin(identity) => Adopts::Anybody,
            Names::Trusted | Names::Adopts => Adopts::NoAdmin,
        };
        let groups = match (self.rules.groups, self.rules.replaces_groups) {
            (GroupUpkeep::Never, _) => GroupSync::Keep,
            (GroupUpkeep::AtFirst | GroupUpkeep::EachSignIn, true) => GroupSync::Replace(kept),
            (GroupUpkeep::AtFirst | GroupUpkeep::EachSignIn, false) => GroupSync::Add(kept),
        };
        Arrival {
            key: identity.key(),
            provider: self.rules.provider.clone(),
            user: identity.user.clone(),
            display_name: identity.display_name.clone(),
            accounts,
            creates: self.rules.unknown_users == UnknownUsers::Create,
            adopts,
            is_admin: None,
            groups,
            at: now(),
        }
    }

    fn makes_admin(&self, identity: &Identity) -> bool {
        self.rules.trust_admin_groups && identity.is_admin
    }

    fn groups(&self, identity: &Identity) -> Result<Vec<GroupName>, InvalidName> {
        if !self.rules.names_groups_apart {
            return Ok(identity.groups.clone());
        }
        let apart = |group: &GroupName| GroupName::new(format!("{}:{group}", self.rules.provider));
        identity.groups.iter().map(apart).collect()
    }
}

impl Admitted {
    /// The caller they are for a request that carries this proof.
    pub fn principal(self, proof: Proof) -> Arc<Principal> {
        let Self { user, groups, is_admin, .. } = self;
        Arc::new(Principal { groups, is_admin, ..Principal::new(user, proof) })
    }
}
