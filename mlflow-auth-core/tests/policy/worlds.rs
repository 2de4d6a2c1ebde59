//! Random policies, grants and questions.

use mlflow_auth_core::{
    Action, Chain, Grant, GrantSpec, GroupName, Mode, Permission, Policy, Requirement, Resource, ResourceType, RoleKey,
    RoleName, Rung, Scope, Source, SourceOrder, Subject, Target, Username, Workspace,
};
use proptest::prelude::*;

const NAMES: &[&str] = &["a", "ab", "abc", "b", "ba", "team-a", "team-b", "team-a-x", "a\n", "blue", "default"];
const PATTERNS: &[&str] = &[
    ".*",
    "^a",
    "a$",
    "^ab",
    ".*b$",
    "^team-[a-z]$",
    "^(a|team-a)",
    "^(?!a)",
    "b",
    ".*a.*",
    r"^\w+$",
    r"\bteam\b",
    "^blue$",
    "^de",
];
const WORKSPACES: &[&str] = &["default", "blue", "red"];

pub(crate) fn any_of<T: Clone + std::fmt::Debug + 'static>(items: &[T]) -> impl Strategy<Value = T> + use<T> {
    proptest::sample::select(items.to_vec())
}

pub(crate) fn kinds() -> impl Strategy<Value = ResourceType> {
    any_of(&[ResourceType::EXPERIMENT, ResourceType::EXPERIMENT, ResourceType::RUN, ResourceType::WORKSPACE])
}

pub(crate) fn workspaces() -> impl Strategy<Value = Workspace> {
    any_of(WORKSPACES).prop_map(|name| Workspace::new(name).unwrap())
}

pub(crate) fn subjects() -> impl Strategy<Value = Subject> {
    let role =
        |name: &str| Subject::Role(RoleKey { workspace: Workspace::default(), name: RoleName::new(name).unwrap() });
    prop_oneof![
        3 => Just(Subject::User(Username::new("alice").unwrap())),
        4 => any_of(&["g1", "g2", "g3"]).prop_map(|name| Subject::Group(GroupName::new(name).unwrap())),
        2 => any_of(&["r1", "r2"]).prop_map(role),
    ]
}

pub(crate) fn targets() -> impl Strategy<Value = Target> {
    let pattern = (any_of(PATTERNS), -1..3_i64).prop_map(|(text, priority)| {
        Target::pattern(text, priority).unwrap_or(Target::Unreadable { text: text.into(), priority })
    });
    prop_oneof![
        4 => any_of(&["1", "2", "blue", "default"]).prop_map(|id| Target::Exact(id.to_owned())),
        1 => Just(Target::Every),
        5 => pattern,
    ]
}

pub(crate) fn specs() -> impl Strategy<Value = GrantSpec> {
    let scope = prop_oneof![3 => Just(Scope::Everywhere), 2 => workspaces().prop_map(Scope::In)];
    (subjects(), scope, kinds(), targets(), any_of(&Permission::ALL)).prop_map(
        |(subject, scope, kind, target, permission)| {
            let unreadable = matches!(target, Target::Unreadable { .. });
            let permission = if unreadable { Permission::Deny } else { permission };
            GrantSpec { subject, scope, kind, target, permission }
        },
    )
}

pub(crate) fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let numbered = |specs: Vec<GrantSpec>| (1..).zip(specs).map(|(id, spec)| Grant { id, spec, fault: None }).collect();
    proptest::collection::vec(specs(), 0..12).prop_map(numbered)
}

pub(crate) fn resources() -> impl Strategy<Value = Resource> {
    let id = proptest::option::weighted(0.9, any_of(&["1", "2", "3", "blue"]));
    let name = proptest::option::weighted(0.8, any_of(NAMES));
    (kinds(), id, name, workspaces()).prop_map(|(kind, id, name, workspace)| Resource {
        kind,
        id: id.map(str::to_owned),
        name: name.map(str::to_owned),
        workspace,
    })
}

pub(crate) fn rungs() -> impl Strategy<Value = Rung> {
    let action =
        any_of(&[Action::Read, Action::Use, Action::Update, Action::Delete, Action::Manage, Action::NotDenied]);
    (action, resources()).prop_map(|(action, resource)| Rung { action, resource })
}

pub(crate) fn requirements() -> impl Strategy<Value = Requirement> {
    let chain = proptest::collection::vec(rungs(), 0..4).prop_map(Chain);
    prop_oneof![
        8 => proptest::collection::vec(chain, 0..3).prop_map(Requirement::Any),
        2 => resources().prop_map(Requirement::Create),
    ]
}

pub(crate) fn orders() -> impl Strategy<Value = SourceOrder> {
    (proptest::sample::subsequence(Source::ALL.to_vec(), 1..=4).prop_shuffle())
        .prop_map(|order| order.iter().map(|source| source.name()).collect::<Vec<_>>().join(",").parse().unwrap())
}

pub(crate) fn modes() -> impl Strategy<Value = Mode> {
    prop_oneof![Just(Mode::Union), Just(Mode::default()), orders().prop_map(Mode::FirstMatch),]
}

pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    (modes(), any_of(&Permission::ALL), any::<[bool; 3]>()).prop_map(
        |(mode, default, [workspaces, access, restricted])| Policy {
            mode,
            default,
            workspaces,
            default_workspace_access: access,
            restrict_creation: restricted,
        },
    )
}
