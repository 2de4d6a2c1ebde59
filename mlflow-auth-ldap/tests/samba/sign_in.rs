//! Signing in to a domain.

use crate::people::{BASE, group, password, user};
use crate::server::SAMBA;
use mlflow_auth_core::store::MemoryStore;
use mlflow_auth_core::{AuthenticationError, Freshness, GroupResolver, Principal, Rejection, Secret, Username};
use mlflow_auth_ldap::{LdapAuthenticator, LdapGroups, LdapSettings, LdapSignInSettings};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

const NESTED: &str = "(&(objectClass=group)(member:1.2.840.113556.1.4.1941:=%s))";

/// Settings for a name of the form `name@domain`, and groups as the user's entry lists them.
fn settings(changes: &[(&str, &str)]) -> LdapSettings {
    let text = |text: &str| text.to_owned();
    let mut all = vec![
        ("LDAP_URI", format!("ldaps://{}", SAMBA.address)),
        ("LDAP_CA", SAMBA.authority_file()),
        ("LDAP_LOOKUP_BIND", text("%s@mlflow.test")),
        ("LDAP_USER_SEARCH_BASE_DN", text(BASE)),
        ("LDAP_USER_SEARCH_FILTER", text("(&(objectClass=user)(sAMAccountName=%s))")),
        ("LDAP_GROUP_ATTRIBUTE", text("memberOf")),
        ("LDAP_GROUP_ATTRIBUTE_KEY", text("attributes")),
        ("LDAP_GROUP_ADMIN_DN", group("mlflow-admins")),
        ("LDAP_GROUP_USER_DN", group("mlflow-users")),
    ];
    all.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    all.extend(changes.iter().map(|(name, value)| (*name, text(value))));
    LdapSettings::from_variables(|name| all.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()))
        .unwrap()
}

fn authenticator(settings: &LdapSettings) -> LdapAuthenticator {
    let (users, freshness) = (Arc::new(MemoryStore::new()), Arc::new(Freshness::new(Duration::from_secs(3600))));
    let sign_in = LdapSignInSettings { free_attempts: 0, ..LdapSignInSettings::default() };
    LdapAuthenticator::new(settings, users, freshness, sign_in).unwrap()
}

async fn ask(settings: &LdapSettings, user: &str, password: &str) -> Result<Arc<Principal>, AuthenticationError> {
    let verified = authenticator(settings).verify(&Username::new(user).unwrap(), &Secret::new(password)).await;
    verified.map(|who| who.expect("there is no account with a password"))
}

/// `admin` or the groups of somebody with the right password, `refused`, or the outage.
async fn told(settings: &LdapSettings, typed: &str, owner: &str) -> String {
    match ask(settings, typed, &password(owner)).await {
        Ok(who) if who.is_admin => format!("{}, admin", who.user),
        Ok(who) => {
            let groups: Vec<_> = who.groups.iter().map(|group| group.as_str()).collect();
            format!("{}: {}", who.user, groups.join("; "))
        }
        Err(AuthenticationError::Rejected(Rejection::WrongPassword)) => "refused".to_owned(),
        Err(AuthenticationError::Rejected(rejection)) => rejection.to_string(),
        Err(AuthenticationError::Unavailable(error)) => {
            error.source().map(ToString::to_string).unwrap_or_else(|| error.to_string())
        }
    }
}

#[tokio::test]
async fn with_the_name_of_the_domain_and_the_groups_of_the_entry() {
    let settings = settings(&[]);
    for (typed, owner, expected) in [
        ("alice", "alice", "alice, admin"),
        ("ALICE", "alice", "alice, admin"),
        ("bob", "bob", "bob: mlflow-users"),
        ("José", "José Ünï", "José: mlflow-users"),
        // Through another group, by the primary one, and not at all.
        ("carol", "carol", "refused"),
        ("dave", "dave", "refused"),
        ("eve", "eve", "refused"),
        ("gone", "gone", "refused"),
        ("alice", "bob", "refused"),
        ("nobody", "bob", "refused"),
        // A name that has the domain already, and what could be another form of a name.
        ("alice@mlflow.test", "alice", "refused"),
        ("MLFLOW\\alice", "alice", "refused"),
    ] {
        assert_eq!(told(&settings, typed, owner).await, expected, "{typed} with the password of {owner}");
    }
    assert!(ask(&settings, "alice", "").await.is_err());
    let alice = ask(&settings, "alice", &password("alice")).await.unwrap();
    let groups: Vec<_> = alice.groups.iter().map(|group| group.as_str()).collect();
    assert_eq!(groups, ["Data, Science (A+B)", "mlflow-admins"]);
}

