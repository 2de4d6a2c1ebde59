//! How a schema comes to be, and what keeps a store from opening.

use crate::cluster::{Cluster, OWNER, PASSWORD, new_name, shared};
use crate::words::*;
use futures_util::future::join_all;
use mlflow_auth_core::Secret;
use mlflow_auth_core::store::{ChangeFeed, NewUser, PermissionStore, StoreError, UserStore};
use mlflow_auth_postgres::{PostgresPassword, PostgresSettings, PostgresStore, PostgresTls};
use std::time::{Duration, Instant};

async fn refusal(settings: &PostgresSettings) -> StoreError {
    PostgresStore::open(settings.clone()).await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_make_a_new_schema_at_once() {
    for _ in 0..5 {
        let settings = shared().settings();
        let opening = (0..8).map(|number| {
            let settings = settings.clone();
            tokio::spawn(async move {
                let store = open(&settings).await;
                store.apply(&[give(user("ann"), &number.to_string())]).await.unwrap();
            })
        });
        for opened in join_all(opening).await {
            opened.unwrap();
        }
        assert_eq!(open(&settings).await.grants_of(&user("ann").into()).await.unwrap().grants().len(), 8);
    }
}

/// MLflow's tables are in another schema of the same database, which nobody touches.
#[tokio::test]
async fn a_database_is_shared_with_another_program() {
    let cluster = shared();
    cluster.ask("CREATE TABLE IF NOT EXISTS public.users (id int)");
    let settings = cluster.settings();
    let store = open(&settings).await;
    store.create_user(NewUser::named(user("ann"))).await.unwrap();
    assert_eq!(cluster.ask("SELECT count(*) FROM public.users"), "0");
}

#[tokio::test]
async fn what_cannot_be_ours_is_refused_by_name() {
    let cluster = shared();
    let (foreign, newer) = (cluster.settings(), cluster.settings());
    cluster.ask(&format!("CREATE SCHEMA {0}; CREATE TABLE {0}.users (id int)", foreign.schema));
    open(&newer).await.apply(&[give(user("ann"), "1")]).await.unwrap();
    cluster.ask(&format!("UPDATE {}.state SET version = 99", newer.schema));
    cluster.ask("CREATE DATABASE latin ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0");
    let latin = PostgresSettings { database: "latin".to_owned(), ..cluster.settings() };
    let unsafe_name = PostgresSettings { schema: "a; DROP TABLE x".to_owned(), ..cluster.settings() };
    for (settings, says) in [
        (&foreign, "holds tables of another program"),
        (&newer, "has version 99, and this program knows none after 2"),
        (&latin, "has the encoding SQL_ASCII"),
        (&unsafe_name, "the schema `a; DROP TABLE x` is not valid"),
    ] {
        let error = refusal(settings).await;
        assert!(matches!(error, StoreError::Failed(_)), "{error:?}");
        let words = in_words(&error);
        assert!(words.contains(says), "{words}");
    }
    let tables = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ";
    assert_eq!(cluster.ask(&format!("{tables} '{}'", foreign.schema)), "1");
    let held = format!("SELECT count(*) FROM {}.grants", newer.schema);
    assert_eq!(cluster.ask(&held), "1", "a newer schema is left as it is");
}

/// An older program that runs already while a newer one brings the schema on.
#[tokio::test]
async fn an_older_store_writes_nothing_into_a_newer_schema() {
    let (cluster, settings) = (shared(), shared().settings());
    let store = open(&settings).await;
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    cluster.ask(&format!("UPDATE {}.state SET version = 3", settings.schema));
    let error = store.apply(&[give(user("ann"), "2")]).await.unwrap_err();
    assert!(in_words(&error).contains("has version 3, and this program knows none after 2"), "{}", in_words(&error));
    assert_eq!(store.grants_of(&user("ann").into()).await.unwrap().grants().len(), 1);
}

/// What the role needs is what the documentation says, and nothing more once the schema is there.
#[tokio::test]
async fn a_role_needs_the_schema_and_no_more() {
    let cluster = shared();
    let settings = cluster.settings();
    let (schema, role) = (&settings.schema, new_name("limited"));
    cluster.ask(&format!("CREATE ROLE {role} LOGIN PASSWORD 'pw'; CREATE SCHEMA {schema} AUTHORIZATION {role}"));
    let limited = PostgresSettings {
        user: role.clone(),
        password: PostgresPassword::Text(Secret::new("pw")),
        ..settings.clone()
    };
    let store = open(&limited).await;
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    let worker = new_name("worker");
    cluster.ask(&format!(
        "CREATE ROLE {worker} LOGIN PASSWORD 'pw'; GRANT USAGE ON SCHEMA {schema} TO {worker};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {worker}"
    ));
    let only_rows = PostgresSettings { user: worker, ..limited };
    let store = open(&only_rows).await;
    store.apply(&[give(user("ann"), "2")]).await.unwrap();
    assert_eq!(store.grants_of(&user("ann").into()).await.unwrap().grants().len(), 2);
}

#[tokio::test]
async fn whoever_is_not_let_in_hears_why_and_never_the_password() {
    let cluster = shared();
    let wrong = PostgresPassword::Text(Secret::new("hunter2"));
    let text = PostgresPassword::Text(Secret::new(PASSWORD));
    let missing_file = PostgresPassword::File(cluster.folder.join("nothing"));
    let base = cluster.settings();
    let with = |change: &dyn Fn(&mut PostgresSettings)| {
        let mut settings = PostgresSettings { password: text.clone(), ..base.clone() };
        change(&mut settings);
        settings
    };
    for (settings, says) in [
        (with(&|settings| settings.password = wrong.clone()), "password authentication failed for user \"owner\""),
        (with(&|settings| settings.password = missing_file.clone()), "nothing` with the password of the database"),
        (with(&|settings| settings.user = "nobody-here".to_owned()), "authentication failed"),
        (with(&|settings| settings.database = "nowhere".to_owned()), "database \"nowhere\" does not exist"),
        (with(&|settings| settings.tls = Some(PostgresTls::VerifyFull)), "does not support TLS"),
        (with(&|settings| settings.tls = Some(PostgresTls::Unverified)), "does not support TLS"),
    ] {
        let began = Instant::now();
        let error = refusal(&settings).await;
        let words = in_words(&error);
        assert!(matches!(error, StoreError::Unavailable(_)), "{words}");
        assert!(words.contains(says), "{words}");
        for secret in ["hunter2", PASSWORD] {
            assert!(!words.contains(secret) && !format!("{error:?}").contains(secret), "{words}");
        }
        assert!(began.elapsed() < settings.acquire_timeout + Duration::from_secs(2), "{words}: {:?}", began.elapsed());
    }
}

/// A password that was changed while the store runs is read from its file again.
#[tokio::test]
async fn a_new_password_is_read_from_its_file() {
    let cluster = shared();
    let role = new_name("rotates");
    cluster.ask(&format!("CREATE ROLE {role} LOGIN SUPERUSER PASSWORD 'first'"));
    let file = cluster.write(&role, "first\n");
    let password = PostgresPassword::File(file);
    let store = open(&PostgresSettings { user: role.clone(), password, ..cluster.settings() }).await;
    cluster.ask(&format!("ALTER ROLE {role} PASSWORD 'second'"));
    cluster.write(&role, "second\n");
    let cut = format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = '{role}'");
    assert_ne!(cluster.ask(&cut), "0");
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
}

#[tokio::test]
async fn a_url_of_sqlalchemy_opens_a_store() {
    let cluster = shared();
    let name = new_name("s");
    let password = PASSWORD.replace('%', "%25").replace('@', "%40").replace(' ', "%20").replace('/', "%2F");
    let password = password.replace(':', "%3A");
    let tcp = format!("postgresql+psycopg2://{OWNER}:{password}@127.0.0.1:{}/app?schema={name}", cluster.port);
    let folder = cluster.folder.display();
    let socket =
        format!("postgresql:///app?host={folder}&port={}&user={OWNER}&schema={name}&sslmode=verify-full", cluster.port);
    let socket = format!("{socket}&password={password}");
    for (url, revision) in [(tcp, 0), (socket, 1)] {
        let store = open(&PostgresSettings::from_url(&url).unwrap()).await;
        assert_eq!(store.revision().await.unwrap(), revision);
        store.apply(&[give(user("ann"), &revision.to_string())]).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_must_prove_who_it_is() {
    let name = |name: &str| rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    let authority = |name: &str| {
        let (mut params, key) = (rcgen::CertificateParams::new(vec![]).unwrap(), rcgen::KeyPair::generate().unwrap());
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        rcgen::CertifiedIssuer::self_signed(params, key).unwrap()
    };
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = name("localhost").signed_by(&key, &ours).unwrap();
    let folder = tempfile::tempdir().unwrap().keep();
    let cluster = Cluster::start_in(folder, &["fsync = off"]);
    let files = [("crt", certificate.pem()), ("key", key.serialize_pem())];
    for (file, text) in &files {
        cluster.write(&format!("server.{file}"), text);
    }
    let folder = cluster.folder.display();
    cluster.ask(&format!("ALTER SYSTEM SET ssl_cert_file = '{folder}/server.crt'"));
    cluster.ask(&format!("ALTER SYSTEM SET ssl_key_file = '{folder}/server.key'"));
    cluster.ask("ALTER SYSTEM SET ssl = on");
    cluster.ask("SELECT pg_reload_conf()");
    let (our_file, their_file) = (cluster.write("ours.pem", &ours.pem()), cluster.write("theirs.pem", &theirs.pem()));
    let base = PostgresSettings { tls: Some(PostgresTls::VerifyFull), ..cluster.settings() };
    let at_name = |host: &str, ca: Option<&std::path::PathBuf>| {
        let mut settings = PostgresSettings { ca_file: ca.cloned(), ..base.clone() };
        settings.address.host = host.to_owned();
        settings
    };
    let store = open(&at_name("localhost", Some(&our_file))).await;
    store.apply(&[give(user("ann"), "1")]).await.unwrap();
    assert_eq!(cluster.ask("SELECT count(*) > 0 FROM pg_stat_ssl WHERE ssl"), "t");
    for (settings, what) in [
        (at_name("localhost", Some(&their_file)), "an authority that is not the server's"),
        (at_name("localhost", None), "no authority but the public ones"),
        (at_name("127.0.0.1", Some(&our_file)), "a name that the certificate does not hold"),
    ] {
        let error = refusal(&settings).await;
        assert!(matches!(error, StoreError::Unavailable(_)), "{what}: {error:?}");
        assert!(in_words(&error).contains("certificate"), "{what}: {}", in_words(&error));
    }
    let unverified = PostgresSettings { tls: Some(PostgresTls::Unverified), ..at_name("127.0.0.1", Some(&their_file)) };
    assert_eq!(open(&unverified).await.revision().await.unwrap(), 1);
}
