//! What a provider may say of accounts.

use crate::store::ArrivesAt;

/// What a provider may say of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRules {
    /// The provider, by the name the configuration gives it: 1 to 255 bytes. Memberships that it gave are told from others
    /// by it.
    pub provider: String,
    /// What becomes of somebody who has no account here.
    pub unknown_users: UnknownUsers,
    /// What a user name counts for that no identity is bound to.
    pub names: Names,
    /// Whose accounts a proof that comes with each request may name. Signing in is for people.
    pub accounts: ArrivesAt,
    /// Whether groups of the proof make admins.
    pub trust_admin_groups: bool,
    /// When groups of the proof are written into the store. Where nobody signs in, [`GroupUpkeep::Never`] is right: what was
    /// written when an account was made would hold for as long as it lasts, whatever later proofs say.
    pub groups: GroupUpkeep,
    /// Whether groups that are written take away those that the same provider gave before and does not name any more.
    pub replaces_groups: bool,
    /// Whether groups are named `<provider>:<group>`, so that no group of this provider is taken for one of another.
    pub names_groups_apart: bool,
}

/// What becomes of somebody with a good proof and no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownUsers {
    /// They are refused.
    Refuse,
    /// They come in without an account, with what their groups and their name give. Of a provider whose names count for
    /// nothing ([`Names::Separate`]) they are refused: grants to a name are not theirs. Nobody signs in for a session so.
    Admit,
    /// They get an account, without a password.
    Create,
}

/// What a user name of a provider counts for, where an account of that name is bound to no identity. An account that is
/// bound to another identity is never theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// They are that user: right for the only provider there is. A request binds nothing; signing in does, as with
    /// [`Names::Adopts`].
    Trusted,
    /// The account is taken and bound to them, an admin's only if they are an admin's by their groups
    /// ([`AccountRules::trust_admin_groups`]): right for the first of several providers.
    Adopts,
    /// Nothing: right for every other provider.
    Separate,
}

/// When groups of a proof are written into the store. For the request that carries it they count anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupUpkeep {
    /// Never.
    Never,
    /// When an identity is bound to an account, which may be made for it.
    AtFirst,
    /// Each time somebody signs in too.
    EachSignIn,
}

impl AccountRules {
    /// The only provider: its names are trusted, nobody gets an account, it makes no admins, and each sign-in replaces the
    /// groups it gave.
    pub fn only(provider: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            unknown_users: UnknownUsers::Refuse,
            names: Names::Trusted,
            accounts: ArrivesAt::Either,
            trust_admin_groups: false,
            groups: GroupUpkeep::EachSignIn,
            replaces_groups: true,
            names_groups_apart: false,
        }
    }

    /// A cluster whose programs come in. Nobody makes accounts for them by hand: the list of namespaces says which they
    /// are, and nobody else can have their names.
    pub fn of_programs(provider: impl Into<String>) -> Self {
        Self {
            unknown_users: UnknownUsers::Create,
            accounts: ArrivesAt::Program,
            groups: GroupUpkeep::Never,
            ..Self::only(provider)
        }
    }

    /// A provider beside others: its names count for nothing, and its groups are named apart. The rest as
    /// [`AccountRules::only`].
    pub fn beside(provider: impl Into<String>) -> Self {
        Self { names: Names::Separate, names_groups_apart: true, ..Self::only(provider) }
    }
}
