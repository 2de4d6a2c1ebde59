//! MLflow's routes as data, held against a live server.
//!
//! Needs a Python in which `mlflow server --app-name basic-auth` (3.17.2) can run, named by `MLFLOW_PYTHON`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

#[path = "../examples/new_routes/live.rs"]
mod live;
#[path = "../examples/new_routes/report.rs"]
mod report;

use live::{Compared, Dump, Live as Server, Served, normal, ours};
use mlflow_auth_core::routes::{Access, Mount, Route, RouteTable, Takes, mlflow};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// What the server says, and the requests that it was asked about.
struct Live {
    dump: Dump,
    messages: String,
    requests: Vec<(String, String)>,
}

static LIVE: LazyLock<Live> = LazyLock::new(|| {
    let requests = requests();
    let server = Server::from_environment().unwrap_or_else(|error| panic!("{error}"));
    let dump = server.ask(&requests).unwrap_or_else(|error| panic!("{error}"));
    let messages = server.messages().unwrap_or_else(|error| panic!("{error}"));
    Live { dump, messages, requests }
});

fn table() -> RouteTable {
    RouteTable::new(mlflow::routes().copied()).unwrap()
}

#[test]
fn every_route_of_the_server_has_a_row_and_every_row_a_route() {
    let Dump { version, routes, .. } = &LIVE.dump;
    assert_eq!(version, "3.17.2", "the table was made for another version of MLflow");
    assert_eq!(routes.len(), 545, "not all routes of the server were found");
    let Compared { missing, stale } = live::compare(routes);
    let missing: Vec<_> = missing.iter().map(|served| (&served.method, &served.path)).collect();
    assert!(missing.is_empty() && stale.is_empty(), "no row for {missing:#?}; no route for {stale:#?}");
    // Some are served by both frameworks, and one is registered twice.
    assert_eq!(ours().len(), 537);
}

#[test]
fn every_message_is_as_the_server_has_it() {
    assert_eq!(live::changed_messages(&LIVE.messages), Vec::<String>::new());
    let other = LIVE.messages.replace("one(\"experiment_id\", String)", "one(\"experiment\", String)");
    assert!(live::changed_messages(&other).contains(&"GET_EXPERIMENT".to_owned()));
}

#[test]
fn what_the_server_reads_is_what_the_row_says() {
    let mut differ = BTreeSet::new();
    for served in &LIVE.dump.routes {
        let path = normal(&served.path);
        let (Some(message), Some(route)) = (&served.message, row(&served.method, &path)) else { continue };
        match route.takes {
            Takes::Message(ours) if ours != message => differ.insert(route.path),
            _ => continue,
        };
    }
    // The handler reads both versions of this as one message.
    assert_eq!(differ, BTreeSet::from(["/3.0/mlflow/traces/delete-traces"]));
}

fn row(method: &str, path: &str) -> Option<&'static Route> {
    let is_at = |route: &Route| route.mount.prefixes().iter().any(|prefix| path == format!("{prefix}{}", route.path));
    mlflow::routes().find(|route| route.methods.contains(&method) && is_at(route))
}

#[test]
fn a_new_route_and_one_that_is_gone_are_told() {
    let new = |method: &str, path: &str| Served {
        framework: "flask".into(),
        method: method.into(),
        path: path.into(),
        handler: "handlers.new".into(),
        message: Some("GetThing".into()),
    };
    let things = ["/api", "/ajax-api"].map(|prefix| new("GET", &format!("{prefix}/9.0/mlflow/things/<thing_id>")));
    let routes: Vec<Served> = things.into_iter().chain([new("GET", "/api/2.0/mlflow/experiments/get")]).collect();
    let dump = Dump { version: "9".into(), routes, answers: Vec::new() };
    let (text, same) = report::report(&dump, &LIVE.messages);
    let row = r#"    // flask: handlers.new
    Route::get("/9.0/mlflow/things/{thing_id}").under(Both).takes(Message("GetThing")),
"#;
    assert!(!same && text.contains(&format!("\n1 new routes:\n{row}")), "{text}");
    assert!(text.contains("\n    POST /api/2.0/mlflow/experiments/create\n"), "{text}");
    assert!(!text.contains(" /api/2.0/mlflow/experiments/get\n") && !text.contains("messages differ"), "{text}");
    assert!(report::report(&LIVE.dump, &LIVE.messages).1);
}

