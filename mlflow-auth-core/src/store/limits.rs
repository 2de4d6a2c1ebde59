//! How many patterns a subject may hold.

use super::StoreError;
use crate::grants::{Grant, SubjectGrants};
use crate::rules::RuleLimits;
use crate::vocabulary::Subject;

/// Refuses what cannot be compiled: a store calls it before it commits, for everybody whom a
/// change gives a pattern, with all that they would hold. So nothing is ever stored that could not be
/// loaded, and the old set goes on serving.
///
/// # Errors
/// [`StoreError::Invalid`], which names the subject and says which limit.
pub fn check_patterns(subject: &Subject, grants: Vec<Grant>, limits: RuleLimits) -> Result<(), StoreError> {
    match SubjectGrants::with_limits(grants, limits) {
        Ok(_) => Ok(()),
        Err(error) => Err(StoreError::Invalid(format!("{subject} cannot be given more patterns: {error}"))),
    }
}
