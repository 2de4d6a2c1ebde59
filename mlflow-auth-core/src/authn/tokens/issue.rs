//! Making tokens.

use super::format::TokenText;
use crate::store::{AccessToken, NewToken, Seconds, StoreError, TokenStore};
use crate::vocabulary::{Narrowing, Secret, Unavailable, Username};

/// A token that is wanted.
#[derive(Clone, Debug)]
pub struct TokenOrder {
    /// Whose it will be. The account must exist and be active.
    pub user: Username,
    /// What its owner will call it.
    pub name: String,
    /// What it may be used for.
    pub narrowing: Narrowing,
    /// Who makes it.
    pub created_by: Username,
    /// Now.
    pub created_at: Seconds,
    /// From when on it is worth nothing.
    pub expires_at: Seconds,
    /// Whether the owner's token of this name ends with it; else there must be none.
    pub replaces: bool,
}

/// How many tokens and for how long. Start from the default, which is what mlflow-oidc-auth has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLimits {
    /// How many tokens that have not expired one user may have.
    pub most: usize,
    /// The longest life of a token in seconds.
    pub longest: Seconds,
    /// The life of a token for which none is said.
    pub usual: Seconds,
    /// Whether people of a directory get some. A token brings no groups: only where a
    /// [`GroupResolver`](crate::GroupResolver) tells those of the directory to whoever comes with one does it not shed a group
    /// that refuses.
    pub for_directory: bool,
}

/// Seconds of a day.
const DAY: Seconds = 86_400;

impl Default for TokenLimits {
    /// 20 tokens, for at most 366 days, and 365 where nobody says how long; none for people of a directory.
    fn default() -> Self {
        Self { most: 20, longest: 366 * DAY, usual: 365 * DAY, for_directory: false }
    }
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// It would not be within the limits.
    #[error("{0}")]
    Limit(String),
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no randomness.
    #[error(transparent)]
    Randomness(#[from] Unavailable),
}

impl TokenLimits {
    /// When a token ends for which no end is said.
    pub fn usual_end(&self, now: Seconds) -> Seconds {
        now.saturating_add(self.usual.min(self.longest))
    }

    fn check(&self, order: &TokenOrder) -> Result<(), IssueError> {
        if order.expires_at <= order.created_at {
            return Err(IssueError::Limit("the expiration must be in the future".to_owned()));
        }
        if order.expires_at - order.created_at > self.longest {
            let days = self.longest / DAY;
            return Err(IssueError::Limit(format!("the expiration must be at most {days} days in the future")));
        }
        Ok(())
    }
}

/// How many prefixes are tried: of a million tokens one prefix in four thousand is taken.
const TRIES: usize = 5;

/// Makes a token and keeps it. The text is told here and never again. Whether the caller may have it made is theirs to
/// know: a token must never make another.
///
/// # Errors
/// [`IssueError`]; nothing was made then.
pub async fn issue_token(
    store: &dyn TokenStore,
    limits: &TokenLimits,
    order: TokenOrder,
) -> Result<(AccessToken, Secret), IssueError> {
    limits.check(&order)?;
    let mut tries = 0;
    loop {
        let text = TokenText::random()?;
        match store.create_token(new(&text, limits, &order)).await {
            Ok(token) => return Ok((token, text.into_secret())),
            // The prefix, or the name? A name that was there stays there.
            Err(StoreError::AlreadyExists(what)) => {
                tries += 1;
                let known = store.tokens_of(&order.user).await?;
                let named = |token: &AccessToken| token.name == order.name && token.expires_at > order.created_at;
                if tries == TRIES || (!order.replaces && known.iter().any(named)) {
                    return Err(StoreError::AlreadyExists(what).into());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn new(text: &TokenText, limits: &TokenLimits, order: &TokenOrder) -> NewToken {
    NewToken {
        user: order.user.clone(),
        name: order.name.clone(),
        prefix: text.prefix().to_owned(),
        hash: text.hash(),
        narrowing: order.narrowing.clone(),
        created_at: order.created_at,
        created_by: order.created_by.clone(),
        expires_at: order.expires_at,
        replaces: order.replaces,
        most: limits.most,
    }
}
