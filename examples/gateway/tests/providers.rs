//! Which providers there are, what each may say, and what is said about a broken one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test is made of may fail as the test itself does"
)]

use mlflow_auth_core::accounts::{GroupUpkeep, Names, UnknownUsers};
use mlflow_auth_core::jwt::Algorithms;
use mlflow_auth_gateway::{Flags, Provider, TokenConfig, load};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const URL: &str = "https://login.example/.well-known/openid-configuration";
const ISSUER: &str = "https://login.example";
const DEFAULT: &str = "default";

/// What the variables make.
fn read(variables: &[(&str, &str)]) -> Result<TokenConfig, String> {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    let loaded = load(&Flags::default(), &|name| variables.get(name).map(Into::into));
    loaded.map(|loaded| loaded.config.tokens).map_err(|errors| errors.to_string())
}

fn config(variables: &[(&str, &str)]) -> TokenConfig {
    read(variables).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A provider with this id, and what `changes` say; null takes something away.
fn entry(id: &str, changes: Value) -> Value {
    let mut entry = json!({
        "id": id, "issuer": format!("https://{id}.example"), "audience": "mlflow",
        "discovery_url": format!("https://{id}.example/.well-known/openid-configuration"),
    });
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(entry.as_object_mut().unwrap().remove(name)),
            value => entry[name] = value.clone(),
        }
    }
    entry
}

fn listed(entries: &[Value]) -> TokenConfig {
    config(&[("AUTH_PROVIDERS", &json!(entries).to_string())])
}

fn one(changes: Value) -> Provider {
    listed(&[entry("corp", changes)]).providers.remove(0)
}

/// Why one provider is refused.
fn fault(changes: Value) -> String {
    let list = json!([entry("corp", changes)]).to_string();
    read(&[("AUTH_PROVIDERS", &list)]).err().unwrap_or_else(|| panic!("{list} was accepted"))
}

#[test]
fn the_flat_settings_make_the_default_provider() {
    let config = config(&[
        ("OIDC_DISCOVERY_URL", URL),
        ("OIDC_CLIENT_ID", "gateway"),
        ("OIDC_CLIENT_SECRET", "hidden"),
        ("OIDC_REDIRECT_URI", "https://mlflow.example/callback"),
        ("OIDC_SCOPE", "email,groups profile"),
        ("OIDC_DISPLAY_NAME_FIELD", "nick,name"),
    ]);
    let [provider] = config.providers.as_slice() else { panic!("one") };
    assert_eq!((provider.id.as_str(), provider.display_name.as_str()), ("default", "Login with OIDC"));
    assert_eq!(provider.audiences, ["gateway"], "the client is the audience if nothing else is said");
    let names: Vec<_> = provider.identities.display_name.iter().map(|path| path.as_str()).collect();
    assert_eq!(names, ["nick", "name"]);
    let client = provider.client.as_ref().unwrap();
    assert_eq!((client.id.as_str(), client.interactive), ("gateway", true));
    assert_eq!(client.secret.as_ref().map(|secret| secret.expose()), Some("hidden"));
    assert_eq!(client.redirect_uri.as_deref(), Some("https://mlflow.example/callback"));
    assert_eq!(client.scopes, ["openid", "email", "groups", "profile"]);
    let (signs_in, asks) = (&provider.sign_ins, &provider.requests);
    assert_eq!((signs_in.unknown_users, asks.unknown_users), (UnknownUsers::Create, UnknownUsers::Refuse));
    assert_eq!((signs_in.trust_admin_groups, asks.trust_admin_groups), (true, false));
    assert_eq!((signs_in.names, asks.names, signs_in.names_groups_apart), (Names::Trusted, Names::Trusted, false));
    assert_eq!((signs_in.groups, signs_in.replaces_groups), (GroupUpkeep::EachSignIn, true));
}

