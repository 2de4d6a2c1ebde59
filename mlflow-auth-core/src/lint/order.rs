//! The order of findings.

use super::{Code, Finding, Severity};
use crate::grants::GrantId;
use std::cmp::Reverse;

/// The gravest first, then by code, grants and words.
pub(super) fn of(finding: &Finding) -> (Reverse<Severity>, Code, Vec<GrantId>, String) {
    let ids = finding.grants.iter().map(|grant| grant.id).collect();
    (Reverse(finding.severity), finding.code, ids, finding.problem.clone())
}
