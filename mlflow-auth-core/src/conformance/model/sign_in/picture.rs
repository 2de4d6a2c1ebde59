//! All that can be seen of who signs in.

use super::super::picture::Number;
use super::steps::{DIGESTS, PREFIXES, groups, keys, users};
use crate::conformance::sessions::{digest, seen as seen_session};
use crate::conformance::tokens::seen as seen_token;
use crate::store::{BoundIdentity, Store, User};

/// What every read of a store says.
#[derive(Debug, Default)]
pub(super) struct Picture {
    /// One line each, without the numbers, which stores give as they like.
    pub(super) seen: Vec<String>,
    /// Of accounts, tokens and sessions, in the order in which they were seen.
    pub(super) numbers: Vec<Number>,
}

impl Picture {
    pub(super) async fn of(store: &dyn Store) -> Self {
        let mut picture = Self::default();
        picture.accounts(store).await;
        for user in users() {
            for token in store.tokens_of(&user).await.unwrap() {
                picture.number("token", token.id);
                let (_, texts, times) = seen_token(token);
                picture.see(format!("token {texts:?} {times:?}"));
            }
            for session in store.sessions_of(&user).await.unwrap() {
                picture.number("session", session.id);
                let (_, owner, provider, times, sealed) = seen_session(session);
                picture.see(format!("session of {owner} by {provider} {times:?} {sealed:?}"));
            }
            for BoundIdentity { key, user, bound_at } in store.identities_of(&user).await.unwrap() {
                picture.see(format!("{key:?} is {user} since {bound_at}"));
            }
            let groups = store.membership(&user).await.unwrap().groups.clone();
            picture.see(format!("{user} is in {groups:?}"));
        }
        picture.found(store).await;
        picture
    }

    async fn accounts(&mut self, store: &dyn Store) {
        for listed in store.users().await.unwrap() {
            let (user, hash) = store.credentials(&listed.name).await.unwrap().unwrap();
            assert_eq!(user, listed);
            self.number("account", user.id);
            self.see(format!("{:?} with {:?}", User { id: 0, ..user }, hash.map(|hash| hash.expose().to_owned())));
        }
        for group in groups() {
            let members = store.members(&group).await.ok();
            self.see(format!("{group} holds {members:?}"));
        }
    }

    /// What is found by its key is what is listed.
    async fn found(&mut self, store: &dyn Store) {
        for prefix in PREFIXES {
            if let Some(token) = store.token(prefix).await.unwrap() {
                self.number("token", token.id);
                self.see(format!("{prefix} is {:?}", seen_token(token).1));
            }
        }
        for number in DIGESTS {
            if let Some(session) = store.session(&digest(number)).await.unwrap() {
                self.number("session", session.id);
                self.see(format!("{number} is {} {}", session.user, session.created_at));
            }
        }
        for key in keys() {
            let bound = store.bound(&key).await.unwrap().map(|user| User { id: 0, ..user });
            self.see(format!("{key:?} is {bound:?}"));
        }
    }

    fn see(&mut self, line: String) {
        self.seen.push(line);
    }

    fn number(&mut self, of: &'static str, number: i64) {
        self.numbers.push((of, number));
    }
}