#[test]
fn a_client_has_a_secret_or_is_public_and_nothing_is_half_said() {
    for (variables, expected) in [
        (&[("OIDC_CLIENT_ID", "g")][..], "set `OIDC_CLIENT_SECRET`"),
        (&[("OIDC_CLIENT_ID", "g"), ("OIDC_PUBLIC_CLIENT", "true"), ("OIDC_CLIENT_SECRET", "hidden")], "has no secret"),
        (&[("OIDC_CLIENT_SECRET", "hidden"), ("OIDC_AUDIENCE", "m")], "`client_id` is missing"),
        (
            &[("OIDC_CLIENT_ID", "g"), ("OIDC_PUBLIC_CLIENT", "1"), ("OIDC_REDIRECT_URI", "/callback")],
            "`/callback` is not",
        ),
        (&[("OIDC_CLIENT_ID", "g"), ("OIDC_DISCOVERY_URL", "")], "`oidc_discovery_url`"),
    ] {
        let error = read(&[&[("OIDC_DISCOVERY_URL", URL)], variables].concat()).err().expect("it was accepted");
        assert!(error.contains(expected) && !error.contains("hidden"), "{error}");
    }
    let public = config(&[("OIDC_DISCOVERY_URL", URL), ("OIDC_CLIENT_ID", "g"), ("OIDC_PUBLIC_CLIENT", "true")]);
    assert!(public.providers[0].client.as_ref().unwrap().secret.is_none());
    let bearer_only = config(&[("OIDC_DISCOVERY_URL", URL), ("OIDC_AUDIENCE", "m")]);
    assert!(bearer_only.providers[0].client.is_none());
}

#[test]
fn a_listed_provider_is_read_with_the_plugins_defaults() {
    let provider = one(json!({}));
    assert_eq!((provider.id.as_str(), provider.display_name.as_str()), ("corp", "corp"));
    assert_eq!(provider.issuer.as_deref(), Some("https://corp.example"));
    assert_eq!(format!("{:?}", provider.algorithms), format!("{:?}", Algorithms::new(["RS256"]).unwrap()));
    assert!(provider.client.is_none());
    let rules = &provider.sign_ins;
    assert_eq!((rules.provider.as_str(), rules.unknown_users), ("corp", UnknownUsers::Create));
    assert_eq!((rules.trust_admin_groups, rules.names_groups_apart), (false, true));
    assert_eq!((rules.groups, rules.replaces_groups), (GroupUpkeep::EachSignIn, true));
    assert_eq!(provider.requests.unknown_users, UnknownUsers::Refuse);
    assert_eq!(provider.requests.groups, GroupUpkeep::Never, "nobody signs in who would take them away again");
    let client = json!({"client_id": "gateway", "public_client": true});
    assert_eq!(one(client).requests.groups, GroupUpkeep::EachSignIn);
}

#[test]
fn every_field_of_an_entry_counts() {
    let provider = one(json!({
        "type": "oidc", "display_name": "Corp", "audience": ["a", "b"], "allowed_algorithms": "ES256, PS256",
        "provisioning": "none", "group_sync": "first_login", "group_sync_mode": "additive", "admin_source": "claims",
        "username_field": "upn", "display_name_field": ["nick"], "groups_attribute": "realm_access.roles",
        "group_name": "*", "admin_group_name": ["root", "ops"], "identity_binding": "subject", "userinfo_groups": false,
    }));
    assert_eq!((provider.display_name.as_str(), provider.audiences.len()), ("Corp", 2));
    let algorithms = Algorithms::new(["ES256", "PS256"]).unwrap();
    assert_eq!(format!("{:?}", provider.algorithms), format!("{algorithms:?}"));
    let rules = &provider.sign_ins;
    assert_eq!((rules.unknown_users, rules.trust_admin_groups), (UnknownUsers::Refuse, true));
    assert_eq!((rules.groups, rules.replaces_groups), (GroupUpkeep::AtFirst, false));
    let claims = &provider.identities;
    assert_eq!((claims.username[0].as_str(), claims.display_name[0].as_str()), ("upn", "nick"));
    assert_eq!((claims.groups.as_str(), claims.admitted_groups.len()), ("realm_access.roles", 0));
    assert_eq!(claims.admin_groups.iter().map(ToString::to_string).collect::<Vec<_>>(), ["root", "ops"]);
    assert_eq!(one(json!({"group_sync": "none"})).sign_ins.groups, GroupUpkeep::Never);
}

#[test]
fn a_listed_client_has_its_secret_from_its_own_variable() {
    let client = json!({"client_id": "gateway", "audience": null, "interactive": false, "scope": "groups"});
    let list = json!({"providers": [entry("corp-1.eu", client.clone()), entry("default", client)]}).to_string();
    let variables = [("AUTH_PROVIDERS", list.as_str()), ("OIDC_CLIENT_SECRET_CORP_1_EU", "one")];
    let config = config(&[&variables[..], &[("OIDC_CLIENT_SECRET", "two")]].concat());
    let secrets: Vec<_> = config
        .providers
        .iter()
        .map(|provider| {
            let client = provider.client.as_ref().unwrap();
            assert_eq!((client.interactive, client.scopes.join(" ").as_str()), (false, "openid groups"));
            (provider.id.as_str(), client.secret.as_ref().unwrap().expose())
        })
        .collect();
    assert_eq!(secrets, [("default", "two"), ("corp-1.eu", "one")], "the default comes first");
    assert_eq!(config.providers[1].audiences, ["gateway"]);
    let error = read(&variables).err().unwrap();
    assert!(error.contains("the provider `default`: the client has no secret"), "{error}");
}

