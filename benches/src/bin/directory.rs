//! Prints what signing in with a password of a directory costs, as Markdown tables: against a real OpenLDAP, beside a bind
//! alone.
//!
//! ```text
//! cargo run --release -p benches --bin directory
//! ```
#![expect(clippy::print_stdout, reason = "tables are all that it makes")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use benches::directory::{Slapd, password, rate, sign_in};
use benches::timing::time;
use benches::warm::{Failed, ITEM, USER, layer, noop, request, store_of};
use mlflow_auth_core::Authenticator;
use mlflow_auth_core::store::MemoryStore;
use mlflow_auth_core::{Freshness, PasswordSettings};
use mlflow_auth_ldap::{LdapAuthenticator, LdapSignInSettings};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Builder;
use tower::{Layer, Service};

/// How long each kind is tried at a time, and how often they take turns.
const PATIENCE: Duration = Duration::from_secs(2);
const TURNS: usize = 5;

fn main() -> Result<(), Failed> {
    let slapd = Slapd::start()?;
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(cold(&slapd))?;
    warm(&slapd)
}

async fn cold(slapd: &Slapd) -> Result<(), Failed> {
    let freshness = Arc::new(Freshness::new(Duration::from_secs(3600)));
    let never = LdapSignInSettings { remember: Duration::ZERO, ..LdapSignInSettings::default() };
    let ours = LdapAuthenticator::new(&slapd.settings()?, Arc::new(MemoryStore::new()), freshness, never)?;
    // Accounts are made, pages of the directory read.
    rate(8, PATIENCE, async |user| sign_in(&ours, &user).await).await?;
    println!(
        "| at once | bind alone, a second | bind and both searches | sign-ins | to bind alone | to bind and searches |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    for at_once in [1, 4, 16] {
        let (mut bind, mut searches, mut signed) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..TURNS {
            bind.push(rate(at_once, PATIENCE, async |user| slapd.raw(&user, false).await).await?);
            searches.push(rate(at_once, PATIENCE, async |user| slapd.raw(&user, true).await).await?);
            signed.push(rate(at_once, PATIENCE, async |user| sign_in(&ours, &user).await).await?);
        }
        let [bind, searches, signed] = [bind, searches, signed].map(median);
        println!(
            "| {at_once} | {bind:.0} | {searches:.0} | {signed:.0} | {:.2} | {:.2} |",
            signed / bind,
            signed / searches
        );
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn warm(slapd: &Slapd) -> Result<(), Failed> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let store = runtime.block_on(store_of(None))?;
    let remember = LdapSignInSettings { remember: Duration::from_secs(3600), ..LdapSignInSettings::default() };
    let freshness = store.freshness().clone();
    let directory = Arc::new(LdapAuthenticator::new(&slapd.settings()?, store.clone(), freshness, remember)?);
    let basic = format!("Basic {}", STANDARD.encode(format!("{USER}:{}", password(USER))));
    let header = ("authorization", basic.as_str());
    request(ITEM, header)?;
    let made = || request(ITEM, header).unwrap_or_default();
    let passwords = mlflow_auth_core::PasswordAuthenticator::new(
        store.clone(),
        store.freshness().clone(),
        PasswordSettings::default(),
    );
    let mut service = layer(store.clone(), directory.clone())?
        .with_accounts(store, Arc::new(passwords))
        .layer(tower::service_fn(noop));
    let status = runtime.block_on(service.call(made()))?.status();
    if status != 200 {
        return Err(format!("the answer is {status}").into());
    }
    println!("\n| warm | median (quietest) |\n|---|---:|");
    println!("| making the request | {} |", time(PATIENCE, 10_000, made).shown());
    let whole = time(PATIENCE, 10_000, || runtime.block_on(service.call(made())).is_ok());
    println!("| with the layer, the account looked at | {} |", whole.shown());
    let (parts, _) = made().into_parts();
    let alone = time(PATIENCE, 10_000, || runtime.block_on(directory.authenticate(&parts)).is_ok());
    println!("| authentication alone | {} |", alone.shown());
    Ok(())
}
