//! What people sign in with: identities and access tokens.

use super::{Merging, added, compared};
use crate::store::transfer::check;
use crate::store::transfer::merge::people::no_such;
use crate::store::transfer::report::{Outcome, Part};
use crate::store::{AccessToken, identity_name, token_name};
use crate::vocabulary::{Subject, Username};
use std::collections::{HashMap, HashSet};

impl Merging<'_> {
    pub(super) fn identities(&mut self) {
        let mut there: HashMap<_, _> =
            self.target.identities.iter().map(|identity| (&identity.key, &identity.user)).collect();
        for (at, identity) in self.source.identities.iter().enumerate() {
            let outcome = match there.get(&identity.key) {
                Some(user) if **user == identity.user => Outcome::AlreadyThere,
                Some(user) => Outcome::Differs(format!("it is {} here", Subject::User((*user).clone()))),
                None => self.takes(&identity.user).unwrap_or_else(|| added(check::identity(identity))),
            };
            if outcome == Outcome::Added {
                self.add.identities.push(identity.clone());
                there.insert(&identity.key, &identity.user);
            }
            self.tell((Part::Identities, at), identity_name(&identity.user, &identity.key), outcome, false);
        }
    }

    pub(super) fn tokens(&mut self) {
        let mut prefixes: HashMap<&str, &AccessToken> =
            self.target.tokens.iter().map(|token| (token.prefix.as_str(), token)).collect();
        let mut names: HashSet<(&Username, &str)> =
            self.target.tokens.iter().map(|token| (&token.user, token.name.as_str())).collect();
        for (at, token) in self.source.tokens.iter().enumerate() {
            let outcome = match prefixes.get(token.prefix.as_str()) {
                Some(there) => compared(&token_differences(token, there)),
                None if names.contains(&(&token.user, token.name.as_str())) => {
                    Outcome::Differs("the name is that of another token here".to_owned())
                }
                None => self.takes_token(token),
            };
            if outcome == Outcome::Added {
                self.add.tokens.push(token.clone());
                prefixes.insert(&token.prefix, token);
                names.insert((&token.user, &token.name));
            }
            self.tell((Part::Tokens, at), token_name(&token.user, &token.name), outcome, false);
        }
    }

    fn takes_token(&self, token: &AccessToken) -> Outcome {
        let is_active = self.accounts.get(&token.user).is_none_or(|account| account.user.is_active);
        match self.takes(&token.user) {
            Some(refusal) => refusal,
            None if !is_active => Outcome::LeftOut("the account is not active".to_owned()),
            None => added(check::token(token)),
        }
    }

    /// Why an account may not be signed in to with what signed in to the source's account of that name.
    fn takes(&self, name: &Username) -> Option<Outcome> {
        let Some(there) = self.accounts.get(name) else { return Some(no_such(&Subject::User(name.clone()))) };
        let there = &there.user;
        let why = match self.source_accounts.get(name).map(|account| &account.user) {
            None => "the source has no account of that name",
            Some(ours) if there.is_admin && !ours.is_admin => "the account is an admin's here, and was not there",
            Some(ours) if there.is_service && !ours.is_service => "the account is a program's here, and was a person's",
            Some(ours) if ours.is_service && !there.is_service => "the account is a person's here, and was a program's",
            Some(ours) if there.is_active && !ours.is_active => "the account is active here, and was not there",
            Some(_) => return None,
        };
        Some(Outcome::LeftOut(why.to_owned()))
    }
}

fn token_differences(one: &AccessToken, other: &AccessToken) -> Vec<&'static str> {
    let differences = [
        (one.user != other.user, "owners"),
        (one.name != other.name, "names"),
        (one.hash.expose() != other.hash.expose(), "hashes"),
        (one.narrowing != other.narrowing, "limits"),
        (one.expires_at != other.expires_at, "ends"),
    ];
    differences.into_iter().filter(|(differs, _)| *differs).map(|(_, what)| what).collect()
}
