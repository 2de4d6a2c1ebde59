//! Claims that the ID token lacks, asked for at the UserInfo endpoint.

use crate::authn::jwt::{ClaimPath, Claims};
use crate::authn::oidc::Fetcher;
use crate::vocabulary::Unavailable;
use http::StatusCode;
use http::header::{ACCEPT, AUTHORIZATION};

/// Asks for the claims of the subject `subject` (OpenID Connect Core 1.0, section 5.3). `None` if the provider does not
/// tell, or tells of somebody else.
///
/// # Errors
/// [`Unavailable`] if it does not answer.
pub(super) async fn ask(
    fetcher: &Fetcher,
    address: &str,
    access_token: &str,
    subject: &str,
) -> Result<Option<Claims>, Unavailable> {
    let broken = |error: Box<dyn std::error::Error + Send + Sync>| Unavailable::new("the identity provider", error);
    let request = http::Request::get(address)
        .header(ACCEPT, "application/json")
        .header(AUTHORIZATION, format!("Bearer {access_token}"))
        .body(Vec::new())
        .map_err(|error| broken(error.into()))?;
    let answer = fetcher.send(request).await.map_err(|error| broken(error.into()))?;
    let claims = match answer.status() {
        StatusCode::OK => serde_json::from_slice::<Claims>(answer.body()).ok(),
        _ => None,
    };
    let claims = claims.filter(|claims| claims.text("sub") == Some(subject));
    if claims.is_none() {
        tracing::warn!("the UserInfo endpoint of the identity provider tells nothing, or of another subject");
    }
    Ok(claims)
}

/// Adds to `claims` what `told` says of names, and nothing else: groups, and whatever lets somebody in or makes an
/// admin, stand in the signed token or nowhere. What the token says itself stays.
pub(super) fn complete(claims: &mut Claims, told: &Claims, names: &[&[ClaimPath]]) {
    let takes_address = claims.get("email").is_none() && told.get("email").is_some();
    for path in names.iter().copied().flatten() {
        let name = path.first();
        if let Some(value) = told.get(name) {
            claims.supply(name, value);
        }
    }
    if takes_address && claims.get("email").is_some() {
        // Whether an address was verified belongs to the address.
        claims.remove("email_verified");
        if let Some(verified) = told.get("email_verified") {
            claims.supply("email_verified", verified);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn completed(token: Value, told: Value) -> Claims {
        let mut claims: Claims = serde_json::from_value(token).unwrap();
        let names = ["email", "preferred_username", "profile.nick"].map(ClaimPath::new);
        complete(&mut claims, &serde_json::from_value(told).unwrap(), &[&names, &[ClaimPath::new("name")]]);
        claims
    }

    #[test]
    fn user_info_supplies_names_and_never_overrides_the_token_or_gives_rights() {
        for (token, told, expected) in [
            (json!({"sub": "s"}), json!({"email": "a", "name": "A"}), json!({"sub": "s", "email": "a", "name": "A"})),
            (json!({"email": "a"}), json!({"email": "b"}), json!({"email": "a"})),
            (json!({}), json!({"groups": ["admins"], "iss": "x", "aud": "y", "exp": 9}), json!({})),
            (json!({}), json!({"profile": {"nick": "a"}, "x": 1}), json!({"profile": {"nick": "a"}})),
            // A verified mark of the token does not vouch for the address of another document, nor the reverse.
            (json!({"email_verified": true}), json!({"email": "b"}), json!({"email": "b"})),
            (
                json!({"email_verified": true}),
                json!({"email": "b", "email_verified": false}),
                json!({"email": "b", "email_verified": false}),
            ),
            (
                json!({"email": "a", "email_verified": false}),
                json!({"email": "a", "email_verified": true}),
                json!({"email": "a", "email_verified": false}),
            ),
        ] {
            let expected: Claims = serde_json::from_value(expected).unwrap();
            assert_eq!(completed(token.clone(), told.clone()), expected, "{token} {told}");
        }
    }
}