#[test]
fn every_request_finds_the_row_of_the_route_that_the_server_would_take() {
    let table = table();
    let mut wrong = Vec::new();
    for ((method, path), answer) in LIVE.requests.iter().zip(&LIVE.dump.answers) {
        let segments: Vec<&str> = path.strip_prefix('/').unwrap().split('/').collect();
        let found = table.find(method, &segments).map(|found| found.route);
        let fits = match (found, answer) {
            (None, None) => true,
            (Some(route), Some(answer)) => {
                let answer = normal(answer);
                route.mount.prefixes().iter().any(|prefix| answer == format!("{prefix}{}", route.path))
            }
            _ => false,
        };
        if !fits {
            wrong.push(format!("{method} {path}: {answer:?}, but ours {:?}", found.map(|route| route.path)));
        }
    }
    assert_eq!(LIVE.requests.len(), LIVE.dump.answers.len());
    assert!(LIVE.requests.len() > 5_000, "{}", LIVE.requests.len());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), LIVE.requests.len(), wrong.join("\n"));
}

/// For every route its own path, with something in place of the names, and with every word that stands there in another
/// route; all short paths that can be made of the words of the registry of MCP servers. With all methods.
fn requests() -> Vec<(String, String)> {
    let paths: BTreeSet<String> = ours().into_iter().map(|(_, path)| path).collect();
    let mut words: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for path in &paths {
        for (at, _) in path.match_indices('/') {
            let word = path[at + 1..].split('/').next().unwrap();
            if !word.contains('{') {
                words.entry(path[..at].to_owned()).or_default().insert(word);
            }
        }
    }
    let mut made: BTreeSet<String> = BTreeSet::new();
    for path in &paths {
        made.insert(filled(path, None));
        for (at, _) in path.match_indices("/{") {
            for word in words.get(&path[..at]).into_iter().flatten() {
                made.insert(filled(path, Some((at, word))));
            }
        }
    }
    let words = ["a", "versions", "tags", "endpoints", "aliases"];
    let mut names = vec![String::new()];
    for _ in 0..4 {
        names = names.iter().flat_map(|name| words.map(|word| format!("{name}/{word}"))).collect();
        made.extend(names.iter().map(|name| format!("/api/3.0/mlflow/mcp-servers{name}")));
    }
    for name in ["n/s/versions/1/tags/a/b", "n/s/versions/1/versions/2", "n/versions/s/versions/1/tags/tags/tags"] {
        made.insert(format!("/api/3.0/mlflow/mcp-servers/{name}"));
    }
    made.iter().flat_map(|path| METHODS.map(|method| (method.to_owned(), path.clone()))).collect()
}

/// The path with something in place of every name; where the name after `at` stands, this word.
fn filled(path: &str, word: Option<(usize, &str)>) -> String {
    let mut text = String::new();
    let mut rest = path;
    while let Some(open) = rest.find('{') {
        let start = path.len() - rest.len() + open;
        let (name, after) = rest[open + 1..].split_once('}').unwrap();
        text.push_str(&rest[..open]);
        text.push_str(match word {
            Some((at, word)) if at + 1 == start => word,
            _ if name.ends_with(":path") => "p/q.r",
            _ => "x1",
        });
        rest = after;
    }
    text + rest
}

#[test]
fn rows_that_need_something_say_what() {
    for route in mlflow::routes() {
        match route.access {
            Access::Needs(needs) => assert!(!needs.is_empty(), "{route:?}"),
            Access::Local(text) => assert!(!text.is_empty(), "{route:?}"),
            Access::Public
            | Access::SignedIn
            | Access::GraphQl(_)
            | Access::Admin
            | Access::Ours
            | Access::Plugin(_)
            | Access::SignIn(_) => {}
        }
    }
}

#[test]
fn twins_share_a_row() {
    let mut mounts: BTreeMap<(&str, &str), Vec<Mount>> = BTreeMap::new();
    for route in mlflow::routes() {
        for method in route.methods {
            mounts.entry((method, route.path)).or_default().push(route.mount);
        }
    }
    for (row, mounts) in mounts {
        assert_eq!(mounts.len(), 1, "{row:?} has several rows: {mounts:?}");
    }
}
