//! The store of access tokens.

use super::{ChangeFeed, StoreError};
use crate::vocabulary::{NarrowedTo, Narrowing, Subject, Username};
use async_trait::async_trait;
use std::fmt;

/// Seconds since the beginning of 1970, UTC. A store need not tell moments after 2^63 - 1 apart.
pub type Seconds = u64;

/// What is kept of the secret of a token: a text that names the way it was made, such as `sha256$5f70...`. Enough to
/// recognise the token, useless for making it. It is compared in constant time, by who makes it; stores only keep it.
#[derive(Clone)]
pub struct TokenHash(String);

/// The most iterations of a hash that another program made; checking a token must cost next to nothing.
const MOST_ITERATIONS: u32 = 1000;
/// The longest hash in bytes that another program made: the salt is read anew for every check.
const LONGEST_FOREIGN: usize = 255;

impl TokenHash {
    /// Whether it is of a form that can be checked: `sha256$` and 64 hexadecimal digits, as this project makes them, or
    /// `pbkdf2:sha256:<iterations>$<salt>$<64 hexadecimal digits>` of at most 1000 iterations and 255 bytes, as
    /// mlflow-oidc-auth does. Digits are lower-case.
    pub fn is_readable(&self) -> bool {
        self.0.strip_prefix("sha256$").is_some_and(is_digest) || self.is_of_werkzeug()
    }

    /// Whether it is one of mlflow-oidc-auth's.
    pub(crate) fn is_of_werkzeug(&self) -> bool {
        let rest = self.0.strip_prefix("pbkdf2:sha256:").filter(|_| self.0.len() <= LONGEST_FOREIGN);
        let Some((count, rest)) = rest.and_then(|rest| rest.split_once('$')) else { return false };
        let digits = Some(count).filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()));
        let count: Option<u32> = digits.and_then(|count| count.parse().ok());
        count.is_some_and(|count| (1..=MOST_ITERATIONS).contains(&count))
            && rest.split_once('$').is_some_and(|(_, tag)| is_digest(tag))
    }

    /// A hash as a store kept it. Nothing is checked.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to keep.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Whether a text is a SHA-256 in lower-case hexadecimal digits.
fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(..)")
    }
}

/// An access token, all but its secret.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// Its number in the store, never used again for another.
    pub id: i64,
    /// Whose it is.
    pub user: Username,
    /// What its owner calls it; no two tokens of one user share it.
    pub name: String,
    /// The part of the token that is no secret. No two tokens share it.
    pub prefix: String,
    /// What is kept of the token.
    pub hash: TokenHash,
    /// What it may be used for, of what its owner may do.
    pub narrowing: Narrowing,
    /// When it was made.
    pub created_at: Seconds,
    /// By whom.
    pub created_by: Username,
    /// From when on it is worth nothing.
    pub expires_at: Seconds,
    /// When it was last used, to the minute or so; none if it never was.
    pub last_used_at: Option<Seconds>,
}

/// A token to be kept.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Whose it is. The account must exist and be active.
    pub user: Username,
    /// What its owner calls it: 1 to 255 bytes without control characters.
    pub name: String,
    /// The part that is no secret: 1 to 32 bytes.
    pub prefix: String,
    /// What is kept of the token.
    pub hash: TokenHash,
    /// What it may be used for: at most 1000 resources.
    pub narrowing: Narrowing,
    /// Now.
    pub created_at: Seconds,
    /// By whom it is made.
    pub created_by: Username,
    /// From when on it is worth nothing.
    pub expires_at: Seconds,
    /// Whether it takes the place of the owner's token of the same name, which ends with it.
    pub replaces: bool,
    /// How many tokens that have not expired the owner may have, this one counted.
    pub most: usize,
}

/// The longest name of a token in bytes.
const LONGEST_NAME: usize = 255;
/// The longest prefix in bytes, as mlflow-oidc-auth has it.
const LONGEST_PREFIX: usize = 32;
/// The most resources that one token names; each request looks through them.
const MOST_NARROWED_TO: usize = 1000;

impl NewToken {
    /// Refuses what no store may keep. Every store calls it first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`]
    pub fn check(&self) -> Result<(), StoreError> {
        check_token(&self.name, &self.prefix, &self.narrowing, (self.created_at, self.expires_at))
    }
}

