//! Groups and memberships.

use super::Write;
use crate::error::Result;
use crate::queries;
use crate::read;
use mlflow_auth_core::store::{Event, GroupSync, StoreError, User};
use mlflow_auth_core::{GroupName, Subject, Username};

impl Write<'_> {
    pub(crate) fn create_group(&mut self, group: &GroupName) -> Result<()> {
        let subject = Subject::Group(group.clone());
        let id = self.find_or_add(&subject)?;
        if self.run(queries::ADD_GROUP, [id])? == 0 {
            return Err(StoreError::AlreadyExists(subject.to_string()).into());
        }
        self.tell(Event::Grants(subject));
        Ok(())
    }

    /// The number of a group, which is made if it does not exist.
    fn group(&mut self, group: &GroupName) -> Result<i64> {
        let subject = Subject::Group(group.clone());
        let id = self.find_or_add(&subject)?;
        if self.run(queries::ADD_GROUP, [id])? > 0 {
            self.tell(Event::Grants(subject));
        }
        Ok(id)
    }

    /// Makes what a provider says of somebody's groups so.
    pub(crate) fn sync_groups(&mut self, user: &User, provider: &str, sync: &GroupSync) -> Result<()> {
        let mut changed = 0;
        if let GroupSync::Replace(groups) = sync {
            let given = read::all(self.transaction, queries::GIVEN_BY, (user.id, provider), |row| {
                Ok((row.get::<_, i64>(0)?, GroupName::new(row.get::<_, String>(1)?)?))
            })?;
            for (id, _) in given.iter().filter(|(_, group)| !groups.contains(group)) {
                changed += self.run(queries::LEAVE, [*id, user.id])?;
            }
        }
        for group in sync.groups() {
            let id = self.group(group)?;
            changed += self.run(queries::JOIN_BY_PROVIDER, (id, user.id, provider))?;
        }
        if changed > 0 {
            self.tell(Event::Membership(user.name.clone()));
        }
        Ok(())
    }

    pub(super) fn join(&mut self, user: &Username, group: &GroupName) -> Result<()> {
        let id = self.group(group)?;
        let member = self.find_or_add(&Subject::User(user.clone()))?;
        if self.run(queries::JOIN, [id, member])? > 0 {
            self.tell(Event::Membership(user.clone()));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self, user: &Username, group: &GroupName) -> Result<()> {
        let (user_id, group_id) =
            (self.find(&Subject::User(user.clone()))?, self.find(&Subject::Group(group.clone()))?);
        if let (Some(user_id), Some(group_id)) = (user_id, group_id)
            && self.run(queries::LEAVE, [group_id, user_id])? > 0
        {
            self.tell(Event::Membership(user.clone()));
        }
        Ok(())
    }

    /// Forgets all but the account.
    pub(crate) fn forget_user(&mut self, id: i64, user: &Username) -> Result<()> {
        if self.run(queries::REVOKE_ALL, [id])? > 0 {
            self.tell(Event::Grants(Subject::User(user.clone())));
        }
        if self.run(queries::LEAVE_ALL, [id])? + self.run(queries::UNASSIGN_ALL, [id])? > 0 {
            self.tell(Event::Membership(user.clone()));
        }
        self.run(queries::REMOVE_SUBJECT_WITHOUT_ACCOUNT, [id])?;
        Ok(())
    }

    pub(super) fn forget_group(&mut self, id: i64, subject: &Subject) -> Result<()> {
        let members = read::members_by_id(self.transaction, id)?;
        let is_known = read::group_exists(self.transaction, id)?;
        if self.run(queries::REVOKE_ALL, [id])? > 0 || is_known {
            self.tell(Event::Grants(subject.clone()));
        }
        self.run(queries::REMOVE_SUBJECT, [id])?;
        members.into_iter().for_each(|user| self.tell(Event::Membership(user)));
        Ok(())
    }
}
