//! How what another store held is added.

use super::{Addition, LONGEST};
use crate::accounts;
use crate::error::Result;
use crate::queries::query;
use crate::sign_in::column;
use crate::write::{MOST, Write};
use mlflow_auth_core::store::transfer::{Account, Contents, Member, member_name};
use mlflow_auth_core::store::{
    AccessToken, BoundIdentity, Change, Event, GrantConflict, StoreError, identity_name, token_name,
};
use mlflow_auth_core::{Grant, PasswordHash, Subject, Target};

impl Write {
    pub(super) async fn add_contents(&mut self, addition: &Addition) -> Result<()> {
        let Addition { contents, at, rules } = addition;
        let Contents { accounts, groups, roles, members, assignments, grants, identities, tokens } = contents;
        self.session.allow(&["statement_timeout"], LONGEST).await?;
        self.apply(&[Change::OnlyIfStillAt(*at)], *rules).await?;
        for account in accounts {
            self.add_account(account).await?;
        }
        for group in groups {
            self.create_group(group).await?;
        }
        for role in roles {
            self.create_role(&role.key, role.description.as_deref()).await?;
        }
        for member in members {
            self.add_member(member).await?;
        }
        for assignment in assignments {
            self.assign(&assignment.user, &assignment.role).await?;
        }
        self.add_grants(grants).await?;
        for identity in identities {
            self.add_identity(identity).await?;
        }
        for token in tokens {
            self.add_token(token).await?;
        }
        let has_pattern =
            |grant: &&Grant| matches!(grant.spec.target, Target::Pattern { .. } | Target::Unreadable { .. });
        let subjects = grants.iter().filter(has_pattern).map(|grant| grant.spec.subject.clone()).collect();
        self.check_patterns_of(subjects, *rules).await
    }

    /// Few statements for many, and one for each that cannot be told of as a change: one that cannot be read.
    async fn add_grants(&mut self, grants: &[Grant]) -> Result<()> {
        for some in grants.chunks(MOST) {
            let changes: Vec<Change> =
                some.iter().map(|grant| Change::Grant(grant.spec.clone(), GrantConflict::Refuse)).collect();
            let mut rest = changes.as_slice();
            while let [Change::Grant(spec, conflict), others @ ..] = rest {
                match self.grants_at_once(rest).await? {
                    0 => {
                        self.grant(spec, *conflict).await?;
                        rest = others;
                    }
                    given => rest = rest.get(given..).unwrap_or_default(),
                }
            }
        }
        Ok(())
    }

    async fn add_account(&mut self, account: &Account) -> Result<()> {
        let user = &account.user;
        let subject = Subject::User(user.name.clone());
        let id = self.find_or_add(&subject).await?;
        let (password, name) = (account.password.as_ref().map(PasswordHash::expose), user.display_name.as_deref());
        let session = &mut self.session;
        let statement = query!(session, add_whole_account, id, password, user.is_admin, name, user.is_service);
        if session.run(statement.bind(user.is_active)).await? == 0 {
            return Err(StoreError::AlreadyExists(subject.to_string()).into());
        }
        self.tell(Event::User(user.name.clone()));
        Ok(())
    }

    async fn add_member(&mut self, member: &Member) -> Result<()> {
        let group = Subject::Group(member.group.clone());
        let not_found = || StoreError::NotFound(group.to_string());
        let group_id = self.find(&group).await?.ok_or_else(not_found)?;
        let session = &mut self.session;
        if !session.is(query!(session, group_exists, group_id)).await? {
            return Err(not_found().into());
        }
        let user = self.find_or_add(&Subject::User(member.user.clone())).await?;
        let provider = member.provider.as_deref().unwrap_or_default();
        let session = &mut self.session;
        if session.run(query!(session, join_by_provider, group_id, user, provider)).await? == 0 {
            return Err(StoreError::AlreadyExists(member_name(member)).into());
        }
        self.tell(Event::Membership(member.user.clone()));
        Ok(())
    }

    async fn add_identity(&mut self, identity: &BoundIdentity) -> Result<()> {
        let BoundIdentity { key, user, bound_at } = identity;
        let owner = self.account_id(user).await?.ok_or_else(|| accounts::not_found(user))?;
        let session = &mut self.session;
        let statement = query!(session, add_whole_identity, &key.issuer, &key.subject, owner, column(*bound_at));
        if session.run(statement).await? == 0 {
            return Err(StoreError::AlreadyExists(identity_name(user, key)).into());
        }
        self.tell(Event::User(user.clone()));
        Ok(())
    }

    async fn add_token(&mut self, token: &AccessToken) -> Result<()> {
        let session = &mut self.session;
        let owner = accounts::active(session, &token.user).await?.id;
        let statement = query!(session, add_whole_token, owner, &token.name, &token.prefix, token.hash.expose());
        let statement = statement.bind(token.narrowing.to_text()).bind(column(token.created_at));
        let statement = statement.bind(token.created_by.as_str()).bind(column(token.expires_at));
        if session.run(statement.bind(token.last_used_at.map(column))).await? == 0 {
            return Err(StoreError::AlreadyExists(token_name(&token.user, &token.name)).into());
        }
        self.tell(Event::User(token.user.clone()));
        Ok(())
    }
}
