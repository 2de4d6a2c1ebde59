//! Patterns that could not be loaded again are refused when they are written, and the old ones go on serving.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::{group, in_words, user};
use mlflow_auth_core::store::{Cached, Change, GrantConflict, PermissionStore, StoreError};
use mlflow_auth_core::{
    Action, Authorizer, Freshness, GrantSpec, Permission, Policy, Principal, Proof, Requirement, Resource,
    ResourceType, RuleLimits, Scope, Subject, Target,
};
use mlflow_auth_sqlite::{SqliteSettings, SqliteStore};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

async fn open(path: &Path, rules: RuleLimits) -> SqliteStore {
    SqliteStore::open(path, SqliteSettings { rules, ..SqliteSettings::default() }).await.unwrap()
}

fn rule(subject: impl Into<Subject>, pattern: &str) -> Change {
    let (scope, kind, permission) = (Scope::Everywhere, ResourceType::EXPERIMENT, Permission::Read);
    let target = Target::pattern(pattern, 1).unwrap();
    Change::Grant(GrantSpec { subject: subject.into(), scope, kind, target, permission }, GrantConflict::Refuse)
}

#[tokio::test]
async fn one_pattern_too_many_is_refused_and_the_others_serve() {
    let folder = tempfile::tempdir().unwrap();
    let limits = RuleLimits { rules: 3, ..RuleLimits::default() };
    let store = open(&folder.path().join("auth.db"), limits).await;
    let store = Arc::new(Cached::new(store, Arc::new(Freshness::new(Duration::from_secs(60))), 10));
    let authorizer = Authorizer::new(Policy::default(), store.clone());
    let who = Principal {
        user: user("ann"),
        groups: vec![group("ml")],
        is_admin: false,
        proof: Proof::Password,
        narrowing: None,
    };
    let may_read = async |name: &str| {
        let held = authorizer.holdings(&who).await.unwrap();
        let experiment = Resource::new(ResourceType::EXPERIMENT, "1").with_name(name);
        authorizer.policy().decide(&who, &held, &[Requirement::on(Action::Read, experiment)]).allowed
    };
    let rules: Vec<Change> = ["^a", "^b", "^c"].map(|pattern| rule(group("ml"), pattern)).into();
    store.apply(&rules).await.unwrap();
    assert!(may_read("abc").await);

    let refused = store.apply(&[rule(user("ann"), "^x"), rule(group("ml"), "^d")]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Invalid(_)), "{refused:?}");
    let words = in_words(&refused);
    assert!(words.contains("group `ml`") && words.contains("more than 3 patterns"), "{words}");
    assert!(may_read("abc").await && !may_read("d").await && !may_read("x").await);

    let Change::Grant(GrantSpec { subject, scope, kind, target, .. }, _) = rule(group("ml"), "^a") else { return };
    let makes_room = [Change::Revoke { subject, scope, kind, target }, rule(group("ml"), "^d")];
    store.apply(&makes_room).await.unwrap();
    assert!(!may_read("abc").await && may_read("d").await);
}

#[tokio::test]
async fn patterns_that_are_too_large_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let limits = RuleLimits { bytes: 1 << 20, ..RuleLimits::default() };
    let store = open(&folder.path().join("auth.db"), limits).await;
    let rules: Vec<Change> = (0..200).map(|i| rule(user("ann"), &format!("^{i}-[a-z]{{200}}[0-9]"))).collect();
    store.apply(&rules[..5]).await.unwrap();
    let refused = in_words(&store.apply(&rules[5..]).await.unwrap_err());
    assert!(refused.contains("user `ann`") && refused.contains("more than 1048576 bytes"), "{refused}");
    assert_eq!(store.grants_of(&user("ann").into()).await.unwrap().grants().len(), 5);
}
