//! The store.

use crate::connections::Connections;
use crate::error::{Result, SqliteError};
use crate::feed::{self, Watch};
use crate::settings::SqliteSettings;
use crate::write::Write;
use crate::{accounts, file, migrations, read};
use async_trait::async_trait;
use mlflow_auth_core::store::{
    Change, ChangeFeed, Changes, Membership, NewUser, PermissionStore, Revision, Role, StoreError, User, UserStore,
    UserUpdate,
};
use mlflow_auth_core::{
    Grant, GroupName, PasswordHash, ResourceType, RoleKey, RuleLimits, Subject, SubjectGrants, Username, Workspace,
};
use rusqlite::{Connection, Transaction};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Accounts, identities, sessions, access tokens, groups, roles and grants in one SQLite file.
///
/// What it acknowledged survives a crash of the process and of the machine. Any number of processes of one machine may
/// use the same file at once; each sees what the others changed within tens of milliseconds. All work is done on threads
/// that may block; a write goes on to its end even if its caller no longer waits.
pub struct SqliteStore {
    path: PathBuf,
    connections: Connections,
    watch: Watch,
    events_kept: u32,
    pub(crate) rules: RuleLimits,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the file at `path`, which is made if it is not there, readable and writable for its owner alone. An older
    /// version of the schema is brought to the newest. To be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the file cannot be had: its folder does not exist, it may not be written, another
    /// process holds it for too long. [`StoreError::Failed`] if it is not a file, not a database, the database of
    /// another program, or one of a newer version. The source names the file and says which.
    pub async fn open(path: impl AsRef<Path>, settings: SqliteSettings) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let opened = spawn_blocking(move || Self::open_now(&path, &settings)).await;
        Ok(opened.map_err(SqliteError::from)??)
    }

    fn open_now(path: &Path, settings: &SqliteSettings) -> Result<Self> {
        let path = file::whole_path(path)?;
        file::prepare(&path)?;
        let mut writer = file::connect(&path, settings)?;
        migrations::run(&mut writer, &path, settings.busy_timeout)?;
        let connections = Connections::open(writer, &path, settings)?;
        let watch = Watch::start(file::connect_reader(&path, settings)?, settings.poll_every)?;
        Ok(Self { path, connections, watch, events_kept: settings.events_kept, rules: settings.rules })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        Ok(self.connections.read(read).await?)
    }

    /// Writes, tells the feed in the same transaction, and wakes who waits for it.
    pub(crate) async fn write<T, F>(&self, write: F) -> Result<(T, Revision), StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &mut Write<'_>) -> Result<T> + Send + 'static,
    {
        let kept = self.events_kept;
        let write = move |transaction: &Transaction<'_>| {
            let mut changes = Write::new(transaction);
            let value = write(transaction, &mut changes)?;
            Ok((value, feed::tell(transaction, changes.into_events(), kept)?))
        };
        Ok(self.connections.write(write, self.watch.tick()).await?)
    }
}

#[async_trait]
impl ChangeFeed for SqliteStore {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.read(feed::revision).await
    }

    async fn changes(&self, after: Revision, patience: Duration) -> Result<Changes, StoreError> {
        let began = Instant::now();
        let mut ticks = self.watch.subscribe();
        let _looking = self.watch.look_at_others();
        loop {
            if let Some(changes) = self.read(move |connection| feed::since(connection, after)).await? {
                return Ok(changes);
            }
            let left = patience.saturating_sub(began.elapsed());
            if !matches!(timeout(left, ticks.changed()).await, Ok(Ok(()))) {
                return Ok(Changes { revision: after, events: Vec::new() });
            }
        }
    }
}

#[async_trait]
impl PermissionStore for SqliteStore {
    async fn membership(&self, user: &Username) -> Result<Arc<Membership>, StoreError> {
        let user = user.clone();
        self.read(move |connection| Ok(Arc::new(read::membership(connection, &user)?))).await
    }

    async fn grants_of(&self, subject: &Subject) -> Result<Arc<SubjectGrants>, StoreError> {
        let subject = subject.clone();
        let grants = self.read(move |connection| read::grants_of(connection, &subject)).await?;
        // Apart from the reading, so that a long compilation keeps no connection from others.
        let rules = self.rules;
        let compiled =
            spawn_blocking(move || SubjectGrants::with_limits(grants, rules)).await.map_err(SqliteError::from)?;
        Ok(Arc::new(compiled?))
    }

    async fn grants_on(&self, kind: &ResourceType, id: &str, workspace: &Workspace) -> Result<Vec<Grant>, StoreError> {
        let (kind, id, workspace) = (kind.clone(), id.to_owned(), workspace.clone());
        self.read(move |connection| read::grants_on(connection, &kind, &id, &workspace)).await
    }

    async fn patterns_on(&self, kind: &ResourceType) -> Result<Vec<Grant>, StoreError> {
        let kind = kind.clone();
        self.read(move |connection| read::patterns_on(connection, &kind)).await
    }

    async fn holders(&self) -> Result<Vec<Subject>, StoreError> {
        self.read(read::holders).await
    }

    async fn groups(&self) -> Result<Vec<GroupName>, StoreError> {
        self.read(read::groups).await
    }

    async fn members(&self, group: &GroupName) -> Result<Vec<Username>, StoreError> {
        let group = group.clone();
        self.read(move |connection| read::members(connection, &group)).await
    }

    async fn roles(&self) -> Result<Vec<Role>, StoreError> {
        self.read(read::roles).await
    }

    async fn role_users(&self, role: &RoleKey) -> Result<Vec<Username>, StoreError> {
        let role = role.clone();
        self.read(move |connection| read::role_users(connection, &role)).await
    }

    async fn apply(&self, changes: &[Change]) -> Result<Revision, StoreError> {
        let (changes, rules) = (changes.to_vec(), self.rules);
        let made = self.write(move |_, write| {
            changes.iter().try_for_each(|change| write.make(change))?;
            write.check_patterns(&changes, rules)
        });
        Ok(made.await?.1)
    }
}

#[async_trait]
impl UserStore for SqliteStore {
    async fn user(&self, name: &Username) -> Result<Option<User>, StoreError> {
        Ok(self.credentials(name).await?.map(|(user, _)| user))
    }

    async fn credentials(&self, name: &Username) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        let name = name.clone();
        self.read(move |connection| accounts::find(connection, &name)).await
    }

    async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read(accounts::all).await
    }

    async fn create_user(&self, user: NewUser) -> Result<User, StoreError> {
        let made = self.write(move |connection, write| accounts::create(connection, write, user));
        Ok(made.await?.0)
    }

    async fn update_user(&self, name: &Username, update: UserUpdate) -> Result<(), StoreError> {
        let name = name.clone();
        self.write(move |connection, write| accounts::update(connection, write, &name, &update)).await.map(|_| ())
    }

    async fn delete_user(&self, name: &Username) -> Result<(), StoreError> {
        let name = name.clone();
        self.write(move |connection, write| accounts::delete(connection, write, &name)).await.map(|_| ())
    }
}
