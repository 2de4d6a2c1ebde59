//! Plain hyper behind the same layer: a service that greets, and lets each user change only their own greeting.
//!
//! ```text
//! cargo run -p hyper-app
//! curl -u alice:correct-horse-battery http://127.0.0.1:3001/greetings/alice
//! ```

use http::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use mlflow_auth_core::routes::{Id, Need, Route, RouteTable};
use mlflow_auth_core::store::{Change, GrantConflict, MemoryStore, NewUser, PermissionStore, UserStore};
use mlflow_auth_core::{
    Action, Authorizer, Freshness, GrantSpec, PasswordAuthenticator, PasswordHash, PasswordSettings, Permission,
    Policy, Principal, ResourceType, Scope, Secret, Target, Username,
};
use mlflow_auth_tower::{AuthLayer, Body, BoxError};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tower::{Layer, Service, ServiceExt};

static ROUTES: &[Route] = &[
    Route::get("/greetings/{user}").needs(&[Need::on("greeting", Action::Read, Id::one("user"))]),
    Route::delete("/greetings/{user}").needs(&[Need::on("greeting", Action::Delete, Id::one("user"))]),
];

/// The service: the caller is in the extensions of the request.
async fn greet(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let caller = request.extensions().get::<Arc<Principal>>().map_or("nobody", |who| who.user.as_str());
    let text = format!("{} {} by {caller}\n", request.method(), request.uri().path());
    Ok(Response::new(Body::from(text)))
}

/// What serves requests.
type App = tower::util::BoxCloneService<Request<Body>, Response<Body>, Infallible>;

/// The service behind the layer: alice manages her greeting, bob may read it.
async fn app() -> Result<App, BoxError> {
    let store = Arc::new(MemoryStore::new());
    for name in ["alice", "bob"] {
        let password = Some(PasswordHash::new(&Secret::new("correct-horse-battery"))?);
        store.create_user(NewUser { password, ..NewUser::named(Username::new(name)?) }).await?;
    }
    let grant = |user: &str, permission| -> Result<Change, BoxError> {
        let spec = GrantSpec {
            subject: Username::new(user)?.into(),
            scope: Scope::Everywhere,
            kind: ResourceType::new("greeting"),
            target: Target::Exact("alice".into()),
            permission,
        };
        Ok(Change::Grant(spec, GrantConflict::Refuse))
    };
    store.apply(&[grant("alice", Permission::Manage)?, grant("bob", Permission::Read)?]).await?;
    let freshness = Arc::new(Freshness::new(Duration::from_secs(10)));
    let passwords = PasswordAuthenticator::new(store.clone(), freshness, PasswordSettings::default());
    let authorizer = Authorizer::new(Policy::default(), store);
    let layer =
        AuthLayer::new(RouteTable::new(ROUTES.iter().copied())?, authorizer).with_authenticator(Arc::new(passwords));
    Ok(layer.layer(tower::service_fn(greet)).boxed_clone())
}

/// Serves connections until the listener fails.
async fn serve(listener: TcpListener, app: App) -> Result<(), BoxError> {
    loop {
        let (stream, _) = listener.accept().await?;
        let mut app = app.clone();
        let service = tower::service_fn(move |request: Request<hyper::body::Incoming>| {
            app.call(request.map(Body::stream::<hyper::body::Incoming>))
        });
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
            // A client that breaks off is its own affair.
            drop(connection.await);
        });
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    serve(TcpListener::bind("127.0.0.1:3001").await?, app().await?).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    async fn exchange(address: std::net::SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn answers_on_the_wire_what_the_layer_allows() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, app().await.unwrap()));
        let head = |user: &str, line: &str| {
            let basic = base64::engine::general_purpose::STANDARD.encode(format!("{user}:correct-horse-battery"));
            format!("{line} HTTP/1.1\r\nhost: localhost\r\nauthorization: Basic {basic}\r\nconnection: close\r\n\r\n")
        };
        for (user, line, status, text) in [
            ("alice", "GET /greetings/alice", "200", "by alice"),
            ("bob", "GET /greetings/alice", "200", "by bob"),
            ("alice", "DELETE /greetings/alice", "200", "by alice"),
            ("bob", "DELETE /greetings/alice", "403", "Permission denied"),
            ("bob", "GET /greetings/%61lice", "400", "needs no escape"),
            ("mallory", "GET /greetings/alice", "401", "not authenticated"),
        ] {
            let answer = exchange(address, &head(user, line)).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{user} {line}: {answer}");
            assert!(answer.contains(text), "{user} {line}: {answer}");
        }
        server.abort();
    }
}
