//! An explanation as JSON. The shape is written down at [`Explanation`].

use super::{Explanation, Missing, Shadowed, Verdict};
use crate::grants::{Grant, GrantId, Scope, Target};
use crate::vocabulary::{Action, ResourceRef, Subject};
use serde::{Serialize, Serializer};

impl Serialize for Explanation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Told::of(self).serialize(serializer)
    }
}

#[derive(Serialize)]
struct Told<'a> {
    user: &'a str,
    allowed: bool,
    verdict: &'static str,
    action: Option<&'static str>,
    creates: bool,
    resource: Option<ResourceTold<'a>>,
    rung: usize,
    permission: &'static str,
    reason: &'static str,
    source: Option<&'static str>,
    grant: Option<GrantTold<'a>>,
    needed: Option<&'static str>,
    missing: Option<MissingTold<'a>>,
    shadowed: Vec<ShadowedTold<'a>>,
    says: String,
}

impl<'a> Told<'a> {
    fn of(explanation: &'a Explanation<'a>) -> Self {
        let Explanation { verdict, shadowed } = explanation;
        let action = verdict.asked.map(|(action, _)| action);
        Self {
            user: verdict.who.as_str(),
            allowed: verdict.allowed,
            verdict: if verdict.allowed { "allow" } else { "refuse" },
            action: action.map(Action::name),
            creates: verdict.creates,
            resource: verdict.asked.map(|(_, resource)| ResourceTold::of(resource)),
            rung: verdict.rung,
            permission: verdict.permission.name(),
            reason: verdict.reason.name(),
            source: verdict.reason.source().map(|source| source.name()),
            grant: verdict.reason.grant().map(GrantTold::of),
            needed: action.map(|action| action.least().name()),
            missing: verdict.missing().map(MissingTold::of),
            shadowed: shadowed.iter().map(|met| ShadowedTold::of(met, verdict)).collect(),
            says: verdict.to_string(),
        }
    }
}

#[derive(Serialize)]
struct ResourceTold<'a> {
    r#type: &'a str,
    id: Option<&'a str>,
    name: Option<&'a str>,
    workspace: &'a str,
}

impl<'a> ResourceTold<'a> {
    fn of(resource: ResourceRef<'a>) -> Self {
        let ResourceRef { kind, id, name, workspace } = resource;
        Self { r#type: kind.name(), id, name, workspace: workspace.as_str() }
    }
}

#[derive(Serialize)]
struct MissingTold<'a> {
    permission: Option<&'static str>,
    resource: ResourceTold<'a>,
    says: String,
}

impl<'a> MissingTold<'a> {
    fn of(missing: Missing<'a>) -> Self {
        let permission = missing.can_be_granted().then(|| missing.needed.name());
        Self { permission, resource: ResourceTold::of(missing.on), says: missing.to_string() }
    }
}

#[derive(Serialize)]
struct ShadowedTold<'a> {
    grant: GrantTold<'a>,
    source: &'static str,
    rung: usize,
    would_allow: Option<bool>,
}

impl<'a> ShadowedTold<'a> {
    fn of(met: &Shadowed<'a>, verdict: &Verdict<'_>) -> Self {
        let would_allow = verdict.asked.map(|(action, _)| met.would_allow(action));
        Self { grant: GrantTold::of(met.grant), source: met.source.name(), rung: met.rung, would_allow }
    }
}

/// A grant as JSON.
#[derive(Serialize)]
struct GrantTold<'a> {
    /// None for a grant that is not stored yet.
    id: Option<GrantId>,
    subject: SubjectTold<'a>,
    workspace: Option<&'a str>,
    resource_type: &'a str,
    target: TargetTold<'a>,
    permission: &'static str,
    fault: Option<&'a str>,
    says: String,
}

#[derive(Serialize)]
struct SubjectTold<'a> {
    r#type: &'static str,
    name: &'a str,
    workspace: Option<&'a str>,
}

#[derive(Serialize)]
struct TargetTold<'a> {
    form: &'static str,
    text: &'a str,
    priority: Option<i64>,
}

impl<'a> GrantTold<'a> {
    fn of(grant: &'a Grant) -> Self {
        let spec = &grant.spec;
        let (r#type, name, workspace) = match &spec.subject {
            Subject::User(name) => ("user", name.as_str(), None),
            Subject::Group(name) => ("group", name.as_str(), None),
            Subject::Role(key) => ("role", key.name.as_str(), Some(key.workspace.as_str())),
        };
        let (form, priority) = match spec.target {
            Target::Exact(_) => ("exact", None),
            Target::Every => ("every", None),
            Target::Pattern { priority, .. } | Target::Unreadable { priority, .. } => ("pattern", Some(priority)),
        };
        Self {
            id: (grant.id >= 0).then_some(grant.id),
            subject: SubjectTold { r#type, name, workspace },
            workspace: match &spec.scope {
                Scope::Everywhere => None,
                Scope::In(workspace) => Some(workspace.as_str()),
            },
            resource_type: spec.kind.name(),
            target: TargetTold { form, text: spec.target.text(), priority },
            permission: spec.permission.name(),
            fault: grant.fault.as_deref(),
            says: grant.to_string(),
        }
    }
}
