//! A candidate beside the live rules: it is counted, and no answer shows it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use common::{grant, layer, recording, request, send, store};
use mlflow_auth_core::routes::{Id, Need, Route};
use mlflow_auth_core::shadow::{Candidate, Shadow};
use mlflow_auth_core::store::{Change, GrantConflict};
use mlflow_auth_core::{Action, GrantSpec, Permission, ResourceType, Scope, Target, Username};
use mlflow_auth_tower::Body;
use std::sync::Arc;

const ID: Id = Id::one("id");

static ROUTES: &[Route] = &[
    Route::get("/items/{id}").needs(&[Need::on("item", Action::Read, ID)]),
    Route::delete("/items/{id}").needs(&[Need::on("item", Action::Delete, ID)]),
];

/// Requests with the status that the live rules give them.
const ASKED: &[(&str, &str, &str, u16)] = &[
    ("alice", "GET", "/items/a", 200),
    ("alice", "DELETE", "/items/a", 200),
    ("alice", "DELETE", "/items/a", 200),
    ("alice", "GET", "/items/b", 403),
    ("bob", "GET", "/items/a", 403),
    ("admin", "GET", "/items/b", 200),
    ("alice", "GET", "/nowhere", 403),
];

async fn statuses(shadow: Option<Arc<Shadow>>) -> Vec<u16> {
    let mut layer = layer(ROUTES, store(&[grant("alice", "item", "a", Permission::Manage)]).await);
    if let Some(shadow) = shadow {
        layer = layer.with_shadow(shadow);
    }
    let (service, _) = recording(&layer);
    let mut found = Vec::new();
    for (user, method, target, _) in ASKED {
        found.push(send(&service, request(user, method, target).body(Body::empty()).unwrap()).await.0);
    }
    found
}

fn live() -> Vec<u16> {
    ASKED.iter().map(|(.., status)| *status).collect()
}

fn pattern(text: &str) -> Change {
    give(Target::pattern(text, 1).unwrap())
}

fn give(target: Target) -> Change {
    let spec = GrantSpec {
        subject: Username::new("alice").unwrap().into(),
        scope: Scope::Everywhere,
        kind: ResourceType::new("item"),
        target,
        permission: Permission::Read,
    };
    Change::Grant(spec, GrantConflict::Replace)
}

#[tokio::test]
async fn what_would_change_is_counted_and_nothing_changes() {
    let shadow = Arc::new(Shadow::new());
    let changes = vec![grant("alice", "item", "a", Permission::Read), pattern("^b")];
    shadow.observe(Candidate::new("v1", changes).unwrap());
    assert_eq!(statuses(Some(shadow.clone())).await, live());
    let report = shadow.report();
    assert_eq!((report.observed, report.lost, report.gained, report.skipped), (5, 2, 1, 0), "admins are not observed");
    assert_eq!(report.rules[0].live.says, "grant 1, MANAGE for user `alice` on item `a`");
    assert_eq!((report.rules[0].samples[0].route.as_str(), report.rules[0].samples.len()), ("/items/{id}", 1));
}

#[tokio::test]
async fn without_a_candidate_or_with_one_that_fails_live_goes_on() {
    assert_eq!(statuses(None).await, live());
    let shadow = Arc::new(Shadow::new());
    assert_eq!(statuses(Some(shadow.clone())).await, live());
    shadow.fail("the file is gone");
    assert_eq!(statuses(Some(shadow.clone())).await, live());
    assert_eq!((shadow.report().observed, shadow.report().problem.as_deref()), (0, Some("the file is gone")));
    // More patterns of one subject than are compiled together.
    let target = |number: i64| Target::Unreadable { text: format!("({number}"), priority: number };
    let many = (0..=100_000).map(|number| give(target(number))).collect();
    shadow.observe(Candidate::new("too many", many).unwrap());
    assert_eq!(statuses(Some(shadow.clone())).await, live());
    let report = shadow.report();
    assert_eq!((report.skipped, report.observed), (4, 1), "alice's could not be tried, bob's are not touched");
}
