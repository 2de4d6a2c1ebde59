//! What tests of decisions share.

use mlflow_auth_core::{Grant, Holdings, Principal, Proof, Subject, SubjectGrants, Username};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What somebody holds who is all of the users and in all of the groups and roles that hold `grants`.
pub(crate) fn held<'a>(grants: impl IntoIterator<Item = &'a Grant>) -> Holdings {
    let mut subjects: BTreeMap<&Subject, Vec<Grant>> = BTreeMap::new();
    for grant in grants {
        subjects.entry(&grant.spec.subject).or_default().push(grant.clone());
    }
    let mut held = Holdings::default();
    for (subject, grants) in subjects {
        let grants = Arc::new(SubjectGrants::new(grants).unwrap());
        match subject {
            Subject::User(_) => held.user = grants,
            Subject::Group(_) => held.groups.push(grants),
            Subject::Role(_) => held.roles.push(grants),
        }
    }
    held
}

/// Somebody by this name.
pub(crate) fn principal(name: &str, is_admin: bool) -> Principal {
    Principal {
        user: Username::new(name).unwrap(),
        groups: Vec::new(),
        is_admin,
        proof: Proof::Asserted,
        narrowing: None,
    }
}
