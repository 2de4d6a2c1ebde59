//! What a token of an issuer must be.

use super::Algorithms;
use std::time::Duration;

/// What the tokens of one issuer must be, to be believed. Each of these is always checked: the issuer, the audience, the
/// algorithm, `exp`, and `nbf` and `iat` where they are given.
#[derive(Clone, Debug)]
pub struct TokenRules {
    /// The issuer, as `iss` says it: compared to the letter. `None` for the one that publishes the keys.
    pub issuer: Option<String>,
    /// Who the token must be meant for: `aud` must hold one of these. With several audiences in a token, its `azp` must
    /// be one of these as well, if it is given (OpenID Connect Core 1.0, section 3.1.3.7).
    pub audiences: Vec<String>,
    /// The claim that says who the token is meant for, if that is not `aud`. Access tokens of AWS Cognito have no `aud`, and
    /// say in `client_id` which client they were given to. One text then, which must be one of `audiences`.
    pub audience_claim: Option<String>,
    /// The signatures that are accepted.
    pub algorithms: Algorithms,
    /// How far clocks may differ; more than [`TokenRules::MOST_LEEWAY`] counts as that.
    pub leeway: Duration,
    /// What the header `typ` must be, without regard to case; `None` for a token that says `JWT`, `at+jwt` (RFC 9068)
    /// or nothing.
    pub token_type: Option<String>,
}

impl Default for TokenRules {
    /// Tokens of whoever publishes the keys, for nobody yet, with any asymmetric signature and clocks that differ by 30
    /// seconds at most.
    fn default() -> Self {
        Self {
            issuer: None,
            audiences: Vec::new(),
            audience_claim: None,
            algorithms: Algorithms::asymmetric(),
            leeway: Duration::from_secs(30),
            token_type: None,
        }
    }
}

impl TokenRules {
    /// The most that clocks may differ.
    pub const MOST_LEEWAY: Duration = Duration::from_secs(60);

    /// Tokens of `issuer` for `audience`; the rest as by default.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self { issuer: Some(issuer.into()), audiences: vec![audience.into()], ..Self::default() }
    }

    pub(super) fn leeway_seconds(&self) -> u64 {
        self.leeway.min(Self::MOST_LEEWAY).as_secs()
    }

    /// Tokens of a kind that proves something else, such as a log-out, say so in their type.
    pub(super) fn takes_type(&self, given: Option<&str>) -> bool {
        // RFC 7515, section 4.1.9: `application/` may be left out.
        let given = given.map(|given| given.strip_prefix("application/").unwrap_or(given));
        match (&self.token_type, given) {
            (Some(wanted), Some(given)) => given.eq_ignore_ascii_case(wanted),
            (Some(_), None) => false,
            (None, Some(given)) => ["JWT", "at+jwt"].iter().any(|known| given.eq_ignore_ascii_case(known)),
            (None, None) => true,
        }
    }
}
