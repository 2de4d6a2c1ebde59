//! Access tokens from the command line: for machines, before anybody can sign in.

mod cli;

pub(super) use cli::{asked, command};

use super::{Outcome, TaskError};
use crate::assemble::{open, open_existing};
use crate::config::Config;
use mlflow_auth_core::store::{AccessToken, NewUser, Seconds, StoreError, TokenStore, UserStore, now};
use mlflow_auth_core::{NarrowedTo, Narrowing, TokenOrder, Username, issue_token};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What to do with access tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenTask {
    /// Make one and print it, this once.
    Create {
        /// Whose it will be.
        user: Username,
        /// What it is called.
        name: String,
        /// Its life in seconds; none for the usual.
        life: Option<Seconds>,
        /// What it may be used for.
        narrowing: Narrowing,
        /// Whether it takes the place of the one of this name.
        replace: bool,
        /// Whether the account is made, as one of a program, if there is none.
        service_account: bool,
    },
    /// List those of a user.
    List {
        /// Whose.
        user: Username,
    },
    /// End one, or all, of a user.
    Delete {
        /// Whose.
        user: Username,
        /// Which.
        which: Which,
    },
}

/// Which tokens end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one of this name.
    Named(String),
    /// The one of this number.
    Numbered(i64),
    /// All.
    All,
}

/// Does it.
///
/// # Errors
/// [`TaskError`]
pub(super) async fn perform(config: &Config, task: TokenTask) -> Result<Outcome, TaskError> {
    let text = match task {
        TokenTask::List { user } => list(config, &user).await?,
        TokenTask::Delete { user, which } => delete(config, &user, which).await?,
        create => make(config, create).await?,
    };
    Ok(Outcome { text, status: 0 })
}

async fn make(config: &Config, task: TokenTask) -> Result<String, TaskError> {
    let TokenTask::Create { user, name, life, narrowing, replace, service_account } = task else {
        return Ok(String::new());
    };
    let store = open(config).await?;
    if service_account {
        let program = NewUser { is_service: true, ..NewUser::named(user.clone()) };
        match store.create_user(program).await {
            Ok(_) => {}
            Err(StoreError::AlreadyExists(_)) if is_service(&store, &user).await? => {}
            Err(StoreError::AlreadyExists(_)) => return Err(TaskError::NotAProgram(user)),
            Err(error) => return Err(error.into()),
        }
    }
    let now = now();
    let limits = config.access_tokens;
    let order = TokenOrder {
        user,
        name,
        narrowing,
        // Whoever has the file may do what the admin may, and nobody else is known to be here.
        created_by: config.admin.username.clone(),
        created_at: now,
        expires_at: life.map_or_else(|| limits.usual_end(now), |life| now.saturating_add(life)),
        replaces: replace,
    };
    let (_, secret) = issue_token(&store, &limits, order).await.map_err(TaskError::Token)?;
    Ok(format!("{}\n", secret.expose()))
}

async fn is_service(users: &dyn UserStore, user: &Username) -> Result<bool, StoreError> {
    Ok(users.user(user).await?.is_some_and(|account| account.is_service))
}

async fn list(config: &Config, user: &Username) -> Result<String, TaskError> {
    let store = open_existing(config).await?;
    known(&store, user).await?;
    let now = now();
    Ok(store.tokens_of(user).await?.iter().map(|token| format!("{}\n", line(token, now))).collect())
}

/// Such as ``3  mlf_0123abcd_…  `deploy`  expires 2027-01-01T00:00:00Z  never used  reading only``.
fn line(token: &AccessToken, now: Seconds) -> String {
    let AccessToken { id, name, prefix, narrowing, expires_at, last_used_at, .. } = token;
    let end = if *expires_at > now { "expires" } else { "expired" };
    let used = last_used_at.map_or("never used".to_owned(), |used| format!("last used {}", date(used)));
    let mut line = format!("{id}  mlf_{prefix}_…  `{}`  {end} {}  {used}", name.escape_debug(), date(*expires_at));
    if narrowing.read_only {
        line.push_str("  reading only");
    }
    if let Some(only) = &narrowing.only {
        let resources: Vec<String> = only.iter().map(NarrowedTo::to_string).collect();
        line.push_str(&format!("  only {}", resources.join(", ")));
    }
    line
}

async fn delete(config: &Config, user: &Username, which: Which) -> Result<String, TaskError> {
    let store = open_existing(config).await?;
    known(&store, user).await?;
    let id = match which {
        Which::All => return Ok(format!("{} tokens ended\n", store.delete_tokens(user).await?)),
        Which::Numbered(id) => id,
        Which::Named(name) => {
            let all = store.tokens_of(user).await?;
            let named = all.into_iter().find(|token| token.name == name);
            let missing = || StoreError::NotFound(format!("token `{}` of user `{user}`", name.escape_debug()));
            named.ok_or_else(missing)?.id
        }
    };
    store.delete_token(user, id).await?;
    Ok("1 token ended\n".to_owned())
}

async fn known(users: &dyn UserStore, user: &Username) -> Result<(), StoreError> {
    let found = users.user(user).await?;
    found.map(drop).ok_or_else(|| StoreError::NotFound(format!("user `{user}`")))
}

fn date(seconds: Seconds) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| "never".to_owned())
}