#[tokio::test]
async fn with_the_short_name_of_the_domain() {
    let settings = settings(&[("LDAP_LOOKUP_BIND", "MLFLOW\\%s")]);
    assert_eq!(told(&settings, "alice", "alice").await, "alice, admin");
    assert_eq!(told(&settings, "alice", "bob").await, "refused");
}

#[tokio::test]
async fn groups_in_groups_are_found_by_the_rule_of_active_directory() {
    let base = format!("OU=Groups,{BASE}");
    let settings = settings(&[
        ("LDAP_GROUP_ATTRIBUTE", "dn"),
        ("LDAP_GROUP_ATTRIBUTE_KEY", ""),
        ("LDAP_GROUP_SEARCH_BASE_DN", &base),
        ("LDAP_GROUP_SEARCH_FILTER", NESTED),
    ]);
    for (user, expected) in [("alice", "alice, admin"), ("carol", "carol, admin"), ("bob", "bob: mlflow-users")] {
        assert_eq!(told(&settings, user, user).await, expected);
    }
    assert_eq!(told(&settings, "eve", "eve").await, "refused");
    // The rule does not know primary groups.
    assert_eq!(told(&settings, "dave", "dave").await, "refused");
}

#[tokio::test]
async fn the_token_has_groups_in_groups_and_the_primary_group() {
    let base = format!("OU=Groups,{BASE}");
    let settings = settings(&[("LDAP_GROUP_ATTRIBUTE", "tokenGroups"), ("LDAP_GROUP_SEARCH_BASE_DN", &base)]);
    for (user, expected) in [
        ("alice", "alice, admin"),
        ("carol", "carol, admin"),
        ("bob", "bob: mlflow-users"),
        ("dave", "dave: mlflow-users"),
        ("eve", "refused"),
        ("gone", "refused"),
    ] {
        assert_eq!(told(&settings, user, user).await, expected);
    }
    let carol = ask(&settings, "carol", &password("carol")).await.unwrap();
    let groups: Vec<_> = carol.groups.iter().map(|group| group.as_str()).collect();
    assert_eq!(groups, ["mlflow-admins", "scientists"]);
}

#[tokio::test]
async fn search_then_bind_with_the_principal_name_as_user_name() {
    let (searcher, secret) = (user("bob"), password("bob"));
    let changes = [
        ("LDAP_LOOKUP_BIND", ""),
        ("LDAP_BIND_DN", searcher.as_str()),
        ("LDAP_BIND_PASSWORD", &secret),
        ("LDAP_USER_SEARCH_FILTER", "(&(objectClass=user)(userPrincipalName=%s))"),
        ("LDAP_USERNAME_ATTRIBUTE", "userPrincipalName"),
    ];
    let settings = settings(&changes);
    assert_eq!(told(&settings, "Alice@MLFLOW.test", "alice").await, "alice@mlflow.test, admin");
    assert_eq!(told(&settings, "alice", "alice").await, "refused");
    assert_eq!(told(&settings, "*@mlflow.test", "alice").await, "refused");
    let groups = LdapGroups::new(&settings, Duration::from_secs(60)).unwrap();
    let of = |name: &str| Username::new(name).unwrap();
    let found = groups.groups_of(&of("alice@mlflow.test")).await.unwrap();
    assert_eq!(found.iter().map(|group| group.as_str()).collect::<Vec<_>>(), ["Data, Science (A+B)", "mlflow-admins"]);
    assert!(groups.groups_of(&of("ALICE@mlflow.test")).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_account_that_searches_reads_the_tokens_of_others() {
    let (searcher, secret, base) = ("bob@mlflow.test", password("bob"), format!("OU=Groups,{BASE}"));
    let settings = settings(&[
        ("LDAP_BIND_DN", searcher),
        ("LDAP_BIND_PASSWORD", &secret),
        ("LDAP_GROUP_ATTRIBUTE", "tokenGroups"),
        ("LDAP_GROUP_SEARCH_BASE_DN", &base),
    ]);
    assert_eq!(told(&settings, "dave", "dave").await, "dave: mlflow-users");
    let groups = LdapGroups::new(&settings, Duration::from_secs(60)).unwrap();
    let found = groups.groups_of(&Username::new("carol").unwrap()).await.unwrap();
    assert_eq!(found.iter().map(|group| group.as_str()).collect::<Vec<_>>(), ["mlflow-admins", "scientists"]);
}

#[tokio::test]
async fn a_domain_wants_no_password_in_clear_text_and_takes_starttls() {
    let plain = format!("ldap://{}", SAMBA.address);
    let started = settings(&[("LDAP_URI", &plain)]);
    assert_eq!(told(&started, "alice", "alice").await, "alice, admin");
    let clear = settings(&[("LDAP_URI", &plain), ("LDAP_CA", "")]);
    let said = told(&clear, "alice", "alice").await;
    assert!(said.contains("answered a bind with result code 8"), "{said}");
}
