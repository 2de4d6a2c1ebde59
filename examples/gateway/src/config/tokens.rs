//! Which bearer tokens are believed. Most names are those of mlflow-oidc-auth 11.0.2.

use super::value::{self, Read};
use super::{Cluster, ConfigError, Origin, Reader};
use mlflow_auth_core::jwt::{Algorithms, BearerSettings, ClaimPath, IdentityRules, TokenRules, UnknownUsers};
use mlflow_auth_core::oidc::FetchSettings;
use mlflow_auth_core::{GroupName, Secret};
use std::time::Duration;

/// Which bearer tokens are believed, and what they say of whom.
#[derive(Clone)]
pub struct TokenConfig {
    /// The provider whose tokens are believed.
    pub provider: Option<Provider>,
    /// A secret whose tokens are believed.
    pub secret: Option<SharedSecret>,
    /// A Kubernetes cluster whose tokens are believed.
    pub kubernetes: Option<Cluster>,
    /// How claims are read.
    pub identities: IdentityRules,
    /// Who comes in.
    pub bearer: BearerSettings,
}

/// An OpenID Connect provider.
#[derive(Clone)]
pub struct Provider {
    /// Where its discovery document is.
    pub discovery_url: String,
    /// Its name, if it does not live at that address.
    pub issuer: Option<String>,
    /// Who its tokens must be meant for.
    pub audiences: Vec<String>,
    /// The claim that says it, if not `aud`.
    pub audience_claim: Option<String>,
    /// Which signatures are accepted.
    pub algorithms: Algorithms,
    /// How long its keys are used before they are asked for again.
    pub keep_keys: Duration,
    /// How it is asked.
    pub fetch: FetchSettings,
}

/// A secret that signs tokens.
#[derive(Clone)]
pub struct SharedSecret {
    /// The secret.
    pub secret: Secret,
    /// What its tokens must say in `iss`.
    pub issuer: String,
    /// What they must say in `aud`.
    pub audience: String,
}

impl Provider {
    /// What its tokens must be.
    pub fn rules(&self) -> TokenRules {
        TokenRules {
            issuer: self.issuer.clone(),
            audiences: self.audiences.clone(),
            audience_claim: self.audience_claim.clone(),
            algorithms: self.algorithms.clone(),
            ..TokenRules::default()
        }
    }
}

impl Reader {
    pub(super) fn tokens(&mut self) -> Option<TokenConfig> {
        let (provider, secret, kubernetes) = (self.provider(), self.shared_secret(), self.kubernetes());
        let (identities, bearer) = (self.identities(), self.bearer());
        let is_nameless = matches!(&provider, Some(Some(Provider { issuer: None, .. })));
        let others =
            [("jwt_secret", matches!(secret, Some(Some(_)))), ("kubernetes_api", matches!(kubernetes, Some(Some(_))))];
        for (other, _) in others.into_iter().filter(|(_, given)| *given && is_nameless) {
            self.missing("oidc_issuer", &format!("it is needed with `{other}`, to tell whose tokens are whose"));
        }
        let (kubernetes, mut identities) = (kubernetes?, identities?);
        identities.refuse_workload_names = kubernetes.is_some();
        Some(TokenConfig { provider: provider?, secret: secret?, kubernetes, identities, bearer: bearer? })
    }

    fn provider(&mut self) -> Option<Option<Provider>> {
        let discovery_url = self.get("oidc_discovery_url", text)?;
        let issuer = self.get("oidc_issuer", text)?;
        let audiences = self.get("oidc_audience", value::list)?;
        let audience_claim = self.get("oidc_audience_claim", text)?;
        let algorithms = self.get("oidc_algorithms", algorithms);
        let keep_keys = self.get("oidc_jwks_cache_ttl", value::some_time);
        let timeout = self.get("oidc_http_timeout", value::some_time);
        let verify = self.get("oidc_verify_ssl", value::switch);
        let authorities = self.get("oidc_ca_file", certificates);
        if discovery_url.is_empty() {
            return Some(None);
        }
        if audiences.is_empty() {
            self.missing(
                "oidc_audience",
                "name whom tokens are meant for, where `oidc_discovery_url` names a provider",
            );
            return None;
        }
        let fetch = FetchSettings {
            timeout: timeout?,
            authorities: authorities?,
            dangerously_accept_any_certificate: !verify?,
            ..FetchSettings::default()
        };
        Some(Some(Provider {
            discovery_url,
            issuer: (!issuer.is_empty()).then_some(issuer),
            audiences,
            audience_claim: Some(audience_claim).filter(|claim| claim != "aud"),
            algorithms: algorithms?,
            keep_keys: keep_keys?,
            fetch,
        }))
    }

