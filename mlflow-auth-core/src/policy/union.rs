//! Union mode: everything that is held is folded into one answer.

use super::Source;
use super::first_match::note;
use super::trail::Trail;
use super::verdict::{Answer, Reason};
use crate::grants::{Grant, Holdings, SubjectGrants};
use crate::vocabulary::{Permission, ResourceRef, ResourceType};

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
    folded(held, resource).map(|(grant, source)| Answer::of(grant, source))
}

fn folded<'a>(held: &'a Holdings, resource: ResourceRef<'_>) -> Option<(&'a Grant, Source)> {
    all(held, resource).reduce(|one, other| match weight(other.0) > weight(one.0) {
        true => other,
        false => one,
    })
}

/// Every grant that speaks about `resource`, with its source.
fn all<'a, 'r>(held: &'a Holdings, resource: ResourceRef<'r>) -> impl Iterator<Item = (&'a Grant, Source)> + use<'a, 'r> {
    let shared = held.shared().flat_map(move |subject| speak(subject, resource, Source::Group, Source::GroupRegex));
    speak(&held.user, resource, Source::User, Source::Regex).chain(shared)
}

fn speak<'a, 'r>(
    subject: &'a SubjectGrants,
    resource: ResourceRef<'r>,
    exact: Source,
    pattern: Source,
) -> impl Iterator<Item = (&'a Grant, Source)> + use<'a, 'r> {
    let named = subject.exact(resource).chain(subject.every(resource)).map(move |grant| (grant, exact));
    named.chain(subject.patterns(resource).map(move |grant| (grant, pattern)))
}

/// The order of the fold, in which a `DENY` outweighs the rest.
fn weight(grant: &Grant) -> i8 {
    match grant.spec.permission {
        Permission::Deny => i8::MAX,
        permission => permission as i8,
    }
}

fn workspace_admin<'a>(held: &'a Holdings, resource: ResourceRef<'_>) -> Option<(&'a Grant, Source)> {
    let workspace = ResourceRef {
        kind: &ResourceType::WORKSPACE,
        id: Some(resource.workspace.as_str()),
        name: Some(resource.workspace.as_str()),
        workspace: resource.workspace,
    };
    all(held, workspace).find(|(grant, _)| grant.spec.permission == Permission::Manage)
}