#[test]
fn a_broken_entry_stops_the_start_and_is_named() {
    for (changes, expected) in [
        (json!({"id": null}), "the provider number 1: missing field `id`"),
        (json!({"id": ""}), "must be 1 to 64"),
        (json!({"id": "a/b"}), "must be 1 to 64"),
        (json!({"id": "a:b"}), "must be 1 to 64"),
        (json!({"id": "kubernetes"}), "the id `kubernetes` is taken"),
        (json!({"issuer": null}), "missing field `issuer`"),
        (json!({"issuer": ""}), "`issuer` is empty"),
        (json!({"audience": null}), "`audience` is missing"),
        (json!({"discovery_url": null}), "missing field `discovery_url`"),
        (json!({"discovery_url": "corp.example"}), "is no address"),
        (json!({"type": "saml"}), "the type `saml` is not supported"),
        (json!({"type": "ldap"}), "the type `ldap` is not known"),
        (json!({"type": 5}), "the type is not a text"),
        (json!({"allowed_algorithms": ["none"]}), "`none`"),
        (json!({"allowed_algorithms": ["None"]}), "`None`"),
        (json!({"allowed_algorithms": "HS256"}), "`HS256` signs with a shared secret"),
        (json!({"allowed_algorithms": []}), "algorithm"),
        (json!({"provisioning": "scim"}), "unknown variant `scim`"),
        (json!({"admin_source": "scim"}), "unknown variant `scim`"),
        (json!({"group_sync_mode": "replace"}), "unknown variant `replace`"),
        (json!({"interactive": "yes"}), "expected a boolean"),
        (json!({"interactive": true}), "`client_id` is missing"),
        (json!({"client_id": "g"}), "set `OIDC_CLIENT_SECRET_CORP`"),
        (json!({"client_secret": "hidden"}), "a secret has no place"),
        (json!({"isuer": "x"}), "unknown field `isuer`"),
        (json!({"userinfo_groups": true}), "`userinfo_groups` cannot be true"),
        (json!({"identity_binding": "email"}), "`identity_binding` cannot be \"email\""),
        (json!({"allow_tokens_without_expiry": true}), "`allow_tokens_without_expiry` cannot be true"),
        (json!({"username_field": []}), "at least one claim"),
        (json!({"group_name": "a\tb"}), "holds a control character"),
    ] {
        let error = fault(changes.clone());
        assert!(error.contains(expected) && !error.contains("hidden"), "{changes}: {error}");
        let named = changes.get("id").is_some() || error.contains("the provider `corp`: ");
        assert!(named && error.contains("`auth_providers` from the environment variable"), "{error}");
    }
    let two = json!([entry("corp", json!({"type": "saml"})), entry("other", json!({"issuer": ""}))]).to_string();
    let error = read(&[("AUTH_PROVIDERS", &two)]).err().unwrap();
    assert!(error.contains("the provider `corp`: ") && error.contains("the provider `other`: "), "{error}");
}

