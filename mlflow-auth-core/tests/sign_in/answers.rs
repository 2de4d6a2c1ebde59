//! What a provider gives for a code.

use crate::keys::{EC, OTHER_RSA, RSA, encode, now};
use crate::scripted::{Scripted, outcome, provider};
use mlflow_auth_core::jwt::{IdentityRules, KeyRefresh};
use mlflow_auth_core::oidc::{ProviderTokens, SignInProvider, SignInSettings, SignedIn};
use mlflow_auth_core::{GroupName, Secret};
use serde_json::{Value, json};
use std::time::Duration;

/// What becomes of an ID token with these changes.
async fn given(changes: Value) -> String {
    let scripted = Scripted::start().await;
    let provider = scripted.provider();
    let begun = provider.begin().await.unwrap();
    scripted.gives(&RSA.sign(&scripted.claims(&begun, changes)));
    outcome(&provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await)
}

#[tokio::test]
async fn an_id_token_that_is_not_for_this_sign_in_is_refused() {
    for (changes, expected) in [
        (json!({}), "in"),
        (json!({"nonce": null}), "Nonce"),
        (json!({"nonce": "of another sign-in"}), "Nonce"),
        (json!({"nonce": ["x"]}), "Nonce"),
        (json!({"iss": "https://other.example"}), "Issuer"),
        (json!({"aud": "somebody else"}), "Audience"),
        (json!({"aud": ["us", "somebody else"]}), "Parameter(\"azp\")"),
        (json!({"aud": ["us", "somebody else"], "azp": "us"}), "in"),
        (json!({"azp": "somebody else"}), "Parameter(\"azp\")"),
        (json!({"exp": now() - 120}), "Expired"),
        (json!({"exp": null}), "Claim(\"exp\")"),
        (json!({"nbf": now() + 300}), "NotYetValid"),
        (json!({"iat": now() + 300}), "NotYetValid"),
        (json!({"sub": null}), "Claim(\"sub\")"),
        (json!({"sub": ""}), "Claim(\"sub\")"),
        (json!({"at_hash": "x"}), "AccessToken"),
        (json!({"email": null}), "none of the claims `email`, `preferred_username` gives a user name"),
        (json!({"email": "a\nb"}), "none of the claims `email`, `preferred_username` gives a user name"),
        (json!({"email_verified": false}), "the e-mail address that names the user is not verified"),
    ] {
        assert_eq!(given(changes.clone()).await, expected, "{changes}");
    }
}

#[tokio::test]
async fn an_id_token_that_the_provider_did_not_sign_is_refused() {
    let scripted = Scripted::start().await;
    let provider = scripted.provider();
    let begun = provider.begin().await.unwrap();
    let claims = scripted.claims(&begun, json!({}));
    let header = |changes: Value| {
        let mut header = json!({"alg": "RS256", "kid": "rsa"});
        header.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        header
    };
    let under = |changes: Value| RSA.sign_under(&header(changes), &claims.to_string());
    let twice = claims.to_string().replacen('{', "{\"email\": \"admin\", ", 1);
    let secret = jsonwebtoken::encode(
        &jsonwebtoken::Header::default(),
        &claims,
        &jsonwebtoken::EncodingKey::from_secret(b"a secret of us"),
    );
    for (token, expected) in [
        (RSA.sign(&claims), "in"),
        (under(json!({"typ": "JWT"})), "in"),
        (OTHER_RSA.sign_under(&header(json!({})), &claims.to_string()), "Signature"),
        (EC.sign(&claims), "UnknownKey"),
        (under(json!({"alg": "none"})), "Algorithm"),
        (secret.unwrap(), "Algorithm"),
        (under(json!({"crit": ["x"]})), "Critical"),
        (under(json!({"typ": "logout+jwt"})), "Type"),
        (under(json!({"typ": "at+jwt"})), "Type"),
        (RSA.sign_under(&header(json!({})), &twice), "Malformed"),
        (format!("{}.{}.", encode("{\"alg\":\"none\"}"), encode(&claims.to_string())), "Algorithm"),
        (format!("{}.x.y.z", RSA.sign(&claims)), "Malformed"),
        (String::new(), "Malformed"),
    ] {
        scripted.gives(&token);
        let result = provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await;
        assert_eq!(outcome(&result), expected, "{token}");
    }
    scripted.gives_all(json!({}));
    assert_eq!(outcome(&provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await), "NoIdToken");
}

