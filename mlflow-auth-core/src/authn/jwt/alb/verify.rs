//! Whether what a load balancer signed is what it says.

use super::NamedKeySource;
use super::keys::NamedKeys;
use crate::authn::jwt::verify::{LONGEST_TOKEN, now};
use crate::authn::jwt::{Claims, Identity, IdentityRules, InvalidToken, KeyRefresh, TokenError, TokenRules};
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jsonwebtoken::Algorithm;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// What a load balancer must say, to be believed.
#[derive(Clone, Debug)]
pub struct AlbRules {
    /// The identity provider behind it, as the rule of its listener names the issuer: compared to the letter.
    pub issuer: String,
    /// The ARNs of the load balancers that may have signed. Any load balancer of any customer of AWS signs with the keys
    /// of its region: only this tells yours from theirs.
    pub signers: Vec<String>,
    /// The client id that the listener has at the provider; `None` for any.
    pub client: Option<String>,
    /// How far clocks may differ; more than [`TokenRules::MOST_LEEWAY`] counts as that.
    pub leeway: Duration,
}

/// Believes what a load balancer signs in `x-amzn-oidc-data`, ES256 and nothing else.
pub struct AlbVerifier {
    rules: AlbRules,
    identities: IdentityRules,
    keys: NamedKeys,
}

/// Other than RFC 7515 wants it, each part of it is padded.
const PADDED: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl AlbVerifier {
    /// Believes load balancers that are what `rules` want. Their keys are at `keys`.
    pub fn new(rules: AlbRules, identities: IdentityRules, keys: Arc<dyn NamedKeySource>, refresh: KeyRefresh) -> Self {
        Self { rules, identities, keys: NamedKeys::new(keys, refresh) }
    }

    /// Who `token` is about, and until when it can be believed, in seconds since 1970.
    ///
    /// # Errors
    /// [`TokenError`]
    pub async fn verify(&self, token: &str) -> Result<(Identity, u64), TokenError> {
        let parts = Parts::of(token)?;
        let head = read(parts.head)?;
        let until = self.check(&head)?;
        let id = head.text("kid").filter(|id| is_uuid(id)).ok_or(InvalidToken::UnknownKey)?;
        let keys = self.keys.key(id).await?.ok_or(InvalidToken::UnknownKey)?;
        let key = keys.find(Some(id), Algorithm::ES256).ok_or(InvalidToken::UnknownKey)?;
        let signature = parts.signature.trim_end_matches('=');
        match jsonwebtoken::crypto::verify(signature, parts.signed.as_bytes(), key, Algorithm::ES256) {
            Ok(true) => {}
            Ok(false) | Err(_) => return Err(InvalidToken::Signature.into()),
        }
        let claims = read(parts.body)?;
        self.agrees(&claims)?;
        let claims = claims.with("iss", Value::from(self.rules.issuer.as_str()));
        Ok((self.identities.identify(&claims)?, until))
    }

    /// What the header says, which nobody has verified yet. A key is asked for only where it could be believed.
    fn check(&self, head: &Claims) -> Result<u64, InvalidToken> {
        if head.get("crit").is_some() || head.get("b64").is_some() {
            return Err(InvalidToken::Critical);
        }
        if head.text("alg") != Some("ES256") {
            return Err(InvalidToken::Algorithm);
        }
        if head.get("typ").is_some_and(|kind| !kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("JWT"))) {
            return Err(InvalidToken::Type);
        }
        let signer = head.text("signer").ok_or(InvalidToken::Claim("signer"))?;
        if !self.rules.signers.iter().any(|ours| ours == signer) {
            return Err(InvalidToken::Signer);
        }
        if head.text("iss") != Some(self.rules.issuer.as_str()) {
            return Err(InvalidToken::Issuer);
        }
        if self.rules.client.is_some() && head.text("client") != self.rules.client.as_deref() {
            return Err(InvalidToken::Audience);
        }
        self.until(head)?.ok_or(InvalidToken::Claim("exp"))
    }

    /// What the body says as well must not be something else.
    fn agrees(&self, claims: &Claims) -> Result<(), InvalidToken> {
        claims.text("sub").ok_or(InvalidToken::Claim("sub"))?;
        if claims.get("iss").is_some() && claims.text("iss") != Some(self.rules.issuer.as_str()) {
            return Err(InvalidToken::Issuer);
        }
        self.until(claims).map(drop)
    }

    fn until(&self, claims: &Claims) -> Result<Option<u64>, InvalidToken> {
        if claims.get("exp").is_none() {
            return Ok(None);
        }
        let leeway = self.rules.leeway.min(TokenRules::MOST_LEEWAY).as_secs();
        let until = claims.seconds("exp").ok_or(InvalidToken::Claim("exp"))?.saturating_add(leeway);
        if until <= now() { Err(InvalidToken::Expired) } else { Ok(Some(until)) }
    }
}

/// The parts of a token in its compact form.
struct Parts<'t> {
    head: &'t str,
    body: &'t str,
    signature: &'t str,
    /// What the signature is of, padding and all.
    signed: &'t str,
}

impl<'t> Parts<'t> {
    fn of(token: &'t str) -> Result<Self, InvalidToken> {
        if token.len() > LONGEST_TOKEN {
            return Err(InvalidToken::TooLong);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(InvalidToken::Malformed)?;
        match signed.split_once('.') {
            Some((head, body)) if !body.contains('.') => Ok(Self { head, body, signature, signed }),
            _ => Err(InvalidToken::Malformed),
        }
    }
}

fn read(part: &str) -> Result<Claims, InvalidToken> {
    let text = PADDED.decode(part).map_err(|_| InvalidToken::Malformed)?;
    serde_json::from_slice(&text).map_err(|_| InvalidToken::Malformed)
}

/// Whether an id can stand in an address: 36 characters, hexadecimal digits with dashes at their places.
fn is_uuid(id: &str) -> bool {
    let right = |(place, byte): (usize, u8)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    };
    id.len() == 36 && id.bytes().enumerate().all(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uuids_get_into_an_address() {
        assert!(is_uuid("0123abcd-0123-4567-89ab-0123456789ab"));
        for id in [
            "",
            "0123abcd-0123-4567-89ab-0123456789a",
            "0123abcd-0123-4567-89ab-0123456789abc",
            "0123ABCD-0123-4567-89ab-0123456789ab",
            "../../../evil.example/key-0123456789",
            "0123abcd-0123-4567-89ab-0123456789a?",
            "0123abcd-0123-4567-89ab-0123456789a/",
            "0123abcd_0123_4567_89ab_0123456789ab",
        ] {
            assert!(!is_uuid(id), "{id}");
        }
    }
}
