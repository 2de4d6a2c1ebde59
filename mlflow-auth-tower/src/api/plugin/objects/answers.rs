//! In which form operations on grants answer. mlflow-oidc-auth has a form of its own for nearly every kind of object.

use crate::reply::Reply;
use http::StatusCode;
use serde_json::{Value, json};

/// The answers to operations on one sort of grants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answers {
    /// The field in which one record is wrapped; empty for none.
    pub(super) wrap: &'static str,
    /// The answer to what was created.
    pub(super) created: Answer,
    /// The answer to what was changed.
    pub(super) updated: Answer,
    /// Whether messages come without a status, and what was created with 200.
    pub(super) bare: bool,
    /// Whether the ids of patterns are written as texts.
    pub(super) texts: bool,
    /// Whether the ids of patterns are read as texts.
    pub(super) text_in_path: bool,
}

/// What is answered to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// `{status, message}`
    Message,
    /// The record as it is now.
    Record,
}

impl Answers {
    /// A message to every write.
    pub(super) const fn messages(wrap: &'static str) -> Self {
        Self {
            wrap,
            created: Answer::Message,
            updated: Answer::Message,
            bare: false,
            texts: false,
            text_in_path: false,
        }
    }

    /// The record to what is created and changed.
    pub(super) const fn records(wrap: &'static str) -> Self {
        Self { created: Answer::Record, updated: Answer::Record, ..Self::messages(wrap) }
    }

    /// What a read answers.
    pub(super) fn record(&self, record: Value) -> Reply {
        Reply::ok(&self.wrapped(record))
    }

    pub(super) fn created(&self, record: Value, message: &str) -> Reply {
        let status = if self.bare { StatusCode::OK } else { StatusCode::CREATED };
        match self.created {
            Answer::Record => Reply::json(status, &self.wrapped(record)),
            Answer::Message => self.message(status, message),
        }
    }

    pub(super) fn updated(&self, record: Value, message: &str) -> Reply {
        match self.updated {
            Answer::Record => self.record(record),
            Answer::Message => self.message(StatusCode::OK, message),
        }
    }

    pub(super) fn revoked(&self, message: &str) -> Reply {
        self.message(StatusCode::OK, message)
    }

    fn message(&self, status: StatusCode, message: &str) -> Reply {
        match self.bare {
            true => Reply::json(status, &json!({"message": message})),
            false => Reply::json(status, &json!({"status": "success", "message": message})),
        }
    }

    fn wrapped(&self, record: Value) -> Value {
        match self.wrap {
            "" => record,
            field => json!({field: record}),
        }
    }
}
