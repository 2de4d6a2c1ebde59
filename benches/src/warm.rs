//! A layer around a service that does nothing, and one caller who is known: what access control itself costs a request.

use http::{Request, Response};
use mlflow_auth_core::routes::{Access, Id, Need, Route, RouteTable, TableError};
use mlflow_auth_core::store::{
    Cached, Change, GrantConflict, MemoryStore, NewUser, PermissionStore, StoreError, UserStore,
};
use mlflow_auth_core::{
    Action, Authenticator, Authorizer, Freshness, GrantSpec, HashError, PasswordHash, Permission, Policy, ResourceType,
    Scope, Secret, Target, Username,
};
use mlflow_auth_tower::{AuthLayer, Body};
use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// What everything is kept in.
pub type Store = Cached<MemoryStore>;

/// Who calls.
pub const USER: &str = "alice";
/// Her password.
pub const PASSWORD: &str = "correct-horse-battery";
/// What she asks for, one of a thousand items that she may read.
pub const ITEM: &str = "/items/item-500";
/// What everybody may ask for.
pub const PUBLIC: &str = "/public";

static ROUTES: &[Route] = &[
    Route::get(PUBLIC).open_to(Access::Public),
    Route::get("/items/{id}").needs(&[Need::on("item", Action::Read, Id::one("id"))]),
];

/// Why there is nothing to measure.
pub type Failed = Box<dyn Error + Send + Sync>;

/// A store that knows the caller and what she may read.
///
/// # Errors
/// Those of the store, of hashing, and of names.
pub async fn store() -> Result<Arc<Store>, Failed> {
    let password: Result<PasswordHash, HashError> = PasswordHash::new(&Secret::new(PASSWORD));
    store_of(Some(password?)).await
}

/// The same for a caller whose password, if there is one, is somebody else's to know.
///
/// # Errors
/// Those of the store and of names.
pub async fn store_of(password: Option<PasswordHash>) -> Result<Arc<Store>, Failed> {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let store = Arc::new(Cached::new(MemoryStore::new(), freshness, 10_000));
    let name = Username::new(USER)?;
    let made: Result<_, StoreError> = store.create_user(NewUser { password, ..NewUser::named(name.clone()) }).await;
    made?;
    let grants: Vec<Change> = (0..1000).map(|id| grant(&name, id)).collect();
    store.apply(&grants).await?;
    Ok(store)
}

fn grant(user: &Username, id: usize) -> Change {
    let spec = GrantSpec {
        subject: user.clone().into(),
        scope: Scope::Everywhere,
        kind: ResourceType::new("item"),
        target: Target::Exact(format!("item-{id}")),
        permission: Permission::Read,
    };
    Change::Grant(spec, GrantConflict::Refuse)
}

/// The layer, where `authenticator` says who calls.
///
/// # Errors
/// [`TableError`] if the routes are broken, which they are not.
pub fn layer(store: Arc<Store>, authenticator: Arc<dyn Authenticator>) -> Result<AuthLayer, TableError> {
    let layer = AuthLayer::new(RouteTable::new(ROUTES.iter().copied())?, Authorizer::new(Policy::default(), store));
    Ok(layer.with_authenticator(authenticator))
}

/// The service that does nothing.
///
/// # Errors
/// None.
pub async fn noop(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::empty()))
}

/// A request as MLflow's client sends it, with one header that says who calls.
///
/// # Errors
/// [`http::Error`] if the header cannot be one.
pub fn request(target: &str, (name, value): (&str, &str)) -> Result<Request<Body>, http::Error> {
    let request = Request::get(target).header("host", "localhost").header(name, value);
    request.header("user-agent", "mlflow-python-client/3.17.2").header("accept", "*/*").body(Body::empty())
}
