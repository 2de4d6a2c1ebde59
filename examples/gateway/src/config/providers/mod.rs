//! The OpenID Connect providers: the one of the flat settings, `default`, and those of `auth_providers`.

mod client;
mod entry;
mod flat;
mod list;

pub use client::Client;
pub(super) use client::ClientSecrets;
pub(super) use flat::{admitted_groups, certificates, claims, groups_of, text};
pub(super) use list::client_secrets;

use super::Reader;
use mlflow_auth_core::accounts::{AccountRules, Names};
use mlflow_auth_core::jwt::{Algorithms, IdentityRules, TokenRules};
use mlflow_auth_core::oidc::FetchSettings;
use std::collections::BTreeSet;
use std::time::Duration;

/// The name of the provider that the flat settings are about. It alone may take accounts that are nobody's, and its groups
/// have no prefix.
pub(crate) const DEFAULT: &str = "default";

/// What no provider may be called: others have these names.
const RESERVED: [&str; 7] = ["directory", "internal", "k8s", "kubernetes", "ldap", SHARED_SECRET, "password"];

/// The name of the provider that is whoever knows the shared secret.
pub(crate) const SHARED_SECRET: &str = "shared-secret";

/// An OpenID Connect provider.
#[derive(Clone)]
pub struct Provider {
    /// Its name here: letters, digits, `.`, `_` and `-`.
    pub id: String,
    /// What people know it by.
    pub display_name: String,
    /// Where its discovery document is.
    pub discovery_url: String,
    /// Its name, if it does not live at that address.
    pub issuer: Option<String>,
    /// Who its bearer tokens must be meant for.
    pub audiences: Vec<String>,
    /// The claim that says it, if not `aud`.
    pub audience_claim: Option<String>,
    /// Which signatures are accepted.
    pub algorithms: Algorithms,
    /// How long its keys are used before they are asked for again.
    pub keep_keys: Duration,
    /// How it is asked.
    pub fetch: FetchSettings,
    /// How its claims are read.
    pub identities: IdentityRules,
    /// Who comes in with its bearer tokens.
    pub requests: AccountRules,
    /// Who comes in by signing in with a browser.
    pub sign_ins: AccountRules,
    /// How the gateway asks it to sign people in; none if it does not.
    pub client: Option<Client>,
}

impl Provider {
    /// What its bearer tokens must be.
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

/// What all providers share unless an entry says otherwise.
struct Common {
    /// The only setting of theirs that counts for bearer tokens of each.
    provisions: bool,
    trusts_bearer_groups: bool,
    keep_keys: Duration,
    fetch: FetchSettings,
    identities: IdentityRules,
    scopes: Vec<String>,
}

impl Reader {
    /// The providers, `default` first.
    pub(super) fn providers(&mut self) -> Option<Vec<Provider>> {
        let common = self.common();
        let (flat, listed) = (self.flat(common.as_ref()), self.listed(common.as_ref()));
        let mut providers: Vec<Provider> = flat?.into_iter().chain(listed?).collect();
        providers.sort_by_key(|provider| provider.id != DEFAULT);
        let problems = confusions(&providers);
        problems.iter().for_each(|problem| self.providers_problem(problem));
        problems.is_empty().then_some(providers)
    }
}

/// What would make one provider pass for another.
fn confusions(providers: &[Provider]) -> Vec<String> {
    let (mut problems, mut seen) = (Vec::new(), BTreeSet::new());
    for Provider { id, issuer, .. } in providers {
        if !seen.insert(("id", client::variable(id))) {
            problems
                .push(format!("the provider `{id}` is there twice, or another has the same variable for its secret"));
        }
        match issuer {
            Some(issuer) if !seen.insert(("issuer", issuer.clone())) => {
                problems.push(format!("the provider `{id}`: another provider has the issuer `{issuer}`"));
            }
            None if providers.len() > 1 => {
                problems
                    .push(format!("the provider `{id}`: with several providers each needs its issuer (`oidc_issuer`)"));
            }
            Some(_) | None => {}
        }
    }
    problems
}

/// Lets names of `providers` count for as much as they may where `others` vouch for people as well.
pub(super) fn settle_names(providers: &mut [Provider], others: usize) {
    let is_only = providers.len() + others == 1;
    for provider in providers {
        let names = match is_only {
            true => Names::Trusted,
            false if provider.id == DEFAULT => Names::Adopts,
            false => Names::Separate,
        };
        (provider.requests.names, provider.sign_ins.names) = (names, names);
    }
}
