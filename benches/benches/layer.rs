//! The layer around a service that does nothing, warm: what access control itself costs a request.
//!
//! ```text
//! cargo bench -p benches --bench layer
//! ```
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up must stop")]
#![allow(missing_docs, reason = "made by a macro of criterion")]

use base64::Engine;
use criterion::{Criterion, criterion_group, criterion_main};
use http::{Request, Response};
use mlflow_auth_core::routes::{Access, Id, Need, Route, RouteTable};
use mlflow_auth_core::store::{Cached, Change, GrantConflict, MemoryStore, NewUser, PermissionStore, UserStore};
use mlflow_auth_core::{
    Action, Authenticator, Authorizer, Freshness, GrantSpec, PasswordAuthenticator, PasswordHash, PasswordSettings,
    Permission, Policy, ResourceType, Scope, Secret, Target, Username,
};
use mlflow_auth_tower::{AuthLayer, Body};
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tower::{Layer, Service};

static ROUTES: &[Route] = &[
    Route::get("/public").open_to(Access::Public),
    Route::get("/items/{id}").needs(&[Need::on("item", Action::Read, Id::one("id"))]),
];

const PASSWORD: &str = "correct-horse-battery";

async fn noop(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

async fn passwords() -> (Arc<Cached<MemoryStore>>, Arc<PasswordAuthenticator>) {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness.clone(), 10_000));
    let name = Username::new("alice").unwrap();
    let password = Some(PasswordHash::new(&Secret::new(PASSWORD)).unwrap());
    store.create_user(NewUser { password, ..NewUser::named(name.clone()) }).await.unwrap();
    let grant = |id: usize| {
        let target = Target::Exact(format!("item-{id}"));
        let kind = ResourceType::new("item");
        let spec = GrantSpec {
            subject: name.clone().into(),
            scope: Scope::Everywhere,
            kind,
            target,
            permission: Permission::Read,
        };
        Change::Grant(spec, GrantConflict::Refuse)
    };
    let grants: Vec<Change> = (0..1000).map(grant).collect();
    store.apply(&grants).await.unwrap();
    let settings = PasswordSettings { remember: Duration::from_secs(3600), ..PasswordSettings::default() };
    (store.clone(), Arc::new(PasswordAuthenticator::new(store, freshness, settings)))
}

fn request(target: &str) -> Request<Body> {
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("alice:{PASSWORD}"));
    let request = Request::get(target).header("host", "localhost").header("authorization", format!("Basic {basic}"));
    request.header("user-agent", "mlflow-python-client/3.17.2").header("accept", "*/*").body(Body::empty()).unwrap()
}

fn layer(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (store, passwords) = runtime.block_on(passwords());
    let layer =
        AuthLayer::new(RouteTable::new(ROUTES.iter().copied()).unwrap(), Authorizer::new(Policy::default(), store))
            .with_authenticator(passwords.clone());
    let mut service = layer.layer(tower::service_fn(noop));
    let mut group = criterion.benchmark_group("layer");

    let mut bare = tower::service_fn(noop);
    group.bench_function("no layer", |bench| {
        bench.iter(|| runtime.block_on(bare.call(black_box(request("/items/item-1")))).unwrap());
    });
    for (name, target) in [("public", "/public"), ("basic, warm", "/items/item-500")] {
        let status = runtime.block_on(service.call(request(target))).unwrap().status();
        assert_eq!(status, 200);
        group.bench_function(name, |bench| {
            bench.iter(|| runtime.block_on(service.call(black_box(request(target)))).unwrap());
        });
    }
    let (parts, _) = request("/items/item-1").into_parts();
    group.bench_function("authentication alone, warm", |bench| {
        bench.iter(|| runtime.block_on(passwords.authenticate(black_box(&parts))).unwrap());
    });
    group.finish();
}

criterion_group!(benches, layer);
criterion_main!(benches);
