//! The REST API of users and grants, with the shapes of MLflow's auth app (3.17.2), so that
//! `mlflow.server.get_app_client("basic-auth", url)` and MLflow's pages work against it.

mod explain;
mod grants;
mod older;
mod permissions;
mod plugin;
mod rights;
mod roles;
mod shadow;
mod shapes;
mod sign_up;
mod users;

use crate::denial::Denial;
use crate::flow::Flow;
use crate::reply::Reply;
use crate::request::{Canonical, Reading};
use mlflow_auth_core::routes::{Access, Id, PathError, Route};
use mlflow_auth_core::store::{IdentityStore, SessionStore, StoreError, TokenStore, User, UserStore};
use mlflow_auth_core::{Belongings, Holdings, PasswordAuthenticator, Principal, TokenLimits, Username, Workspace};
use serde_json::Value;
use std::sync::Arc;

/// Who can sign in, and how their passwords are checked.
#[derive(Clone)]
pub(crate) struct Accounts {
    pub(crate) users: Arc<dyn UserStore>,
    pub(crate) passwords: Arc<PasswordAuthenticator>,
}

/// Where access tokens are kept, and how many.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) limits: TokenLimits,
}

/// Where identities and sessions are kept.
#[derive(Clone)]
pub(crate) struct SignIns {
    pub(crate) identities: Arc<dyn IdentityStore>,
    pub(crate) sessions: Arc<dyn SessionStore>,
}

/// One call of the API.
struct Call<'a> {
    flow: &'a Flow<'a>,
    route: &'a Route,
    accounts: &'a Accounts,
    head: &'a Canonical,
    reading: &'a Reading,
    who: &'a Arc<Principal>,
    of: Belongings,
    held: Holdings,
    workspace: &'a Workspace,
}

/// Answers one call.
///
/// # Errors
/// The answer that says why not.
pub(crate) async fn answer(
    flow: &Flow<'_>,
    route: &Route,
    head: &Canonical,
    reading: &Reading,
    who: &Arc<Principal>,
    workspace: &Workspace,
) -> Result<Reply, Reply> {
    let Some(accounts) = &flow.shared.accounts else {
        return Err(Reply::not_found("accounts are not kept here"));
    };
    let (of, held) = flow.gather(who).await?;
    let call = Call { flow, route, accounts, head, reading, who, of, held, workspace };
    if let Access::Plugin(operation) = route.access {
        return plugin::answer(&call, operation).await;
    }
    let operation = route.path.split_once("/mlflow/").map_or(route.path, |(_, operation)| operation);
    match operation {
        "users/create" => call.create_user().await,
        "/signup" => call.sign_up_page(),
        "users/create-ui" => call.sign_up().await,
        "users/get" => call.get_user().await,
        "users/list" => call.list_users().await,
        "users/current" => call.current_user().await,
        "users/update-password" => call.update_password().await,
        "users/update-admin" => call.update_admin().await,
        "users/delete" => call.delete_user().await,
        "users/current/permissions" => call.current_permissions().await,
        "users/permissions/list" => call.list_permissions().await,
        "users/permissions/grant" => call.grant().await,
        "users/permissions/revoke" => call.revoke().await,
        "users/permissions/get" => call.get_permission().await,
        "permissions/explain" => call.explain().await,
        "permissions/shadow" => call.shadow_report(),
        "permissions/shadow/promote" => call.promote_shadow().await,
        operation if operation.starts_with("roles/") || operation == "users/roles/list" => {
            Box::pin(roles::answer(&call, operation)).await
        }
        other if let Some(answer) = Box::pin(older::answer(&call, other)).await => answer,
        other => Err(Reply::internal(format!("the operation `{other}` is not served"))),
    }
}

impl Call<'_> {
    fn text(&self, field: &'static str) -> Result<&str, Reply> {
        let ids = self.reading.params.ids(Id::one(field)).map_err(|error| Reply::bad_request(error.to_string()))?;
        ids.first().copied().ok_or_else(|| self.missing(field))
    }

    fn missing(&self, field: &'static str) -> Reply {
        Reply::bad_request(PathError::Missing(field).to_string())
    }

    fn username(&self) -> Result<Username, Reply> {
        Username::new(self.text("username")?).map_err(|error| Reply::bad_request(error.to_string()))
    }

    fn deny(&self, why: &str) -> Reply {
        let denial = Denial { route: Some(self.route), ..Denial::new(self.who, self.head) };
        denial.reply(why, self.flow.shared.says_why)
    }

    fn admin_only(&self, what: &str) -> Result<(), Reply> {
        if self.who.passes_every_check() { Ok(()) } else { Err(self.deny(&format!("only admins {what}"))) }
    }

    /// The account of `name`, which must be there.
    async fn account(&self, name: &Username) -> Result<User, Reply> {
        let user = self.accounts.users.user(name).await.map_err(store_error)?;
        user.ok_or_else(|| Reply::not_found(format!("User with username={name} not found")))
    }
}

/// What a store says, as MLflow would.
fn store_error(error: StoreError) -> Reply {
    match error {
        StoreError::NotFound(_) => Reply::not_found(error.to_string()),
        StoreError::AlreadyExists(_) => Reply::already_exists(error.to_string()),
        StoreError::Invalid(_) | StoreError::Conflict(_) => Reply::bad_request(error.to_string()),
        StoreError::LastAdmin(_) | StoreError::TooMany(_) => Reply::conflict(error.to_string()),
        error => {
            tracing::error!(error = ?error, "the store failed");
            Reply::unavailable(error.to_string())
        }
    }
}

fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
