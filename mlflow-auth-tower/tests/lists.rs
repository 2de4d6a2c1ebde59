//! Lists as callers see them: the readable part, in full pages, without gaps, and for few questions to the service behind.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use common::{Service, grant, layer, send, store};
use http::{Request, Response};
use http_body_util::BodyExt;
use mlflow_auth_core::routes::{Access, ById, Effect, Page, Route, RowKind, Takes};
use mlflow_auth_core::store::{Change, GrantConflict, MemoryStore};
use mlflow_auth_core::{GrantSpec, Permission, ResourceType, Scope, Target, Username};
use mlflow_auth_tower::Body;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tower::{Layer, ServiceExt};

const FIELDS: &[&str] = &["max_results", "page_token", "filter"];

const fn rows(by_id: Option<ById>) -> Effect {
    Effect::Filter {
        rows: "rows",
        kind: RowKind::Resource { kind: "item", id: "id", name: "id" },
        page: Page::Refill { size: "max_results", default: 5, most: 1000, by_id },
    }
}

const BY_ID: Option<ById> = Some(ById { filter: "filter", attribute: "id", none: "-1" });

static ROUTES: &[Route] = &[
    Route::post("/all").open_to(Access::SignedIn).takes(Takes::Json(FIELDS)).then(rows(None)),
    Route::post("/by-id").open_to(Access::SignedIn).takes(Takes::Json(FIELDS)).then(rows(BY_ID)),
    Route::get("/by-id").open_to(Access::SignedIn).takes(Takes::Query(FIELDS)).then(rows(BY_ID)),
];

/// Numbered rows in pages, with tokens that only it understands. It counts how often it is asked.
#[derive(Default)]
struct Rows {
    total: usize,
    asked: AtomicUsize,
}

impl Rows {
    fn new(total: usize) -> Arc<Self> {
        Arc::new(Self { total, ..Self::default() })
    }

    /// A filter is `id IN ('1', '2') AND odd`, each part of it or none.
    fn page(&self, fields: &Value) -> Value {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let text = |name: &str| fields[name].as_str().unwrap_or_default();
        let (filter, is_odd) = match text("filter").strip_suffix("odd") {
            Some(rest) => (rest.trim_end_matches(" AND "), true),
            None => (text("filter"), false),
        };
        let ids = filter.strip_prefix("id IN (").map(|ids| ids.trim_end_matches(')').split(", ").collect::<Vec<_>>());
        let wanted = |row: &usize| ids.as_ref().is_none_or(|ids| ids.contains(&format!("'{row}'").as_str()));
        let rows: Vec<usize> = (0..self.total).filter(|row| wanted(row) && (!is_odd || row % 2 == 1)).collect();
        let size: usize = fields["max_results"].to_string().trim_matches('"').parse().unwrap_or(5);
        let from: usize = text("page_token").strip_prefix('t').map_or(0, |token| token.parse().unwrap());
        let end = rows.len().min(from + size);
        let page: Vec<Value> = rows[from.min(end)..end].iter().map(|row| json!({"id": row.to_string()})).collect();
        match end < rows.len() {
            true => json!({"rows": page, "next_page_token": format!("t{end}")}),
            false => json!({"rows": page}),
        }
    }

    fn behind(self: &Arc<Self>, store: Arc<MemoryStore>) -> Service {
        let rows = self.clone();
        let inner = tower::service_fn(move |request: Request<Body>| {
            let rows = rows.clone();
            async move {
                let query = request.uri().query().unwrap_or_default().replace("%27", "'").replace("%2C", ",");
                let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
                let pairs =
                    pairs.map(|(name, value)| (name.to_owned(), value.replace(['+'], " ").replace("%20", " ").into()));
                let fields = Value::Object(pairs.collect());
                let body = request.into_body().collect().await.unwrap().to_bytes();
                let fields = if body.is_empty() { fields } else { serde_json::from_slice(&body).unwrap() };
                Ok::<_, Infallible>(Response::new(Body::from(rows.page(&fields).to_string())))
            }
        });
        layer(ROUTES, store).layer(inner).boxed_clone()
    }
}

/// Every page of a search, one after the other; each must be full or the last.
async fn pages(service: &Service, path: &str, size: usize, filter: &str) -> Vec<Vec<String>> {
    let (mut found, mut token) = (Vec::new(), None::<String>);
    loop {
        let mut fields = json!({"max_results": size});
        if !filter.is_empty() {
            fields["filter"] = filter.into();
        }
        if let Some(token) = token {
            fields["page_token"] = token.into();
        }
        let request = Request::post(path).header("host", "localhost").header("x-user", "alice");
        let body = fields.to_string();
        let request = request.header("content-type", "application/json").header("content-length", body.len());
        let (status, _, text) = send(service, request.body(Body::from(body)).unwrap()).await;
        assert_eq!(status, 200, "{text}");
        let page: Value = text.parse().unwrap();
        let rows: Vec<String> = page["rows"].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(id).collect();
        token = page["next_page_token"].as_str().map(str::to_owned);
        assert!(rows.len() <= size && (rows.len() == size || token.is_none()), "{rows:?} {token:?}");
        found.push(rows);
        if token.is_none() {
            return found;
        }
    }
}

