//! What is forwarded is what was judged: whatever is sent, nothing reaches the inner service but what names the one
//! resource that the caller holds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use common::{Record, Service, grant, layer, recording, request, store};
use mlflow_auth_core::routes::{Id, Need, Route, Takes};
use mlflow_auth_core::{Action, Permission};
use mlflow_auth_tower::Body;
use proptest::prelude::*;
use serde_json::Value;
use tower::ServiceExt;

const ID: Id = Id::one("id");

static ROUTES: &[Route] = &[
    Route::get("/items/{id}").needs(&[Need::on("item", Action::Read, ID)]),
    Route::delete("/items/{id}").needs(&[Need::on("item", Action::Delete, ID)]),
    Route::get("/search")
        .takes(Takes::Query(&["id", "ids[]"]))
        .needs(&[Need::on("item", Action::Read, ID), Need::on("item", Action::Read, Id::each("ids"))]),
    Route::any(&["POST", "PATCH", "DELETE"], "/items")
        .takes(Takes::Json(&["id"]))
        .needs(&[Need::on("item", Action::Update, ID), Need::on("item", Action::Update, Id::each("more[].id"))]),
    Route::put("/upload/{id}").takes(Takes::Stream(&["id"])).needs(&[Need::on("item", Action::Update, ID)]),
];

/// Every id that a naive reader finds in what was forwarded.
fn ids(record: &Record) -> Vec<String> {
    let mut found = Vec::new();
    for reached in record.lock().unwrap().iter() {
        let (path, query) = reached.target.split_once('?').unwrap_or((&reached.target, ""));
        let decode = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let segments: Vec<String> = path.split('/').skip(1).map(decode).collect();
        if segments.len() == 2 {
            found.push(segments[1].clone());
        } else {
            assert!(segments.len() == 1, "{path}");
        }
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap();
            // Which names speak, the routes say: `id` everywhere, `ids` in a search.
            if decode(name) == "id" || path == "/search" && decode(name) == "ids" {
                found.push(decode(value));
            }
        }
        if path == "/items" {
            let body: Value = serde_json::from_slice(&reached.body).unwrap();
            found.push(body["id"].as_str().unwrap().to_owned());
            for more in body["more"].as_array().into_iter().flatten() {
                found.extend(more.get("id").and_then(Value::as_str).map(str::to_owned));
            }
        }
    }
    found
}

async fn service() -> (Service, Record) {
    recording(&layer(ROUTES, store(&[grant("alice", "item", "mine", Permission::Manage)]).await))
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just("mine".to_owned()),
        2 => Just("theirs".to_owned()),
        1 => Just("min%65".to_owned()),
        1 => Just("mine%2Ftheirs".to_owned()),
        1 => Just("mine%00".to_owned()),
        1 => Just("..".to_owned()),
        1 => Just("Mine".to_owned()),
        1 => Just("".to_owned()),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let name = prop_oneof![Just("id"), Just("ids"), Just("i%64"), Just("ID"), Just("id[]"), Just("x")];
    prop::collection::vec((name, id()), 0..4)
        .prop_map(|pairs| pairs.into_iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join("&"))
}

fn json() -> impl Strategy<Value = String> {
    let key =
        prop_oneof![4 => Just(r#""id""#), 1 => Just(r#""\u0069d""#), 1 => Just(r#""Id""#), 1 => Just(r#""more""#)];
    let value = prop_oneof![
        6 => id().prop_map(|id| format!("\"{id}\"")),
        1 => Just("null".to_owned()),
        1 => Just("7".to_owned()),
        2 => id().prop_map(|id| format!("[{{\"id\": \"{id}\"}}]")),
        1 => Just(r#"["mine", "theirs"]"#.to_owned()),
    ];
    let object = prop::collection::vec((key, value), 0..4).prop_map(|fields| {
        let fields: Vec<String> = fields.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
        format!("{{{}}}", fields.join(", "))
    });
    prop_oneof![8 => object.clone(), 1 => object.prop_map(|text| format!("{text} x")), 1 => Just(String::new())]
}

fn target() -> impl Strategy<Value = String> {
    let path = prop_oneof![
        2 => id().prop_map(|id| format!("/items/{id}")),
        2 => id().prop_map(|id| format!("/upload/{id}")),
        2 => Just("/items".to_owned()),
        2 => Just("/search".to_owned()),
        1 => id().prop_map(|id| format!("//items/{id}")),
        1 => id().prop_map(|id| format!("/items/mine/../{id}")),
        1 => Just("/items/".to_owned()),
    ];
    (path, query()).prop_map(|(path, query)| if query.is_empty() { path } else { format!("{path}?{query}") })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn nothing_reaches_the_service_but_what_was_judged(
        method in prop::sample::select(vec!["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
        target in target(),
        body in json(),
        sends_body in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (service, record) = service().await;
            let mut request = request("alice", method, &target);
            let body = if sends_body { body } else { String::new() };
            if !body.is_empty() {
                request = request.header("content-type", "application/json").header("content-length", body.len());
            }
            let Ok(request) = request.body(Body::from(body)) else { return };
            let response = service.oneshot(request).await.unwrap();
            let allowed = response.status().is_success();
            assert_eq!(allowed, !record.lock().unwrap().is_empty());
            assert!(ids(&record).iter().all(|id| id == "mine"), "{record:?}");
        });
    }
}

#[tokio::test]
async fn what_clients_send_arrives() {
    for (method, target, body, arrives) in [
        ("GET", "/items/mine", "", "/items/mine"),
        ("HEAD", "/items/mine?x=1", "", "/items/mine?x=1"),
        ("GET", "/search?id=mine&ids=mine&ids=mine&x=a+b%26", "", "/search?id=mine&ids=mine&ids=mine&x=a%20b%26"),
        ("POST", "/items", r#"{"id": "mine", "x": [1, 2.5]}"#, "/items"),
        ("PUT", "/upload/mine", "anything \u{0} at all", "/upload/mine"),
    ] {
        let (service, record) = service().await;
        let mut request = request("alice", method, target);
        if !body.is_empty() {
            request =
                request.header("content-length", body.len()).header("content-type", "Application/JSON; charset=utf-8");
        }
        let response = service.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{method} {target}");
        if target == "/items" {
            assert_eq!(record.lock().unwrap()[0].headers["content-type"], "application/json");
        }
        assert_eq!(record.lock().unwrap()[0].target, arrives);
        assert!(!ids(&record).is_empty());
    }
}
