//! Groups that share in what their members create.

use crate::flow::{Flow, unreadable};
use crate::reply::Reply;
use mlflow_auth_core::routes::Effect;
use mlflow_auth_core::{GroupName, Permission, Principal};
use std::collections::BTreeMap;

/// Groups of which each gets a permission on everything that one of its members creates, beside the `MANAGE` of the
/// creator.
///
/// The grant is an ordinary one of the group on the new resource, in its workspace: it is listed, revoked, moved by a
/// rename and removed by a deletion as any other. Whoever joins the group later holds it too; what was created before
/// somebody joined stays as it is. A creator in several of these groups shares with each of them, and with none of the
/// other groups they are in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatorGroups(BTreeMap<GroupName, Permission>);

/// Why groups cannot share in what their members create.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CreatorGroupsError {
    /// A group stands twice.
    #[error("the group `{0}` stands twice")]
    Twice(GroupName),
    /// A group would get a refusal.
    #[error("the group `{0}` cannot get `{1}` on what its members create; use one of READ, USE, EDIT, MANAGE")]
    Refusal(GroupName, Permission),
}

impl CreatorGroups {
    /// These groups, each with what it gets.
    ///
    /// # Errors
    /// [`CreatorGroupsError`] if a group stands twice or would get a permission that gives nothing.
    pub fn new(groups: impl IntoIterator<Item = (GroupName, Permission)>) -> Result<Self, CreatorGroupsError> {
        let mut all = BTreeMap::new();
        for (group, permission) in groups {
            if permission.is_refusal() {
                return Err(CreatorGroupsError::Refusal(group, permission));
            }
            if let Some(twice) = all.insert(group.clone(), permission).map(|_| group) {
                return Err(CreatorGroupsError::Twice(twice));
            }
        }
        Ok(Self(all))
    }

    /// The groups, each with what it gets, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&GroupName, Permission)> {
        self.0.iter().map(|(group, permission)| (group, *permission))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the groups of somebody get.
    fn of(&self, groups: &[GroupName]) -> Vec<Share> {
        let share = |group: &GroupName| self.0.get(group).map(|permission| (group.clone(), *permission));
        groups.iter().filter_map(share).collect()
    }
}

/// A group of the creator, and what it gets.
pub(crate) type Share = (GroupName, Permission);

impl Flow<'_> {
    /// What the groups of `who` get of what is created; nothing is read where nothing is. Asked before the request goes on,
    /// for what was created cannot be undone.
    pub(crate) async fn shares(&self, who: &Principal, effect: &Effect) -> Result<Vec<Share>, Reply> {
        let groups = &self.shared.creator_groups;
        if groups.is_empty() || !effect.creates() {
            return Ok(Vec::new());
        }
        let belongings = self.shared.authorizer.belongings(who).await.map_err(unreadable)?;
        Ok(groups.of(belongings.groups()))
    }
}
