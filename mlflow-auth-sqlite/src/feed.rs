//! The change feed: how it is written and read, and who looks for changes by other processes.

use crate::error::{Result, SqliteError};
use crate::queries;
use crate::rows;
use mlflow_auth_core::Subject;
use mlflow_auth_core::store::Events;
use mlflow_auth_core::store::{Changes, Event, Revision};
use rusqlite::{Connection, Row, Transaction};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// The newest revision.
pub(crate) fn revision(connection: &Connection) -> Result<Revision> {
    Ok(connection.prepare_cached(queries::NEWEST_REVISION)?.query_row([], |row| row.get(0))?)
}

/// What was committed after a revision, if anything.
pub(crate) fn since(connection: &Connection, after: Revision) -> Result<Option<Changes>> {
    let revision = revision(connection)?;
    if after == revision {
        return Ok(None);
    }
    let oldest: Option<Revision> =
        connection.prepare_cached(queries::OLDEST_REVISION)?.query_row([], |row| row.get(0))?;
    let is_known = after < revision && oldest.is_some_and(|oldest| after.saturating_add(1) >= oldest);
    let mut events = vec![Event::Everything];
    if is_known {
        let mut statement = connection.prepare_cached(queries::CHANGES_SINCE)?;
        let found = statement.query_map([after], |row| Ok(event(row)))?;
        events = found.collect::<rusqlite::Result<_>>()?;
    }
    Ok(Some(Changes { revision, events }))
}

/// What cannot be read may have been anything.
fn event(row: &Row<'_>) -> Event {
    let read = || -> Result<Event> {
        let topic: String = row.get(0)?;
        Ok(match (topic.as_str(), rows::subject(row, 1)?) {
            ("account", Subject::User(name)) => Event::User(name),
            ("membership", Subject::User(name)) => Event::Membership(name),
            ("grants", subject) => Event::Grants(subject),
            _ => Event::Everything,
        })
    };
    read().unwrap_or(Event::Everything)
}

/// Writes down what a transaction touched, drops what is older than the last `kept`, and returns the revision.
pub(crate) fn tell(transaction: &Transaction<'_>, events: Events, kept: u32) -> Result<Revision> {
    let events = events.into_list();
    for event in &events {
        add(transaction, event)?;
    }
    let revision = revision(transaction)?;
    if !events.is_empty() {
        transaction.prepare_cached(queries::PRUNE_CHANGES)?.execute([revision - i64::from(kept)])?;
    }
    Ok(revision)
}

fn add(transaction: &Transaction<'_>, event: &Event) -> Result<()> {
    let user = |name: &mlflow_auth_core::Username| Some(Subject::User(name.clone()));
    let (topic, subject) = match event {
        Event::User(name) => ("account", user(name)),
        Event::Membership(name) => ("membership", user(name)),
        Event::Grants(subject) => ("grants", Some(subject.clone())),
        Event::Everything => ("everything", None),
    };
    let columns = subject.as_ref().map(rows::columns);
    let (kind, workspace, name) = (columns.map(|c| c.0), columns.map(|c| c.1), columns.map(|c| c.2));
    transaction.prepare_cached(queries::ADD_CHANGE)?.execute((topic, kind, workspace, name))?;
    Ok(())
}

/// Wakes those who wait for a change: at once when this process wrote, and soon when another did. For that a thread
/// looks at the file's version, which costs microseconds, and only while somebody waits.
pub(crate) struct Watch {
    ticks: watch::Sender<()>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: usize,
    is_over: bool,
}

impl Watch {
    /// Watches through a connection of its own.
    pub(crate) fn start(connection: Connection, every: Duration) -> Result<Self> {
        let (ticks, shared) = (watch::Sender::new(()), Arc::new(Shared::default()));
        let (tick, state) = (ticks.clone(), shared.clone());
        let thread = std::thread::Builder::new()
            .name("mlflow-auth-sqlite".to_owned())
            .spawn(move || state.look(&connection, &tick, every))
            .map_err(SqliteError::Thread)?;
        Ok(Self { ticks, shared, thread: Some(thread) })
    }

    /// What to call when something was committed here.
    pub(crate) fn tick(&self) -> impl FnOnce() + Send + 'static {
        let ticks = self.ticks.clone();
        move || {
            ticks.send_replace(());
        }
    }

    /// To be called before the feed is read, so that nothing slips through between.
    pub(crate) fn subscribe(&self) -> watch::Receiver<()> {
        self.ticks.subscribe()
    }

    /// Other processes are looked at for as long as this is held.
    pub(crate) fn look_at_others(&self) -> Looking<'_> {
        self.shared.lock().waiting += 1;
        self.shared.changed.notify_all();
        Looking(&self.shared)
    }
}

pub(crate) struct Looking<'w>(&'w Shared);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.lock().is_over = true;
        self.shared.changed.notify_all();
        // It holds no lock for longer than one look, so this is quick, and the file is closed when it returns.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self, connection: &Connection, ticks: &watch::Sender<()>, every: Duration) {
        let mut last = None;
        loop {
            // A look that fails is no news: whoever waits reads the feed itself when patience is over, and hears it then.
            if let Ok(version) = data_version(connection)
                && last.replace(version) != Some(version)
            {
                ticks.send_replace(());
            }
            let state = self.lock();
            let state = self.changed.wait_while(state, |state| state.waiting == 0 && !state.is_over);
            let state = state.unwrap_or_else(PoisonError::into_inner);
            let pause = self.changed.wait_timeout_while(state, every, |state| !state.is_over);
            let (state, _) = pause.unwrap_or_else(PoisonError::into_inner);
            if state.is_over {
                return;
            }
        }
    }
}

fn data_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.prepare_cached(queries::DATA_VERSION)?.query_row([], |row| row.get(0))
}
