//! Groups and their members.

use super::{invalid, success};
use crate::api::{Call, store_error};
use crate::reply::Reply;
use http::StatusCode;
use mlflow_auth_core::routes::oidc_plugin::GroupOperation;
use mlflow_auth_core::store::{Change, PermissionStore, StoreError};
use mlflow_auth_core::{GroupName, Subject, Username};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A group, and who is in it.
pub(super) struct Group {
    pub(super) name: GroupName,
    pub(super) members: Vec<Username>,
}

impl Group {
    fn shape(&self) -> Value {
        // Groups are known by their names alone: no directory numbers them here.
        json!({"group_name": self.name.as_str(), "external_id": null, "member_count": self.members.len()})
    }
}

impl Call<'_> {
    pub(super) async fn on_groups(&self, operation: GroupOperation) -> Result<Reply, Reply> {
        if operation == GroupOperation::List {
            return self.list_groups().await;
        }
        self.admin_only("see and change groups")?;
        match operation {
            GroupOperation::List => self.list_groups().await,
            GroupOperation::Details => self.list_group_details().await,
            GroupOperation::Create => self.create_group().await,
            GroupOperation::Users => self.list_group_users().await,
            GroupOperation::Get => self.get_group().await,
            GroupOperation::Delete => self.delete_group().await,
            GroupOperation::Members => self.list_members().await,
            GroupOperation::Put => self.put_members().await,
            GroupOperation::Add => self.add_member().await,
            GroupOperation::Remove => self.remove_member().await,
        }
    }

    /// The group of `name`, which must be there. One that nobody made is there if it holds grants: its members are known
    /// elsewhere.
    pub(super) async fn group(&self, name: &GroupName) -> Result<Group, Reply> {
        let members = match self.grants().members(name).await {
            Ok(members) => members,
            Err(StoreError::NotFound(_)) if self.grants_held(name).await? > 0 => Vec::new(),
            Err(StoreError::NotFound(_)) => return Err(Reply::not_found(format!("the group `{name}` does not exist"))),
            Err(error) => return Err(store_error(error)),
        };
        Ok(Group { name: name.clone(), members })
    }

    fn grants(&self) -> &dyn PermissionStore {
        self.flow.shared.authorizer.store().as_ref()
    }

    async fn grants_held(&self, name: &GroupName) -> Result<usize, Reply> {
        let held = self.grants().grants_of(&Subject::Group(name.clone())).await.map_err(store_error)?;
        Ok(held.grants().len())
    }

    async fn list_groups(&self) -> Result<Reply, Reply> {
        let page = self.page()?;
        let groups = self.grants().groups().await.map_err(store_error)?;
        Ok(page.of(groups, GroupName::as_str, |name| json!(name.as_str())))
    }

    async fn list_group_details(&self) -> Result<Reply, Reply> {
        let page = self.page()?;
        let mut groups = Vec::new();
        for name in self.grants().groups().await.map_err(store_error)? {
            match self.grants().members(&name).await {
                Ok(members) => groups.push(Group { name, members }),
                // Somebody removed it since it was listed.
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(store_error(error)),
            }
        }
        Ok(page.of(groups, |group| group.name.as_str(), Group::shape))
    }

    async fn create_group(&self) -> Result<Reply, Reply> {
        let mut body = self.body();
        let name = body.text("group_name");
        body.done()?;
        let name = GroupName::new(name).map_err(invalid)?;
        match self.grants().apply(&[Change::CreateGroup(name.clone())]).await {
            Ok(_) => {}
            Err(StoreError::AlreadyExists(_)) => {
                return Ok(success(StatusCode::OK, &format!("Group {name} already exists")));
            }
            Err(error) => return Err(store_error(error)),
        }
        tracing::info!(by = %self.who.user, group = %name, "group created");
        Ok(success(StatusCode::OK, &format!("Group {name} created")))
    }

    async fn list_group_users(&self) -> Result<Reply, Reply> {
        let group = self.group(&self.group_in_path()?).await?;
        let mut rows = Vec::with_capacity(group.members.len());
        for name in &group.members {
            let user = self.accounts.users.user(name).await.map_err(store_error)?;
            rows.push(json!({"username": name.as_str(), "is_admin": user.is_some_and(|user| user.is_admin)}));
        }
        Ok(Reply::ok(&rows.into()))
    }

    async fn get_group(&self) -> Result<Reply, Reply> {
        let group = self.group(&self.group_in_path()?).await?;
        let mut shape = group.shape();
        if let Some(fields) = shape.as_object_mut() {
            let members: Vec<&str> = group.members.iter().map(Username::as_str).collect();
            fields.insert("members".into(), members.into());
            fields.insert("grant_count".into(), self.grants_held(&group.name).await?.into());
        }
        Ok(Reply::ok(&shape))
    }

    async fn delete_group(&self) -> Result<Reply, Reply> {
        let group = self.group(&self.group_in_path()?).await?;
        self.write(&[Change::Forget(Subject::Group(group.name.clone()))]).await?;
        tracing::info!(by = %self.who.user, group = %group.name, members = group.members.len(), "group deleted");
        Ok(success(StatusCode::OK, &format!("Group {} deleted, with all that it held", group.name)))
    }

    async fn list_members(&self) -> Result<Reply, Reply> {
        let page = self.page()?;
        let group = self.group(&self.group_in_path()?).await?;
        Ok(page.of(group.members, Username::as_str, |name| json!(name.as_str())))
    }

    async fn put_members(&self) -> Result<Reply, Reply> {
        let mut body = self.body();
        let members = body.texts("members");
        body.done()?;
        let group = self.group(&self.group_in_path()?).await?;
        let mut wanted = BTreeSet::new();
        for name in members {
            let name = Username::new(name).map_err(invalid)?;
            self.account(&name).await?;
            wanted.insert(name);
        }
        let leaving = group.members.iter().filter(|name| !wanted.contains(*name));
        let leaving = leaving.map(|name| Change::Leave(name.clone(), group.name.clone()));
        let joining = wanted.iter().map(|name| Change::Join(name.clone(), group.name.clone()));
        self.write(&leaving.chain(joining).collect::<Vec<_>>()).await?;
        tracing::info!(by = %self.who.user, group = %group.name, members = wanted.len(), "members of a group put");
        Ok(success(StatusCode::OK, &format!("Group {} has {} members", group.name, wanted.len())))
    }

    async fn add_member(&self) -> Result<Reply, Reply> {
        let (group, name) = (self.group(&self.group_in_path()?).await?, self.user_in_path()?);
        self.account(&name).await?;
        self.write(&[Change::Join(name.clone(), group.name.clone())]).await?;
        tracing::info!(by = %self.who.user, group = %group.name, user = %name, "member added");
        let status = if group.members.contains(&name) { StatusCode::OK } else { StatusCode::CREATED };
        Ok(success(status, &format!("User {name} is a member of group {}", group.name)))
    }

    async fn remove_member(&self) -> Result<Reply, Reply> {
        let (group, name) = (self.group(&self.group_in_path()?).await?, self.user_in_path()?);
        if !group.members.contains(&name) {
            return Err(Reply::not_found(format!("the user `{name}` is not a member of group `{}`", group.name)));
        }
        self.write(&[Change::Leave(name.clone(), group.name.clone())]).await?;
        tracing::info!(by = %self.who.user, group = %group.name, user = %name, "member removed");
        Ok(success(StatusCode::OK, &format!("User {name} is no longer a member of group {}", group.name)))
    }
}
