//! What lies within a narrowing.

use super::{Action, NarrowedTo, Narrowing, ResourceRef, ResourceType};
use std::fmt;

impl Narrowing {
    /// Whether `action` may be done at all.
    pub fn lets(&self, action: Action) -> bool {
        !self.read_only || matches!(action, Action::Read | Action::NotDenied)
    }

    /// Whether `resource` lies within; see [`NarrowedTo::holds`].
    pub fn reaches(&self, resource: ResourceRef<'_>) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|one| one.holds(resource)))
    }
}

impl NarrowedTo {
    /// Whether `resource` is meant: the one that is named, or any of the type. Besides, what lives in a workspace that
    /// is named, and the scorers of an experiment, whose ids begin with its own. Everything of a type is meant where the
    /// type is named without an id, or the workspace it is in; names that patterns match mean nothing here.
    pub fn holds(&self, resource: ResourceRef<'_>) -> bool {
        let here = self.workspace.as_ref().is_none_or(|workspace| workspace == resource.workspace);
        here && (self.names(resource) || self.surrounds(resource))
    }

    fn names(&self, resource: ResourceRef<'_>) -> bool {
        self.kind == *resource.kind && self.id.as_deref().is_none_or(|id| resource.id == Some(id))
    }

    fn surrounds(&self, resource: ResourceRef<'_>) -> bool {
        if self.kind == ResourceType::WORKSPACE && *resource.kind != ResourceType::WORKSPACE {
            return self.id.as_deref().is_none_or(|id| id == resource.workspace.as_str());
        }
        let is_scorer = self.kind == ResourceType::EXPERIMENT && *resource.kind == ResourceType::SCORER;
        let experiment = resource.id.and_then(|id| id.split_once('/')).map(|(experiment, _)| experiment);
        is_scorer && self.id.as_deref().is_none_or(|id| experiment == Some(id))
    }
}

impl fmt::Display for NarrowedTo {
    /// Such as ``experiment `7` `` or `every prompt`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "{} `{}`", self.kind, id.escape_debug())?,
            None => write!(f, "every {}", self.kind)?,
        }
        match &self.workspace {
            Some(workspace) => write!(f, " in workspace `{workspace}`"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{Resource, Workspace};

    fn to(kind: &'static str, id: Option<&str>, workspace: Option<&str>) -> NarrowedTo {
        let workspace = workspace.map(|name| Workspace::new(name).unwrap());
        NarrowedTo { kind: ResourceType::new(kind), id: id.map(str::to_owned), workspace }
    }

    #[test]
    fn what_an_entry_means() {
        let seven = || Resource::new(ResourceType::EXPERIMENT, "7").with_name("churn");
        let blue = |resource: Resource| resource.in_workspace(Workspace::new("blue").unwrap());
        let scorer = |id: &str| Resource::new(ResourceType::SCORER, id);
        let cases = [
            (to("experiment", Some("7"), None), seven(), true),
            (to("experiment", Some("7"), None), blue(seven()), true),
            (to("experiment", Some("7"), Some("blue")), blue(seven()), true),
            (to("experiment", Some("7"), Some("blue")), seven(), false),
            (to("experiment", Some("churn"), None), seven(), false),
            (to("experiment", Some("70"), None), seven(), false),
            (to("prompt", Some("7"), None), seven(), false),
            (to("experiment", None, None), seven(), true),
            (to("experiment", None, None), Resource::every(ResourceType::EXPERIMENT), true),
            (to("experiment", Some("7"), None), Resource::every(ResourceType::EXPERIMENT), false),
            (to("experiment", Some("7"), None), Resource::every(ResourceType::RUN), false),
            (to("workspace", Some("blue"), None), blue(seven()), true),
            (to("workspace", Some("blue"), None), seven(), false),
            (to("workspace", Some("blue"), None), Resource::named(ResourceType::WORKSPACE, "blue"), true),
            (to("workspace", Some("blue"), None), blue(Resource::named(ResourceType::WORKSPACE, "red")), false),
            (to("workspace", None, None), seven(), true),
            (to("experiment", Some("7"), None), scorer("7/judge"), true),
            (to("experiment", Some("7"), None), scorer("70/judge"), false),
            (to("experiment", Some("7"), None), Resource::every(ResourceType::SCORER), false),
            (to("scorer", Some("7/judge"), None), scorer("7/judge"), true),
            (to("scorer", Some("7/judge"), None), seven(), false),
        ];
        for (entry, resource, expected) in cases {
            assert_eq!(entry.holds(resource.as_ref()), expected, "{entry} / {resource}");
        }
    }

    #[test]
    fn nothing_lies_within_an_empty_list_and_everything_without_one() {
        let seven = Resource::new(ResourceType::EXPERIMENT, "7");
        let none = Narrowing { only: Some(Vec::new()), ..Narrowing::default() };
        assert!(!none.reaches(seven.as_ref()) && Narrowing::default().reaches(seven.as_ref()));
        assert!(none.lets(Action::Manage));
        let reading = Narrowing { read_only: true, only: None };
        let all = [Action::Read, Action::NotDenied, Action::Use, Action::Update, Action::Delete, Action::Manage];
        assert_eq!(all.map(|action| reading.lets(action)), [true, true, false, false, false, false]);
    }
}