#[tokio::test]
async fn a_provider_that_changes_its_keys_is_followed() {
    let scripted = Scripted::start().await;
    let provider = scripted.provider();
    for key in [&*RSA, &*EC, &*OTHER_RSA] {
        scripted.answer("/keys", 200, json!({"keys": [key.public()]}));
        let begun = provider.begin().await.unwrap();
        scripted.gives(&key.sign(&scripted.claims(&begun, json!({}))));
        let result = provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await;
        assert_eq!(outcome(&result), "in", "{}", key.id);
    }
    assert_eq!(scripted.asked("/keys").len(), 3);
}

#[tokio::test]
async fn an_outage_of_the_provider_is_not_a_refusal() {
    let scripted = Scripted::start().await;
    for (status, body, expected) in [
        (500, json!({}), "outage"),
        (503, json!({"error": "invalid_grant"}), "outage"),
        (429, json!({"error": "invalid_grant"}), "outage"),
        (302, json!({}), "outage"),
        (200, json!([]), "outage"),
        (400, json!({"error": "invalid_grant"}), "the provider does not exchange it: `invalid_grant`"),
        // A secret that is wrong is for an administrator to look at: nobody can sign in.
        (401, json!({"error": "invalid_client"}), "outage"),
        (400, json!({"error": "x"}), "outage"),
    ] {
        let provider = scripted.provider();
        let begun = provider.begin().await.unwrap();
        scripted.answer("/token", status, body.clone());
        let result = provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await;
        assert_eq!(outcome(&result), expected, "{status} {body}");
    }
    let provider = scripted.provider();
    let begun = provider.begin().await.unwrap();
    scripted.gives(&RSA.sign(&scripted.claims(&begun, json!({}))));
    scripted.answer("/keys", 500, json!({}));
    let fresh = scripted.provider();
    assert_eq!(outcome(&fresh.finish(&begun.attempt, &scripted.callback(&begun, &[])).await), "outage");
    scripted.answer(crate::scripted::DOCUMENT, 500, json!({}));
    assert!(scripted.provider().begin().await.is_err());
}

/// Who comes in as what, if the ID token and the UserInfo endpoint say this.
async fn told(token: Value, info: Value) -> (String, Option<(String, Option<String>, Vec<String>, bool)>) {
    let scripted = Scripted::start().await;
    let rules = IdentityRules { admin_groups: vec![GroupName::new("admins").unwrap()], ..IdentityRules::default() };
    let provider = provider(SignInSettings { identities: rules.into(), ..scripted.settings("one") });
    let begun = provider.begin().await.unwrap();
    scripted.gives(&RSA.sign(&scripted.claims(&begun, token)));
    scripted.answer("/me", if info.is_null() { 500 } else { 200 }, info);
    let result = provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await;
    let found = result.as_ref().ok().map(|found| {
        let found = &found.identity;
        let groups = found.groups.iter().map(ToString::to_string).collect();
        (found.user.to_string(), found.display_name.clone(), groups, found.is_admin)
    });
    (outcome(&result), found)
}

#[tokio::test]
async fn user_info_of_somebody_else_or_with_rights_is_not_believed() {
    let nobody = "none of the claims `email`, `preferred_username` gives a user name";
    for (token, info, expected) in [
        (json!({"email": null}), json!({"sub": "s1", "email": "bob@x.example"}), Ok(("bob@x.example", Some("Alice")))),
        (json!({"email": null}), json!({"sub": "s2", "email": "bob@x.example"}), Err(nobody)),
        (json!({"email": null}), json!({"email": "bob@x.example"}), Err(nobody)),
        (json!({"email": null}), json!({"sub": ["s1"], "email": "bob@x.example"}), Err(nobody)),
        (json!({"email": null}), json!(null), Err("outage")),
        (
            json!({"email": null, "email_verified": true}),
            json!({"sub": "s1", "email": "bob@x.example", "email_verified": false}),
            Err("the e-mail address that names the user is not verified"),
        ),
        (
            json!({"name": null}),
            json!({"sub": "s1", "email": "admin", "name": "A"}),
            Ok(("alice@x.example", Some("A"))),
        ),
        (json!({"name": null}), json!({"sub": "s1", "groups": ["admins"]}), Ok(("alice@x.example", None))),
        (json!({"name": null}), json!({"sub": "s2", "name": "B"}), Ok(("alice@x.example", None))),
        // A display name is not worth an outage.
        (json!({"name": null}), json!(null), Ok(("alice@x.example", None))),
        (
            json!({"name": null, "groups": null}),
            json!({"sub": "s1", "groups": ["admins"]}),
            Ok(("alice@x.example", None)),
        ),
    ] {
        let (outcome, found) = told(token.clone(), info.clone()).await;
        match expected {
            Err(expected) => assert_eq!(outcome, expected, "{token} {info}"),
            Ok((user, name)) => {
                let (found, shown, groups, is_admin) = found.unwrap_or_else(|| panic!("{outcome}: {token} {info}"));
                assert_eq!((found.as_str(), shown.as_deref(), is_admin), (user, name, false), "{token} {info}");
                assert!(!groups.contains(&"admins".to_owned()), "{token} {info}");
            }
        }
    }
}