fn id(row: &Value) -> String {
    row["id"].as_str().unwrap().to_owned()
}

fn may_read(ids: impl IntoIterator<Item = usize>) -> Vec<Change> {
    ids.into_iter().map(|id| grant("alice", "item", &id.to_string(), Permission::Read)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_filtered_list_is_the_readable_part_of_the_list_in_full_pages(
        readable in prop::collection::vec(any::<bool>(), 0..60),
        size in 1_usize..8,
        path in prop::sample::select(vec!["/all", "/by-id"]),
        is_odd in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let granted: Vec<usize> = (0..readable.len()).filter(|row| readable[*row]).collect();
            let wanted = granted.iter().filter(|row| !is_odd || **row % 2 == 1);
            let expected: Vec<String> = wanted.map(usize::to_string).collect();
            let service = Rows::new(readable.len()).behind(store(&may_read(granted)).await);
            let found = pages(&service, path, size, if is_odd { "odd" } else { "" }).await;
            assert_eq!(found.concat(), expected);
        });
    }
}

#[tokio::test]
async fn every_tenth_of_ten_thousand_takes_few_questions() {
    let store = store(&may_read((0..10_000).step_by(10))).await;
    for (path, most) in [("/all", 30), ("/by-id", 10)] {
        let rows = Rows::new(10_000);
        let found = pages(&rows.behind(store.clone()), path, 100, "").await;
        assert_eq!((found.len(), found.concat().len()), (10, 1000), "{path}");
        let asked = rows.asked.load(Ordering::Relaxed);
        assert!(asked <= most, "{path} asked {asked} times");
    }
}

#[tokio::test]
async fn whoever_may_read_few_or_nothing_is_answered_after_one_question() {
    for granted in [vec![17, 9_000], Vec::new()] {
        let rows = Rows::new(10_000);
        let found = pages(&rows.behind(store(&may_read(granted.clone())).await), "/by-id", 100, "").await;
        assert_eq!(found.concat(), granted.iter().map(usize::to_string).collect::<Vec<_>>());
        assert_eq!(rows.asked.load(Ordering::Relaxed), 1);
    }
}

/// The filter in the target of the first question.
async fn asked_by_get(changes: &[Change], target: &str) -> Option<String> {
    let seen = Arc::new(std::sync::Mutex::new(None));
    let note = seen.clone();
    let inner = tower::service_fn(move |request: Request<Body>| {
        note.lock().unwrap().get_or_insert(request.uri().to_string());
        async { Ok::<_, Infallible>(Response::new(Body::from(r#"{"rows": []}"#.to_owned()))) }
    });
    let service = layer(ROUTES, store(changes).await).layer(inner).boxed_clone();
    let request = Request::get(target).header("host", "localhost").header("x-user", "alice");
    assert_eq!(send(&service, request.body(Body::default()).unwrap()).await.0, 200);
    seen.lock().unwrap().take()
}

#[tokio::test]
async fn a_search_is_narrowed_where_grants_name_all_there_is_to_read() {
    let on = |target| {
        let spec = GrantSpec {
            subject: Username::new("alice").unwrap().into(),
            scope: Scope::Everywhere,
            kind: ResourceType::new("item"),
            target,
            permission: Permission::Read,
        };
        Change::Grant(spec, GrantConflict::Replace)
    };
    let few = may_read([7, 9]);
    let asked = asked_by_get(&few, "/by-id?filter=odd").await.unwrap();
    assert!(asked.ends_with("filter=id%20IN%20%28%277%27%2C%20%279%27%29%20AND%20odd"), "{asked}");
    let untouched = [
        ("a pattern", vec![on(Target::Exact("7".into())), on(Target::pattern("8", 1).unwrap())]),
        ("everything", vec![on(Target::Every)]),
        ("an id that could end its quotes", vec![grant("alice", "item", "a'b", Permission::Read)]),
        ("more than a target may hold", may_read(10_000..10_400)),
    ];
    for (what, changes) in untouched {
        let asked = asked_by_get(&changes, "/by-id?filter=odd").await.unwrap();
        assert!(asked.ends_with("filter=odd"), "{what}: {asked}");
    }
}
