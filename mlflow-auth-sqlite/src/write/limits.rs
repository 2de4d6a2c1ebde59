//! How many patterns a subject may hold.

use super::Write;
use crate::error::Result;
use crate::{queries, read, rows};
use mlflow_auth_core::store::{Change, check_patterns};
use mlflow_auth_core::{GrantSpec, RuleLimits, Subject, Target};
use std::collections::BTreeSet;

impl Write<'_> {
    /// Refuses what could not be loaded again. A list of changes compiles the patterns of each subject once.
    pub(crate) fn check_patterns(&self, changes: &[Change], limits: RuleLimits) -> Result<()> {
        let mut subjects = BTreeSet::new();
        for change in changes {
            subjects.extend(self.gets_a_pattern(change)?);
        }
        self.check_patterns_of(subjects, limits)
    }

    /// Refuses what these subjects could not be loaded with again.
    pub(crate) fn check_patterns_of(&self, subjects: BTreeSet<Subject>, limits: RuleLimits) -> Result<()> {
        for subject in subjects {
            check_patterns(&subject, read::grants_of(self.transaction, &subject)?, limits)?;
        }
        Ok(())
    }

    fn gets_a_pattern(&self, change: &Change) -> Result<Option<Subject>> {
        match change {
            Change::Grant(GrantSpec { subject, target: Target::Pattern { .. }, .. }, _) => Ok(Some(subject.clone())),
            Change::Rewrite { grant, target: Target::Pattern { .. }, .. } => {
                let holder =
                    read::all(self.transaction, queries::GRANT_BY_NUMBER, [grant], |row| rows::subject(row, 7))?;
                Ok(holder.into_iter().next())
            }
            _ => Ok(None),
        }
    }
}
