//! What somebody signs in with: identities of providers, and sessions.

use super::dates;
use crate::api::{Call, SignIns, store_error};
use crate::reply::Reply;
use mlflow_auth_core::Username;
use mlflow_auth_core::routes::oidc_plugin::SignInOperation;
use mlflow_auth_core::store::{BoundIdentity, IdentityKey, Session, now};
use serde_json::{Value, json};

fn identity(bound: &BoundIdentity) -> Value {
    let IdentityKey { issuer, subject } = &bound.key;
    json!({"provider_id": issuer, "subject": subject, "bound_at": dates::write(bound.bound_at)})
}

fn session(session: &Session) -> Value {
    json!({
        "pk": session.id,
        "session_id_prefix": "",
        "provider_id": session.provider,
        "created_at": dates::write(session.created_at),
        "last_seen_at": dates::write(session.seen_at),
        "expires_at": dates::write(session.expires_at),
    })
}

impl Call<'_> {
    pub(super) async fn on_sign_ins(&self, operation: SignInOperation) -> Result<Reply, Reply> {
        self.admin_only("see and end what others sign in with")?;
        let kept = self.flow.shared.sign_ins.as_ref();
        let kept = kept.ok_or_else(|| Reply::not_found("identities and sessions are not kept here"))?;
        let user = self.user_in_path()?;
        self.account(&user).await?;
        match operation {
            SignInOperation::Identities => {
                let found = kept.identities.identities_of(&user).await.map_err(store_error)?;
                Ok(Reply::ok(&found.iter().map(identity).collect()))
            }
            SignInOperation::Unbind => self.unbind(kept, &user).await,
            SignInOperation::Sessions => list_sessions(kept, &user).await,
            SignInOperation::EndSessions => self.end_sessions(kept, &user).await,
            SignInOperation::EndSession => self.end_session(kept, &user).await,
        }
    }

    async fn unbind(&self, kept: &SignIns, user: &Username) -> Result<Reply, Reply> {
        let mut query = self.query();
        let (issuer, subject) = (query.text("provider_id").to_owned(), query.text("subject").to_owned());
        query.done()?;
        kept.identities.unbind(user, &IdentityKey { issuer, subject }).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = user.as_str(), "identity unbound");
        Ok(Reply::ok(&json!({"deleted": 1})))
    }

    async fn end_sessions(&self, kept: &SignIns, user: &Username) -> Result<Reply, Reply> {
        let revoked = kept.sessions.end_sessions(user).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = user.as_str(), revoked, "sessions ended");
        Ok(Reply::ok(&json!({"revoked": revoked})))
    }

    async fn end_session(&self, kept: &SignIns, user: &Username) -> Result<Reply, Reply> {
        let id = self.number_in_path("session_pk")?;
        kept.sessions.end_session(user, id).await.map_err(store_error)?;
        tracing::info!(by = self.who.user.as_str(), user = user.as_str(), session = id, "session ended");
        Ok(Reply::ok(&json!({"revoked": 1})))
    }
}

async fn list_sessions(kept: &SignIns, user: &Username) -> Result<Reply, Reply> {
    let now = now();
    let sessions = kept.sessions.sessions_of(user).await.map_err(store_error)?;
    let live: Vec<Value> = sessions.iter().filter(|session| session.expires_at > now).map(self::session).collect();
    Ok(Reply::ok(&json!({"sessions": live})))
}
