//! The provider of the flat settings.

use super::client::{self, Said};
use super::{Client, Common, DEFAULT, Provider};
use crate::config::Reader;
use crate::config::value::{self, Read};
use mlflow_auth_core::accounts::{AccountRules, GroupUpkeep, UnknownUsers};
use mlflow_auth_core::jwt::{Algorithms, ClaimPath, IdentityRules};
use mlflow_auth_core::oidc::FetchSettings;
use mlflow_auth_core::{GroupName, Secret};

impl Reader {
    /// What the flat settings say for every provider.
    pub(super) fn common(&mut self) -> Option<Common> {
        let provisions = self.get("oidc_provision_on_bearer_auth", value::switch);
        let trusts_bearer_groups = self.get("oidc_trust_bearer_group_claims", value::switch);
        let keep_keys = self.get("oidc_jwks_cache_ttl", value::some_time);
        let timeout = self.get("oidc_http_timeout", value::some_time);
        let verify = self.get("oidc_verify_ssl", value::switch);
        let authorities = self.get("oidc_ca_file", certificates);
        let identities = self.identities();
        let scopes = self.get("oidc_scope", |text| Ok(client::scopes(text)));
        let fetch = FetchSettings {
            timeout: timeout?,
            authorities: authorities?,
            dangerously_accept_any_certificate: !verify?,
            ..FetchSettings::default()
        };
        Some(Common {
            provisions: provisions?,
            trusts_bearer_groups: trusts_bearer_groups?,
            keep_keys: keep_keys?,
            fetch,
            identities: identities?,
            scopes: scopes?,
        })
    }

    /// How claims are read, where nothing else is said.
    pub(in crate::config) fn identities(&mut self) -> Option<IdentityRules> {
        let username = self.get("oidc_username_field", usernames);
        let display_name = self.get("oidc_display_name_field", claims);
        let groups = self.get("oidc_groups_attribute", |text| Ok(ClaimPath::new(text)));
        let admitted_groups = self.get("oidc_group_name", admitted_groups);
        let admin_groups = self.get("oidc_admin_group_name", groups_of);
        Some(IdentityRules {
            username: username?,
            display_name: display_name?,
            groups: groups?,
            admitted_groups: admitted_groups?,
            admin_groups: admin_groups?,
            ..IdentityRules::default()
        })
    }

    /// The provider `default`, if the flat settings name one.
    pub(super) fn flat(&mut self, common: Option<&Common>) -> Option<Option<Provider>> {
        let discovery_url = self.get("oidc_discovery_url", text)?;
        let issuer = self.get("oidc_issuer", text)?;
        let mut audiences = self.get("oidc_audience", value::list)?;
        let audience_claim = self.get("oidc_audience_claim", text)?;
        let algorithms = self.get("oidc_algorithms", algorithms);
        let display_name = self.get("oidc_provider_display_name", text);
        let said = self.flat_client();
        let said = said?;
        if discovery_url.is_empty() {
            return match said.id.is_empty() {
                true => Some(None),
                false => {
                    self.lacking("oidc_discovery_url", "it is needed with `oidc_client_id`");
                    None
                }
            };
        }
        if audiences.is_empty() && !said.id.is_empty() {
            audiences = vec![said.id.clone()];
        }
        if audiences.is_empty() {
            let problem = "name whom tokens are meant for, where `oidc_discovery_url` names a provider";
            self.lacking("oidc_audience", problem);
            return None;
        }
        let client = said.client().map_err(|problem| self.lacking("oidc_client_id", &problem)).ok()?;
        let common = common?;
        let sign_ins = AccountRules {
            unknown_users: UnknownUsers::Create,
            trust_admin_groups: true,
            ..AccountRules::only(DEFAULT)
        };
        let requests = common.requests(&sign_ins, client.as_ref());
        Some(Some(Provider {
            id: DEFAULT.to_owned(),
            display_name: display_name?,
            discovery_url,
            issuer: (!issuer.is_empty()).then_some(issuer),
            audiences,
            audience_claim: Some(audience_claim).filter(|claim| claim != "aud"),
            algorithms: algorithms?,
            keep_keys: common.keep_keys,
            fetch: common.fetch.clone(),
            identities: common.identities.clone(),
            requests,
            sign_ins,
            client,
        }))
    }

    fn flat_client(&mut self) -> Option<Said> {
        let id = self.get("oidc_client_id", text);
        let secret = self.get("oidc_client_secret", |text| Ok((!text.is_empty()).then(|| Secret::new(text))));
        let is_public = self.get("oidc_public_client", value::switch);
        let redirect_uri = self.get("oidc_redirect_uri", text);
        let scopes = self.get("oidc_scope", |text| Ok(client::scopes(text)));
        Some(Said {
            id: id?,
            secret: secret?,
            is_public: is_public?,
            redirect_uri: redirect_uri?,
            scopes: scopes?,
            interactive: None,
            secret_name: "OIDC_CLIENT_SECRET".to_owned(),
        })
    }
}

impl Common {
    /// What bearer tokens may do of what a sign-in may. Where nobody signs in, nothing would take groups away that a token
    /// brought once, so that they count while a token names them, and no longer.
    pub(super) fn requests(&self, sign_ins: &AccountRules, client: Option<&Client>) -> AccountRules {
        let creates = self.provisions && sign_ins.unknown_users == UnknownUsers::Create;
        AccountRules {
            unknown_users: if creates { UnknownUsers::Create } else { UnknownUsers::Refuse },
            trust_admin_groups: self.trusts_bearer_groups && sign_ins.trust_admin_groups,
            groups: if client.is_some() { sign_ins.groups } else { GroupUpkeep::Never },
            ..sign_ins.clone()
        }
    }
}

pub(in crate::config) fn text(text: &str) -> Read<String> {
    Ok(text.to_owned())
}

fn algorithms(text: &str) -> Read<Algorithms> {
    let names = value::list(text)?;
    if names.is_empty() {
        return Ok(Algorithms::asymmetric());
    }
    Algorithms::new(names.iter().map(String::as_str)).map_err(|error| error.to_string())
}

pub(in crate::config) fn certificates(path: &str) -> Read<Vec<Vec<u8>>> {
    if path.is_empty() {
        return Ok(Vec::new());
    }
    std::fs::read(path).map(|pem| vec![pem]).map_err(|error| format!("the file `{path}` cannot be read: {error}"))
}

pub(in crate::config) fn claims(text: &str) -> Read<Vec<ClaimPath>> {
    Ok(value::list(text)?.iter().map(|path| ClaimPath::new(path)).collect())
}

pub(super) fn usernames(text: &str) -> Read<Vec<ClaimPath>> {
    let paths = claims(text)?;
    if paths.is_empty() { Err("at least one claim must name the user".to_owned()) } else { Ok(paths) }
}

pub(in crate::config) fn groups_of(text: &str) -> Read<Vec<GroupName>> {
    let names = value::list(text)?;
    names.iter().map(|name| GroupName::new(name).map_err(|error| error.to_string())).collect()
}

/// `*` alone lets everybody in.
pub(in crate::config) fn admitted_groups(text: &str) -> Read<Vec<GroupName>> {
    if text == "*" { Ok(Vec::new()) } else { groups_of(text) }
}
