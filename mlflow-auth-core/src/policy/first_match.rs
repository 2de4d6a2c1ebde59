//! First-match mode: the first source that holds an answer decides.

use super::Source;
use super::trail::Trail;
use super::verdict::{Answer, Reason};
use crate::grants::{Grant, Holder, Holdings, Target};
use crate::rules::Unjudged;
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
    match source {
        Source::User | Source::Group => exact(source, held, resource),
        Source::Regex | Source::GroupRegex => pattern(source, held, resource),
    }
}

/// A grant on the resource itself goes before one on everything of its type; in either, the highest rank wins.
fn exact<'a>(source: Source, held: &'a Holdings, resource: ResourceRef<'_>) -> Option<Answer<'a>> {
    let (mut itself, mut every) = (None, None);
    for subject in held.subjects(source.holder()) {
        subject.on(resource, |held| {
            itself = stronger(itself, held.exact(resource.id));
            every = stronger(every, held.every());
        });
    }
    itself.or(every).map(|grant| Answer::of(grant, source))
}

fn stronger<'a>(one: Option<&'a Grant>, other: Option<&'a Grant>) -> Option<&'a Grant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(std::cmp::min_by_key(one, other, |grant| grant.strength())),
        (one, other) => one.or(other),
    }
}

/// The lowest priority that matches decides; among equals the highest rank.
fn pattern<'a>(source: Source, held: &'a Holdings, resource: ResourceRef<'_>) -> Option<Answer<'a>> {
    if resource.name.is_none() {
        resource.id?;
        let reached = held.subjects(source.holder()).any(|subject| subject.has_patterns(resource));
        return reached.then(|| Answer::refusal(Reason::NameUnknown(source)));
    }
    let mut first: Result<Option<&'a Grant>, Unjudged> = Ok(None);
    for subject in held.subjects(source.holder()) {
        subject.on(resource, |held| first = earlier(first, held.pattern(resource)));
    }
    match first {
        Ok(first) => first.map(|grant| Answer::of(grant, source)),
        Err(Unjudged { .. }) => Some(Answer::refusal(Reason::Unjudged(source))),
    }
}

/// What cannot be judged outweighs all that is found.
fn earlier<'a>(
    one: Result<Option<&'a Grant>, Unjudged>,
    other: Result<Option<&'a Grant>, Unjudged>,
) -> Result<Option<&'a Grant>, Unjudged> {
    Ok(match (one?, other?) {
        (Some(one), Some(other)) => Some(std::cmp::min_by_key(one, other, |grant| grant.turn())),
        (one, other) => one.or(other),
    })
}

/// Everything that one source has to say, in the order in which it is asked.
pub(super) fn note<'a, T: Trail<'a>>(source: Source, held: &'a Holdings, resource: ResourceRef<'_>, trail: &mut T) {
    let mut spoken: Vec<&'a Grant> = Vec::new();
    for subject in held.subjects(source.holder()) {
        subject.on(resource, |held| match source {
            Source::User | Source::Group => spoken.extend(held.exact(resource.id).into_iter().chain(held.every())),
            Source::Regex | Source::GroupRegex => spoken.extend(held.all_patterns(resource)),
        });
    }
    spoken.sort_by_key(|grant| (grant.spec.target == Target::Every, grant.turn()));
    spoken.into_iter().for_each(|grant| trail.met(grant, source));
}

impl Source {
    fn holder(self) -> Holder {
        match self {
            Source::User | Source::Regex => Holder::User,
            Source::Group | Source::GroupRegex => Holder::Shared,
        }
    }
}
