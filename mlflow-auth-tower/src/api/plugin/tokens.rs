//! Access tokens.

use super::fields::Fields;
use super::{dates, invalid};
use crate::api::{Call, Tokens, store_error};
use crate::denial::Denial;
use crate::reply::Reply;
use http::StatusCode;
use mlflow_auth_core::routes::mlflow::narrowed_to;
use mlflow_auth_core::routes::oidc_plugin::TokenOperation;
use mlflow_auth_core::store::{AccessToken, Seconds, now};
use mlflow_auth_core::{
    DIRECTORY, IssueError, NarrowedTo, Narrowing, Proof, Secret, TokenOrder, Username, Workspace, issue_token,
};
use serde_json::{Value, json};

/// The token that a new one of its name replaces.
const DEFAULT: &str = "default";

/// How many resources one token may name.
const MOST_RESOURCES: usize = 100;

/// Who may have tokens made, as they are told.
const WHO_ISSUES: &str = "access tokens are issued to people who signed in with a session, a password or a token of an \
                          identity provider, and to those of a directory if it tells the groups of everybody; an access \
                          token issues none";

/// What a body asks of a new token.
struct Wanted {
    name: String,
    expires_at: Seconds,
    narrowing: Narrowing,
}

fn shape(token: &AccessToken) -> Value {
    let resource = |one: &NarrowedTo| {
        json!({
            "type": one.kind.name(),
            "id": one.id.as_deref().unwrap_or("*"),
            "workspace": one.workspace.as_ref().map(Workspace::as_str),
        })
    };
    json!({
        "id": token.id,
        "name": token.name,
        "token_prefix": token.prefix,
        "created_at": dates::write(token.created_at),
        "created_by": token.created_by.as_str(),
        "expires_at": dates::write(token.expires_at),
        "last_used_at": token.last_used_at.map(dates::write),
        "active": token.expires_at > now(),
        "read_only": token.narrowing.read_only,
        "resources": token.narrowing.only.as_ref().map(|only| only.iter().map(resource).collect::<Vec<_>>()),
    })
}

