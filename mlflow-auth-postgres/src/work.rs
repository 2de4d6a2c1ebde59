//! How reads and writes are made, and made again.

use crate::connect;
use crate::error::{PostgresError, Result};
use crate::feed::{self, Point};
use crate::pool::Pool;
use crate::schema::Schema;
use crate::session::Session;
use crate::settings::{PostgresListen, PostgresSettings};
use crate::write::Write;
use futures_util::future::BoxFuture;
use mlflow_auth_core::store::StoreError;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use std::time::Duration;

/// What is done on a connection, with what it is about. It holds nothing of its own, so that it can be done again.
pub(crate) type Work<S, A, T> = for<'a> fn(&'a mut S, &'a A) -> BoxFuture<'a, Result<T>>;

/// What stands before and after the statements of a transaction.
pub(crate) struct Frame {
    /// Before a single statement, where the connection is a pooler's.
    begin: Option<SqlStr>,
    /// Before a read that must be of one state.
    begin_snapshot: SqlStr,
    /// Before a write: locks the feed, and says where it is.
    begin_write: SqlStr,
    /// After a write that the feed tells of.
    commit_told: SqlStr,
    events_kept: u32,
}

const COMMIT: SqlStr = SqlStr::from_static("COMMIT");
const ROLLBACK: SqlStr = SqlStr::from_static("ROLLBACK");

/// How often something is begun before its failure is told.
const ATTEMPTS: u32 = 4;

impl Frame {
    pub(crate) fn new(settings: &PostgresSettings, schema: &Schema) -> Self {
        let limits = connect::limits(settings).map(|(name, value)| format!("SET LOCAL {name} = {value};")).join(" ");
        let lock = schema.qualify("SELECT revision, mark, version FROM mlflow_auth.state FOR UPDATE");
        let tells = settings.listen != PostgresListen::Nowhere;
        let notify = if tells { format!("NOTIFY {}; ", schema.name()) } else { String::new() };
        // Safe: made of numbers and the name of a schema that needs no quotes.
        let text = |sql: String| AssertSqlSafe(sql).into_sql_str().clone();
        Self {
            begin: settings.transaction_pooling.then(|| text(format!("BEGIN; {limits}"))),
            begin_snapshot: text(format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {limits}")),
            begin_write: text(format!("BEGIN ISOLATION LEVEL READ COMMITTED; {limits} {lock}")),
            commit_told: text(format!("{notify}COMMIT")),
            events_kept: settings.events_kept,
        }
    }
}

/// Reads one state of the database with one statement; again if the connection was lost.
pub(crate) async fn read<A, T>(pool: &Pool, frame: &Frame, about: &A, work: Work<Session, A, T>) -> Result<T> {
    let mut attempt = 1;
    loop {
        match touch(pool, frame, about, work).await {
            Err(error) if error.may_be_retried() && attempt < ATTEMPTS => attempt = pause(attempt).await,
            outcome => return outcome,
        }
    }
}

/// Runs one statement, which may write, once: nobody knows what became of it if the connection is lost.
pub(crate) async fn touch<A, T>(pool: &Pool, frame: &Frame, about: &A, work: Work<Session, A, T>) -> Result<T> {
    let session = pool.session().await?;
    within(session, frame.begin.clone(), about, work).await
}

/// Begins to read one state of the database with several statements.
pub(crate) async fn begin_snapshot(pool: &Pool, frame: &Frame) -> Result<Session> {
    let mut session = pool.session().await?;
    session.say(frame.begin_snapshot.clone()).await?;
    Ok(session)
}

/// Ends reading. A connection that cannot even do that is closed.
pub(crate) async fn end_snapshot(mut session: Session) {
    if session.say(ROLLBACK).await.is_ok() {
        session.give_back();
    }
}

async fn within<A, T>(mut session: Session, begin: Option<SqlStr>, about: &A, work: Work<Session, A, T>) -> Result<T> {
    let is_framed = begin.is_some();
    if let Some(begin) = begin {
        session.say(begin).await?;
    }
    match work(&mut session, about).await {
        Ok(value) => {
            if is_framed {
                session.say(COMMIT).await.map_err(unknown)?;
            }
            session.give_back();
            Ok(value)
        }
        Err(error) if error.is_lost() => Err(error),
        Err(error) => {
            if !is_framed || session.say(ROLLBACK).await.is_ok() {
                session.give_back();
            }
            Err(error)
        }
    }
}

/// Writes all of it or nothing, one writer of all processes at a time, and tells the feed in the same transaction. It is
/// made again if it was surely not committed, for a reason that passes.
pub(crate) async fn write<A, T>(pool: &Pool, frame: &Frame, about: &A, work: Work<Write, A, T>) -> Result<(T, Point)> {
    let mut attempt = 1;
    loop {
        match write_once(pool, frame, about, work).await {
            Err(error) if error.may_be_retried() && attempt < ATTEMPTS => attempt = pause(attempt).await,
            outcome => return outcome,
        }
    }
}

async fn write_once<A, T>(pool: &Pool, frame: &Frame, about: &A, work: Work<Write, A, T>) -> Result<(T, Point)> {
    let mut session = pool.session().await?;
    let locked = session.say(frame.begin_write.clone()).await?;
    let outcome = match feed::locked(locked.as_ref(), &session) {
        Ok(point) => work_and_tell(Write::new(session, point), frame, about, work).await,
        Err(error) => Err((error, session)),
    };
    match outcome {
        Ok((value, point, session)) => {
            session.give_back();
            Ok((value, point))
        }
        Err((error, mut session)) => {
            if !error.is_lost() && session.say(ROLLBACK).await.is_ok() {
                session.give_back();
            }
            Err(error)
        }
    }
}

type Written<T> = Result<(T, Point, Session), (PostgresError, Session)>;

async fn work_and_tell<A, T>(mut write: Write, frame: &Frame, about: &A, work: Work<Write, A, T>) -> Written<T> {
    let value = match work(&mut write, about).await {
        Ok(value) => value,
        Err(error) => return Err((error, write.into_parts().0)),
    };
    let (mut session, before, events) = write.into_parts();
    let point = match feed::tell(&mut session, before, events, frame.events_kept).await {
        Ok(point) => point,
        Err(error) => return Err((error, session)),
    };
    let commit = if point == before { COMMIT } else { frame.commit_told.clone() };
    match session.say(commit).await {
        Ok(_) => Ok((value, point, session)),
        Err(error) => Err((unknown(error), session)),
    }
}

/// A commit that failed: the server said so, or nobody knows.
fn unknown(error: PostgresError) -> PostgresError {
    match error {
        error if !error.is_lost() => error,
        PostgresError::Statement(source) => PostgresError::Unknown(source),
        error => error,
    }
}

async fn pause(attempt: u32) -> u32 {
    tokio::time::sleep(Duration::from_millis(5 << attempt)).await;
    attempt + 1
}

/// Runs `work` to its end even if nobody waits for it any more, but no longer than `limit`.
pub(crate) async fn apart<T: Send + 'static>(
    limit: Duration,
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T, StoreError> {
    let task = tokio::spawn(async move {
        tokio::time::timeout(limit, work).await.unwrap_or_else(|_| Err(PostgresError::TimedOut(limit)))
    });
    Ok(task.await.map_err(PostgresError::from)??)
}
