//! Union mode: everything that is held is folded into one answer.

use super::Source;
use super::first_match::note;
use super::trail::Trail;
use super::verdict::{Answer, Reason};
use crate::grants::{Grant, GrantId, Holder, Holdings};
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
    let unknown = resource.id.is_some() && resource.name.is_none();
    if unknown && let Some(source) = pattern_source(held, resource) {
        return Some(Answer::refusal(Reason::NameUnknown(source)));
    }
    match heaviest(held, resource, weight) {
        Ok(first) => first.map(|(grant, source)| Answer::of(grant, source)),
        Err(source) => Some(Answer::refusal(Reason::Unjudged(source))),
    }
}

/// A grant, and the source it belongs to.
type Spoken<'a> = (&'a Grant, Source);

/// The grant of the least `weight` among those that speak about `resource`; an error names the source of patterns that
/// cannot judge.
fn heaviest<'a, W: Ord>(
    held: &'a Holdings,
    resource: ResourceRef<'_>,
    weight: impl Fn(&Grant) -> Option<W>,
) -> Result<Option<Spoken<'a>>, Source> {
    let mut best: Option<(W, Spoken<'a>)> = None;
    let mut unjudged = None;
    let mut weigh = |grant: Option<&'a Grant>, source| {
        let weighed = grant.and_then(|grant| Some((weight(grant)?, (grant, source))));
        if let Some(weighed) = weighed
            && best.as_ref().is_none_or(|best| weighed.0 < best.0)
        {
            best = Some(weighed);
        }
    };
    for holder in Holder::ALL {
        let (exact, pattern) = sources(holder);
        for subject in held.subjects(holder) {
            subject.on(resource, |held| {
                weigh(held.exact(resource.id), exact);
                weigh(held.every(), exact);
                match held.pattern(resource) {
                    Ok(found) => weigh(found, pattern),
                    Err(Unjudged { .. }) => unjudged = Some(pattern),
                }
            });
        }
    }
    unjudged.map_or(Ok(best.map(|(_, spoken)| spoken)), Err)
}

fn sources(holder: Holder) -> (Source, Source) {
    match holder {
        Holder::User => (Source::User, Source::Regex),
        Holder::Shared => (Source::Group, Source::GroupRegex),
    }
}

/// The source of patterns that would have to judge `resource`.
fn pattern_source(held: &Holdings, resource: ResourceRef<'_>) -> Option<Source> {
    let asked = |holder: &Holder| held.subjects(*holder).any(|subject| subject.has_patterns(resource));
    Holder::ALL.into_iter().find(asked).map(|holder| sources(holder).1)
}

/// What is less outweighs the rest: a `DENY`, then the highest permission, among equals the lowest number.
fn weight(grant: &Grant) -> Option<(Reverse<i8>, GrantId)> {
    let weight = match grant.spec.permission {
        Permission::Deny => i8::MAX,
        permission => permission as i8,
    };
    Some((Reverse(weight), grant.id))
}

/// The grant that makes the caller admin of the workspace: refusals do not count against it, and nobody becomes admin by
/// patterns that cannot judge.
fn workspace_admin<'a>(held: &'a Holdings, resource: ResourceRef<'_>) -> Option<Spoken<'a>> {
    let manages = |grant: &Grant| (grant.spec.permission == Permission::Manage).then_some(grant.id);
    heaviest(held, ResourceRef::workspace(resource.workspace), manages).ok().flatten()
}
