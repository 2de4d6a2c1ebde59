//! The change feed: how it is written and read.

use crate::error::{PostgresError, Result};
use crate::migrations;
use crate::queries::query;
use crate::rows;
use crate::session::Session;
use mlflow_auth_core::Subject;
use mlflow_auth_core::store::Events;
use mlflow_auth_core::store::{Event, Revision};
use sqlx::Row;
use sqlx::postgres::PgRow;

/// Where the feed is: the number of the last commit, and its mark, which a commit of the same number in another life of the
/// database, one that was put back and went on from there, does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) revision: Revision,
    pub(crate) mark: i64,
}

/// What was committed after a revision.
pub(crate) struct Since {
    pub(crate) now: Point,
    /// The mark of the revision asked about, if it is still known.
    pub(crate) mark_then: Option<i64>,
    /// Whether all events after it are still there.
    pub(crate) is_whole: bool,
    pub(crate) events: Vec<Event>,
}

fn point(row: &PgRow) -> Result<Point> {
    Ok(Point { revision: row.try_get(0)?, mark: row.try_get(1)? })
}

/// Where the feed is that a transaction has locked. A schema that somebody newer brought on meanwhile is not written to.
pub(crate) fn locked(row: Option<&PgRow>, session: &Session) -> Result<Point> {
    let row = row.ok_or(sqlx::Error::RowNotFound)?;
    let (found, known) = (row.try_get(2)?, migrations::newest());
    match found > known {
        true => Err(PostgresError::Newer { schema: session.queries().schema.name().to_owned(), found, known }),
        false => point(row),
    }
}

pub(crate) async fn now(session: &mut Session) -> Result<Point> {
    let found = session.first(query!(session, state), point).await?;
    Ok(found.ok_or(sqlx::Error::RowNotFound)?)
}

/// Whether the server has what was committed at `point`, in the same life of the database. What is too old to be known is
/// as good as not there.
pub(crate) async fn has(session: &mut Session, point: Point) -> Result<bool> {
    let statement = query!(session, has, point.revision, point.mark);
    session.is(statement).await
}

pub(crate) async fn since(session: &mut Session, after: Revision) -> Result<Since> {
    let rows = session
        .all(query!(session, since, after), |row| {
            let topic: Option<String> = row.try_get(4)?;
            let event = topic.map(|topic| event(&topic, row));
            Ok((point(row)?, row.try_get::<Option<Revision>, _>(2)?, row.try_get::<Option<i64>, _>(3)?, event))
        })
        .await?;
    let (now, oldest, mark_then, _) = *rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let is_whole = after <= now.revision
        && (after == now.revision || oldest.is_some_and(|oldest| after.saturating_add(1) >= oldest));
    let mark_then = if after == now.revision { Some(now.mark) } else { mark_then };
    let events = rows.into_iter().filter_map(|(.., event)| event).collect();
    Ok(Since { now, mark_then, is_whole, events })
}

/// What cannot be read may have been anything.
fn event(topic: &str, row: &PgRow) -> Event {
    match (topic, rows::subject(row, 5)) {
        ("account", Ok(Subject::User(name))) => Event::User(name),
        ("membership", Ok(Subject::User(name))) => Event::Membership(name),
        ("grants", Ok(subject)) => Event::Grants(subject),
        _ => Event::Everything,
    }
}

/// The columns of what is told: topic, kind, workspace, name.
#[derive(Default)]
struct Columns {
    topics: Vec<&'static str>,
    kinds: Vec<Option<&'static str>>,
    workspaces: Vec<Option<String>>,
    names: Vec<Option<String>>,
}

impl Columns {
    fn add(&mut self, event: &Event) {
        let user = |name: &mlflow_auth_core::Username| Some(Subject::User(name.clone()));
        let (topic, subject) = match event {
            Event::User(name) => ("account", user(name)),
            Event::Membership(name) => ("membership", user(name)),
            Event::Grants(subject) => ("grants", Some(subject.clone())),
            Event::Everything => ("everything", None),
        };
        let columns = subject.as_ref().map(rows::columns);
        self.topics.push(topic);
        self.kinds.push(columns.map(|(kind, ..)| kind));
        self.workspaces.push(columns.map(|(_, workspace, _)| workspace.to_owned()));
        self.names.push(columns.map(|(.., name)| name.to_owned()));
    }
}

/// Writes down what a transaction touched, drops what is older than the last `kept`, and returns where the feed is then.
pub(crate) async fn tell(session: &mut Session, before: Point, events: Events, kept: u32) -> Result<Point> {
    let events = events.into_list();
    let Ok(count) = Revision::try_from(events.len()) else { return Ok(before) };
    if count == 0 {
        return Ok(before);
    }
    let mut columns = Columns::default();
    events.iter().for_each(|event| columns.add(event));
    let revisions: Vec<Revision> = (before.revision + 1..=before.revision + count).collect();
    let now = Point { revision: before.revision + count, mark: new_mark() };
    let marks = vec![now.mark; revisions.len()];
    let Columns { topics, kinds, workspaces, names } = columns;
    // One more stays: its mark says whether who stands there stands on our line.
    let oldest = now.revision - i64::from(kept) - 1;
    session
        .run(query!(session, tell, revisions, marks, topics, kinds, workspaces, names, now.revision, now.mark, oldest))
        .await?;
    Ok(now)
}

/// A number that no commit before had.
fn new_mark() -> i64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::time::SystemTime::now()).cast_signed()
}
