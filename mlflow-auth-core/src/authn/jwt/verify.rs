//! Whether a token is what it says.

use super::{Claims, KeySet, TokenRules};
pub(super) use crate::store::now;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation};

/// Why a token is not believed. For logs: callers learn only that they are not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidToken {
    /// It is no signed token of three parts, or says something twice.
    #[error("the token cannot be read")]
    Malformed,
    /// It is longer than any token that an issuer gives.
    #[error("the token is too long")]
    TooLong,
    /// Its signature is of a kind that is not accepted.
    #[error("the signature algorithm of the token is not accepted")]
    Algorithm,
    /// Its header demands something that is not understood here.
    #[error("the header of the token demands what is not supported")]
    Critical,
    /// It is a token of another kind, such as one that ends a session.
    #[error("the token is of another type")]
    Type,
    /// No key of its issuer is of its key id.
    #[error("the issuer has no such key")]
    UnknownKey,
    /// It was not signed with that key.
    #[error("the signature of the token is wrong")]
    Signature,
    /// Its time is over.
    #[error("the token is expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// It comes from somebody else.
    #[error("the token has another issuer")]
    Issuer,
    /// It is meant for somebody else.
    #[error("the token is meant for another audience")]
    Audience,
    /// A load balancer signed it that is not one of ours.
    #[error("the token was signed by another load balancer")]
    Signer,
    /// A claim is missing or not what it should be.
    #[error("the claim `{0}` of the token is missing or malformed")]
    Claim(&'static str),
}

/// Beyond what fits into a request header anyway.
pub(super) const LONGEST_TOKEN: usize = 64 << 10;

/// What the header says, as far as it matters.
pub(super) struct Head {
    pub(super) algorithm: Algorithm,
    pub(super) key: Option<String>,
}

/// Reads the header of `token`, which nobody has signed yet.
///
/// # Errors
/// [`InvalidToken`] if the signature could not be accepted whoever made it.
pub(super) fn head(token: &str, rules: &TokenRules) -> Result<Head, InvalidToken> {
    let header = part(token, 0)?;
    // RFC 7515, section 4.1.11, and RFC 7797: what is not understood is refused.
    if header.get("crit").is_some() || header.get("b64").is_some() {
        return Err(InvalidToken::Critical);
    }
    let name = header.text("alg").ok_or(InvalidToken::Malformed)?;
    let algorithm = rules.algorithms.accepted(name).ok_or(InvalidToken::Algorithm)?;
    if !rules.takes_type(optional_text(&header, "typ")?) {
        return Err(InvalidToken::Type);
    }
    Ok(Head { algorithm, key: optional_text(&header, "kid")?.map(str::to_owned) })
}

/// Who `token` says it is from. Nobody has verified it: only to choose whose keys to verify it with.
///
/// # Errors
/// [`InvalidToken`] if it cannot be read.
pub(super) fn claimed_issuer(token: &str) -> Result<String, InvalidToken> {
    part(token, 1)?.text("iss").map(str::to_owned).ok_or(InvalidToken::Claim("iss"))
}

/// The claims of `token`, if it was signed with one of `keys` and is what `rules` want, at the time of the clock.
///
/// # Errors
/// [`InvalidToken`], which says what is wrong with it.
pub(super) fn verify(token: &str, head: &Head, keys: &KeySet, rules: &TokenRules) -> Result<Claims, InvalidToken> {
    let key = keys.find(head.key.as_deref(), head.algorithm).ok_or(InvalidToken::UnknownKey)?;
    let issuer = rules.issuer.as_deref().or(keys.issuer()).ok_or(InvalidToken::Issuer)?;
    let mut validation = Validation::new(head.algorithm);
    validation.set_issuer(&[issuer]);
    match &rules.audience_claim {
        // Looked at below.
        Some(_) => {
            validation.validate_aud = false;
            validation.set_required_spec_claims(&["exp", "iss"]);
        }
        None => {
            validation.set_audience(&rules.audiences);
            validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        }
    }
    validation.validate_nbf = true;
    validation.leeway = rules.leeway_seconds();
    let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation).map_err(|error| reason(error.kind()))?;
    check(&decoded.claims, rules)?;
    Ok(decoded.claims)
}

/// What the library does not look at.
fn check(claims: &Claims, rules: &TokenRules) -> Result<(), InvalidToken> {
    claims.text("sub").ok_or(InvalidToken::Claim("sub"))?;
    claims.text("iss").ok_or(InvalidToken::Claim("iss"))?;
    let issued = claims.get("iat").map(|_| claims.seconds("iat").ok_or(InvalidToken::Claim("iat"))).transpose()?;
    if issued.is_some_and(|issued| issued > now().saturating_add(rules.leeway_seconds())) {
        return Err(InvalidToken::NotYetValid);
    }
    if let Some(claim) = &rules.audience_claim {
        return match claims.text(claim) {
            Some(client) if rules.audiences.iter().any(|ours| ours == client) => Ok(()),
            Some(_) | None => Err(InvalidToken::Audience),
        };
    }
    let several = claims.get("aud").and_then(|audience| audience.as_array()).is_some_and(|list| list.len() > 1);
    match claims.get("azp") {
        Some(party) if several => match party.as_str() {
            Some(party) if rules.audiences.iter().any(|ours| ours == party) => Ok(()),
            Some(_) => Err(InvalidToken::Audience),
            None => Err(InvalidToken::Claim("azp")),
        },
        _ => Ok(()),
    }
}

fn optional_text<'c>(claims: &'c Claims, name: &str) -> Result<Option<&'c str>, InvalidToken> {
    claims.get(name).map(|value| value.as_str().ok_or(InvalidToken::Malformed)).transpose()
}

/// A part of a token in its compact form (RFC 7515, section 7.1). Encrypted tokens have five.
fn part(token: &str, number: usize) -> Result<Claims, InvalidToken> {
    if token.len() > LONGEST_TOKEN {
        return Err(InvalidToken::TooLong);
    }
    let mut parts = token.split('.');
    let found = parts.clone().nth(number).ok_or(InvalidToken::Malformed)?;
    if parts.by_ref().take(4).count() != 3 {
        return Err(InvalidToken::Malformed);
    }
    let text = URL_SAFE_NO_PAD.decode(found).map_err(|_| InvalidToken::Malformed)?;
    serde_json::from_slice(&text).map_err(|_| InvalidToken::Malformed)
}

fn reason(kind: &ErrorKind) -> InvalidToken {
    match kind {
        ErrorKind::InvalidSignature => InvalidToken::Signature,
        ErrorKind::ExpiredSignature => InvalidToken::Expired,
        ErrorKind::ImmatureSignature => InvalidToken::NotYetValid,
        ErrorKind::InvalidIssuer => InvalidToken::Issuer,
        ErrorKind::InvalidAudience => InvalidToken::Audience,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => InvalidToken::Algorithm,
        ErrorKind::MissingRequiredClaim(name) | ErrorKind::InvalidClaimFormat(name) => claim(name),
        ErrorKind::InvalidEcdsaKey | ErrorKind::InvalidEddsaKey | ErrorKind::InvalidRsaKey(_) => {
            InvalidToken::UnknownKey
        }
        _ => InvalidToken::Malformed,
    }
}

fn claim(name: &str) -> InvalidToken {
    match ["exp", "nbf", "aud", "iss"].into_iter().find(|known| *known == name) {
        Some(known) => InvalidToken::Claim(known),
        None => InvalidToken::Malformed,
    }
}
