//! The schema that holds the tables.

use crate::settings::InvalidPostgresSettings;
use sha2::{Digest, Sha256};

/// The name of a schema that can stand in a statement as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schema(String);

/// The longest name that PostgreSQL does not cut off.
const LONGEST: usize = 63;

impl Schema {
    pub(crate) fn new(name: &str) -> Result<Self, InvalidPostgresSettings> {
        match problem(name) {
            None => Ok(Self(name.to_owned())),
            Some(problem) => Err(InvalidPostgresSettings::Schema { name: name.to_owned(), problem }),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// A text with the tables of this schema for those of `mlflow_auth`, which all texts are written with.
    pub(crate) fn qualify(&self, sql: &str) -> String {
        sql.replace("mlflow_auth.", &format!("{}.", self.0))
    }

    /// What processes that migrate it at the same time take turns with.
    pub(crate) fn lock(&self) -> i64 {
        let digest: [u8; 32] = Sha256::digest(format!("mlflow-auth migrates {}", self.0)).into();
        digest.first_chunk().copied().map_or(0, i64::from_be_bytes)
    }
}

fn problem(name: &str) -> Option<&'static str> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c == '_';
    if !name.starts_with(is_letter) || !name.chars().all(|c| is_letter(c) || c.is_ascii_digit()) {
        return Some("it must match ^[a-z_][a-z0-9_]*$");
    }
    if name.len() > LONGEST {
        return Some("it is longer than 63 characters");
    }
    if name.starts_with("pg_") || name == "information_schema" {
        return Some("it belongs to PostgreSQL itself");
    }
    // A word of the language would have to be quoted wherever it stands.
    RESERVED.contains(&name).then_some("it is a word of SQL")
}

/// The reserved words of PostgreSQL 13 to 18 (its manual, appendix C).
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_need_no_quotes_are_taken() {
        let long = "a".repeat(63);
        for name in ["mlflow_auth", "a", "_x9", "public", long.as_str()] {
            assert_eq!(Schema::new(name).unwrap().name(), name);
        }
        let too_long = "a".repeat(64);
        for name in [
            "",
            "9a",
            "Mlflow",
            "a-b",
            "a.b",
            "a b",
            "a;drop table x",
            "a\"",
            "a'",
            "ä",
            "pg_x",
            "select",
            "user",
            "information_schema",
            "a\0",
            too_long.as_str(),
        ] {
            assert!(Schema::new(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_text_gets_another_schema_and_nothing_else() {
        let schema = Schema::new("other").unwrap();
        let sql = "SELECT 1 FROM mlflow_auth.grants AS g WHERE g.x = 'mlflow_auth'";
        assert_eq!(schema.qualify(sql), "SELECT 1 FROM other.grants AS g WHERE g.x = 'mlflow_auth'");
        assert_ne!(schema.lock(), Schema::new("others").unwrap().lock());
    }
}