    fn shared_secret(&mut self) -> Option<Option<SharedSecret>> {
        let secret = self.get("jwt_secret", shared_secret)?;
        let (issuer, audience) = (self.get("jwt_secret_issuer", text)?, self.get("jwt_secret_audience", text)?);
        let Some(secret) = secret else { return Some(None) };
        Some(Some(SharedSecret { secret, issuer, audience }))
    }

    fn identities(&mut self) -> Option<IdentityRules> {
        let username = self.get("oidc_username_field", claims);
        let groups = self.get("oidc_groups_attribute", |text| Ok(ClaimPath::new(text)));
        let admitted_groups = self.get("oidc_group_name", admitted_groups);
        let admin_groups = self.get("oidc_admin_group_name", groups_of);
        Some(IdentityRules {
            username: username?,
            groups: groups?,
            admitted_groups: admitted_groups?,
            admin_groups: admin_groups?,
            ..IdentityRules::default()
        })
    }

    fn bearer(&mut self) -> Option<BearerSettings> {
        let provision = self.get("oidc_provision_on_bearer_auth", value::switch);
        let trust_admin_groups = self.get("oidc_trust_bearer_group_claims", value::switch);
        let unknown_users = if provision? { UnknownUsers::Create } else { UnknownUsers::Refuse };
        Some(BearerSettings { unknown_users, trust_admin_groups: trust_admin_groups?, ..BearerSettings::default() })
    }

    pub(super) fn missing(&mut self, key: &'static str, problem: &str) {
        self.problems.push(ConfigError::Value { key, origin: Origin::Default, problem: problem.to_owned() });
    }
}

pub(super) fn text(text: &str) -> Read<String> {
    Ok(text.to_owned())
}

fn algorithms(text: &str) -> Read<Algorithms> {
    let names = value::list(text)?;
    if names.is_empty() {
        return Ok(Algorithms::asymmetric());
    }
    Algorithms::new(names.iter().map(String::as_str)).map_err(|error| error.to_string())
}

pub(super) fn certificates(path: &str) -> Read<Vec<Vec<u8>>> {
    if path.is_empty() {
        return Ok(Vec::new());
    }
    std::fs::read(path).map(|pem| vec![pem]).map_err(|error| format!("the file `{path}` cannot be read: {error}"))
}

pub(super) fn claims(text: &str) -> Read<Vec<ClaimPath>> {
    let paths: Vec<ClaimPath> = value::list(text)?.iter().map(|path| ClaimPath::new(path)).collect();
    if paths.is_empty() { Err("at least one claim must name the user".to_owned()) } else { Ok(paths) }
}

pub(super) fn groups_of(text: &str) -> Read<Vec<GroupName>> {
    let names = value::list(text)?;
    names.iter().map(|name| GroupName::new(name).map_err(|error| error.to_string())).collect()
}

/// `*` alone lets everybody in.
pub(super) fn admitted_groups(text: &str) -> Read<Vec<GroupName>> {
    if text == "*" { Ok(Vec::new()) } else { groups_of(text) }
}

fn shared_secret(text: &str) -> Read<Option<Secret>> {
    match text.len() {
        0 => Ok(None),
        1..32 => Err("a secret that signs tokens must have at least 32 bytes".to_owned()),
        _ => Ok(Some(Secret::new(text))),
    }
}
