//! One random write, over so few names and moments that writes meet each other.

use crate::conformance::fixtures::*;
use crate::conformance::identities::key;
use crate::conformance::model::name;
use crate::conformance::sessions::digest;
use crate::store::{
    Adopts, Arrival, Arrived, ArrivesAt, Change, GroupSync, IdentityKey, NewSession, NewToken, NewUser, Renewal,
    Seconds, SecretDigest, Store, StoreError, TokenHash, UserUpdate,
};
use crate::vocabulary::{GroupName, Narrowing, Username};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

pub(super) const PREFIXES: [&str; 3] = ["p", "P", "q"];
pub(super) const DIGESTS: [u8; 3] = [1, 2, 3];
const PASSWORDS: [&str; 2] = ["one", "two"];

/// A write. A place is that of a token or session among all there are: stores number them as they like.
#[derive(Clone, Debug)]
pub(in crate::conformance::model) enum Step {
    Create(Username, bool, bool),
    Update(Username, Update),
    Delete(Username),
    Apply(Change),
    CreateToken(NewToken),
    DeleteToken(Username, usize),
    DeleteTokens(Username),
    SawToken(usize, Seconds),
    Open(Opening),
    SawSession(usize, Seconds),
    Lease(usize, Seconds, Seconds),
    Renew(usize, Option<Seconds>, Option<Vec<u8>>),
    EndSession(Username, usize),
    EndSessions(Username),
    Spend(u8, Seconds),
    Forget(Seconds, Seconds),
    Arrive(Arrival),
    Unbind(Username, IdentityKey),
}

#[derive(Clone, Debug)]
pub(in crate::conformance::model) struct Update {
    password: Option<&'static str>,
    same_password: bool,
    is_admin: Option<bool>,
    is_active: Option<bool>,
}

#[derive(Clone, Debug)]
pub(in crate::conformance::model) struct Opening {
    owner: Username,
    secret: u8,
    at: Seconds,
    lasts: Seconds,
    replaces: Option<u8>,
}

impl Step {
    /// What came of it, in words that do not depend on numbers.
    pub(in crate::conformance::model) async fn make(&self, store: &dyn Store) -> String {
        let made = match self.clone() {
            Step::Create(..) | Step::Update(..) | Step::Delete(_) | Step::Apply(_) => self.change(store).await,
            Step::CreateToken(_) | Step::DeleteToken(..) | Step::DeleteTokens(_) | Step::SawToken(..) => {
                self.with_tokens(store).await
            }
            Step::Arrive(arrival) => store.arrive(arrival).await.map(|arrived| match arrived {
                Arrived::As(user) => format!("{} {} {:?}", user.name, user.is_admin, user.display_name),
                refused @ Arrived::Refused(_) => format!("{refused:?}"),
            }),
            Step::Unbind(user, key) => store.unbind(&user, &key).await.map(done),
            Step::Spend(what, until) => store.spend(&digest(what), until).await.map(|is_new| is_new.to_string()),
            Step::Forget(now, idle) => store.forget_expired(now, idle).await.map(|count| count.to_string()),
            _ => self.with_sessions(store).await,
        };
        made.unwrap_or_else(|error| name(&Err(error)).to_owned())
    }

    async fn change(&self, store: &dyn Store) -> Result<String, StoreError> {
        match self.clone() {
            Step::Create(name, is_admin, is_service) => {
                store.create_user(NewUser { is_admin, is_service, ..NewUser::named(name) }).await.map(drop)
            }
            Step::Update(name, Update { password, same_password, is_admin, is_active }) => {
                let password = password.map(hash);
                let update = UserUpdate { password, same_password, is_admin, is_active, ..UserUpdate::default() };
                store.update_user(&name, update).await
            }
            Step::Delete(name) => store.delete_user(&name).await,
            Step::Apply(change) => store.apply(&[change]).await.map(drop),
            _ => Ok(()),
        }
        .map(done)
    }

