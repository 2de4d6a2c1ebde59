//! How many patterns a subject may hold.

use super::Write;
use crate::error::Result;
use crate::queries::query;
use crate::{read, rows};
use mlflow_auth_core::store::{Change, check_patterns};
use mlflow_auth_core::{GrantSpec, RuleLimits, Subject, Target};
use std::collections::BTreeSet;
use tokio::task::spawn_blocking;

impl Write {
    /// Refuses what could not be loaded again. A list of changes compiles the patterns of each subject once.
    pub(super) async fn check_patterns(&mut self, changes: &[Change], limits: RuleLimits) -> Result<()> {
        let mut subjects = BTreeSet::new();
        for change in changes {
            subjects.extend(self.gets_a_pattern(change).await?);
        }
        self.check_patterns_of(subjects, limits).await
    }

    /// The same for these subjects.
    pub(crate) async fn check_patterns_of(&mut self, subjects: BTreeSet<Subject>, limits: RuleLimits) -> Result<()> {
        for subject in subjects {
            let grants = read::grants_of(&mut self.session, &subject).await?;
            spawn_blocking(move || check_patterns(&subject, grants, limits)).await??;
        }
        Ok(())
    }

    async fn gets_a_pattern(&mut self, change: &Change) -> Result<Option<Subject>> {
        match change {
            Change::Grant(GrantSpec { subject, target: Target::Pattern { .. }, .. }, _) => Ok(Some(subject.clone())),
            Change::Rewrite { grant, target: Target::Pattern { .. }, .. } => {
                let session = &mut self.session;
                session.first(query!(session, grant_by_number, *grant), |row| rows::subject(row, 7)).await
            }
            _ => Ok(None),
        }
    }
}
