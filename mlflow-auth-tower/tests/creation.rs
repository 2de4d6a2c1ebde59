//! Who may create what, and who gets a grant on it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot be set up must stop")]

mod common;

use async_trait::async_trait;
use common::{Header, Service, recording, request, send};
use http::{Request, Response};
use mlflow_auth_core::routes::{Effect, Id, Need, Route, RouteTable, Takes};
use mlflow_auth_core::store::{Change, GrantConflict, MemoryStore, PermissionStore};
use mlflow_auth_core::{
    Action, Authorizer, GrantSpec, GroupName, GroupResolver, Permission, Policy, ResourceType, Scope, Subject, Target,
    Unavailable, Username, Workspace,
};
use mlflow_auth_tower::{AuthLayer, Body, CreatorGroups};
use std::convert::Infallible;
use std::sync::Arc;
use tower::{Layer, ServiceExt};

const ID: Id = Id::one("id");

static ROUTES: &[Route] = &[
    Route::get("/items/{id}").needs(&[Need::on("item", Action::Read, ID)]),
    Route::put("/items/{id}").needs(&[Need::on("item", Action::Update, ID)]),
    Route::delete("/items/{id}")
        .needs(&[Need::on("item", Action::Delete, ID)])
        .then(Effect::Deleted { kind: "item", id: "id" }),
    Route::post("/items")
        .takes(Takes::Json(&["id", "name"]))
        .needs(&[Need::create_named("item", "name")])
        .then(Effect::CreatorManages { kind: "item", id: "id" }),
];

fn group(name: &str) -> GroupName {
    GroupName::new(name).unwrap()
}

fn user(name: &str) -> Username {
    Username::new(name).unwrap()
}

fn layer(policy: Policy, store: Arc<MemoryStore>, groups: &[(&str, Permission)]) -> AuthLayer {
    layer_of(Authorizer::new(policy, store), groups)
}

fn layer_of(authorizer: Authorizer, groups: &[(&str, Permission)]) -> AuthLayer {
    let groups = CreatorGroups::new(groups.iter().map(|(name, permission)| (group(name), *permission))).unwrap();
    let table = RouteTable::new(ROUTES.iter().copied()).unwrap();
    AuthLayer::new(table, authorizer).with_authenticator(Arc::new(Header)).with_creator_groups(groups)
}

async fn store(members: &[(&str, &str)]) -> Arc<MemoryStore> {
    let changes: Vec<Change> = members.iter().map(|(name, of)| Change::Join(user(name), group(of))).collect();
    let store = Arc::new(MemoryStore::new());
    store.apply(&changes).await.unwrap();
    store
}

async fn status(service: &Service, who: &str, method: &str, target: &str, body: &str) -> u16 {
    let mut request = request(who, method, target);
    if !body.is_empty() {
        request = request.header("content-length", body.len());
    }
    send(service, request.body(Body::from(body.to_owned())).unwrap()).await.0
}

/// Who holds what on the item, in the words of a person.
async fn holders(store: &MemoryStore, id: &str) -> Vec<String> {
    let found = store.grants_on(&ResourceType::new("item"), id, &Workspace::default()).await.unwrap();
    let mut told: Vec<String> =
        found.iter().map(|grant| format!("{} {}", grant.spec.subject, grant.spec.permission)).collect();
    told.sort();
    told
}

const SHARED: &[(&str, Permission)] =
    &[("team", Permission::Edit), ("auditors", Permission::Read), ("elsewhere", Permission::Manage)];

