//! MLflow's routes as data, held against a live server.
//!
//! Needs a Python in which `mlflow server --app-name basic-auth` (3.17.2) can run, named by `MLFLOW_PYTHON`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may")]

use mlflow_auth_core::routes::{Access, Mount, Route, RouteTable, mlflow};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/mlflow/dump_routes.py");
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

#[derive(serde::Deserialize)]
struct Dump {
    version: String,
    routes: Vec<(String, String, String)>,
    answers: Vec<Option<String>>,
}

/// What the server says, and the requests that it was asked about.
struct Live {
    dump: Dump,
    requests: Vec<(String, String)>,
}

static LIVE: LazyLock<Live> = LazyLock::new(|| {
    let requests = requests();
    let dump = ask(&requests);
    Live { dump, requests }
});

fn ask(requests: &[(String, String)]) -> Dump {
    let python = std::env::var_os("MLFLOW_PYTHON").expect(
        "MLFLOW_PYTHON must name a Python with mlflow[auth] 3.17.2: the table of routes is held against a live server",
    );
    let mut command = Command::new(&python);
    command.arg(SCRIPT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("MLFLOW_PYTHON ({python:?}) does not run: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    let text = serde_json::to_vec(requests).unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&text));
    let output = child.wait_with_output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "MLFLOW_PYTHON ({python:?}) could not make the server:\n{complaints}");
    writer.join().unwrap().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `<name>` and `<path:name>` as our table writes them.
fn normal(path: &str) -> String {
    let segment = |segment: &str| match segment.strip_prefix('<').and_then(|name| name.strip_suffix('>')) {
        None => segment.to_owned(),
        Some(name) => match name.strip_prefix("path:") {
            None => format!("{{{name}}}"),
            Some(name) => format!("{{{name}:path}}"),
        },
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn ours() -> BTreeSet<(String, String)> {
    let full = |route: &'static Route| {
        let paths = route.mount.prefixes().iter().map(move |prefix| format!("{prefix}{}", route.path));
        paths.flat_map(move |path| route.methods.iter().map(move |method| ((*method).to_owned(), path.clone())))
    };
    mlflow::routes().flat_map(full).collect()
}

fn table() -> RouteTable {
    RouteTable::new(mlflow::routes().copied()).unwrap()
}

#[test]
fn every_route_of_the_server_has_a_row_and_every_row_a_route() {
    let Dump { version, routes, .. } = &LIVE.dump;
    assert_eq!(version, "3.17.2", "the table was made for another version of MLflow");
    assert_eq!(routes.len(), 545, "not all routes of the server were found");
    let live: BTreeSet<_> = routes.iter().map(|(_, method, path)| (method.clone(), normal(path))).collect();
    let ours = ours();
    let missing: Vec<_> = live.difference(&ours).collect();
    let stale: Vec<_> = ours.difference(&live).collect();
    assert!(missing.is_empty() && stale.is_empty(), "no row for {missing:#?}; no route for {stale:#?}");
    // Some are served by both frameworks, and one is registered twice.
    assert_eq!(ours.len(), 537);
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
            Access::NotYet(text) | Access::Local(text) => assert!(!text.is_empty(), "{route:?}"),
            Access::Public
            | Access::SignedIn
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
