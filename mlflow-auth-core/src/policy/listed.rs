//! What somebody may reach, as a list, where grants name all of it one by one.

use super::Policy;
use super::trail::Nothing;
use crate::grants::{Holder, Holdings};
use crate::vocabulary::{Action, Principal, ResourceRef, ResourceType, Workspace};
use std::collections::BTreeSet;

impl Policy {
    /// The ids of all resources of `kind` in `workspace` on which `who` may do `action`, if grants name each of them. None
    /// where anything else lets the caller do it, so that there is no list: they are an admin, or hold patterns, something
    /// on everything of the type, or something through the workspace or by default.
    ///
    /// So a search can be asked for these alone, and a list that is empty need not be asked for at all.
    pub fn permitted_ids<'a>(
        &self,
        who: &Principal,
        held: &'a Holdings,
        action: Action,
        kind: &ResourceType,
        workspace: &Workspace,
    ) -> Option<BTreeSet<&'a str>> {
        let every = ResourceRef { kind, id: None, name: None, workspace };
        if who.is_admin || held.need_name_of(kind) || self.level(held, every, &mut Nothing).allows(action) {
            return None;
        }
        let subjects = Holder::ALL.into_iter().flat_map(|holder| held.subjects(holder));
        let named = subjects.flat_map(|subject| subject.exact_ids(kind, workspace));
        let permitted = |id: &&str| self.permits(who, held, action, ResourceRef { id: Some(id), ..every });
        Some(named.filter(permitted).collect())
    }
}
