//! Union mode: everything that is held is folded into one answer.

use super::Source;
use super::first_match::note;
use super::trail::Trail;
use super::verdict::{Answer, Reason};
use crate::grants::{Grant, GrantId, Holdings, SubjectGrants};
use crate::rules::Unjudged;
use crate::vocabulary::{Permission, ResourceRef};
use std::cmp::Reverse;

/// The fold of all grants that speak about `resource`: a `DENY` wins, else the highest permission. Of the patterns of
/// one subject the first match speaks. `MANAGE` on the workspace stands above all.
pub(super) fn answer<'a, T: Trail<'a>>(
    held: &'a Holdings,
    resource: ResourceRef<'_>,
    trail: &mut T,
) -> Option<Answer<'a>> {
    if T::THOROUGH {
        Source::ALL.into_iter().for_each(|source| note(source, held, resource, trail));
    }
    if let Some((grant, source)) = workspace_admin(held, resource) {
        return Some(Answer::of(grant, source).as_workspace_admin());
    }
    if resource.id.is_some() && resource.name.is_none() && held.subjects().any(|s| s.has_patterns(resource)) {
        return Some(Answer::refusal(Reason::NameUnknown(Source::Regex)));
    }
    let first = all(held, resource).try_fold(None, |first: Option<Spoken<'a>>, found| {
        let (grant, source) = found?;
        let heavier = first.is_none_or(|(first, _)| weight(grant) < weight(first));
        Ok(if heavier { Some((grant, source)) } else { first })
    });
    match first {
        Ok(first) => first.map(|(grant, source)| Answer::of(grant, source)),
        Err(Unjudged { .. }) => Some(Answer::refusal(Reason::Unjudged(Source::Regex))),
    }
}

/// A grant, and the source it belongs to.
type Spoken<'a> = (&'a Grant, Source);

/// Every grant that speaks about `resource`.
fn all<'a, 'r>(
    held: &'a Holdings,
    resource: ResourceRef<'r>,
) -> impl Iterator<Item = Result<Spoken<'a>, Unjudged>> + use<'a, 'r> {
    let shared = held.shared().flat_map(move |subject| speak(subject, resource, Source::Group, Source::GroupRegex));
    speak(&held.user, resource, Source::User, Source::Regex).chain(shared)
}

fn speak<'a, 'r>(
    subject: &'a SubjectGrants,
    resource: ResourceRef<'r>,
    exact: Source,
    pattern: Source,
) -> impl Iterator<Item = Result<Spoken<'a>, Unjudged>> + use<'a, 'r> {
    let named = subject.exact(resource).chain(subject.every(resource)).map(move |grant| Ok((grant, exact)));
    let matched = subject.patterns(resource).map(move |found| found.map(|grant| (grant, pattern)));
    named.chain(matched)
}

/// What is less outweighs the rest: a `DENY`, then the highest permission, among equals the lowest number.
fn weight(grant: &Grant) -> (Reverse<i8>, GrantId) {
    let weight = match grant.spec.permission {
        Permission::Deny => i8::MAX,
        permission => permission as i8,
    };
    (Reverse(weight), grant.id)
}

/// The grant that makes the caller admin of the workspace. Refusals do not count here, so neither does one that stands
/// for a set of patterns which cannot judge the name.
fn workspace_admin<'a>(held: &'a Holdings, resource: ResourceRef<'_>) -> Option<Spoken<'a>> {
    let workspace = ResourceRef::workspace(resource.workspace);
    let manages = all(held, workspace).flatten().filter(|(grant, _)| grant.spec.permission == Permission::Manage);
    manages.min_by_key(|(grant, _)| grant.id)
}
