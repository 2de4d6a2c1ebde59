//! Signing in over HTTP: redirects, cookies and pages, in front of a provider that is only pointed to.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

mod common;

use common::{Record, Service, recording, send};
use http::{HeaderMap, Request};
use mlflow_auth_core::accounts::{AccountRules, Accounts};
use mlflow_auth_core::jwt::{Algorithms, IdentityRules, KeyRefresh};
use mlflow_auth_core::oidc::{FetchSettings, Fetcher, SignIn, SignInProvider, SignInRules, SignInSettings};
use mlflow_auth_core::routes::{Access, Route};
use mlflow_auth_core::store::{Cached, MemoryStore, NewUser, SessionStore, UserStore};
use mlflow_auth_core::{
    Authorizer, Freshness, OpenedSession, PasswordAuthenticator, PasswordHash, PasswordSettings, Policy, Sealer,
    Secret, SessionSettings, Sessions, Username,
};
use mlflow_auth_tower::{AuthLayer, Body, BrowserSignIn, CookieSettings, Origins, SameSite};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

static ROUTES: &[Route] = &[
    Route::get("/").open_to(Access::SignedIn),
    Route::get("/open").open_to(Access::Public),
    Route::get("/things/{id}").open_to(Access::SignedIn),
    Route::post("/things").open_to(Access::SignedIn),
];

struct World {
    service: Service,
    reached: Record,
    store: Arc<Cached<MemoryStore>>,
    sessions: Arc<Sessions>,
    cookie: String,
}

/// A discovery document, for whoever asks for anything.
async fn discovery() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let document = json!({
        "issuer": origin, "jwks_uri": format!("{origin}/k"), "authorization_endpoint": format!("{origin}/auth"),
        "token_endpoint": format!("{origin}/token"), "end_session_endpoint": format!("{origin}/end"),
    });
    let text = document.to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).await;
            let answer =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}", text.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    origin
}

fn provider(id: &str, origin: &str) -> SignInProvider {
    let settings = SignInSettings {
        id: id.into(),
        display_name: format!("Log in with \"{id}\" <b>"),
        discovery_url: format!("{origin}/.well-known/openid-configuration"),
        issuer: None,
        client_id: "us".into(),
        client_secret: None,
        redirect_uri: "https://mlflow.example/callback".into(),
        scopes: vec![],
        algorithms: Algorithms::asymmetric(),
        keys: KeyRefresh::default(),
        identities: IdentityRules::default().into(),
        must_name_itself: false,
    };
    SignInProvider::new(settings, Fetcher::new(&FetchSettings::default()).unwrap()).unwrap()
}

struct Told<'a> {
    ids: &'a [&'a str],
    automatic: bool,
    secure: bool,
    prefix: &'a str,
    origin: Option<&'a str>,
    passwords: bool,
}

const TOLD: Told<'static> =
    Told { ids: &["default"], automatic: false, secure: true, prefix: "", origin: None, passwords: false };

async fn world(told: Told<'_>) -> World {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 100));
    let password = Some(PasswordHash::new(&Secret::new("the right password")).unwrap());
    let alice = NewUser { password: password.clone(), ..NewUser::named(Username::new("alice").unwrap()) };
    store.create_user(alice).await.unwrap();
    let bot = NewUser { password, is_service: true, ..NewUser::named(Username::new("bot").unwrap()) };
    store.create_user(bot).await.unwrap();
    let origin = match told.origin {
        Some(origin) => origin.to_owned(),
        None => discovery().await,
    };
    let of =
        |id: &&str| (provider(id, &origin), Accounts::new(store.clone(), freshness.clone(), AccountRules::only(*id)));
    let cookies = CookieSettings::new("session", told.secure, SameSite::Lax, 600);
    let cookie = cookies.name().to_owned();
    let kept = SessionSettings { cookie: cookie.clone(), idle: Duration::from_secs(600), remembered: 100 };
    let passwords = PasswordAuthenticator::new(store.clone(), freshness.clone(), PasswordSettings::default());
    let passwords = Arc::new(passwords);
    let sealer = |purpose| Sealer::new(&[Secret::new("s".repeat(32))], purpose).unwrap();
    let sealers = (sealer("attempts"), sealer("tokens"));
    let providers = told.ids.iter().map(of).collect();
    let sign_in = SignIn::new(providers, sealers, store.clone(), freshness, (SignInRules::default(), kept));
    let browser = BrowserSignIn::new(Arc::new(sign_in), cookies)
        .automatically(told.automatic)
        .at(Some("https://mlflow.example".into()));
    let browser = if told.passwords { browser.with_passwords(Duration::from_secs(600)) } else { browser };
    let sessions = browser.sessions().clone();
    let table = mlflow_auth_core::routes::RouteTable::new(ROUTES.iter().copied()).unwrap();
    let layer = AuthLayer::new(table, Authorizer::new(Policy::default(), store.clone()))
        .with_static_prefix(told.prefix)
        .with_origins(Origins::new(["https://mlflow.example"]))
        .with_accounts(store.clone(), passwords)
        .with_sign_in(browser)
        .unwrap();
    let (service, reached) = recording(&layer);
    World { service, reached, store, sessions, cookie }
}

