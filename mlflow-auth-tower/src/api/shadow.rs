//! Shadow mode: what the candidate would change, and making it live.

use super::{Call, store_error};
use crate::reply::Reply;
use mlflow_auth_core::shadow::{Candidate, Condition, Shadow};
use mlflow_auth_core::store::StoreError;
use serde_json::{Value, json};
use std::sync::Arc;

impl Call<'_> {
    pub(super) fn shadow_report(&self) -> Result<Reply, Reply> {
        self.admin_only("look at what a candidate would change")?;
        let report = serde_json::to_value(self.shadow()?.report());
        report.map(|report| Reply::ok(&report)).map_err(|error| Reply::internal(error.to_string()))
    }

    /// Makes the observed candidate live, in one transaction.
    pub(super) async fn promote_shadow(&self) -> Result<Reply, Reply> {
        self.admin_only("make a candidate live")?;
        let shadow = self.shadow()?;
        let condition = self.condition()?;
        let candidate = shadow.check(&condition).map_err(|error| Reply::conflict(error.to_string()))?;
        let applied = self.flow.shared.authorizer.store().apply(candidate.changes()).await;
        let revision = applied.map_err(|error| match error {
            StoreError::NotFound(_) | StoreError::AlreadyExists(_) | StoreError::Conflict(_) => {
                Reply::conflict(format!("the store changed since the candidate was read ({error}); try again"))
            }
            error => store_error(error),
        })?;
        let (label, changes) = (candidate.label(), candidate.changes().len());
        let lost = shadow.report().lost;
        tracing::info!(by = self.who.user.as_str(), candidate = label, changes, lost, "a candidate was made live");
        // Nothing is left of it; what was counted stays until there is another one.
        if let Ok(done) = Candidate::new(label, Vec::new()) {
            shadow.observe(done);
        }
        Ok(Reply::ok(&json!({"promoted": label, "changes": changes, "revision": revision, "lost": lost})))
    }

    fn shadow(&self) -> Result<&Arc<Shadow>, Reply> {
        let shadow = self.flow.shared.shadow.as_ref();
        shadow.ok_or_else(|| Reply::not_found("no candidate is configured here"))
    }

    fn condition(&self) -> Result<Condition, Reply> {
        let given = |field| self.reading.params.value(field).filter(|value| !value.is_null());
        let wrong = |field: &str, what: &str| Reply::bad_request(format!("the parameter `{field}` must be {what}"));
        let allow_lost = given("allow_lost").map_or(Some(0), Value::as_u64);
        let candidate = given("candidate").map(|value| value.as_str().ok_or(value));
        let unseen = given("unseen").map_or(Some(false), Value::as_bool);
        Ok(Condition {
            allow_lost: allow_lost.ok_or_else(|| wrong("allow_lost", "a number that is not negative"))?,
            candidate: candidate.transpose().map_err(|_| wrong("candidate", "a string"))?.map(str::to_owned),
            unseen: unseen.ok_or_else(|| wrong("unseen", "a boolean"))?,
        })
    }
}
