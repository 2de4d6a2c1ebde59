//! Accounts made in a web page.

use super::common::{request, send};
use super::world::{API2, World, user};
use mlflow_auth_core::store::UserStore;
use mlflow_auth_core::{Mode, Policy};
use mlflow_auth_tower::Body;

const SENT_TO: &str = "/api/2.0/mlflow/users/create-ui";

async fn world() -> World {
    World::with(Policy { mode: Mode::Union, workspaces: true, ..Policy::default() }).await
}

async fn open(world: &World, who: &str) -> (u16, String) {
    let (status, _, text) = send(&world.service, request(who, "GET", "/signup").body(Body::empty()).unwrap()).await;
    (status, text)
}

/// Sends the form as a browser does, which says which page it is on.
async fn send_form(world: &World, who: &str, site: &str, kind: &str, body: &str) -> (u16, String) {
    let builder = request(who, "POST", SENT_TO).header("content-type", kind).header("content-length", body.len());
    let builder = if site.is_empty() { builder } else { builder.header("sec-fetch-site", site) };
    let (status, _, text) = send(&world.service, builder.body(Body::from(body.to_owned())).unwrap()).await;
    (status, text)
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn whoever_may_create_users_gets_the_form() {
    let world = world().await;
    for (who, expected) in [("admin", 200), ("ann", 200), ("bob", 403), ("", 401)] {
        let (status, text) = open(&world, who).await;
        assert_eq!(status, expected, "{who}: {text}");
        assert_eq!(text.contains(&format!("action=\"{SENT_TO}\"")), expected == 200, "{who}: {text}");
    }
}

#[tokio::test]
async fn the_form_makes_accounts_for_whoever_may() {
    let world = world().await;
    let good = "username=eve&password=a+long+enough+one";
    for (who, body, expected, says) in [
        ("bob", good, 403, ""),
        ("ann", "username=eve&password=short", 400, "too short"),
        ("ann", "username=eve", 400, "password"),
        ("ann", "username=eve&username=mallory&password=a+long+enough+one", 400, "more than once"),
        ("ann", good, 200, "eve can sign in now"),
        ("admin", good, 400, "exists"),
        ("admin", "username=%3Cb%3E&password=a+long+enough+one", 200, "&lt;b&gt; can sign in"),
    ] {
        let (status, text) = send_form(&world, who, "same-origin", FORM, body).await;
        assert_eq!(status, expected, "{who} {body}: {text}");
        assert!(text.contains(says), "{who} {body}: {text}");
    }
    let eve = world.store.user(&user("eve")).await.unwrap().unwrap();
    assert!(!eve.is_admin && world.store.user(&user("mallory")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_page_of_another_site_makes_no_accounts() {
    let world = world().await;
    let form = "username=eve&password=a+long+enough+one";
    let json = r#"{"username": "eve", "password": "a long enough one"}"#;
    for (site, kind, body, expected) in [
        ("cross-site", FORM, form, 403),
        ("same-site", FORM, form, 403),
        ("none", FORM, form, 403),
        ("", FORM, form, 403),
        ("same-origin", "application/json", json, 400),
        ("same-origin", "text/plain", form, 400),
    ] {
        let (status, text) = send_form(&world, "admin", site, kind, body).await;
        assert_eq!(status, expected, "{site} {kind}: {text}");
    }
    assert!(world.store.user(&user("eve")).await.unwrap().is_none());
}

#[tokio::test]
async fn below_a_static_prefix_the_form_is_sent_below_it() {
    let policy = Policy { mode: Mode::Union, ..Policy::default() };
    let world = World::of(policy, |layer| layer.with_static_prefix("/ml/flow")).await;
    let get = request("admin", "GET", "/ml/flow/signup").body(Body::empty()).unwrap();
    let (status, _, text) = send(&world.service, get).await;
    assert!(status == 200 && text.contains(&format!("action=\"/ml/flow{API2}/users/create-ui\"")), "{status} {text}");
}