impl World {
    async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri(target).header("host", "mlflow.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(&self.service, request.body(Body::empty()).unwrap()).await
    }

    async fn get(&self, target: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        self.send("GET", target, headers).await
    }

    async fn session(&self) -> String {
        let user = Username::new("alice").unwrap();
        let provider = "default".to_owned();
        let session = OpenedSession { user, provider, lifetime: 600, renew_after: None, sealed: None };
        let secret = self.sessions.open(session, &HeaderMap::new()).await.unwrap();
        format!("{}={}", self.cookie, secret.expose())
    }

    async fn has_sessions(&self) -> bool {
        !self.store.sessions_of(&Username::new("alice").unwrap()).await.unwrap().is_empty()
    }
}

fn location(headers: &HeaderMap) -> &str {
    headers.get("location").map_or("", |value| value.to_str().unwrap())
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

const PAGE: (&str, &str) = ("sec-fetch-dest", "document");

#[tokio::test]
async fn who_opens_a_page_is_sent_to_sign_in_and_programs_are_told() {
    let world = world(TOLD).await;
    for (method, target, headers, status, place, challenge) in [
        ("GET", "/things/7?a=b&c=%2F", vec![PAGE], 302, "/login?next=%2Fthings%2F7%3Fa%3Db%26c%3D%252F", false),
        ("GET", "/", vec![("accept", "text/html,*/*")], 302, "/login?next=%2F", false),
        ("GET", "/unknown", vec![PAGE], 302, "/login?next=%2Funknown", false),
        ("GET", "/", vec![("accept", "*/*")], 401, "", true),
        ("GET", "/", vec![], 401, "", true),
        (
            "GET",
            "/",
            vec![("accept", "text/html"), ("sec-fetch-dest", "empty"), ("sec-fetch-mode", "cors")],
            401,
            "",
            false,
        ),
        (
            "GET",
            "/",
            vec![("accept", "text/html"), ("sec-fetch-dest", "iframe"), ("sec-fetch-mode", "navigate")],
            401,
            "",
            true,
        ),
        ("GET", "/", vec![("sec-fetch-mode", "same-origin")], 401, "", false),
        ("POST", "/things", vec![("sec-fetch-mode", "cors")], 401, "", false),
        ("POST", "/things", vec![PAGE], 401, "", true),
        ("GET", "/", vec![PAGE, ("authorization", "Bearer x")], 401, "", true),
        ("GET", "/open", vec![PAGE], 200, "", false),
    ] {
        let (found, answer, _) = world.send(method, target, &headers).await;
        assert_eq!((found, location(&answer)), (status, place), "{method} {target} {headers:?}");
        assert_eq!(answer.contains_key("www-authenticate"), challenge, "{method} {target} {headers:?}");
    }
    assert_eq!(world.reached.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_dead_session_is_sent_to_sign_in_and_its_cookie_goes() {
    let world = world(TOLD).await;
    let dead = format!("__Host-session={}", "a".repeat(43));
    let (status, headers, _) = world.get("/", &[PAGE, ("cookie", &dead)]).await;
    assert_eq!(status, 302);
    assert_eq!(cookies(&headers), ["__Host-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"]);
    let (status, headers, _) = world.get("/", &[PAGE, ("cookie", "session=x")]).await;
    assert_eq!((status, cookies(&headers).len()), (302, 0), "not ours");
    let (status, ..) = world.get("/", &[("cookie", &dead)]).await;
    assert_eq!(status, 401);
    let good = world.session().await;
    let (status, ..) = world.get("/", &[PAGE, ("cookie", &format!("{good}; {good}"))]).await;
    assert_eq!(status, 401, "two of our name");
    assert_eq!(world.get("/", &[PAGE, ("cookie", &good)]).await.0, 200);
    assert_eq!(world.get("/", &[("cookie", &good), ("authorization", "Bearer x")]).await.0, 401);
}

#[tokio::test]
async fn a_place_that_is_not_here_is_not_gone_back_to() {
    let world = world(TOLD).await;
    let way = "href=\"/login/default?next=";
    for (next, kept) in [
        ("/things/7", true),
        ("/%23/experiments/7", true),
        ("//evil.example", false),
        ("/%5Cevil.example", false),
        ("https://evil.example", false),
        ("/%09/evil.example", false),
        ("javascript:alert(1)", false),
        ("", false),
        ("/a&next=/b", false),
    ] {
        let (status, _, text) = world.get(&format!("/login?next={next}"), &[]).await;
        assert_eq!((status, text.contains(way)), (200, kept), "{next}: {text}");
        assert!(!text.contains("evil"), "{next}");
        let (status, headers, _) = world.get(&format!("/login/default?next={next}"), &[]).await;
        assert_eq!(status, 302, "{next}");
        assert!(location(&headers).starts_with("http://127.0.0.1"), "{next}");
    }
}

#[tokio::test]
async fn pages_are_escaped_closed_and_not_kept() {
    let world = world(Told { ids: &["default", "other"], ..TOLD }).await;
    let evil =
        [("host", "evil.example"), ("x-forwarded-host", "evil.example"), ("x-forwarded-prefix", "//evil.example")];
    for target in
        ["/login", "/callback?error=%3Cscript%3E&state=x", "/callback", "/login/none", "/callback/none", "/logout"]
    {
        let (_, headers, text) = world.get(target, &evil[1..]).await;
        assert!(!text.contains("evil") && !text.contains("<script>"), "{target}: {text}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{target}");
        assert!(!policy.contains("unsafe"), "{target}");
        assert_eq!(
            (headers["cache-control"].to_str().unwrap(), headers["x-content-type-options"].to_str().unwrap()),
            ("no-store", "nosniff")
        );
    }
    let (_, _, text) = world.get("/login", &[]).await;
    assert!(text.contains("Log in with &quot;other&quot; &lt;b&gt;") && !text.contains("<b>"), "{text}");
    let (_, headers, text) = world.get("/login/onward.js", &[]).await;
    assert!(headers["content-type"].to_str().unwrap().starts_with("text/javascript") && text.contains("location.hash"));
}

#[tokio::test]
async fn the_only_provider_is_gone_to_at_once_where_that_is_wanted() {
    let world = world(Told { automatic: true, ..TOLD }).await;
    let (status, headers, _) = world.get("/login", &[]).await;
    assert_eq!(status, 302);
    assert!(location(&headers).contains("/auth?"), "{}", location(&headers));
    let (status, _, text) = world.get("/login?next=/things/7", &[]).await;
    assert_eq!(status, 200);
    assert!(
        text.contains("<noscript><meta http-equiv=\"refresh\" content=\"0;url=/login/default?next=%2Fthings%2F7\">"),
        "{text}"
    );
}

#[tokio::test]
async fn many_attempts_of_one_browser_leave_few_cookies() {
    let world = world(TOLD).await;
    let mut jar: Vec<(String, String)> = Vec::new();
    for _ in 0..12 {
        let text = jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let (_, headers, _) = world.get("/login/default", &[("cookie", &text)]).await;
        for cookie in cookies(&headers) {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            jar.retain(|(known, _)| known != name);
            if !value.is_empty() {
                assert!(rest.ends_with("; Max-Age=900; Path=/; HttpOnly; SameSite=Lax; Secure"), "{rest}");
                jar.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    assert_eq!(jar.len(), 5);
}

#[tokio::test]
async fn a_provider_that_is_away_is_an_outage() {
    let world = world(Told { origin: Some("http://127.0.0.1:9"), ..TOLD }).await;
    let (status, headers, text) = world.get("/login/default", &[]).await;
    assert_eq!((status, headers.contains_key("retry-after"), headers.contains_key("set-cookie")), (503, true, false));
    assert!(text.contains("does not answer") && !text.contains("127.0.0.1"));
    let good = world.session().await;
    assert_eq!(world.get("/", &[("cookie", &good)]).await.0, 200, "sessions go on");
}

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
