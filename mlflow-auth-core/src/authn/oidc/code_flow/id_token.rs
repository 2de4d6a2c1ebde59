//! Whether an ID token belongs to the sign-in that it came with.

use super::{Attempt, Forged};
use crate::authn::jwt::{Claims, InvalidToken};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

/// Checks what a verified token says about the request that it answers (OpenID Connect Core 1.0, section 3.1.3.7).
///
/// # Errors
/// [`Forged`]
pub(super) fn belongs(claims: &Claims, attempt: &Attempt, client_id: &str) -> Result<(), Forged> {
    let nonce = claims.text("nonce").unwrap_or_default();
    if !bool::from(nonce.as_bytes().ct_eq(attempt.nonce.as_bytes())) {
        return Err(Forged::Nonce);
    }
    if claims.text("iss") != Some(attempt.issuer.as_str()) {
        return Err(Forged::Issuer);
    }
    is_for_us(claims, client_id)
}

/// Whether the party that the token was issued to is us. Where it is meant for several it must say so.
///
/// # Errors
/// [`Forged`]
pub(super) fn is_for_us(claims: &Claims, client_id: &str) -> Result<(), Forged> {
    let several = claims.get("aud").and_then(Value::as_array).is_some_and(|list| list.len() > 1);
    match claims.get("azp") {
        Some(party) if party.as_str() == Some(client_id) => Ok(()),
        None if !several => Ok(()),
        Some(_) | None => Err(Forged::Parameter("azp")),
    }
}

/// Whether the token was issued with `access_token`, if it says with which (section 3.1.3.6).
///
/// # Errors
/// [`Forged::AccessToken`]
pub(super) fn goes_with(claims: &Claims, token: &str, access_token: &str) -> Result<(), Forged> {
    let Some(claimed) = claims.get("at_hash") else { return Ok(()) };
    let hash = match algorithm(token).as_deref() {
        Some(name) if name.ends_with("256") => left_half::<Sha256>(access_token),
        Some(name) if name.ends_with("384") => left_half::<Sha384>(access_token),
        Some(name) if name.ends_with("512") || name == "EdDSA" => left_half::<Sha512>(access_token),
        // A kind that has no such hash by any standard.
        _ => return Err(Forged::AccessToken),
    };
    let fits = claimed.as_str().is_some_and(|claimed| claimed.as_bytes().ct_eq(hash.as_bytes()).into());
    if fits { Ok(()) } else { Err(Forged::AccessToken) }
}

/// Whether a token that was verified is an ID token by its type: those of other kinds say of which.
///
/// # Errors
/// [`InvalidToken::Type`]
pub(super) fn is_one(token: &str) -> Result<(), InvalidToken> {
    let kind = header(token).and_then(|header| header.text("typ").map(str::to_ascii_lowercase));
    match kind.as_deref() {
        None | Some("jwt" | "application/jwt") => Ok(()),
        Some(_) => Err(InvalidToken::Type),
    }
}

fn left_half<D: Digest>(text: &str) -> String {
    let hash = D::digest(text.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.get(..hash.len() / 2).unwrap_or_default())
}

/// The algorithm that a token, which was verified, names in its header.
fn algorithm(token: &str) -> Option<String> {
    header(token)?.text("alg").map(str::to_owned)
}

fn header(token: &str) -> Option<Claims> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn token(algorithm: &str) -> String {
        format!("{}.x.y", URL_SAFE_NO_PAD.encode(json!({"alg": algorithm}).to_string()))
    }

    #[test]
    fn an_access_token_of_another_response_is_noticed() {
        // The example of OpenID Connect Core 1.0, appendix A.3.
        let access = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        let claims: Claims = serde_json::from_value(json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"})).unwrap();
        for (algorithm, access, expected) in [
            ("RS256", access, Ok(())),
            ("ES256", access, Ok(())),
            ("RS384", access, Err(Forged::AccessToken)),
            ("EdDSA", access, Err(Forged::AccessToken)),
            ("none", access, Err(Forged::AccessToken)),
            ("RS256", "another", Err(Forged::AccessToken)),
            ("RS256", "", Err(Forged::AccessToken)),
        ] {
            assert_eq!(goes_with(&claims, &token(algorithm), access), expected, "{algorithm} {access}");
        }
        assert_eq!(goes_with(&Claims::default(), &token("RS256"), "any"), Ok(()));
        let number: Claims = serde_json::from_value(json!({"at_hash": 1})).unwrap();
        assert!(goes_with(&number, &token("RS256"), access).is_err());
    }

    #[test]
    fn a_token_for_another_party_is_refused() {
        for (claims, expected) in [
            (json!({"aud": "us"}), true),
            (json!({"aud": ["us"]}), true),
            (json!({"aud": "us", "azp": "us"}), true),
            (json!({"aud": "us", "azp": "other"}), false),
            (json!({"aud": "us", "azp": 1}), false),
            (json!({"aud": ["us", "other"]}), false),
            (json!({"aud": ["us", "other"], "azp": "us"}), true),
            (json!({"aud": ["us", "other"], "azp": "other"}), false),
        ] {
            let parsed: Claims = serde_json::from_value(claims.clone()).unwrap();
            assert_eq!(is_for_us(&parsed, "us").is_ok(), expected, "{claims}");
        }
    }
}