#[tokio::test]
async fn user_info_is_asked_only_for_what_is_missing() {
    let scripted = Scripted::start().await;
    let provider = scripted.provider();
    let begun = provider.begin().await.unwrap();
    scripted.gives(&RSA.sign(&scripted.claims(&begun, json!({}))));
    assert_eq!(outcome(&provider.finish(&begun.attempt, &scripted.callback(&begun, &[])).await), "in");
    assert!(scripted.asked("/me").is_empty());
}

#[tokio::test]
async fn another_subject_does_not_come_out_of_a_refresh() {
    let scripted = Scripted::start().await;
    let provider = provider(SignInSettings {
        keys: KeyRefresh { pause: Duration::ZERO, ..Default::default() },
        ..scripted.settings("one")
    });
    let begun = provider.begin().await.unwrap();
    let origin = scripted.origin.clone();
    for (changes, expected) in [
        (json!({"nonce": null}), "in"),
        (json!({"sub": "s2"}), "Subject"),
        (json!({"azp": "somebody else"}), "Parameter(\"azp\")"),
        (json!({"aud": "somebody else"}), "Audience"),
        (json!({"exp": now() - 120}), "Expired"),
    ] {
        scripted.gives(&RSA.sign(&scripted.claims(&begun, changes.clone())));
        let result = refresh(&provider, &origin).await;
        let result = result.map(|(found, _)| found.unwrap());
        assert_eq!(outcome(&result), expected, "{changes}");
    }
    scripted.gives_all(json!({"refresh_token": "r2"}));
    let (found, tokens) = refresh(&provider, &origin).await.unwrap();
    assert!(found.is_none());
    assert_eq!(tokens.refresh_token.unwrap().expose(), "r2");
    scripted.answer("/token", 400, json!({"error": "invalid_grant"}));
    let result = refresh(&provider, &origin).await.map(|_| ());
    assert!(matches!(result, Err(mlflow_auth_core::oidc::SignInError::NotExchanged(_))));
}

#[tokio::test]
async fn good_bye_is_said_with_the_id_token_and_nothing_secret() {
    let scripted = Scripted::start().await;
    let provider = scripted.provider();
    let token = Secret::new("an.id.token");
    let url = provider.end_session_url(Some(&token), Some("https://mlflow.example/logout")).await.unwrap();
    assert_eq!(
        url,
        format!(
            "{}/end?client_id=us&id_token_hint=an.id.token&post_logout_redirect_uri=https%3A%2F%2Fmlflow.example%2Flogout",
            scripted.origin
        )
    );
    scripted.publish(json!({"end_session_endpoint": null}));
    assert_eq!(scripted.provider().end_session_url(Some(&token), None).await, None);
    scripted.answer("/revoke", 200, json!({}));
    scripted.provider().revoke(&Secret::new("r")).await.unwrap();
    assert!(scripted.asked("/revoke")[0].contains("token=r"));
}

async fn refresh(
    provider: &SignInProvider,
    origin: &str,
) -> Result<(Option<SignedIn>, ProviderTokens), mlflow_auth_core::oidc::SignInError> {
    let refreshed = provider.refresh(&Secret::new("r")).await?;
    Ok((provider.confirm(&refreshed, (origin, "s1")).await?, refreshed.tokens()))
}
