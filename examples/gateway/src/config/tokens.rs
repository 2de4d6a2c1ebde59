//! Which bearer tokens are believed. Most names are those of mlflow-oidc-auth 11.0.2.

use super::providers::{self, Provider, SHARED_SECRET};
use super::value::Read;
use super::{Cluster, Reader};
use mlflow_auth_core::Secret;
use mlflow_auth_core::accounts::{AccountRules, GroupUpkeep, Names, UnknownUsers};
use mlflow_auth_core::jwt::{BearerSettings, IdentityRules};

/// Which bearer tokens are believed, what they say of whom, and who signs people in.
#[derive(Clone)]
pub struct TokenConfig {
    /// The providers whose tokens are believed and who sign people in, `default` first.
    pub providers: Vec<Provider>,
    /// A secret whose tokens are believed.
    pub secret: Option<SharedSecret>,
    /// A Kubernetes cluster whose tokens are believed.
    pub kubernetes: Option<Cluster>,
    /// How long tokens are remembered.
    pub bearer: BearerSettings,
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
    /// How their claims are read.
    pub identities: IdentityRules,
    /// Who comes in with them.
    pub requests: AccountRules,
}

impl Reader {
    pub(super) fn tokens(&mut self) -> Option<TokenConfig> {
        let (providers, secret, kubernetes) = (self.providers(), self.shared_secret(), self.kubernetes());
        let (mut providers, mut secret, kubernetes) = (providers?, secret?, kubernetes?);
        let others = [
            secret.as_ref().map(|secret| ("jwt_secret", "jwt_secret_issuer", secret.issuer.as_str())),
            kubernetes.as_ref().map(|cluster| ("kubernetes_api", "kubernetes_issuer", cluster.issuer.as_str())),
        ];
        for other in others.into_iter().flatten() {
            self.tell_apart(&providers, other);
        }
        let others = usize::from(secret.is_some()) + usize::from(self.has_directory());
        providers::settle_names(&mut providers, others);
        let people = providers.iter_mut().map(|provider| &mut provider.identities);
        for people in people.chain(secret.as_mut().map(|secret| &mut secret.identities)) {
            people.refuse_workload_names = kubernetes.is_some();
        }
        if let Some(secret) = &mut secret
            && !providers.is_empty()
        {
            let apart = AccountRules::beside(SHARED_SECRET);
            (secret.requests.names, secret.requests.names_groups_apart) = (apart.names, apart.names_groups_apart);
        }
        Some(TokenConfig { providers, secret, kubernetes, bearer: BearerSettings::default() })
    }

    /// Whoever else vouches for tokens, by `setting`, must not have the name of a provider.
    fn tell_apart(&mut self, providers: &[Provider], (setting, key, name): (&str, &'static str, &str)) {
        for Provider { id, issuer, .. } in providers {
            match issuer {
                None => {
                    self.lacking(
                        "oidc_issuer",
                        &format!("it is needed with `{setting}`, to tell whose tokens are whose"),
                    );
                }
                Some(issuer) if issuer == name => {
                    self.lacking(key, &format!("the provider `{id}` has the issuer `{issuer}` as well"));
                }
                Some(_) => {}
            }
        }
    }

    fn shared_secret(&mut self) -> Option<Option<SharedSecret>> {
        let secret = self.get("jwt_secret", shared_secret);
        let issuer = self.get("jwt_secret_issuer", |text| Ok(text.to_owned()));
        let audience = self.get("jwt_secret_audience", |text| Ok(text.to_owned()));
        let provisions = self.get("oidc_provision_on_bearer_auth", super::value::switch);
        let trust_admin_groups = self.get("oidc_trust_bearer_group_claims", super::value::switch);
        let identities = self.identities();
        let Some(secret) = secret? else { return Some(None) };
        let unknown_users = if provisions? { UnknownUsers::Create } else { UnknownUsers::Refuse };
        let requests = AccountRules {
            unknown_users,
            names: Names::Trusted,
            trust_admin_groups: trust_admin_groups?,
            groups: GroupUpkeep::Never,
            ..AccountRules::only(SHARED_SECRET)
        };
        Some(Some(SharedSecret { secret, issuer: issuer?, audience: audience?, identities: identities?, requests }))
    }
}

fn shared_secret(text: &str) -> Read<Option<Secret>> {
    match text.len() {
        0 => Ok(None),
        1..32 => Err("a secret that signs tokens must have at least 32 bytes".to_owned()),
        _ => Ok(Some(Secret::new(text))),
    }
}
