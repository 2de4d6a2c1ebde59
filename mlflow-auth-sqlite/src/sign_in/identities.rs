//! Identities, and who they are.

use super::{column, moment};
use crate::error::Result;
use crate::store::SqliteStore;
use crate::write::Write;
use crate::{accounts, queries, read};
use async_trait::async_trait;
use mlflow_auth_core::Username;
use mlflow_auth_core::store::{
    Adopts, Arrival, ArrivalRefusal, Arrived, ArrivesAt, BoundIdentity, Event, IdentityKey, IdentityStore, NewUser,
    StoreError, User, identity_name,
};
use rusqlite::Connection;

fn bound(connection: &Connection, key: &IdentityKey) -> Result<Option<User>> {
    let found = read::all(connection, queries::BOUND, (&key.issuer, &key.subject), accounts::account)?.pop();
    Ok(found.map(|(user, _)| user))
}

fn identities_of(connection: &Connection, user: &Username) -> Result<Vec<BoundIdentity>> {
    read::all(connection, queries::IDENTITIES_OF, [user.as_str()], |row| {
        let key = IdentityKey { issuer: row.get(0)?, subject: row.get(1)? };
        Ok(BoundIdentity { key, user: user.clone(), bound_at: moment(row, 2)? })
    })
}

fn arrive(connection: &Connection, write: &mut Write<'_>, arrival: Arrival) -> Result<Arrived> {
    arrival.check()?;
    let account = match account(connection, write, &arrival)? {
        Ok(account) => account,
        Err(refusal) => return Ok(Arrived::Refused(refusal)),
    };
    let changed = User {
        is_admin: arrival.is_admin.unwrap_or(account.is_admin),
        display_name: arrival.display_name.or_else(|| account.display_name.clone()),
        ..account.clone()
    };
    if changed != account {
        let (is_admin, display_name) = (changed.is_admin, changed.display_name.as_deref());
        write.run(queries::UPDATE_ACCOUNT, (changed.id, None::<&str>, is_admin, display_name, None::<bool>))?;
        write.tell(Event::User(changed.name.clone()));
    }
    write.sync_groups(&changed, &arrival.provider, &arrival.groups)?;
    Ok(Arrived::As(changed))
}

/// The account of somebody who arrives: bound to them, or bound now.
fn account(connection: &Connection, write: &mut Write<'_>, arrival: &Arrival) -> Result<Result<User, ArrivalRefusal>> {
    let bound = bound(connection, &arrival.key)?;
    let is_bound = bound.is_some();
    let found = match bound {
        Some(user) => Some(user),
        None => accounts::find(connection, &arrival.user)?.map(|(user, _)| user),
    };
    if let Some(refusal) = found.as_ref().and_then(|account| arrival.accounts.refuses(account)) {
        return Ok(Err(refusal));
    }
    let account = match found {
        Some(account) if is_bound => return Ok(Ok(account)),
        Some(account) => {
            let is_taken =
                connection.prepare_cached(queries::HAS_IDENTITY)?.query_row([account.id], |row| row.get(0))?;
            if is_taken || !arrival.adopts.takes(account.is_admin) {
                return Ok(Err(ArrivalRefusal::Taken));
            }
            account
        }
        None if !arrival.creates => return Ok(Err(ArrivalRefusal::NoAccount)),
        None if arrival.adopts == Adopts::Nobody && is_awaited(connection, &arrival.user)? => {
            return Ok(Err(ArrivalRefusal::Taken));
        }
        None => {
            let is_service = arrival.accounts == ArrivesAt::Program;
            let new = NewUser { is_service, ..NewUser::named(arrival.user.clone()) };
            accounts::create(connection, write, new)?
        }
    };
    write.run(queries::BIND, (&arrival.key.issuer, &arrival.key.subject, account.id, column(arrival.at)))?;
    write.tell(Event::User(account.name.clone()));
    Ok(Ok(account))
}

/// Whether somebody was given something before they came.
fn is_awaited(connection: &Connection, user: &Username) -> Result<bool> {
    Ok(connection.prepare_cached(queries::IS_AWAITED)?.query_row([user.as_str()], |row| row.get(0))?)
}

fn unbind(connection: &Connection, write: &mut Write<'_>, user: &Username, key: &IdentityKey) -> Result<()> {
    let removed = match accounts::find(connection, user)? {
        Some((owner, _)) => write.run(queries::UNBIND, (&key.issuer, &key.subject, owner.id))?,
        None => 0,
    };
    if removed == 0 {
        return Err(StoreError::NotFound(identity_name(user, key)).into());
    }
    if let Some((owner, _)) = accounts::find(connection, user)? {
        write.run(queries::REMOVE_SESSIONS, [owner.id])?;
    }
    write.tell(Event::User(user.clone()));
    Ok(())
}

#[async_trait]
impl IdentityStore for SqliteStore {
    async fn bound(&self, key: &IdentityKey) -> Result<Option<User>, StoreError> {
        let key = key.clone();
        self.read(move |connection| bound(connection, &key)).await
    }

    async fn identities_of(&self, user: &Username) -> Result<Vec<BoundIdentity>, StoreError> {
        let user = user.clone();
        self.read(move |connection| identities_of(connection, &user)).await
    }

    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, StoreError> {
        Ok(self.write(move |connection, write| arrive(connection, write, arrival)).await?.0)
    }

    async fn unbind(&self, user: &Username, key: &IdentityKey) -> Result<(), StoreError> {
        let (user, key) = (user.clone(), key.clone());
        self.write(move |connection, write| unbind(connection, write, &user, &key)).await.map(|_| ())
    }
}
