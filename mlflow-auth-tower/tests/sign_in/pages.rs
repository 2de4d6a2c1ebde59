//! What people see before they are signed in, and where they are sent.

use crate::world::{PAGE, TOLD, Told, cookies, location, world};

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
    let gone = ["__Host-session=", "__Host-session_shown=", "mlflow_user="];
    let told = cookies(&headers);
    assert_eq!(told.len(), gone.len());
    for (cookie, name) in told.iter().zip(gone) {
        // MLflow's own pages take the last one away.
        let http_only = if name == "mlflow_user=" { "" } else { " HttpOnly;" };
        assert_eq!(*cookie, format!("{name}; Max-Age=0; Path=/;{http_only} SameSite=Lax; Secure"));
    }
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
