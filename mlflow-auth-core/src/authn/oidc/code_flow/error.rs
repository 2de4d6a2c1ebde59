//! Why nobody is signed in.

use crate::authn::accounts::AdmitError;
use crate::authn::jwt::{InvalidToken, NotAdmitted, TokenError};
use crate::store::ArrivalRefusal;
use crate::vocabulary::Unavailable;

/// Why somebody who came back from a provider is not signed in. The texts are for logs.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// What came back is not what was begun here.
    #[error("{0}")]
    Forged(#[from] Forged),
    /// The provider sent them back with an error (OpenID Connect Core 1.0, section 3.1.2.6).
    #[error("the provider answers with the error `{}`", .0.escape_debug())]
    Declined(String),
    /// The provider takes the code, or the refresh token, for a wrong one.
    #[error("the provider does not exchange it: `{}`", .0.escape_debug())]
    NotExchanged(String),
    /// The ID token is not believed.
    #[error("the ID token is not believed: {0}")]
    Token(#[from] InvalidToken),
    /// Who they are is known, and they are not let in.
    #[error(transparent)]
    NotAdmitted(#[from] NotAdmitted),
    /// Who they are is known, and they are nobody here.
    #[error(transparent)]
    Refused(#[from] ArrivalRefusal),
    /// Who they are is known, and something of them cannot be kept.
    #[error("what the provider says of them cannot be kept: {0}")]
    NotKept(String),
    /// Nobody can tell now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// What is wrong with what came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Forged {
    /// A parameter stands there twice, or one that is needed does not.
    #[error("the parameter `{0}` is missing, repeated or too long")]
    Parameter(&'static str),
    /// Nobody began that here, in this browser, lately.
    #[error("the state belongs to no sign-in of this browser")]
    State,
    /// It was used before.
    #[error("the state was used before")]
    Used,
    /// It was begun with another provider.
    #[error("the sign-in was begun with another provider")]
    Provider,
    /// Another issuer answers, or none says that it does.
    #[error("the answer comes from another issuer, or does not say from whom")]
    Issuer,
    /// The ID token belongs to another sign-in.
    #[error("the nonce of the ID token is missing or another one")]
    Nonce,
    /// The ID token belongs to another access token.
    #[error("the ID token was not issued with this access token")]
    AccessToken,
    /// There is no ID token.
    #[error("the provider gives no ID token")]
    NoIdToken,
    /// The ID token is about somebody else than before.
    #[error("the answer is about another subject")]
    Subject,
}

impl From<AdmitError> for SignInError {
    fn from(error: AdmitError) -> Self {
        match error {
            AdmitError::Refused(refusal) => refusal.into(),
            AdmitError::Unavailable(error) => error.into(),
            error @ (AdmitError::Group(_) | AdmitError::Invalid(_)) => SignInError::NotKept(error.to_string()),
        }
    }
}

impl From<TokenError> for SignInError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid(error) => error.into(),
            TokenError::NotAdmitted(error) => error.into(),
            TokenError::Unavailable(error) => error.into(),
        }
    }
}
