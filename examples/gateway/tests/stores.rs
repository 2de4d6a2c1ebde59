//! Where everything is kept: what the configuration may say of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test is made of may fail as the test itself does")]

use mlflow_auth_gateway::{Flags, Loaded, StoreLocation, load};
use mlflow_auth_postgres::{PostgresListen, PostgresPassword, PostgresSettings, PostgresTls};
use std::collections::BTreeMap;
use std::path::Path;

fn given(settings: &[(&str, &str)]) -> Result<Loaded, String> {
    let env: BTreeMap<&str, &str> = settings.iter().copied().collect();
    load(&Flags::default(), &|name| env.get(name).map(Into::into)).map_err(|errors| errors.to_string())
}

fn postgres(settings: &[(&str, &str)]) -> PostgresSettings {
    match given(settings).map_err(|error| panic!("{settings:?}: {error}")).unwrap().config.store {
        StoreLocation::Postgres(settings) => *settings,
        StoreLocation::Sqlite(path) => panic!("{settings:?} is the file {}", path.display()),
    }
}

#[test]
fn files_are_named_as_sqlalchemy_names_them() {
    for (url, expected) in [
        ("sqlite:///auth.db", "auth.db"),
        ("sqlite:////var/lib/auth.db", "/var/lib/auth.db"),
        ("sqlite:///../up/auth 1.db", "../up/auth 1.db"),
        ("sqlite+pysqlite:///auth.db", "auth.db"),
    ] {
        let loaded = given(&[("MLFLOW_AUTH_STORE", url)]).map_err(|error| panic!("{error}")).unwrap();
        assert!(matches!(loaded.config.store, StoreLocation::Sqlite(path) if path == Path::new(expected)), "{url}");
        assert!(loaded.warnings.is_empty(), "{:?}", loaded.warnings);
    }
    let beside = given(&[("MLFLOW_AUTH_STORE_PASSWORD", "hunter2")]).map_err(|error| panic!("{error}")).unwrap();
    assert!(beside.warnings.iter().any(|warning| warning.contains("mean nothing")), "{:?}", beside.warnings);
}

#[test]
fn databases_are_named_as_sqlalchemy_names_them() {
    for url in ["postgresql://u:p%40ss@db:5433/auth", "postgresql+psycopg2://u:p%40ss@db:5433/auth"] {
        let settings = postgres(&[("MLFLOW_AUTH_STORE", url)]);
        assert_eq!((settings.address.host.as_str(), settings.address.port), ("db", 5433));
        assert_eq!((settings.database.as_str(), settings.user.as_str()), ("auth", "u"));
        assert!(matches!(settings.password, PostgresPassword::Text(password) if password.matches("p@ss")));
    }
    let settings = postgres(&[(
        "MLFLOW_AUTH_STORE",
        "postgresql://u@db/auth?sslmode=require&schema=ours&pool_size=3&listen=no&transaction_pooling=true",
    )]);
    assert_eq!(
        (settings.schema.as_str(), settings.pool_size, settings.tls),
        ("ours", 3, Some(PostgresTls::Unverified))
    );
    assert!(settings.transaction_pooling && settings.listen == PostgresListen::Nowhere);
}

/// As charts and secrets of a cluster give them: one piece each, with signs that no URL takes as they are.
#[test]
fn user_and_password_can_stand_beside_the_url() {
    let url = ("MLFLOW_AUTH_STORE", "postgresql://db/auth");
    let user = ("MLFLOW_AUTH_STORE_USER", "ml flow@x/y:z");
    let settings = postgres(&[url, user, ("MLFLOW_AUTH_STORE_PASSWORD", "a@b:c/d&e%f")]);
    assert_eq!(settings.user, "ml flow@x/y:z");
    assert!(matches!(settings.password, PostgresPassword::Text(password) if password.matches("a@b:c/d&e%f")));
    let settings = postgres(&[url, user, ("MLFLOW_AUTH_STORE_PASSWORD_FILE", "/run/secrets/db")]);
    assert!(matches!(settings.password, PostgresPassword::File(path) if path == Path::new("/run/secrets/db")));
}

#[test]
fn what_is_said_twice_is_refused_and_no_password_is_shown() {
    let full = ("MLFLOW_AUTH_STORE", "postgresql://u:hunter2@db/auth");
    for (settings, problem) in [
        ([full, ("MLFLOW_AUTH_STORE_USER", "v")], "the user is given twice"),
        ([full, ("MLFLOW_AUTH_STORE_PASSWORD", "hunter2")], "the password is given twice"),
        ([full, ("MLFLOW_AUTH_STORE_PASSWORD_FILE", "/x")], "the password is given twice"),
    ] {
        let error = given(&settings).err().unwrap();
        assert!(error.contains(problem) && !error.contains("hunter2"), "{error}");
    }
    for (url, problem) in [
        ("postgresql://db/auth", "names no user"),
        ("postgresql://u@db", "names no database"),
        ("postgresql:///auth", "names no"),
        ("postgresql://u@db/auth?sslmode=prefer", "the parameter `sslmode`"),
        ("postgresql://u@db/auth?nonsense=1", "the parameter `nonsense`"),
    ] {
        let error = given(&[("MLFLOW_AUTH_STORE", url)]).err().unwrap();
        let start = "the setting `store` from the environment variable `MLFLOW_AUTH_STORE` is not valid: ";
        assert!(error.starts_with(start) && error.contains(problem), "{url}: {error}");
    }
    let both = [
        ("MLFLOW_AUTH_STORE", "postgresql://u@db/auth"),
        ("MLFLOW_AUTH_STORE_PASSWORD", "hunter2"),
        ("MLFLOW_AUTH_STORE_PASSWORD_FILE", "/x"),
    ];
    let error = given(&both).err().unwrap();
    assert!(error.contains("one is enough") && !error.contains("hunter2"), "{error}");
    for url in [full.1, "postgresql://u@db/auth?password=hunter2"] {
        let shown = given(&[("MLFLOW_AUTH_STORE", url)]).map_err(|error| panic!("{error}")).unwrap().shown;
        assert!(shown.contains("# store is set and hidden") && !shown.contains("hunter2"), "{shown}");
    }
    let shown =
        given(&[("MLFLOW_AUTH_STORE", "postgresql://u@db/auth")]).map_err(|error| panic!("{error}")).unwrap().shown;
    assert!(shown.contains("store = \"postgresql://u@db/auth\""), "{shown}");
}
