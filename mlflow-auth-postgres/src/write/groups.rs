//! Groups and memberships.

use super::Write;
use crate::error::Result;
use crate::queries::query;
use crate::rows;
use mlflow_auth_core::store::{Event, GroupSync, StoreError, User};
use mlflow_auth_core::{GroupName, Subject, Username};
use sqlx::Row;

impl Write {
    pub(crate) async fn create_group(&mut self, group: &GroupName) -> Result<()> {
        let subject = Subject::Group(group.clone());
        let id = self.find_or_add(&subject).await?;
        let session = &mut self.session;
        if session.run(query!(session, add_group, id)).await? == 0 {
            return Err(StoreError::AlreadyExists(subject.to_string()).into());
        }
        self.tell(Event::Grants(subject));
        Ok(())
    }

    /// The number of a group, which is made if it does not exist.
    async fn group(&mut self, group: &GroupName) -> Result<i64> {
        let subject = Subject::Group(group.clone());
        let id = self.find_or_add(&subject).await?;
        let session = &mut self.session;
        if session.run(query!(session, add_group, id)).await? > 0 {
            self.tell(Event::Grants(subject));
        }
        Ok(id)
    }

    /// Makes what a provider says of somebody's groups so.
    pub(crate) async fn sync_groups(&mut self, user: &User, provider: &str, sync: &GroupSync) -> Result<()> {
        let mut changed = 0;
        if let GroupSync::Replace(groups) = sync {
            changed += self.leave_others(user, provider, groups).await?;
        }
        for group in sync.groups() {
            let id = self.group(group).await?;
            let session = &mut self.session;
            changed += session.run(query!(session, join_by_provider, id, user.id, provider)).await?;
        }
        if changed > 0 {
            self.tell(Event::Membership(user.name.clone()));
        }
        Ok(())
    }

    /// Takes somebody out of all that a provider gave them, but for `groups`.
    async fn leave_others(&mut self, user: &User, provider: &str, groups: &[GroupName]) -> Result<u64> {
        let session = &mut self.session;
        let read = |row: &sqlx::postgres::PgRow| {
            Ok((row.try_get::<i64, _>(0)?, GroupName::new(row.try_get::<String, _>(1)?)?))
        };
        let mut left = 0;
        for (id, group) in session.all(query!(session, given_by, user.id, provider), read).await? {
            if !groups.contains(&group) {
                left += session.run(query!(session, leave, id, user.id)).await?;
            }
        }
        Ok(left)
    }

    pub(super) async fn join(&mut self, user: &Username, group: &GroupName) -> Result<()> {
        let id = self.group(group).await?;
        let member = self.find_or_add(&Subject::User(user.clone())).await?;
        let session = &mut self.session;
        if session.run(query!(session, join, id, member)).await? > 0 {
            self.tell(Event::Membership(user.clone()));
        }
        Ok(())
    }

    pub(super) async fn leave(&mut self, user: &Username, group: &GroupName) -> Result<()> {
        let user_id = self.find(&Subject::User(user.clone())).await?;
        let group_id = self.find(&Subject::Group(group.clone())).await?;
        let session = &mut self.session;
        if let (Some(user_id), Some(group_id)) = (user_id, group_id)
            && session.run(query!(session, leave, group_id, user_id)).await? > 0
        {
            self.tell(Event::Membership(user.clone()));
        }
        Ok(())
    }

    /// Forgets all but the account.
    pub(crate) async fn forget_user(&mut self, id: i64, user: &Username) -> Result<()> {
        let session = &mut self.session;
        let revoked = session.run(query!(session, revoke_all, id)).await?;
        let left = session.run(query!(session, leave_all, id)).await?;
        let unassigned = session.run(query!(session, unassign_all, id)).await?;
        session.run(query!(session, remove_subject_without_account, id)).await?;
        if revoked > 0 {
            self.tell(Event::Grants(Subject::User(user.clone())));
        }
        if left + unassigned > 0 {
            self.tell(Event::Membership(user.clone()));
        }
        Ok(())
    }

    pub(super) async fn forget_group(&mut self, id: i64, subject: &Subject) -> Result<()> {
        let session = &mut self.session;
        let members = session.all(query!(session, members_by_id, id), rows::username).await?;
        let is_known = session.is(query!(session, group_exists, id)).await?;
        let revoked = session.run(query!(session, revoke_all, id)).await?;
        session.run(query!(session, remove_subject, id)).await?;
        if revoked > 0 || is_known {
            self.tell(Event::Grants(subject.clone()));
        }
        members.into_iter().for_each(|user| self.tell(Event::Membership(user)));
        Ok(())
    }
}