impl AccessToken {
    /// Refuses what no store may keep.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        check_token(&self.name, &self.prefix, &self.narrowing, (self.created_at, self.expires_at))
    }
}

fn check_token(
    name: &str,
    prefix: &str,
    narrowing: &Narrowing,
    (created_at, expires_at): (Seconds, Seconds),
) -> Result<(), StoreError> {
    check_text("the name of a token", name, LONGEST_NAME)?;
    check_text("the prefix of a token", prefix, LONGEST_PREFIX)?;
    if expires_at <= created_at {
        return Err(StoreError::Invalid(format!("the token `{name}` would expire before it is made")));
    }
    let only = narrowing.only.as_deref().unwrap_or_default();
    if only.len() > MOST_NARROWED_TO {
        return Err(StoreError::Invalid(format!("the token `{name}` names more than {MOST_NARROWED_TO} resources")));
    }
    let is_bad =
        |to: &&NarrowedTo| to.kind.name().contains('\0') || to.id.as_deref().is_some_and(|id| id.contains('\0'));
    match only.iter().find(is_bad) {
        Some(_) => Err(StoreError::Invalid(format!("a resource of the token `{name}` holds a NUL character"))),
        None => Ok(()),
    }
}

/// Refuses a text that is empty, longer than `most` bytes, or holds a control character.
pub(super) fn check_text(what: &str, text: &str, most: usize) -> Result<(), StoreError> {
    match text {
        "" => Err(StoreError::Invalid(format!("{what} is empty"))),
        _ if text.len() > most => Err(StoreError::Invalid(format!("{what} is longer than {most} bytes"))),
        _ if text.chars().any(char::is_control) => {
            Err(StoreError::Invalid(format!("{what}, `{}`, holds a control character", text.escape_debug())))
        }
        _ => Ok(()),
    }
}

/// How errors name a token by its number, such as ``token 7 of user `bob` ``.
pub fn token_number(user: &Username, id: i64) -> String {
    format!("token {id} of {}", Subject::User(user.clone()))
}

/// How errors name a token by what its owner calls it, such as ``token `ci` of user `bob` ``.
pub fn token_name(user: &Username, name: &str) -> String {
    format!("token `{}` of {}", name.escape_debug(), Subject::User(user.clone()))
}

/// Keeps access tokens.
///
/// # Contract
///
/// * Numbers are never used again, and prefixes not while a token has them. Names and prefixes are compared byte by byte.
/// * Whatever ends an account, or makes it inactive, ends its tokens in the same transaction.
/// * A token that has expired is still told, until it is replaced or removed; making one of the same user removes it.
/// * A narrowing that cannot be read reaches nothing ([`Narrowing::from_text`]).
/// * Every write but [`TokenStore::saw_token`] is told in the feed as [`Event::User`](super::Event::User) of the owner.
#[async_trait]
pub trait TokenStore: ChangeFeed {
    /// The token of this prefix, if there is one.
    async fn token(&self, prefix: &str) -> Result<Option<AccessToken>, StoreError>;

    /// All tokens of a user, oldest first.
    async fn tokens_of(&self, user: &Username) -> Result<Vec<AccessToken>, StoreError>;

    /// Keeps a token: forgets those of the owner that have expired, then the one it replaces, then looks whether there is
    /// room for it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such active account, [`StoreError::AlreadyExists`] if the prefix is taken
    /// or, unless it replaces, the name; [`StoreError::TooMany`] if the owner would have too many;
    /// [`StoreError::Invalid`] if it cannot be kept.
    async fn create_token(&self, token: NewToken) -> Result<AccessToken, StoreError>;

    /// Ends a token of a user.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if this user has no such token.
    async fn delete_token(&self, user: &Username, id: i64) -> Result<(), StoreError>;

    /// Ends all tokens of a user, and says how many there were.
    async fn delete_tokens(&self, user: &Username) -> Result<usize, StoreError>;

    /// Notes that a token was used; never puts the time back. It may be gone.
    async fn saw_token(&self, id: i64, at: Seconds) -> Result<(), StoreError>;
}
