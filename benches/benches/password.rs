//! What a password costs: a request whose credential is remembered, beside the check that MLflow makes each time.
//!
//! ```text
//! cargo bench -p benches --bench password
//! ```
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up must stop")]
#![allow(missing_docs, reason = "made by a macro of criterion")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use criterion::{Criterion, criterion_group, criterion_main};
use http::header::AUTHORIZATION;
use mlflow_auth_core::store::{MemoryStore, NewUser, UserStore};
use mlflow_auth_core::{
    Authenticator, BasicCredentials, Freshness, PasswordAuthenticator, PasswordHash, PasswordSettings, Secret, Username,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

const PASSWORD: &str = "correct horse battery staple";

/// [`PASSWORD`], as MLflow 3.17.2 stores it.
const SCRYPT: &str = "scrypt:32768:8:1$nksVRkNvCKZNO5aN$fd4f346851a41b6dd16fa04b3184108482839ab2a6a1280d00b506ba80609092a18ca3d0b55660d8428abf87a17238afc67abf6c07cc6c5cd2ee193e3ac57572";

fn request() -> http::request::Parts {
    let header = format!("Basic {}", STANDARD.encode(format!("alice:{PASSWORD}")));
    http::Request::builder().header(AUTHORIZATION, header).body(()).unwrap().into_parts().0
}

/// An authenticator that remembers the credential of [`request`].
fn warm(runtime: &Runtime) -> PasswordAuthenticator {
    let store = MemoryStore::new();
    let hash = PasswordHash::new(&Secret::new(PASSWORD)).unwrap();
    let alice = NewUser { password: Some(hash), ..NewUser::named(Username::new("alice").unwrap()) };
    runtime.block_on(store.create_user(alice)).unwrap();
    let settings = PasswordSettings { remember: Duration::from_secs(3600), ..PasswordSettings::default() };
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let authenticator = PasswordAuthenticator::new(Arc::new(store), freshness, settings);
    assert!(runtime.block_on(authenticator.authenticate(&request())).unwrap().is_some());
    authenticator
}

/// The shortest of a few runs of `work`, in nanoseconds for each of `times`.
fn shortest(times: u32, mut work: impl FnMut()) -> f64 {
    let run = |_| {
        let began = Instant::now();
        (0..times).for_each(|_| work());
        began.elapsed().as_nanos() as f64 / f64::from(times)
    };
    (0..5).map(run).fold(f64::INFINITY, f64::min)
}

fn password(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().build().unwrap();
    let (authenticator, request, secret) = (warm(&runtime), request(), Secret::new(PASSWORD));
    let (scrypt, argon) = (PasswordHash::from_stored(SCRYPT), PasswordHash::new(&secret).unwrap());
    let ask = || runtime.block_on(authenticator.authenticate(black_box(&request))).unwrap().unwrap();

    let mut group = criterion.benchmark_group("password");
    group.bench_function("warm basic", |bench| bench.iter(ask));
    group.bench_function("parse only", |bench| {
        bench.iter(|| BasicCredentials::from_headers(black_box(&request.headers)))
    });
    group.sample_size(10);
    group.bench_function("argon2id 19 MiB", |bench| bench.iter(|| argon.verify(black_box(&secret)).unwrap()));
    group.bench_function("scrypt of MLflow", |bench| bench.iter(|| scrypt.verify(black_box(&secret)).unwrap()));
    group.finish();
    assert_eq!(authenticator.hashes(), 1);

    let (warm, cold) = (shortest(10_000, || drop(ask())), shortest(2, || assert!(scrypt.verify(&secret).unwrap())));
    eprintln!("warm basic {warm:.0} ns, scrypt {:.1} ms: {:.0} times less", cold / 1e6, cold / warm);
}

criterion_group!(benches, password);
criterion_main!(benches);
