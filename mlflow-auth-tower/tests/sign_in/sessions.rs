//! Who is signed in, who is signed out, and which page may say so.

use crate::common::send;
use crate::world::{PAGE, TOLD, Told, cookies, location, world};
use http::Request;
use mlflow_auth_tower::Body;
use serde_json::json;

#[tokio::test]
async fn nobody_is_signed_out_by_another_page() {
    let world = world(TOLD).await;
    let good = world.session().await;
    let site = "sec-fetch-site";
    for (method, headers, status) in [
        ("GET", vec![(site, "cross-site")], 200),
        ("GET", vec![(site, "same-site")], 200),
        ("GET", vec![], 200),
        ("GET", vec![(site, "none"), ("sec-purpose", "prefetch")], 200),
        ("HEAD", vec![(site, "none")], 405),
        ("POST", vec![(site, "cross-site")], 403),
        ("POST", vec![(site, "none")], 403),
        ("POST", vec![], 403),
        ("POST", vec![("origin", "https://evil.example")], 403),
    ] {
        let headers: Vec<_> = headers.into_iter().chain([("cookie", good.as_str())]).collect();
        let (found, answer, _) = world.send(method, "/logout", &headers).await;
        assert_eq!((found, answer.contains_key("set-cookie")), (status, false), "{method} {headers:?}");
        assert!(world.has_sessions().await, "{method} {headers:?}");
    }
    for (method, headers) in [
        ("GET", vec![(site, "same-origin")]),
        ("GET", vec![(site, "none")]),
        ("POST", vec![(site, "same-origin")]),
        ("POST", vec![("origin", "https://mlflow.example")]),
    ] {
        let good = world.session().await;
        let headers: Vec<_> = headers.into_iter().chain([("cookie", good.as_str())]).collect();
        let (found, answer, _) = world.send(method, "/logout", &headers).await;
        assert_eq!(found, 303, "{method} {headers:?}");
        assert!(
            location(&answer)
                .ends_with("/end?client_id=us&post_logout_redirect_uri=https%3A%2F%2Fmlflow.example%2Flogout")
        );
        assert!(cookies(&answer)[0].starts_with("__Host-session=; Max-Age=0"));
        assert_eq!(world.get("/", &[("cookie", &good)]).await.0, 401);
    }
    assert_eq!(world.get("/logout", &[(site, "cross-site")]).await.0, 200);
}

#[tokio::test]
async fn what_changes_something_needs_our_own_page() {
    let world = world(TOLD).await;
    let good = world.session().await;
    for (headers, status) in [
        (vec![("sec-fetch-site", "same-origin")], 200),
        (vec![("origin", "https://mlflow.example")], 200),
        (vec![("origin", "http://mlflow.example")], 403),
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![], 403),
    ] {
        let headers: Vec<_> = headers.into_iter().chain([("cookie", good.as_str())]).collect();
        let (found, _, text) = world.send("POST", "/things", &headers).await;
        assert_eq!(found, status, "{headers:?}");
        assert_eq!(text.contains("cross-site request refused"), status == 403, "{text}");
    }
    assert_eq!(world.reached.lock().unwrap().len(), 2);
    assert!(world.reached.lock().unwrap().iter().all(|request| request.method == "POST"));
}

#[tokio::test]
async fn below_a_prefix_all_ways_stay_below_it() {
    let world = world(Told { prefix: "/ml", ids: &["default", "other"], ..TOLD }).await;
    let (_, headers, _) = world.get("/ml/things/7", &[PAGE]).await;
    assert_eq!(location(&headers), "/ml/login?next=%2Fml%2Fthings%2F7");
    for at in ["/ml/login", "/login"] {
        let (status, _, text) = world.get(at, &[]).await;
        assert!(
            status == 200 && text.contains("href=\"/ml/login/other\"") && text.contains("src=\"/ml/login/onward.js\"")
        );
    }
    let (_, _, text) = world.get("/ml/providers", &[]).await;
    assert!(text.contains("\"login_url\":\"/ml/login/default\""), "{text}");
}

#[tokio::test]
async fn status_tells_who_is_signed_in() {
    let world = world(TOLD).await;
    let (status, ..) = world.get("/auth/status", &[]).await;
    assert_eq!(status, 401);
    let good = world.session().await;
    let (status, _, text) = world.get("/auth/status", &[("cookie", &good)]).await;
    assert_eq!(status, 200);
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told, json!({"authenticated": true, "username": "alice", "provider": "default"}));
}

#[tokio::test]
async fn a_password_opens_a_session_if_our_own_form_sends_it() {
    let world = world(Told { passwords: true, ..TOLD }).await;
    let post = async |fields: &str, site: &str| {
        let request = Request::post("/login/password")
            .header("host", "mlflow.example")
            .header("sec-fetch-site", site)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(fields.to_owned()));
        send(&world.service, request.unwrap()).await
    };
    let good = "username=alice&password=the+right+password";
    for (fields, site, status, place) in [
        (format!("{good}&next=%2Fthings%2F7%23a"), "same-origin", 303, "/things/7#a"),
        (good.to_owned(), "same-origin", 303, "/"),
        (format!("{good}&next=%2F%2Fevil.example"), "same-origin", 303, "/"),
        (good.to_owned(), "cross-site", 403, ""),
        (good.to_owned(), "none", 403, ""),
        ("username=alice&password=wrong".to_owned(), "same-origin", 401, ""),
        ("username=nobody&password=the+right+password".to_owned(), "same-origin", 401, ""),
        ("username=bot&password=the+right+password".to_owned(), "same-origin", 401, ""),
        (format!("{good}&username=bob"), "same-origin", 401, ""),
        (format!("{good}&x={}", "x".repeat(20_000)), "same-origin", 413, ""),
        ("%".to_owned(), "same-origin", 400, ""),
    ] {
        let (found, headers, text) = post(&fields, site).await;
        assert_eq!((found, location(&headers)), (status, place), "{fields:.60}: {text}");
        assert_eq!(headers.contains_key("set-cookie"), status == 303, "{fields:.60}");
        if let [cookie] = cookies(&headers).as_slice() {
            let value = cookie.split(';').next().unwrap();
            assert_eq!(world.get("/", &[("cookie", value)]).await.0, 200);
        }
    }
    let (_, _, text) = world.get("/login?next=/things/7", &[]).await;
    assert!(text.contains("href=\"/login/password?next=%2Fthings%2F7\""), "{text}");
    let (status, _, text) = world.get("/login/password?next=/things/7", &[]).await;
    assert!(status == 200 && text.contains("name=\"next\" value=\"/things/7\""), "{text}");
}

#[tokio::test]
async fn where_passwords_are_not_wanted_there_is_no_form() {
    let world = world(TOLD).await;
    assert_eq!(world.get("/login/password", &[]).await.0, 404);
    assert_eq!(world.send("POST", "/login/password", &[("sec-fetch-site", "same-origin")]).await.0, 404);
    assert!(!world.get("/login", &[]).await.2.contains("password"));
}
