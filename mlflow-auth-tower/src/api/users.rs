//! Accounts.

use super::shapes::user as shape;
use super::{Call, object, store_error};
use crate::reply::Reply;
use mlflow_auth_core::store::{Change, NewUser, User, UserUpdate};
use mlflow_auth_core::{Action, PasswordHash, Proof, Resource, ResourceType, Secret, Subject, Username, is_token};
use serde_json::{Value, json};

/// The shortest password in characters, as MLflow 3.17.2 has it.
const SHORTEST_PASSWORD: usize = 12;
/// The longest in bytes; a header could not carry much more.
const LONGEST_PASSWORD: usize = 1024;

impl Call<'_> {
    pub(super) async fn create_user(&self) -> Result<Reply, Reply> {
        self.may_create_users()?;
        let user = self.new_user().await?;
        Ok(Reply::ok(&json!({"user": self.user_for_older(&user).await?})))
    }

    pub(super) fn may_create_users(&self) -> Result<(), Reply> {
        match self.who.is_admin || self.held.administers_a_workspace() {
            true => Ok(()),
            false => Err(self.deny("only admins create users")),
        }
    }

    /// Makes the account that `username` and `password` in the call describe.
    pub(super) async fn new_user(&self) -> Result<User, Reply> {
        // In MLflow's words, which its clients know.
        let is_empty = |field| self.reading.params.value(field).and_then(Value::as_str) == Some("");
        if ["username", "password"].into_iter().any(is_empty) {
            return Err(Reply::refused_text("Username and password cannot be empty."));
        }
        let name = self.username()?;
        let password = Some(self.new_password("password").await?);
        let user = NewUser { password, ..NewUser::named(name) };
        let user = self.accounts.users.create_user(user).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = user.name.as_str(), "user created");
        Ok(user)
    }

    pub(super) async fn get_user(&self) -> Result<Reply, Reply> {
        let name = self.username()?;
        self.self_or_admin(&name)?;
        let user = self.account(&name).await?;
        Ok(Reply::ok(&json!({"user": self.user_for_older(&user).await?})))
    }

    pub(super) async fn list_users(&self) -> Result<Reply, Reply> {
        let policy = self.flow.shared.authorizer.policy();
        let workspace =
            Resource::named(ResourceType::WORKSPACE, self.workspace.as_str()).in_workspace(self.workspace.clone());
        if policy.workspaces && !policy.permits(self.who, &self.held, Action::Use, workspace.as_ref()) {
            return Err(self.deny("users are listed for those who may use the workspace"));
        }
        let mut roles = self.roles_of_all().await?;
        let mut users = Vec::new();
        for user in self.accounts.users.users().await.map_err(store_error)? {
            let mut shape = shape(&user);
            if let Some(fields) = shape.as_object_mut() {
                fields.insert("roles".into(), roles.remove(user.name.as_str()).unwrap_or_default().into());
            }
            users.push(shape);
        }
        Ok(Reply::ok(&json!({"users": users})))
    }

    pub(super) async fn current_user(&self) -> Result<Reply, Reply> {
        let user = self.account(&self.who.user).await?;
        // MLflow's pages show their log-out to whoever this is said of; see `sign_in::left` for sessions.
        let is_basic = matches!(self.who.proof, Proof::Password | Proof::Session);
        let mut answer = object([("user", shape(&user)), ("is_basic_auth", is_basic.into())]);
        // Clients of mlflow-oidc-auth ask at the same place, and read its fields beside MLflow's.
        if let (Some(fields), Value::Object(profile)) = (answer.as_object_mut(), self.profile(&user).await?) {
            fields.extend(profile);
        }
        Ok(Reply::ok(&answer))
    }

    pub(super) async fn update_password(&self) -> Result<Reply, Reply> {
        let name = self.username()?;
        self.self_or_admin(&name)?;
        self.account(&name).await?;
        let new = self.text("password")?;
        if name == self.who.user {
            self.knows_current_password(&name, new).await?;
        }
        let password = Some(self.new_password("password").await?);
        let update = UserUpdate { password, ..UserUpdate::default() };
        self.accounts.users.update_user(&name, update).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = name.as_str(), "password changed");
        Ok(Reply::ok(&object([])))
    }

    /// Whoever changes their own password proves once more who they are: an open browser is not enough.
    async fn knows_current_password(&self, name: &Username, new: &str) -> Result<(), Reply> {
        let current =
            self.text("current_password").map_err(|_| Reply::bad_request("The current password is required."))?;
        let verified = self.accounts.passwords.verify(name, &Secret::new(current)).await;
        match verified {
            // A password of ours would hold on when the file takes its line back.
            Ok(Some(who)) if who.proof != Proof::Password => {
                Err(Reply::bad_request("The password is kept in a file, and can be changed only there."))
            }
            Ok(Some(_)) if current == new => {
                Err(Reply::bad_request("The new password must be different from the current password."))
            }
            Ok(Some(_)) => Ok(()),
            Ok(None) => Err(Reply::bad_request("The current password is incorrect.")),
            Err(error) => Err(Reply::unavailable(error.to_string())),
        }
    }

    pub(super) async fn update_admin(&self) -> Result<Reply, Reply> {
        self.admin_only("change who is an admin")?;
        let name = self.username()?;
        let Some(Value::Bool(is_admin)) = self.reading.params.value("is_admin") else {
            return Err(Reply::bad_request("the parameter `is_admin` must be true or false"));
        };
        let update = UserUpdate { is_admin: Some(*is_admin), leave_an_admin: true, ..UserUpdate::default() };
        self.account(&name).await?;
        self.accounts.users.update_user(&name, update).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = name.as_str(), is_admin, "admin flag changed");
        Ok(Reply::ok(&object([])))
    }

    pub(super) async fn delete_user(&self) -> Result<Reply, Reply> {
        self.admin_only("delete users")?;
        let name = self.username()?;
        if name == self.who.user {
            return Err(Reply::not_done("You cannot delete your own account."));
        }
        self.account(&name).await?;
        self.remove_account(&name).await?;
        Ok(Reply::ok(&object([])))
    }

    /// Removes an account with all that it holds, unless it is the last active admin.
    pub(super) async fn remove_account(&self, name: &Username) -> Result<(), Reply> {
        // Shut before it is emptied: broken off in between, nobody signs in with it, it counts as no admin, and it can be
        // removed again.
        let shut =
            UserUpdate { is_admin: Some(false), is_active: Some(false), leave_an_admin: true, ..UserUpdate::default() };
        self.accounts.users.update_user(name, shut).await.map_err(store_error)?;
        // Grants before the name: were it the other way round, a namesake would find them.
        let forget = Change::Forget(Subject::User(name.clone()));
        self.flow.shared.authorizer.store().apply(&[forget]).await.map_err(store_error)?;
        self.accounts.users.delete_user(name).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = name.as_str(), "user deleted");
        Ok(())
    }

    fn self_or_admin(&self, name: &Username) -> Result<(), Reply> {
        match self.who.is_admin || *name == self.who.user {
            true => Ok(()),
            false => Err(self.deny("only admins look at or change other users")),
        }
    }

    /// Hashes the password in `field`, off the async threads.
    pub(super) async fn new_password(&self, field: &'static str) -> Result<PasswordHash, Reply> {
        let password = Secret::new(self.text(field)?);
        if password.expose().chars().count() < SHORTEST_PASSWORD {
            return Err(Reply::bad_request(format!(
                "the parameter `{field}` is too short: a password has at least {SHORTEST_PASSWORD} characters"
            )));
        }
        if password.expose().len() > LONGEST_PASSWORD {
            return Err(Reply::bad_request(format!(
                "the parameter `{field}` is too long: a password has at most {LONGEST_PASSWORD} bytes"
            )));
        }
        if is_token(password.expose()) {
            let problem = format!("the parameter `{field}` looks like an access token, and would be taken for one");
            return Err(Reply::bad_request(problem));
        }
        let hashed = self.accounts.passwords.hash(&password).await;
        hashed.map_err(|error| Reply::unavailable(error.to_string()))
    }
}
