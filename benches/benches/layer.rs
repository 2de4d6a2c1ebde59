//! The layer around a service that does nothing, warm: what access control itself costs a request.
//!
//! ```text
//! cargo bench -p benches --bench layer
//! ```
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up must stop")]
#![allow(missing_docs, reason = "made by a macro of criterion")]

use base64::Engine;
use benches::warm::{ITEM, PASSWORD, PUBLIC, Store, USER, layer, noop, request, store};
use criterion::{Criterion, criterion_group, criterion_main};
use mlflow_auth_core::{Authenticator, PasswordAuthenticator, PasswordSettings};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tower::{Layer, Service};

fn passwords(store: Arc<Store>) -> Arc<PasswordAuthenticator> {
    let settings = PasswordSettings { remember: Duration::from_secs(3600), ..PasswordSettings::default() };
    let freshness = store.freshness().clone();
    Arc::new(PasswordAuthenticator::new(store, freshness, settings))
}

fn around_nothing(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let store = runtime.block_on(store()).unwrap();
    let passwords = passwords(store.clone());
    let basic = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}")));
    let request = |target| request(target, ("authorization", &basic)).unwrap();
    let mut service = layer(store, passwords.clone()).unwrap().layer(tower::service_fn(noop));
    let mut group = criterion.benchmark_group("layer");

    let mut bare = tower::service_fn(noop);
    group.bench_function("no layer", |bench| {
        bench.iter(|| runtime.block_on(bare.call(black_box(request(ITEM)))).unwrap());
    });
    for (name, target) in [("public", PUBLIC), ("basic, warm", ITEM)] {
        let status = runtime.block_on(service.call(request(target))).unwrap().status();
        assert_eq!(status, 200);
        group.bench_function(name, |bench| {
            bench.iter(|| runtime.block_on(service.call(black_box(request(target)))).unwrap());
        });
    }
    let (parts, _) = request(ITEM).into_parts();
    group.bench_function("authentication alone, warm", |bench| {
        bench.iter(|| runtime.block_on(passwords.authenticate(black_box(&parts))).unwrap());
    });
    group.finish();
}

criterion_group!(benches, around_nothing);
criterion_main!(benches);
