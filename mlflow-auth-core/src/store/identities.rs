//! The store of identities: who somebody that a provider vouches for is here.

use super::tokens::check_text;
use super::{ChangeFeed, Seconds, StoreError, User};
use crate::vocabulary::{GroupName, Subject, Username};
use async_trait::async_trait;

/// Somebody of a provider. A provider never gives the subject to another person; its names and addresses it may.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentityKey {
    /// Who vouches (`iss`).
    pub issuer: String,
    /// Its name for the person (`sub`).
    pub subject: String,
}

/// An identity that is bound to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundIdentity {
    /// Whom the provider means.
    pub key: IdentityKey,
    /// The account.
    pub user: Username,
    /// Since when.
    pub bound_at: Seconds,
}

/// Somebody arrives with a proof of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Whom the provider means.
    pub key: IdentityKey,
    /// The provider, by the name the configuration gives it: memberships that it gave are told from others by it.
    pub provider: String,
    /// The user name that the proof asks for. It counts only while the identity is not bound.
    pub user: Username,
    /// What people call them, if the proof says so.
    pub display_name: Option<String>,
    /// Which accounts it may be.
    pub accounts: ArrivesAt,
    /// Whether an account is made if there is none of that name.
    pub creates: bool,
    /// Whether an account of that name that no identity is bound to is taken.
    pub adopts: Adopts,
    /// Whether they are an admin from now on; none to leave that as it is.
    pub is_admin: Option<bool>,
    /// Their groups.
    pub groups: GroupSync,
    /// Now.
    pub at: Seconds,
}

/// Which accounts somebody may arrive at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArrivesAt {
    /// A person's: somebody signs in. An account that is made is a person's.
    Person,
    /// A program's. An account that is made is a program's.
    Program,
    /// Either: a token says nothing of who carries it. An account that is made is a person's.
    Either,
}

/// Which accounts are taken that no identity is bound to yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Adopts {
    /// None: an account is theirs only if it is bound to them.
    Nobody,
    /// Those of people who are no admins: taking an account never raises anybody.
    NoAdmin,
    /// Those of admins too: whoever arrives is one already.
    Anybody,
}

impl Adopts {
    /// Whether an account is taken that is an admin's, or not.
    pub fn takes(self, is_admin: bool) -> bool {
        match self {
            Adopts::Nobody => false,
            Adopts::NoAdmin => !is_admin,
            Adopts::Anybody => true,
        }
    }
}

/// What an arrival does to memberships. Those that somebody gave by hand, or another provider gave, stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupSync {
    /// Nothing.
    Keep,
    /// Adds these.
    Add(Vec<GroupName>),
    /// Adds these, and takes away what the same provider gave before and does no longer.
    Replace(Vec<GroupName>),
}

/// What became of an arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// They are this user.
    As(User),
    /// They are nobody here. Nothing was written.
    Refused(ArrivalRefusal),
}

/// Why somebody whom a provider vouches for is nobody here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ArrivalRefusal {
    /// There is no such account, and none is made.
    #[error("there is no such account")]
    NoAccount,
    /// The account of that name is bound to another identity, or is not to be taken.
    #[error("the account of that name belongs to somebody else")]
    Taken,
    /// The account may not sign in.
    #[error("the account is not active")]
    Inactive,
    /// The account is a program's, and a person arrived.
    #[error("the account is a service account")]
    Service,
    /// The account is a person's, and a program arrived.
    #[error("the account is a person's")]
    Person,
}

impl ArrivesAt {
    /// Why an account, as it stands, lets nobody of this kind in, if so.
    pub fn refuses(self, account: &User) -> Option<ArrivalRefusal> {
        match (self, account.is_active, account.is_service) {
            (_, false, _) => Some(ArrivalRefusal::Inactive),
            (ArrivesAt::Person, true, true) => Some(ArrivalRefusal::Service),
            (ArrivesAt::Program, true, false) => Some(ArrivalRefusal::Person),
            (ArrivesAt::Person, true, false) | (ArrivesAt::Program, true, true) | (ArrivesAt::Either, true, _) => None,
        }
    }
}

impl GroupSync {
    /// The groups it names.
    pub fn groups(&self) -> &[GroupName] {
        match self {
            GroupSync::Keep => &[],
            GroupSync::Add(groups) | GroupSync::Replace(groups) => groups,
        }
    }
}

/// How errors name an identity of a user, such as ``identity `7f3` of `https://idp.example` of user `bob` ``.
pub fn identity_name(user: &Username, key: &IdentityKey) -> String {
    let (issuer, subject) = (key.issuer.escape_debug(), key.subject.escape_debug());
    format!("identity `{subject}` of `{issuer}` of {}", Subject::User(user.clone()))
}

impl Arrival {
    /// Refuses what no store may keep. Every store calls it first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`]
    pub fn check(&self) -> Result<(), StoreError> {
        check_identity(&self.key)?;
        check_text("the provider", &self.provider, 255)?;
        super::users::check_display_name(self.display_name.as_deref())
    }
}

/// Refuses an identity that no store may keep.
pub(super) fn check_identity(key: &IdentityKey) -> Result<(), StoreError> {
    check_text("the issuer", &key.issuer, 2048)?;
    check_text("the subject", &key.subject, 255)
}

/// Keeps which account an identity is.
///
/// # Contract
///
/// * A pair of issuer and subject is bound to at most one account; texts are compared byte by byte.
/// * Whatever ends an account ends its bindings in the same transaction; making it inactive does not.
/// * A membership that exists already stays whose it is: one given by hand is not a provider's because it names it too.
///   [`Change::Join`](super::Change::Join) makes one that a provider gave one given by hand;
///   [`Change::Leave`](super::Change::Leave) takes either.
/// * Every write that changes something is told in the feed: [`Event::User`](super::Event::User), and
///   [`Event::Membership`](super::Event::Membership) where groups change.
#[async_trait]
pub trait IdentityStore: ChangeFeed {
    /// The account that an identity is bound to, if it is.
    async fn bound(&self, key: &IdentityKey) -> Result<Option<User>, StoreError>;

    /// All identities of a user, by issuer and subject.
    async fn identities_of(&self, user: &Username) -> Result<Vec<BoundIdentity>, StoreError>;

    /// Lets somebody in, whole or not at all: finds their account by the binding, else by the name, or makes it; binds
    /// it; sets the admin flag, the display name and the groups. An arrival that changes nothing writes nothing.
    ///
    /// The order of the checks: an account, bound or of that name, that is inactive or of the other kind is refused as such
    /// ([`ArrivesAt::refuses`]); then whether one of that name may be taken; then whether one may be made. Where
    /// [nobody's account](Adopts::Nobody) is taken, a name that was given a grant, a group or a role before anybody had it is
    /// [`ArrivalRefusal::Taken`]: it was meant for somebody else.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] if something of it cannot be kept.
    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, StoreError>;

    /// Ends a binding of a user, and the user's sessions, of which it may have opened any.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if this user has no such identity.
    async fn unbind(&self, user: &Username, key: &IdentityKey) -> Result<(), StoreError>;
}
