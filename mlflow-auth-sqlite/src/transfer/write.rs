//! How what another store held is added.

use crate::error::Result;
use crate::sign_in::column;
use crate::write::Write;
use crate::{accounts, queries, read};
use mlflow_auth_core::store::transfer::{Account, Contents, Member, member_name};
use mlflow_auth_core::store::{
    AccessToken, BoundIdentity, Event, GrantConflict, StoreError, identity_name, token_name,
};
use mlflow_auth_core::{Grant, PasswordHash, RuleLimits, Subject, Target};

impl Write<'_> {
    pub(super) fn add_contents(&mut self, contents: &Contents, rules: RuleLimits) -> Result<()> {
        let Contents { accounts, groups, roles, members, assignments, grants, identities, tokens } = contents;
        accounts.iter().try_for_each(|account| self.add_account(account))?;
        groups.iter().try_for_each(|group| self.create_group(group))?;
        roles.iter().try_for_each(|role| self.create_role(&role.key, role.description.as_deref()))?;
        members.iter().try_for_each(|member| self.add_member(member))?;
        assignments.iter().try_for_each(|assignment| self.assign(&assignment.user, &assignment.role))?;
        grants.iter().try_for_each(|grant| self.grant(&grant.spec, GrantConflict::Refuse))?;
        identities.iter().try_for_each(|identity| self.add_identity(identity))?;
        tokens.iter().try_for_each(|token| self.add_token(token))?;
        let has_pattern =
            |grant: &&Grant| matches!(grant.spec.target, Target::Pattern { .. } | Target::Unreadable { .. });
        let subjects = grants.iter().filter(has_pattern).map(|grant| grant.spec.subject.clone()).collect();
        self.check_patterns_of(subjects, rules)
    }

    fn add_account(&mut self, account: &Account) -> Result<()> {
        let user = &account.user;
        let subject = Subject::User(user.name.clone());
        let id = self.find_or_add(&subject)?;
        let (password, display_name) = (account.password.as_ref().map(PasswordHash::expose), &user.display_name);
        let row = (id, password, user.is_admin, display_name, user.is_service, user.is_active);
        if self.run(queries::ADD_WHOLE_ACCOUNT, row)? == 0 {
            return Err(StoreError::AlreadyExists(subject.to_string()).into());
        }
        self.tell(Event::User(user.name.clone()));
        Ok(())
    }

    fn add_member(&mut self, member: &Member) -> Result<()> {
        let group = read::group_id(self.connection(), &member.group)?;
        let user = self.find_or_add(&Subject::User(member.user.clone()))?;
        let provider = member.provider.as_deref().unwrap_or_default();
        if self.run(queries::JOIN_BY_PROVIDER, (group, user, provider))? == 0 {
            return Err(StoreError::AlreadyExists(member_name(member)).into());
        }
        self.tell(Event::Membership(member.user.clone()));
        Ok(())
    }

    fn add_identity(&mut self, identity: &BoundIdentity) -> Result<()> {
        let BoundIdentity { key, user, bound_at } = identity;
        let (owner, _) = accounts::find(self.connection(), user)?.ok_or_else(|| accounts::not_found(user))?;
        let row = (&key.issuer, &key.subject, owner.id, column(*bound_at));
        if self.run(queries::ADD_WHOLE_IDENTITY, row)? == 0 {
            return Err(StoreError::AlreadyExists(identity_name(user, key)).into());
        }
        self.tell(Event::User(user.clone()));
        Ok(())
    }

    fn add_token(&mut self, token: &AccessToken) -> Result<()> {
        let owner = accounts::active(self.connection(), &token.user)?.id;
        let (created_at, expires_at) = (column(token.created_at), column(token.expires_at));
        let (narrowing, created_by) = (token.narrowing.to_text(), token.created_by.as_str());
        let (name, prefix, hash, used_at) = (&token.name, &token.prefix, token.hash.expose(), token.last_used_at);
        let row = (owner, name, prefix, hash, narrowing, created_at, created_by, expires_at, used_at.map(column));
        if self.run(queries::ADD_WHOLE_TOKEN, row)? == 0 {
            return Err(StoreError::AlreadyExists(token_name(&token.user, &token.name)).into());
        }
        self.tell(Event::User(token.user.clone()));
        Ok(())
    }
}
