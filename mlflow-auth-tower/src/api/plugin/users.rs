//! Accounts.

use super::invalid;
use crate::api::{Call, store_error};
use crate::reply::Reply;
use http::StatusCode;
use mlflow_auth_core::Username;
use mlflow_auth_core::routes::oidc_plugin::UserOperation;
use mlflow_auth_core::store::{NewUser, StoreError, User, UserUpdate};
use serde_json::{Value, json};

/// How service accounts sign in: by what is issued to them here.
const INTERNAL: &str = "internal";

/// What a body asks of a new account.
struct Wanted<'b> {
    username: &'b str,
    display_name: &'b str,
    is_admin: Option<bool>,
    is_service: Option<bool>,
    has_password: bool,
}

fn display_name(user: &User) -> &str {
    user.display_name.as_deref().unwrap_or(user.name.as_str())
}

fn details(user: &User) -> Value {
    json!({
        "username": user.name.as_str(),
        "display_name": display_name(user),
        "is_admin": user.is_admin,
        "is_service_account": user.is_service,
        "active": user.is_active,
        "managed_by": "manual",
        "service_account_source": user.is_service.then_some(INTERNAL),
    })
}

impl Call<'_> {
    pub(super) async fn on_users(&self, operation: UserOperation) -> Result<Reply, Reply> {
        if operation == UserOperation::List {
            return self.list_usernames().await;
        }
        self.admin_only("see and change other users")?;
        match operation {
            UserOperation::List => self.list_usernames().await,
            UserOperation::Details => self.list_user_details().await,
            UserOperation::Create => self.create_account().await,
            UserOperation::Delete => self.delete_account().await,
            UserOperation::Get => self.get_profile().await,
            UserOperation::SetActive => self.set_active().await,
        }
    }

    /// An account and its groups, as mlflow-oidc-auth shows them.
    pub(in crate::api) async fn profile(&self, user: &User) -> Result<Value, Reply> {
        let membership = self.flow.shared.authorizer.store().membership(&user.name).await.map_err(store_error)?;
        // Groups have no numbers here. Clients know them by name, and tell rows apart by this one.
        let groups = (1..).zip(&membership.groups);
        let groups: Vec<Value> = groups.map(|(id, name)| json!({"id": id, "group_name": name.as_str()})).collect();
        Ok(json!({
            "display_name": display_name(user),
            "groups": groups,
            "id": user.id,
            "is_admin": user.is_admin,
            "is_service_account": user.is_service,
            "username": user.name.as_str(),
        }))
    }

    /// All accounts, or those that are or are not of programs.
    async fn accounts_that(&self, are_service: Option<bool>) -> Result<Vec<User>, Reply> {
        let mut users = self.accounts.users.users().await.map_err(store_error)?;
        users.retain(|user| are_service.is_none_or(|wanted| user.is_service == wanted));
        Ok(users)
    }

    fn service_in_query(&self) -> Result<Option<bool>, Reply> {
        let mut query = self.query();
        let service = query.flag_or_none("service");
        query.done()?;
        Ok(service)
    }

    async fn list_usernames(&self) -> Result<Reply, Reply> {
        let (page, service) = (self.page()?, self.service_in_query()?);
        let users = self.accounts_that(Some(service.unwrap_or(false))).await?;
        Ok(page.of(users, |user| user.name.as_str(), |user| json!(user.name.as_str())))
    }

    async fn list_user_details(&self) -> Result<Reply, Reply> {
        let (page, service) = (self.page()?, self.service_in_query()?);
        let users = self.accounts_that(service).await?;
        Ok(page.of(users, |user| user.name.as_str(), details))
    }

    async fn get_profile(&self) -> Result<Reply, Reply> {
        let user = self.account(&self.user_in_path()?).await?;
        Ok(Reply::ok(&self.profile(&user).await?))
    }

    fn wanted_account(&self) -> Result<Wanted<'_>, Reply> {
        let mut body = self.body();
        let wanted = Wanted {
            username: body.text("username"),
            display_name: body.text("display_name"),
            is_admin: body.flag_or_none("is_admin"),
            is_service: body.flag_or_none("is_service_account"),
            has_password: body.text_or_none("password").is_some(),
        };
        let source = body.text_or_none("service_account_source");
        let subject = body.text_or_none("subject");
        body.done()?;
        match (source, subject) {
            (None, None) => Ok(wanted),
            (Some(INTERNAL), None) if wanted.is_service == Some(true) => Ok(wanted),
            (Some(INTERNAL), None) => Err(Reply::bad_request("`service_account_source` is for service accounts only")),
            (Some(other), None) => Err(Reply::bad_request(format!(
                "the service account source `{}` is not known; `{INTERNAL}` is",
                other.escape_debug()
            ))),
            (_, Some(_)) => Err(Reply::bad_request("`subject` cannot be bound: service accounts sign in here alone")),
        }
    }

    async fn create_account(&self) -> Result<Reply, Reply> {
        let wanted = self.wanted_account()?;
        let name = Username::new(wanted.username).map_err(invalid)?;
        if let Some(user) = self.accounts.users.user(&name).await.map_err(store_error)? {
            return already_there(&user, &wanted);
        }
        let password = if wanted.has_password { Some(self.new_password("password").await?) } else { None };
        let new = NewUser {
            password,
            is_admin: wanted.is_admin.unwrap_or(false),
            display_name: Some(wanted.display_name.to_owned()).filter(|text| !text.is_empty()),
            is_service: wanted.is_service.unwrap_or(false),
            ..NewUser::named(name.clone())
        };
        match self.accounts.users.create_user(new).await {
            Ok(user) => {
                tracing::info!(by = %self.who.user, user = %name, is_admin = user.is_admin, is_service = user.is_service, "user created");
                let message = format!("User {name} successfully created");
                Ok(Reply::json(StatusCode::CREATED, &json!({"message": message})))
            }
            // Somebody else made it in the meantime.
            Err(StoreError::AlreadyExists(_)) => already_there(&self.account(&name).await?, &wanted),
            Err(error) => Err(store_error(error)),
        }
    }

    async fn delete_account(&self) -> Result<Reply, Reply> {
        let mut body = self.body();
        let name = body.text("username");
        body.flag_or_none("admin_override");
        body.done()?;
        let name = Username::new(name).map_err(invalid)?;
        self.account(&name).await?;
        self.remove_account(&name).await?;
        Ok(Reply::ok(&json!({"message": format!("User {name} successfully deleted")})))
    }

    async fn set_active(&self) -> Result<Reply, Reply> {
        let mut body = self.body();
        let active = body.flag("active");
        body.flag_or_none("admin_override");
        body.done()?;
        let name = self.user_in_path()?;
        self.account(&name).await?;
        let update = UserUpdate { is_active: Some(active), leave_an_admin: true, ..UserUpdate::default() };
        self.accounts.users.update_user(&name, update).await.map_err(store_error)?;
        tracing::info!(by = %self.who.user, user = %name, active, "user may sign in or not");
        Ok(Reply::ok(&details(&self.account(&name).await?)))
    }
}

/// An account that exists is not changed by asking for it, and who asks for another is told so.
fn already_there(user: &User, wanted: &Wanted<'_>) -> Result<Reply, Reply> {
    for (field, wanted, is) in
        [("is_admin", wanted.is_admin, user.is_admin), ("is_service_account", wanted.is_service, user.is_service)]
    {
        if wanted.is_some_and(|wanted| wanted != is) {
            let name = &user.name;
            return Err(Reply::conflict(format!("User {name} already exists, and its `{field}` is {is}")));
        }
    }
    if wanted.has_password {
        return Err(Reply::conflict(format!("User {} already exists, and keeps its password", user.name)));
    }
    Ok(Reply::ok(&json!({"message": format!("User {} already exists", user.name)})))
}