impl Call<'_> {
    pub(super) async fn on_tokens(&self, operation: TokenOperation) -> Result<Reply, Reply> {
        let own = || self.who.user.clone();
        match operation {
            TokenOperation::Renew => self.renew_token().await,
            TokenOperation::ListOwn => self.list_tokens(own()).await,
            TokenOperation::CreateOwn => self.create_token(own()).await,
            TokenOperation::DeleteOwn => self.delete_token(own()).await,
            TokenOperation::List => self.list_tokens(self.owner_in_path()?).await,
            TokenOperation::Create => self.create_token(self.owner_in_path()?).await,
            TokenOperation::Delete => self.delete_token(self.owner_in_path()?).await,
            TokenOperation::DeleteAll => self.delete_tokens(self.owner_in_path()?).await,
        }
    }

    fn tokens(&self) -> Result<&Tokens, Reply> {
        self.flow.shared.tokens.as_ref().ok_or_else(|| Reply::not_found("access tokens are not kept here"))
    }

    fn owner_in_path(&self) -> Result<Username, Reply> {
        self.admin_only("see and change tokens of others")?;
        self.user_in_path()
    }

    /// A token never makes a token, or a leaked one would outlive its own end; nor does whatever a program signs in with.
    /// What is not named here does not either.
    async fn may_issue(&self) -> Result<(), Reply> {
        let by_a_person =
            matches!(self.who.proof, Proof::Session | Proof::Password | Proof::Directory | Proof::SignedToken);
        let sheds_groups = !self.tokens()?.limits.for_directory && self.is_of_directory().await?;
        if by_a_person && !sheds_groups && self.who.narrowing.is_none() {
            let account = self.accounts.users.user(&self.who.user).await.map_err(store_error)?;
            if account.is_some_and(|account| account.is_active && !account.is_service) {
                return Ok(());
            }
        }
        // The log says it in any case; so that nobody tries on and on, the answer does too.
        let denial = Denial { route: Some(self.route), ..Denial::new(self.who, self.head) };
        denial.reply(WHO_ISSUES, true);
        Err(Reply::denied_because(WHO_ISSUES))
    }

    /// Whether a directory vouches for the caller, or opened a session of theirs.
    async fn is_of_directory(&self) -> Result<bool, Reply> {
        match (self.who.proof, &self.flow.shared.sign_ins) {
            (Proof::Directory, _) => Ok(true),
            (Proof::Session, Some(kept)) => {
                let sessions = kept.sessions.sessions_of(&self.who.user).await.map_err(store_error)?;
                Ok(sessions.iter().any(|session| session.provider == DIRECTORY))
            }
            _ => Ok(false),
        }
    }

    async fn renew_token(&self) -> Result<Reply, Reply> {
        let mut body = self.body();
        let (username, expiration) = (body.text_or_none("username"), body.text_or_none("expiration"));
        body.done()?;
        self.may_issue().await?;
        let named = username.filter(|name| !name.is_empty()).map(Username::new).transpose().map_err(invalid)?;
        let user = named.unwrap_or_else(|| self.who.user.clone());
        if user != self.who.user {
            self.admin_only("make tokens of others")?;
        }
        let expires_at = match expiration.filter(|text| !text.is_empty()) {
            Some(text) => expiration_of(text)?,
            None => self.tokens()?.limits.usual_end(now()),
        };
        let narrowing = Narrowing::default();
        let wanted = Wanted { name: DEFAULT.to_owned(), expires_at, narrowing };
        let (token, secret) = self.issue(user, wanted, true).await?;
        let message = format!("Token for {} has been created", token.user);
        let expires_at = dates::write(token.expires_at);
        Ok(Reply::ok(&json!({"token": secret.expose(), "expires_at": expires_at, "message": message})).kept_nowhere())
    }

    async fn create_token(&self, user: Username) -> Result<Reply, Reply> {
        let wanted = self.wanted_token()?;
        self.may_issue().await?;
        let (token, secret) = self.issue(user, wanted, false).await?;
        let mut answer = shape(&token);
        if let Value::Object(fields) = &mut answer {
            fields.insert("token".to_owned(), secret.expose().into());
        }
        Ok(Reply::json(StatusCode::CREATED, &answer).kept_nowhere())
    }

    fn wanted_token(&self) -> Result<Wanted, Reply> {
        let mut body = self.body();
        let (name, expiration) = (body.text("name"), body.text("expiration"));
        let read_only = body.flag_or_none("read_only").unwrap_or(false);
        let listed = listed_resources(&mut body);
        body.done()?;
        let only = listed.map(|listed| listed.into_iter().map(|one| self.narrowed_to(one)).collect()).transpose()?;
        let narrowing = Narrowing { read_only, only };
        Ok(Wanted { name: name.trim().to_owned(), expires_at: expiration_of(expiration)?, narrowing })
    }

    fn narrowed_to(&self, (kind, id, workspace): Listed<'_>) -> Result<NarrowedTo, Reply> {
        let workspaces = self.flow.shared.authorizer.policy().workspaces;
        if workspace.is_some() && !workspaces {
            return Err(Reply::bad_request("a resource names a `workspace`, but workspaces are switched off"));
        }
        let workspace = workspace.map(Workspace::new).transpose().map_err(invalid)?;
        narrowed_to(kind, id, workspace).map_err(|error| Reply::bad_request(error.to_string()))
    }

    async fn issue(&self, user: Username, wanted: Wanted, replaces: bool) -> Result<(AccessToken, Secret), Reply> {
        let Tokens { store, limits } = self.tokens()?;
        if !self.account(&user).await?.is_active {
            return Err(Reply::conflict(format!("the account of user `{user}` is not active; it gets no tokens")));
        }
        let Wanted { name, expires_at, narrowing } = wanted;
        let (created_by, created_at) = (self.who.user.clone(), now());
        let order = TokenOrder { user, name, narrowing, created_by, created_at, expires_at, replaces };
        let (token, secret) = issue_token(store.as_ref(), limits, order).await.map_err(issue_error)?;
        tracing::info!(
            by = self.who.user.as_str(),
            user = token.user.as_str(),
            id = token.id,
            prefix = token.prefix,
            narrowed = !token.narrowing.is_whole(),
            "access token issued"
        );
        Ok((token, secret))
    }

    async fn list_tokens(&self, user: Username) -> Result<Reply, Reply> {
        let page = self.page()?;
        self.account(&user).await?;
        let tokens = self.tokens()?.store.tokens_of(&user).await.map_err(store_error)?;
        let answer = page.within(tokens, |token| token.name.as_str(), shape, |rows| json!({"tokens": rows}));
        Ok(answer.kept_nowhere())
    }

    async fn delete_token(&self, user: Username) -> Result<Reply, Reply> {
        let id = self.number_in_path("token_id")?;
        self.account(&user).await?;
        self.tokens()?.store.delete_token(&user, id).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = user.as_str(), id, "access token ended");
        Ok(Reply::ok(&json!({"deleted": 1})))
    }

    async fn delete_tokens(&self, user: Username) -> Result<Reply, Reply> {
        self.account(&user).await?;
        let revoked = self.tokens()?.store.delete_tokens(&user).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = user.as_str(), revoked, "all access tokens ended");
        Ok(Reply::ok(&json!({"revoked": revoked})))
    }
}

fn expiration_of(text: &str) -> Result<Seconds, Reply> {
    dates::read(text).ok_or_else(|| Reply::bad_request("the expiration is not an ISO 8601 time"))
}

fn issue_error(error: IssueError) -> Reply {
    match error {
        IssueError::Store(error) => store_error(error),
        IssueError::Limit(problem) => Reply::bad_request(problem),
        error => Reply::unavailable(error.to_string()),
    }
}

/// A resource as a body names it: type, id, workspace.
type Listed<'b> = (&'b str, &'b str, Option<&'b str>);

fn listed_resources<'b>(body: &mut Fields<'b>) -> Option<Vec<Listed<'b>>> {
    let items = body.objects_or_none("resources")?;
    if items.is_empty() || items.len() > MOST_RESOURCES {
        let problem = format!("List should have 1 to {MOST_RESOURCES} items; leave it out for a token for everything");
        body.problem("resources", "list_length", &problem);
    }
    let text = |item: &'b serde_json::Map<String, Value>, name: &str| item.get(name).and_then(Value::as_str);
    let mut listed = Vec::new();
    for item in items {
        let known = item.keys().all(|key| ["type", "id", "workspace"].contains(&key.as_str()));
        let workspace = item.get("workspace").filter(|value| !value.is_null());
        match (text(item, "type"), text(item, "id")) {
            (Some(kind), Some(id)) if known && workspace.is_none_or(Value::is_string) => {
                listed.push((kind, id, workspace.and_then(Value::as_str)));
            }
            _ => body.problem("resources", "resource", "Input should be objects of `type`, `id` and maybe `workspace`"),
        }
    }
    Some(listed)
}
