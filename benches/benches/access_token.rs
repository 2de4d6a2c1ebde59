//! Access tokens: the layer around a service that does nothing, warm, and one that is read anew beside the hash that
//! mlflow-oidc-auth computes for every request.
//!
//! ```text
//! cargo bench -p benches --bench access_token
//! ```
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up must stop")]
#![allow(missing_docs, reason = "made by a macro of criterion")]

use base64::Engine;
use benches::warm::{ITEM, Store, USER, layer, noop, request, store};
use criterion::{Criterion, criterion_group, criterion_main};
use mlflow_auth_core::{
    AccessTokenAuthenticator, AccessTokenSettings, Authenticator, Narrowing, PasswordHash, Secret, TokenLimits,
    TokenOrder, Username, issue_token,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tower::{Layer, Service};

async fn token(store: &Store) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let limits = TokenLimits::default();
    let user = Username::new(USER).unwrap();
    let order = TokenOrder {
        created_by: user.clone(),
        user,
        name: "bench".to_owned(),
        narrowing: Narrowing::default(),
        created_at: now,
        expires_at: limits.usual_end(now),
        replaces: false,
    };
    issue_token(store, &limits, order).await.unwrap().1.expose().to_owned()
}

fn authenticator(store: &Arc<Store>, remember: Duration) -> Arc<AccessTokenAuthenticator> {
    let settings = AccessTokenSettings { remember, ..AccessTokenSettings::default() };
    let freshness = store.freshness().clone();
    Arc::new(AccessTokenAuthenticator::new(store.clone(), store.clone(), freshness, settings))
}

/// `sesame`, as Werkzeug 3.1.9 writes it with the method of mlflow-oidc-auth.
const PLUGINS: &str =
    "pbkdf2:sha256:1000$dgRB3cnX7QZcsFUa$1b92016a68ec7076cc21f03996de4e8bb7e8a3436841e9991a67cd42f38ccf6f";

fn tokens(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let store = runtime.block_on(store()).unwrap();
    let token = runtime.block_on(token(&store));
    let warm = authenticator(&store, Duration::from_secs(3600));
    let cold = authenticator(&store, Duration::ZERO);
    let mut service = layer(store, warm.clone()).unwrap().layer(tower::service_fn(noop));
    let mut group = criterion.benchmark_group("access token");
    let password = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{token}"));
    for (name, header) in [("password", format!("Basic {password}")), ("bearer", format!("Bearer {token}"))] {
        let request = || request(ITEM, ("authorization", &header)).unwrap();
        assert_eq!(runtime.block_on(service.call(request())).unwrap().status(), 200);
        group.bench_function(format!("as {name}: layer, warm"), |bench| {
            bench.iter(|| runtime.block_on(service.call(black_box(request()))).unwrap());
        });
        let (parts, _) = request().into_parts();
        for (state, authenticator) in [("warm", &warm), ("cold, a store in memory", &cold)] {
            group.bench_function(format!("as {name}: authentication alone, {state}"), |bench| {
                bench.iter(|| runtime.block_on(authenticator.authenticate(black_box(&parts))).unwrap());
            });
        }
    }
    let (plugins, sesame) = (PasswordHash::from_stored(PLUGINS), Secret::new("sesame"));
    assert!(plugins.verify(&sesame).unwrap());
    group.bench_function("the hash of mlflow-oidc-auth alone", |bench| {
        bench.iter(|| plugins.verify(black_box(&sesame)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, tokens);
criterion_main!(benches);
