//! Groups, passwords, tokens and identities.

use crate::config::Config;
use crate::tasks::import::dates::moment;
use crate::tasks::import::found::Found;
use crate::tasks::import::tables::{Record, Tables, row, text};
use mlflow_auth_core::store::transfer::Member;
use mlflow_auth_core::store::{AccessToken, BoundIdentity, IdentityKey, TokenHash, now};
use mlflow_auth_core::{GroupName, Narrowing, PasswordHash, Subject, Username};
use std::collections::{BTreeMap, HashMap};

pub(super) type Users = HashMap<String, Username>;
pub(super) type Groups = HashMap<String, GroupName>;

/// The provider of 7.x, which knows one only.
const ONLY: &str = "default";

/// Who keeps a membership that was given by hand.
const BY_HAND: &str = "manual";

/// What a secret that ends there would become here.
const ENDS: &str = "it ends there, and as a password would not end here; make an access token in its place";

pub(super) fn groups(found: &mut Found, tables: &Tables, users: &Users) -> Groups {
    let mut groups = Groups::new();
    for record in tables.records("groups") {
        match GroupName::new(text(&record, "group_name")) {
            Ok(group) => {
                found.contents.groups.push(group.clone());
                groups.insert(text(&record, "id").to_owned(), group);
            }
            Err(error) => found.remark(row("groups", &record), error.to_string(), true),
        }
    }
    let mut others: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for record in tables.records("user_groups") {
        let user = found.holder(users, "user_id", "user_groups", &record);
        let group = groups.get(text(&record, "group_id")).cloned();
        match (user, group) {
            (Some(user), Some(group)) => {
                let provider = provider(&record);
                let owner = text(&record, "managed_by");
                if provider.is_none() && owner != BY_HAND {
                    *others.entry((Subject::Group(group.clone()).to_string(), owner)).or_default() += 1;
                }
                found.contents.members.push(Member { user, group, provider });
            }
            (Some(_), None) => found.remark(row("user_groups", &record), "its group is not brought in", true),
            (None, _) => {}
        }
    }
    for ((group, owner), count) in others {
        let owner = owner.escape_debug();
        let why =
            format!("members that `{owner}` keeps there: {count}; here they stay until somebody removes them by hand");
        found.remark(format!("user_groups of {group}"), why, true);
    }
    groups
}

/// Which provider takes a membership away again; none for one that was given by hand.
fn provider(record: &Record<'_>) -> Option<String> {
    match record.get("managed_by") {
        None => Some(ONLY.to_owned()),
        Some(owner) => owner.strip_prefix("oidc:").map(str::to_owned),
    }
}

/// 7.x keeps one token of each user as their password, and when it ends. Later versions have no passwords; what they took
/// over is a token without a prefix.
pub(super) fn passwords(found: &mut Found, tables: &Tables) {
    let mut ends: HashMap<&str, (String, &str)> = HashMap::new();
    let mut old = HashMap::new();
    for record in tables.records("users") {
        if let Some(end) = record.get("password_expiration") {
            ends.insert(text(&record, "username"), (row("users", &record), end));
        }
    }
    let names: HashMap<&str, &str> =
        tables.records("users").map(|record| (text(&record, "id"), text(&record, "username"))).collect();
    for record in tables.records("user_tokens").filter(|record| !record.contains_key("token_prefix")) {
        let Some(name) = names.get(text(&record, "user_id")) else { continue };
        ends.insert(name, (row("user_tokens", &record), text(&record, "expires_at")));
        old.insert(*name, text(&record, "token_hash"));
    }
    for account in &mut found.contents.accounts {
        let name = account.user.name.as_str();
        if let Some(hash) = old.get(name) {
            account.password = Some(PasswordHash::from_stored(*hash));
        }
        let Some((row, end)) = ends.remove(name).filter(|_| account.password.is_some()) else { continue };
        let has_ended = moment(end).is_none_or(|end| end <= now());
        if has_ended {
            account.password = None;
        }
        let why = if has_ended { "the token has ended" } else { ENDS };
        found.remarks.push(super::super::found::Remark { row, why: why.to_owned(), may_widen: !has_ended });
    }
}

pub(super) fn tokens(found: &mut Found, tables: &Tables, users: &Users) {
    for record in tables.records("user_tokens").filter(|record| record.contains_key("token_prefix")) {
        let Some(user) = found.holder(users, "user_id", "user_tokens", &record) else { continue };
        match token(user, &record) {
            Ok(token) => found.contents.tokens.push(token),
            Err(why) => found.remark(row("user_tokens", &record), why, false),
        }
    }
}

fn token(user: Username, record: &Record<'_>) -> Result<AccessToken, &'static str> {
    let moment = |column: &str| moment(text(record, column));
    let expires_at = moment("expires_at").ok_or("its end cannot be read; make a new token")?;
    if expires_at <= now() {
        return Err("it has expired");
    }
    let hash = TokenHash::from_stored(text(record, "token_hash"));
    if !hash.is_readable() {
        return Err("its hash cannot be verified here, or costs too much for every request; make a new token");
    }
    let prefix = text(record, "token_prefix");
    Ok(AccessToken {
        id: 0,
        name: text(record, "name").to_owned(),
        prefix: prefix.strip_prefix("mlf_").unwrap_or(prefix).to_owned(),
        hash,
        narrowing: Narrowing::default(),
        created_at: moment("created_at").unwrap_or_default(),
        created_by: Username::new(text(record, "created_by")).unwrap_or_else(|_| user.clone()),
        user,
        expires_at,
        last_used_at: moment("last_used_at"),
    })
}

/// A provider is known here by its issuer, which the plugin's database does not say.
pub(super) fn identities(found: &mut Found, tables: &Tables, users: &Users, config: &Config) {
    for record in tables.records("user_identities") {
        let Some(user) = found.holder(users, "user_id", "user_identities", &record) else { continue };
        let id = text(&record, "provider_id");
        let issuer =
            config.tokens.providers.iter().find(|provider| provider.id == id).and_then(|known| known.issuer.clone());
        let Some(issuer) = issuer else {
            let why = format!("configure the provider `{}` with its issuer first", id.escape_debug());
            found.remark(row("user_identities", &record), why, false);
            continue;
        };
        let key = IdentityKey { issuer, subject: text(&record, "subject").to_owned() };
        let bound_at = moment(text(&record, "created_at")).unwrap_or_default();
        found.contents.identities.push(BoundIdentity { key, user, bound_at });
    }
}
