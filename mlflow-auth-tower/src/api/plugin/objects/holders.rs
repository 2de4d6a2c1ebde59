//! Who holds an exact grant on one object.

use super::exact::in_order;
use super::family::Family;
use crate::api::{Call, store_error};
use crate::reply::Reply;
use mlflow_auth_core::routes::oidc_plugin::Holder;
use mlflow_auth_core::{Grant, ResourceType, Subject};
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Call<'_> {
    /// The users or the groups, by name, each once: with the grant that counts.
    pub(super) async fn holders(&self, family: &Family, holder: Holder) -> Result<Reply, Reply> {
        let object = self.object(family).await?;
        self.may_see_holders(family, &object).await?;
        let store = self.flow.shared.authorizer.store();
        let mut counts: BTreeMap<Subject, Grant> = BTreeMap::new();
        for kind in family.kinds {
            let found = store.grants_on(&ResourceType::new(kind), &object.id, self.workspace).await;
            for grant in found.map_err(store_error)? {
                let known = counts.get(&grant.spec.subject);
                if known.is_none_or(|known| in_order(&object, &grant) < in_order(&object, known)) {
                    counts.insert(grant.spec.subject.clone(), grant);
                }
            }
        }
        let mut rows = Vec::new();
        for (subject, grant) in &counts {
            let (name, kind) = match (subject, holder) {
                (Subject::User(name), Holder::User) => {
                    let user = self.accounts.users.user(name).await.map_err(store_error)?;
                    let is_service = user.is_some_and(|user| user.is_service);
                    (name.as_str(), if is_service { "service-account" } else { "user" })
                }
                (Subject::Group(name), Holder::Group) => (name.as_str(), "group"),
                _ => continue,
            };
            rows.push(json!({"name": name, "permission": grant.spec.permission.name(), "kind": kind}));
        }
        Ok(Reply::ok(&Value::Array(rows)))
    }
}