    async fn with_tokens(&self, store: &dyn Store) -> Result<String, StoreError> {
        match self.clone() {
            Step::CreateToken(new) => store.create_token(new).await.map(|made| made.name),
            Step::DeleteToken(user, place) => store.delete_token(&user, token_at(store, place).await).await.map(done),
            Step::DeleteTokens(user) => store.delete_tokens(&user).await.map(|count| count.to_string()),
            Step::SawToken(place, at) => store.saw_token(token_at(store, place).await, at).await.map(done),
            _ => Ok(String::new()),
        }
    }

    async fn with_sessions(&self, store: &dyn Store) -> Result<String, StoreError> {
        match self.clone() {
            Step::Open(opening) => store.open_session(opening.session()).await.map(|made| made.provider),
            Step::SawSession(place, at) => store.saw_session(session_at(store, place).await, at).await.map(done),
            Step::Lease(place, now, until) => {
                let lease = store.lease_renewal(session_at(store, place).await, now, until).await?;
                Ok(format!("{:?}", lease.map(|session| (session.user, session.sealed))))
            }
            Step::Renew(place, renew_at, sealed) => {
                store.renew_session(session_at(store, place).await, Renewal { renew_at, sealed }).await.map(done)
            }
            Step::EndSession(user, place) => store.end_session(&user, session_at(store, place).await).await.map(done),
            Step::EndSessions(user) => store.end_sessions(&user).await.map(|count| count.to_string()),
            _ => Ok(String::new()),
        }
    }
}

impl Opening {
    fn session(self) -> NewSession {
        NewSession {
            digest: digest(self.secret),
            user: self.owner,
            provider: "default".to_owned(),
            created_at: self.at,
            expires_at: self.at + self.lasts,
            renew_at: None,
            sealed: None,
            replaces: self.replaces.map(digest as fn(u8) -> SecretDigest),
        }
    }
}

fn done((): ()) -> String {
    "done".to_owned()
}

/// A number that no token and no session has.
const NOBODYS: i64 = -1;

async fn token_at(store: &dyn Store, place: usize) -> i64 {
    let mut ids = Vec::new();
    for user in users() {
        ids.extend(store.tokens_of(&user).await.unwrap().into_iter().map(|token| token.id));
    }
    ids.get(place).copied().unwrap_or(NOBODYS)
}

async fn session_at(store: &dyn Store, place: usize) -> i64 {
    let mut ids = Vec::new();
    for user in users() {
        ids.extend(store.sessions_of(&user).await.unwrap().into_iter().map(|session| session.id));
    }
    ids.get(place).copied().unwrap_or(NOBODYS)
}

pub(in crate::conformance::model) fn step() -> impl Strategy<Value = Step> {
    let user = || select(users());
    prop_oneof![
        3 => (user(), any::<bool>(), prop::bool::weighted(0.2)).prop_map(|(u, a, s)| Step::Create(u, a, s)),
        2 => (user(), update()).prop_map(|(user, update)| Step::Update(user, update)),
        1 => user().prop_map(Step::Delete),
        1 => (user(), select(groups())).prop_map(|(user, group)| Step::Apply(Change::Join(user, group))),
        1 => (user(), select(groups())).prop_map(|(user, group)| Step::Apply(Change::Leave(user, group))),
        1 => select(groups()).prop_map(|group| Step::Apply(Change::Forget(group.into()))),
        1 => user().prop_map(|user| Step::Apply(Change::Forget(user.into()))),
        6 => arrival().prop_map(Step::Arrive),
        1 => (user(), select(keys())).prop_map(|(user, key)| Step::Unbind(user, key)),
        4 => token().prop_map(Step::CreateToken),
        1 => (user(), place()).prop_map(|(user, place)| Step::DeleteToken(user, place)),
        1 => user().prop_map(Step::DeleteTokens),
        1 => (place(), moment()).prop_map(|(place, at)| Step::SawToken(place, at)),
        10 => session_step(),
    ]
}

