//! One entry of the list of providers.

use super::client::{self, Said};
use super::flat::{admitted_groups, claims, groups_of, usernames};
use super::list::Entry;
use super::{Common, DEFAULT, Provider, RESERVED};
use mlflow_auth_core::Secret;
use mlflow_auth_core::accounts::{AccountRules, GroupUpkeep, UnknownUsers};
use mlflow_auth_core::jwt::{Algorithms, ClaimPath, IdentityRules};
use serde::Deserialize;
use serde_json::{Value, json};

/// An entry of type `oidc`. The names are those of mlflow-oidc-auth 11.0.2, and those of the flat settings after them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Oidc {
    id: String,
    #[serde(default)]
    display_name: String,
    interactive: Option<bool>,
    issuer: String,
    #[serde(default)]
    audience: Texts,
    audience_claim: Option<String>,
    discovery_url: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    public_client: bool,
    allowed_algorithms: Option<Texts>,
    #[serde(default)]
    provisioning: Provisioning,
    #[serde(default)]
    group_sync: GroupSync,
    #[serde(default)]
    group_sync_mode: GroupSyncMode,
    admin_source: Option<AdminSource>,
    #[serde(default)]
    redirect_uri: String,
    scope: Option<Texts>,
    username_field: Option<Texts>,
    display_name_field: Option<Texts>,
    groups_attribute: Option<String>,
    group_name: Option<Texts>,
    admin_group_name: Option<Texts>,
}

