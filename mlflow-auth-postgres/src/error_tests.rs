use super::*;
use sqlx::error::{DatabaseError, ErrorKind};
use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// What a server says with a code.
#[derive(Debug)]
struct Said(&'static str);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Said {}

impl DatabaseError for Said {
    fn message(&self) -> &str {
        self.0
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }
    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[test]
fn an_outage_is_told_from_a_fault_and_keeps_its_source() {
    for (code, is_outage, is_retried) in [
        ("08006", true, true),
        ("57P01", true, true),
        ("57P02", true, true),
        ("57014", true, false),
        ("53100", true, false),
        ("53300", true, false),
        ("58030", true, false),
        ("40001", true, true),
        ("40P01", true, true),
        ("55P03", true, false),
        ("25006", true, false),
        ("25P03", true, true),
        ("42501", true, false),
        ("42P01", false, false),
        ("23505", false, false),
        ("22021", false, false),
        ("XX001", false, false),
    ] {
        let error = || PostgresError::from(sqlx::Error::Database(Box::new(Said(code))));
        assert_eq!(error().may_be_retried(), is_retried, "{code}");
        let told = StoreError::from(error());
        assert_eq!(matches!(told, StoreError::Unavailable(_)), is_outage, "{code}: {told:?}");
        assert_eq!(matches!(told, StoreError::Failed(_)), !is_outage, "{code}: {told:?}");
        assert!(told.source().and_then(Error::source).is_some(), "{told:?}");
    }
}

#[test]
fn a_commit_of_unknown_outcome_is_an_outage_and_never_made_again() {
    for source in [sqlx::Error::WorkerCrashed, sqlx::Error::Database(Box::new(Said("57P01")))] {
        let error = PostgresError::Unknown(source);
        assert!(!error.may_be_retried());
        assert!(matches!(StoreError::from(error), StoreError::Unavailable(_)));
    }
}