#[tokio::test]
async fn groups_of_the_creator_get_what_they_were_promised() {
    let members = [("alice", "team"), ("alice", "auditors"), ("alice", "others"), ("bob", "team"), ("eve", "auditors")];
    let store = store(&members).await;
    let (service, _) = recording(&layer(Policy::default(), store.clone(), SHARED));
    assert_eq!(status(&service, "alice", "POST", "/items", r#"{"id": "a", "name": "n"}"#).await, 200);
    let expected = ["group `auditors` READ", "group `team` EDIT", "user `alice` MANAGE"];
    assert_eq!(holders(&store, "a").await, expected);
    for (who, method, allowed) in [
        ("bob", "PUT", 200),
        ("bob", "DELETE", 403),
        ("eve", "GET", 200),
        ("eve", "PUT", 403),
        ("carol", "GET", 403),
        ("alice", "DELETE", 200),
    ] {
        assert_eq!(status(&service, who, method, "/items/a", "").await, allowed, "{who} {method}");
    }
    assert_eq!(holders(&store, "a").await, [""; 0]);

    // Somebody in none of them shares with nobody, and an admin as everybody else.
    assert_eq!(status(&service, "carol", "POST", "/items", r#"{"id": "c"}"#).await, 200);
    assert_eq!(holders(&store, "c").await, ["user `carol` MANAGE"]);
    store.apply(&[Change::Join(user("admin"), group("team"))]).await.unwrap();
    assert_eq!(status(&service, "admin", "POST", "/items", r#"{"id": "d"}"#).await, 200);
    assert_eq!(holders(&store, "d").await, ["group `team` EDIT", "user `admin` MANAGE"]);
}

#[tokio::test]
async fn nobody_gets_anything_of_what_was_not_created_or_where_nothing_is_promised() {
    let store = store(&[("alice", "team")]).await;
    let refusing = tower::service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::builder().status(409).body(Body::from("{}".to_owned())).unwrap())
    });
    let service = layer(Policy::default(), store.clone(), SHARED).layer(refusing).boxed_clone();
    assert_eq!(status(&service, "alice", "POST", "/items", r#"{"id": "a"}"#).await, 409);
    assert_eq!(holders(&store, "a").await, [""; 0]);

    let (service, _) = recording(&layer(Policy::default(), store.clone(), &[]));
    assert_eq!(status(&service, "alice", "POST", "/items", r#"{"id": "a"}"#).await, 200);
    assert_eq!(holders(&store, "a").await, ["user `alice` MANAGE"]);
}

/// A source of groups that does not answer.
struct Down;

#[async_trait]
impl GroupResolver for Down {
    async fn groups_of(&self, _: &Username) -> Result<Vec<GroupName>, Unavailable> {
        Err(Unavailable::new("the directory", "it is off"))
    }
}

#[tokio::test]
async fn nothing_is_created_while_it_is_not_known_who_shares_in_it() {
    let down = || Authorizer::new(Policy::default(), Arc::new(MemoryStore::new())).with_groups_from(Arc::new(Down));
    let (service, record) = recording(&layer_of(down(), SHARED));
    assert_eq!(status(&service, "admin", "POST", "/items", r#"{"id": "a"}"#).await, 503);
    assert!(record.lock().unwrap().is_empty());
    // Other operations of admins need no groups, and no creation does where nobody shares.
    assert_eq!(status(&service, "admin", "GET", "/items/a", "").await, 200);
    let (service, _) = recording(&layer_of(down(), &[]));
    assert_eq!(status(&service, "admin", "POST", "/items", r#"{"id": "a"}"#).await, 200);
}

#[test]
fn a_group_stands_once_and_gets_something() {
    let twice = [(group("team"), Permission::Read), (group("team"), Permission::Edit)];
    assert_eq!(CreatorGroups::new(twice).unwrap_err().to_string(), "the group `team` stands twice");
    for refusal in [Permission::Deny, Permission::NoPermissions] {
        let error = CreatorGroups::new([(group("team"), refusal)]).unwrap_err().to_string();
        assert!(error.contains(&format!("`team` cannot get `{refusal}`")), "{error}");
    }
    assert!(CreatorGroups::new([]).unwrap().is_empty());
}

#[tokio::test]
async fn where_creation_is_restricted_the_name_decides() {
    let pattern = |of: Subject, text: &str, permission| {
        let target = Target::pattern(text, 0).unwrap();
        let kind = ResourceType::new("item");
        Change::Grant(
            GrantSpec { subject: of, scope: Scope::Everywhere, kind, target, permission },
            GrantConflict::Refuse,
        )
    };
    let store = store(&[("alice", "team")]).await;
    let team = pattern(group("team").into(), "^team-", Permission::Edit);
    let readers = pattern(user("alice").into(), "^read-", Permission::Read);
    store.apply(&[team, readers]).await.unwrap();
    let restricted = Policy { restrict_creation: true, ..Policy::default() };
    let (service, record) = recording(&layer(restricted, store.clone(), &[]));
    for (who, body, expected) in [
        ("alice", r#"{"id": "1", "name": "team-a"}"#, 200),
        ("alice", r#"{"id": "2", "name": "read-a"}"#, 403),
        ("alice", r#"{"id": "3", "name": "other"}"#, 403),
        ("alice", r#"{"id": "4"}"#, 403),
        ("alice", r#"{"id": "5", "name": ""}"#, 403),
        ("alice", r#"{"id": "6", "name": {"team-a": 1}}"#, 400),
        ("bob", r#"{"id": "7", "name": "team-a"}"#, 403),
        ("admin", r#"{"id": "8", "name": "other"}"#, 200),
    ] {
        record.lock().unwrap().clear();
        assert_eq!(status(&service, who, "POST", "/items", body).await, expected, "{who} {body}");
        assert_eq!(record.lock().unwrap().len(), usize::from(expected == 200), "{who} {body}");
    }
    let (service, _) = recording(&layer(Policy::default(), store, &[]));
    assert_eq!(status(&service, "bob", "POST", "/items", r#"{"id": "9", "name": "other"}"#).await, 200);
}