/// A list, or one text with commas between.
#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Provisioning {
    #[default]
    Jit,
    None,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum GroupSync {
    None,
    FirstLogin,
    #[default]
    EveryLogin,
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
enum GroupSyncMode {
    #[default]
    Authoritative,
    Additive,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum AdminSource {
    Claims,
    None,
}

impl Default for Texts {
    fn default() -> Self {
        Texts::Many(Vec::new())
    }
}

impl Texts {
    fn joined(&self) -> String {
        match self {
            Texts::One(text) => text.clone(),
            Texts::Many(texts) => texts.join(","),
        }
    }

    fn list(&self) -> Result<Vec<String>, String> {
        crate::config::value::list(&self.joined())
    }
}

/// Reads an entry.
///
/// # Errors
/// What is wrong with it, which does not quote a secret.
pub(super) fn provider(mut entry: Entry, secret: Option<Secret>, common: &Common) -> Result<Provider, String> {
    if entry.contains_key("client_secret") {
        return Err("a secret has no place in the list: use the variable `OIDC_CLIENT_SECRET_<ID>`".to_owned());
    }
    match entry.remove("type").unwrap_or(json!("oidc")).as_str() {
        Some("oidc") => oidc(entry, secret, common),
        Some("saml") => Err("the type `saml` is not supported; most that speak it speak OpenID Connect too".to_owned()),
        Some(other) => Err(format!("the type `{other}` is not known")),
        None => Err("the type is not a text".to_owned()),
    }
}

/// What mlflow-oidc-auth has and this does not, with the only value that means the same here.
fn without_the_plugins_own(entry: &mut Entry) -> Result<(), String> {
    for (name, harmless) in [
        ("allow_tokens_without_expiry", json!(false)),
        ("userinfo_groups", json!(false)),
        ("bearer_adopts_unbound_accounts", json!(false)),
        ("identity_binding", json!("subject")),
        ("allowed_email_domains", json!([])),
    ] {
        match entry.remove(name) {
            Some(value) if value != harmless && value != Value::Null => {
                return Err(format!("`{name}` cannot be {value}; leave it out"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn oidc(mut entry: Entry, secret: Option<Secret>, common: &Common) -> Result<Provider, String> {
    without_the_plugins_own(&mut entry)?;
    let said: Oidc = serde_json::from_value(Value::Object(entry)).map_err(|error| error.to_string())?;
    check(&said)?;
    let identities = identities(&said, &common.identities)?;
    let sign_ins = accounts(&said);
    let mut audiences = said.audience.list()?;
    if audiences.is_empty() && !said.client_id.is_empty() {
        audiences = vec![said.client_id.clone()];
    }
    if audiences.is_empty() {
        return Err("`audience` is missing: name whom its tokens are meant for".to_owned());
    }
    let algorithms = match &said.allowed_algorithms {
        Some(names) => names.list()?,
        None => vec!["RS256".to_owned()],
    };
    let algorithms = Algorithms::new(algorithms.iter().map(String::as_str)).map_err(|error| error.to_string())?;
    let client = Said {
        id: said.client_id,
        secret,
        is_public: said.public_client,
        redirect_uri: said.redirect_uri,
        scopes: said.scope.map_or_else(|| common.scopes.clone(), |scope| client::scopes(&scope.joined())),
        interactive: said.interactive,
        secret_name: client::variable(&said.id),
    };
    let client = client.client()?;
    Ok(Provider {
        display_name: if said.display_name.is_empty() { said.id.clone() } else { said.display_name },
        discovery_url: said.discovery_url,
        issuer: Some(said.issuer),
        audiences,
        audience_claim: said.audience_claim.filter(|claim| claim != "aud"),
        algorithms,
        keep_keys: common.keep_keys,
        fetch: common.fetch.clone(),
        identities,
        requests: common.requests(&sign_ins, client.as_ref()),
        sign_ins,
        client,
        id: said.id,
    })
}

fn check(said: &Oidc) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let Oidc { id, issuer, discovery_url, .. } = said;
    if id.is_empty() || id.len() > 64 || !id.chars().all(is_plain) || id.starts_with('.') {
        return Err(
            "its `id` must be 1 to 64 letters, digits, `_`, `-` or `.`, which it does not begin with".to_owned()
        );
    }
    if RESERVED.contains(&id.as_str()) {
        return Err(format!("the id `{id}` is taken"));
    }
    if issuer.is_empty() {
        return Err("`issuer` is empty".to_owned());
    }
    match client::is_address(discovery_url) {
        true => Ok(()),
        false => Err(format!("`discovery_url` is `{discovery_url}`, which is no address")),
    }
}

fn identities(said: &Oidc, common: &IdentityRules) -> Result<IdentityRules, String> {
    let mut rules = common.clone();
    if let Some(fields) = &said.username_field {
        rules.username = usernames(&fields.joined())?;
    }
    if let Some(fields) = &said.display_name_field {
        rules.display_name = claims(&fields.joined())?;
    }
    if let Some(path) = &said.groups_attribute {
        rules.groups = ClaimPath::new(path);
    }
    if let Some(groups) = &said.group_name {
        rules.admitted_groups = admitted_groups(&groups.joined())?;
    }
    if let Some(groups) = &said.admin_group_name {
        rules.admin_groups = groups_of(&groups.joined())?;
    }
    Ok(rules)
}

/// Who comes in by signing in. What names count for is settled when all providers are known.
fn accounts(said: &Oidc) -> AccountRules {
    let is_default = said.id == DEFAULT;
    let by_default = if is_default { AdminSource::Claims } else { AdminSource::None };
    AccountRules {
        unknown_users: match said.provisioning {
            Provisioning::Jit => UnknownUsers::Create,
            Provisioning::None => UnknownUsers::Refuse,
        },
        trust_admin_groups: *said.admin_source.as_ref().unwrap_or(&by_default) == AdminSource::Claims,
        groups: match said.group_sync {
            GroupSync::None => GroupUpkeep::Never,
            GroupSync::FirstLogin => GroupUpkeep::AtFirst,
            GroupSync::EveryLogin => GroupUpkeep::EachSignIn,
        },
        replaces_groups: said.group_sync_mode == GroupSyncMode::Authoritative,
        names_groups_apart: !is_default,
        ..AccountRules::beside(&said.id)
    }
}
