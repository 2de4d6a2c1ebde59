//! A session of a browser: the layer around a service that does nothing, warm.
//!
//! ```text
//! cargo bench -p benches --bench session
//! ```
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up must stop")]
#![allow(missing_docs, reason = "made by a macro of criterion")]

use benches::warm::{ITEM, Store, USER, layer, noop, request, store};
use criterion::{Criterion, criterion_group, criterion_main};
use http::HeaderMap;
use mlflow_auth_core::{Authenticator, OpenedSession, SessionAuthenticator, SessionSettings, Sessions, Username};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tower::{Layer, Service};

const COOKIE: &str = "__Host-session";

fn sessions(store: &Arc<Store>) -> Arc<Sessions> {
    let settings = SessionSettings { cookie: COOKIE.to_owned(), idle: Duration::from_secs(36_000), remembered: 10_000 };
    Arc::new(Sessions::new(store.clone(), store.clone(), store.freshness().clone(), settings, None))
}

async fn opened(sessions: &Sessions) -> String {
    let session = OpenedSession {
        user: Username::new(USER).unwrap(),
        provider: "default".to_owned(),
        lifetime: 36_000,
        renew_after: None,
        sealed: None,
    };
    let secret = sessions.open(session, &HeaderMap::new()).await.unwrap();
    format!("{COOKIE}={}", secret.expose())
}

fn warm(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let store = runtime.block_on(store()).unwrap();
    let sessions = sessions(&store);
    let cookie = runtime.block_on(opened(&sessions));
    let request = || request(ITEM, ("cookie", &cookie)).unwrap();
    let authenticator = Arc::new(SessionAuthenticator::new(sessions));
    let mut service = layer(store, authenticator.clone()).unwrap().layer(tower::service_fn(noop));
    let mut group = criterion.benchmark_group("session");
    assert_eq!(runtime.block_on(service.call(request())).unwrap().status(), 200);
    group.bench_function("layer, warm", |bench| {
        bench.iter(|| runtime.block_on(service.call(black_box(request()))).unwrap());
    });
    let (parts, _) = request().into_parts();
    group.bench_function("authentication alone, warm", |bench| {
        bench.iter(|| runtime.block_on(authenticator.authenticate(black_box(&parts))).unwrap());
    });
    group.finish();
}

criterion_group!(benches, warm);
criterion_main!(benches);