fn session_step() -> impl Strategy<Value = Step> {
    let user = || select(users());
    let secret = || select(&DIGESTS[..]);
    let sealed = option::of(prop::collection::vec(any::<u8>(), 0..3));
    let opening = (user(), secret(), moment(), moment(), option::of(secret()));
    prop_oneof![
        4 => opening.prop_map(|(owner, secret, at, lasts, replaces)| {
            Step::Open(Opening { owner, secret, at, lasts, replaces })
        }),
        1 => (place(), moment()).prop_map(|(place, at)| Step::SawSession(place, at)),
        2 => (place(), moment(), moment()).prop_map(|(place, now, until)| Step::Lease(place, now, until)),
        1 => (place(), option::of(moment()), sealed).prop_map(|(place, at, sealed)| Step::Renew(place, at, sealed)),
        1 => (user(), place()).prop_map(|(user, place)| Step::EndSession(user, place)),
        1 => user().prop_map(Step::EndSessions),
        2 => (secret(), moment()).prop_map(|(what, until)| Step::Spend(what, until)),
        1 => (moment(), moment()).prop_map(|(now, idle)| Step::Forget(now, idle)),
    ]
}

fn update() -> impl Strategy<Value = Update> {
    let password = option::of(select(&PASSWORDS[..]));
    (password, any::<bool>(), any::<Option<bool>>(), any::<Option<bool>>()).prop_map(
        |(password, same_password, is_admin, is_active)| Update { password, same_password, is_admin, is_active },
    )
}

fn token() -> impl Strategy<Value = NewToken> {
    let texts = (select(users()), select(vec!["ci", "CI", ""]), select(&PREFIXES[..]));
    (texts, moment(), moment(), any::<bool>(), any::<bool>(), 1_usize..3).prop_map(
        |((owner, name, prefix), created_at, expires_at, read_only, replaces, most)| NewToken {
            created_by: owner.clone(),
            user: owner,
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            hash: TokenHash::from_stored("kept"),
            narrowing: Narrowing { read_only, only: None },
            created_at,
            expires_at,
            replaces,
            most,
        },
    )
}

fn arrival() -> impl Strategy<Value = Arrival> {
    let accounts = select(vec![ArrivesAt::Person, ArrivesAt::Program, ArrivesAt::Either]);
    let adopts = select(vec![Adopts::Nobody, Adopts::NoAdmin, Adopts::Anybody]);
    let says = (option::of(select(vec!["", "Ann", "\0"])), any::<Option<bool>>(), sync());
    let who = (select(keys()), select(vec!["default", "second"]), select(users()), moment());
    (who, accounts, any::<bool>(), adopts, says).prop_map(
        |((key, provider, user, at), accounts, creates, adopts, (display_name, is_admin, groups))| Arrival {
            key,
            provider: provider.to_owned(),
            user,
            display_name: display_name.map(str::to_owned),
            accounts,
            creates,
            adopts,
            is_admin,
            groups,
            at,
        },
    )
}

fn sync() -> impl Strategy<Value = GroupSync> {
    let some = || subsequence(groups(), 0..=groups().len());
    prop_oneof![
        1 => Just(GroupSync::Keep),
        1 => some().prop_map(GroupSync::Add),
        2 => some().prop_map(GroupSync::Replace),
    ]
}

fn place() -> impl Strategy<Value = usize> {
    0_usize..4
}

fn moment() -> impl Strategy<Value = Seconds> {
    1_u64..6
}

pub(super) fn users() -> Vec<Username> {
    ["ann", "Ann", "bob"].map(user).into()
}

pub(super) fn groups() -> Vec<GroupName> {
    ["a", "A", "b"].map(group).into()
}

pub(super) fn keys() -> Vec<IdentityKey> {
    let elsewhere = IdentityKey { issuer: "https://other.example".to_owned(), ..key("1") };
    vec![key("1"), key("2"), elsewhere]
}
