//! Identities, and who they are.

use super::{column, moment};
use crate::accounts;
use crate::error::Result;
use crate::queries::query;
use crate::session::Session;
use crate::store::PostgresStore;
use crate::write::Write;
use async_trait::async_trait;
use mlflow_auth_core::Username;
use mlflow_auth_core::store::{
    Adopts, Arrival, ArrivalRefusal, Arrived, ArrivesAt, BoundIdentity, Event, IdentityKey, IdentityStore, NewUser,
    StoreError, User, identity_name,
};
use sqlx::Row;

async fn bound(session: &mut Session, key: &IdentityKey) -> Result<Option<User>> {
    let found = session.first(query!(session, bound, &key.issuer, &key.subject), accounts::account).await?;
    Ok(found.map(|(user, _)| user))
}

async fn identities_of(session: &mut Session, user: &Username) -> Result<Vec<BoundIdentity>> {
    session
        .all(query!(session, identities_of, user.as_str()), |row| {
            let key = IdentityKey { issuer: row.try_get(0)?, subject: row.try_get(1)? };
            Ok(BoundIdentity { key, user: user.clone(), bound_at: moment(row, 2)? })
        })
        .await
}

async fn arrive(write: &mut Write, arrival: &Arrival) -> Result<Arrived> {
    arrival.check()?;
    let account = match account(write, arrival).await? {
        Ok(account) => account,
        Err(refusal) => return Ok(Arrived::Refused(refusal)),
    };
    let changed = User {
        is_admin: arrival.is_admin.unwrap_or(account.is_admin),
        display_name: arrival.display_name.clone().or_else(|| account.display_name.clone()),
        ..account.clone()
    };
    if changed != account {
        let session = &mut write.session;
        let statement = query!(session, update_account, changed.id, None::<&str>, changed.is_admin);
        session.run(statement.bind(changed.display_name.as_deref()).bind(None::<bool>)).await?;
        write.tell(Event::User(changed.name.clone()));
    }
    write.sync_groups(&changed, &arrival.provider, &arrival.groups).await?;
    Ok(Arrived::As(changed))
}

/// The account of somebody who arrives: bound to them, or bound now.
async fn account(write: &mut Write, arrival: &Arrival) -> Result<Result<User, ArrivalRefusal>> {
    let session = &mut write.session;
    let bound = bound(session, &arrival.key).await?;
    let is_bound = bound.is_some();
    let found = match bound {
        Some(user) => Some(user),
        None => accounts::find(session, &arrival.user).await?.map(|(user, _)| user),
    };
    if let Some(refusal) = found.as_ref().and_then(|account| arrival.accounts.refuses(account)) {
        return Ok(Err(refusal));
    }
    let account = match found {
        Some(account) if is_bound => return Ok(Ok(account)),
        Some(account) => {
            let is_taken = session.is(query!(session, has_identity, account.id)).await?;
            if is_taken || !arrival.adopts.takes(account.is_admin) {
                return Ok(Err(ArrivalRefusal::Taken));
            }
            account
        }
        None if !arrival.creates => return Ok(Err(ArrivalRefusal::NoAccount)),
        None if arrival.adopts == Adopts::Nobody && is_awaited(session, &arrival.user).await? => {
            return Ok(Err(ArrivalRefusal::Taken));
        }
        None => {
            let is_service = arrival.accounts == ArrivesAt::Program;
            let new = NewUser { is_service, ..NewUser::named(arrival.user.clone()) };
            accounts::create(write, &new).await?
        }
    };
    bind(write, arrival, &account).await?;
    Ok(Ok(account))
}

async fn bind(write: &mut Write, arrival: &Arrival, account: &User) -> Result<()> {
    let (session, key) = (&mut write.session, &arrival.key);
    session.run(query!(session, bind, &key.issuer, &key.subject, account.id, column(arrival.at))).await?;
    write.tell(Event::User(account.name.clone()));
    Ok(())
}

/// Whether somebody was given something before they came.
async fn is_awaited(session: &mut Session, user: &Username) -> Result<bool> {
    session.is(query!(session, is_awaited, user.as_str())).await
}

async fn unbind(write: &mut Write, user: &Username, key: &IdentityKey) -> Result<()> {
    let not_found = || StoreError::NotFound(identity_name(user, key));
    let owner = write.account_id(user).await?.ok_or_else(not_found)?;
    let session = &mut write.session;
    if session.run(query!(session, unbind, &key.issuer, &key.subject, owner)).await? == 0 {
        return Err(not_found().into());
    }
    session.run(query!(session, remove_sessions, owner)).await?;
    write.tell(Event::User(user.clone()));
    Ok(())
}

#[async_trait]
impl IdentityStore for PostgresStore {
    async fn bound(&self, key: &IdentityKey) -> Result<Option<User>, StoreError> {
        self.read(key.clone(), |session, key| Box::pin(bound(session, key))).await
    }

    async fn identities_of(&self, user: &Username) -> Result<Vec<BoundIdentity>, StoreError> {
        self.read(user.clone(), |session, user| Box::pin(identities_of(session, user))).await
    }

    async fn arrive(&self, arrival: Arrival) -> Result<Arrived, StoreError> {
        Ok(self.write(arrival, |write, arrival| Box::pin(arrive(write, arrival))).await?.0)
    }

    async fn unbind(&self, user: &Username, key: &IdentityKey) -> Result<(), StoreError> {
        let about = (user.clone(), key.clone());
        self.write(about, |write, (user, key)| Box::pin(unbind(write, user, key))).await.map(|_| ())
    }
}
