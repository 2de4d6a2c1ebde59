//! First-match mode: the first source that holds an answer decides.

use super::Source;
use super::trail::Trail;
use super::verdict::{Answer, Reason};
use crate::grants::{Grant, Holdings, SubjectGrants};
use crate::vocabulary::ResourceRef;

/// What the grants of `held` say about `resource`, asked in the order of `sources`.
pub(super) fn answer<'a, T: Trail<'a>>(
    sources: &[Source],
    held: &'a Holdings,
    resource: ResourceRef<'_>,
    trail: &mut T,
) -> Option<Answer<'a>> {
    let mut decided = None;
    for source in sources {
        if T::THOROUGH {
            note(*source, held, resource, trail);
        } else if decided.is_some() {
            break;
        }
        decided = decided.or_else(|| ask(*source, held, resource));
    }
    decided
}

fn ask<'a>(source: Source, held: &'a Holdings, resource: ResourceRef<'_>) -> Option<Answer<'a>> {
    let user = || std::iter::once(held.user.as_ref());
    match source {
        Source::User => exact(user, resource),
        Source::Group => exact(|| held.shared(), resource),
        Source::Regex => return pattern(user, source, resource),
        Source::GroupRegex => return pattern(|| held.shared(), source, resource),
    }
    .map(|grant| Answer::of(grant, source))
}

/// A grant on the resource itself goes before one on everything of its type; in either, the highest rank wins.
fn exact<'a, I: Iterator<Item = &'a SubjectGrants>>(
    subjects: impl Fn() -> I,
    resource: ResourceRef<'_>,
) -> Option<&'a Grant> {
    let strength = |grant: &&Grant| grant.strength();
    let itself = subjects().flat_map(|subject| subject.exact(resource)).min_by_key(strength);
    itself.or_else(|| subjects().flat_map(|subject| subject.every(resource)).min_by_key(strength))
}

/// The lowest priority that matches decides; among equals the highest rank.
fn pattern<'a, I: Iterator<Item = &'a SubjectGrants>>(
    subjects: impl Fn() -> I,
    source: Source,
    resource: ResourceRef<'_>,
) -> Option<Answer<'a>> {
    resource.id?;
    if resource.name.is_none() {
        let reached = subjects().any(|subject| subject.has_patterns(resource));
        return reached.then(|| Answer::refusal(Reason::NameUnknown(source)));
    }
    let mut first: Option<&'a Grant> = None;
    for found in subjects().flat_map(|subject| subject.patterns(resource)) {
        let Ok(grant) = found else { return Some(Answer::refusal(Reason::Unjudged(source))) };
        first = Some(first.map_or(grant, |first| std::cmp::min_by_key(first, grant, |grant| grant.turn())));
    }
    first.map(|grant| Answer::of(grant, source))
}

/// Everything that one source has to say.
pub(super) fn note<'a, T: Trail<'a>>(source: Source, held: &'a Holdings, resource: ResourceRef<'_>, trail: &mut T) {
    let subjects: Vec<&SubjectGrants> = match source {
        Source::User | Source::Regex => vec![&held.user],
        Source::Group | Source::GroupRegex => held.shared().collect(),
    };
    for subject in subjects {
        match source {
            Source::User | Source::Group => {
                subject.exact(resource).chain(subject.every(resource)).for_each(|grant| trail.met(grant, source));
            }
            Source::Regex | Source::GroupRegex => {
                subject.all_patterns(resource).into_iter().for_each(|grant| trail.met(grant, source));
            }
        }
    }
}