#[test]
fn a_list_that_is_none_stops_the_start() {
    for (text, expected) in [
        ("nothing", "the list is not JSON"),
        ("[", "the list is not JSON"),
        ("5", "neither a list"),
        ("{}", "neither a list"),
        (r#"{"providers": {}}"#, "neither a list"),
        (r#"{"providers": [], "more": 1}"#, "neither a list"),
        ("[5]", "the provider number 1 is not an object"),
    ] {
        let error = read(&[("AUTH_PROVIDERS", text)]).err().expect(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
    assert!(config(&[("AUTH_PROVIDERS", "[]")]).providers.is_empty());
}

#[test]
fn a_file_holds_the_list_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("providers.json");
    let named = path.to_str().unwrap();
    let error = read(&[("AUTH_PROVIDERS_FILE", named)]).err().unwrap();
    assert!(error.contains(&format!("the file `{named}` cannot be read")), "{error}");
    std::fs::write(&path, json!([entry("corp", json!({}))]).to_string()).unwrap();
    assert_eq!(config(&[("AUTH_PROVIDERS_FILE", named)]).providers.len(), 1);
    let error = read(&[("AUTH_PROVIDERS_FILE", named), ("AUTH_PROVIDERS", "[]")]).err().unwrap();
    assert!(error.contains("only one of the two"), "{error}");
}

#[test]
fn two_providers_may_not_claim_one_issuer() {
    let flat = [("OIDC_DISCOVERY_URL", URL), ("OIDC_AUDIENCE", "m"), ("OIDC_ISSUER", ISSUER)];
    let same = json!([entry("corp", json!({"issuer": ISSUER}))]).to_string();
    let corp = json!([entry("corp", json!({}))]).to_string();
    let secret = ("MLFLOW_AUTH_JWT_SECRET", "0123456789abcdef0123456789abcdef");
    for (variables, expected) in [
        (vec![flat[0], flat[1], flat[2], ("AUTH_PROVIDERS", same.as_str())], "another provider has the issuer"),
        (vec![flat[0], flat[1], ("AUTH_PROVIDERS", corp.as_str())], "the provider `default`: with several providers"),
        (vec![flat[0], flat[1], flat[2], secret, ("MLFLOW_AUTH_JWT_SECRET_ISSUER", ISSUER)], "`jwt_secret_issuer`"),
    ] {
        let error = read(&variables).err().expect(expected);
        assert!(error.contains(expected), "{error}");
    }
    for ids in [["corp", "corp"], ["corp-1", "corp_1"], ["Corp", "corp"]] {
        let list = json!([entry(ids[0], json!({})), entry(ids[1], json!({"issuer": "https://x.example"}))]).to_string();
        let error = read(&[("AUTH_PROVIDERS", &list)]).err().expect(ids[1]);
        assert!(error.contains(&format!("the provider `{}` is there twice", ids[1])), "{error}");
    }
}

#[test]
fn names_count_for_less_the_more_there_are_who_give_them() {
    let flat = [("OIDC_DISCOVERY_URL", URL), ("OIDC_AUDIENCE", "m"), ("OIDC_ISSUER", ISSUER)];
    let corp = json!([entry("corp", json!({}))]).to_string();
    let (list, secret) =
        (("AUTH_PROVIDERS", corp.as_str()), ("MLFLOW_AUTH_JWT_SECRET", "0123456789abcdef0123456789abcdef"));
    for (variables, names, of_secret) in [
        (flat.to_vec(), vec![Names::Trusted], None),
        (vec![list], vec![Names::Trusted], None),
        ([&flat[..], &[list]].concat(), vec![Names::Adopts, Names::Separate], None),
        ([&flat[..], &[secret]].concat(), vec![Names::Adopts], Some(Names::Separate)),
        (vec![list, secret], vec![Names::Separate], Some(Names::Separate)),
        (vec![secret], vec![], Some(Names::Trusted)),
    ] {
        let config = config(&variables);
        let found: Vec<_> = config.providers.iter().map(|provider| provider.requests.names).collect();
        assert_eq!(found, names, "{variables:?}");
        assert!(config.providers.iter().all(|provider| provider.sign_ins.names == provider.requests.names));
        assert_eq!(config.secret.map(|secret| secret.requests.names), of_secret, "{variables:?}");
    }
}

#[test]
fn a_provider_that_gives_any_name_stands_not_beside_groups_that_go_by_name() {
    let made = |provisioning: &str, groups: (&str, &str)| {
        let corp = entry(DEFAULT, json!({}));
        let list = json!([corp, entry("partner", json!({"provisioning": provisioning, "client_id": "gateway"}))]);
        let secrets = ("OIDC_CLIENT_SECRET_PARTNER", "hidden");
        read(&[("AUTH_PROVIDERS", &list.to_string()), secrets, groups]).map(|config| config.providers.len())
    };
    let file = ("MLFLOW_AUTH_GROUPS_FILE", "groups.yaml");
    let hook = ("MLFLOW_AUTH_GROUPS_URL", "https://groups.example/of");
    for groups in [file, hook] {
        let error = made("jit", groups).unwrap_err();
        assert!(error.contains("`partner` makes accounts of any name"), "{error}");
        assert_eq!(made("none", groups), Ok(2));
    }
    assert_eq!(made("jit", ("OIDC_SCOPE", "email")), Ok(2));
}
