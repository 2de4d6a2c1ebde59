//! The REST API of mlflow-oidc-auth (11.0.2), and what it lacks.
#![doc = include_str!("README.md")]

mod dates;
mod fields;
mod groups;
mod objects;
mod page;
mod sign_ins;
mod tokens;
mod users;
mod workspaces;

use super::{Call, store_error};
use crate::reply::Reply;
use fields::{Fields, Place};
use http::StatusCode;
use mlflow_auth_core::routes::oidc_plugin::{Holder, Operation};
use mlflow_auth_core::store::Change;
use mlflow_auth_core::{GroupName, InvalidName, Permission, Subject, UnknownPermission, Username};
use page::Page;
use serde_json::json;

/// Answers one call. Errors may be in MLflow's words: the caller has them said in those of this API.
///
/// # Errors
/// The answer that says why not.
pub(super) async fn answer(call: &Call<'_>, operation: Operation) -> Result<Reply, Reply> {
    match operation {
        Operation::Users(operation) => call.on_users(operation).await,
        Operation::Tokens(operation) => call.on_tokens(operation).await,
        Operation::SignIns(operation) => call.on_sign_ins(operation).await,
        Operation::Groups(operation) => call.on_groups(operation).await,
        Operation::Workspaces(operation) => call.on_workspaces(operation).await,
        Operation::Objects(objects) => call.on_objects(objects).await,
        Operation::Holders(objects, holder) => call.on_holders(objects, holder).await,
        Operation::Grants(objects, holder, act) => call.on_grants(objects, holder, act).await,
        Operation::Patterns(objects, holder, act) => call.on_patterns(objects, holder, act).await,
    }
}

/// `{status, message}`.
fn success(status: StatusCode, message: &str) -> Reply {
    Reply::json(status, &json!({"status": "success", "message": message}))
}

impl Call<'_> {
    /// The fields of the JSON body.
    fn body(&self) -> Fields<'_> {
        Fields::new(Place::Body, self.reading.params.fields())
    }

    /// The fields of the query.
    fn query(&self) -> Fields<'_> {
        Fields::new(Place::Query, self.reading.params.fields())
    }

    /// The page that the query asks for.
    fn page(&self) -> Result<Page, Reply> {
        Page::read(self.reading.params.fields())
    }

    /// What stands in the path for `name`. A segment that the row names may hold slashes; a greedy name always may.
    fn in_path(&self, name: &'static str) -> Result<&str, Reply> {
        let found = self.reading.params.path().iter().find(|(known, _)| *known == name);
        found.map(|(_, text)| text.as_str()).ok_or_else(|| Reply::internal(format!("the path does not hold `{name}`")))
    }

    fn user_in_path(&self) -> Result<Username, Reply> {
        Username::new(self.in_path("username")?).map_err(invalid)
    }

    fn group_in_path(&self) -> Result<GroupName, Reply> {
        GroupName::new(self.in_path("group_name")?).map_err(invalid)
    }

    /// The whole number that stands in the path for `name`.
    fn number_in_path(&self, name: &'static str) -> Result<i64, Reply> {
        let text = [(name.to_owned(), self.in_path(name)?.into())].into_iter().collect();
        let mut path = Fields::new(Place::Path, &text);
        let number = path.integer(name);
        path.done().map(|()| number)
    }

    /// Makes changes so, all or none.
    async fn write(&self, changes: &[Change]) -> Result<(), Reply> {
        self.flow.shared.authorizer.store().apply(changes).await.map(drop).map_err(store_error)
    }

    /// The user or the group of this name, which must be there.
    async fn holder(&self, kind: Holder, name: &str) -> Result<Subject, Reply> {
        match kind {
            Holder::User => {
                let name = Username::new(name).map_err(invalid)?;
                self.account(&name).await?;
                Ok(name.into())
            }
            Holder::Group => {
                let name = GroupName::new(name).map_err(invalid)?;
                self.group(&name).await?;
                Ok(name.into())
            }
        }
    }
}

fn invalid(error: InvalidName) -> Reply {
    Reply::bad_request(error.to_string())
}

fn permission(name: &str) -> Result<Permission, Reply> {
    name.parse().map_err(|error: UnknownPermission| Reply::bad_request(error.to_string()))
}
