//! The whole file, as it is written.

use super::entry::Entry;
use super::text::Text;
use crate::grants::GrantSpec;
use crate::plan::{Desired, Sections, Wanted};
use crate::vocabulary::{GroupName, ResourceType, RoleKey, RoleName, Subject, Username, Workspace};
use serde::{Deserialize, Serialize, Serializer};
use serde_saphyr::{FlowMap, FlowSeq};
use std::collections::{BTreeMap, BTreeSet};

type Named<N, T> = BTreeMap<Text<N>, T>;

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default)]
    version: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    users: Option<Named<Username, User>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    groups: Option<Named<GroupName, Group>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    roles: Option<Named<Workspace, Named<RoleName, Role>>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct User {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grants: Option<Grants>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Group {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    members: Option<People>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grants: Option<Grants>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Role {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    users: Option<People>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grants: Option<Grants>,
}

type People = FlowSeq<Vec<Text<Username>>>;

/// Grants by type.
#[derive(Debug, Deserialize, Serialize)]
#[serde(transparent)]
struct Grants(BTreeMap<String, Vec<Line>>);

/// A grant, on one line where the format can.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Line(Entry);

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        FlowMap(&self.0).serialize(to)
    }
}

impl Document {
    /// What it says, or what is wrong with it as a whole.
    pub(super) fn into_desired(self) -> Result<Desired, String> {
        if let Some(version) = self.version.filter(|version| *version != VERSION) {
            return Err(format!("`version: {version}` is not known; this program reads version {VERSION}"));
        }
        let Self { users, groups, roles, .. } = self;
        let sections = Sections { users: users.is_some(), groups: groups.is_some(), roles: roles.is_some() };
        let mut subjects = BTreeMap::new();
        for (Text(name), User { grants }) in users.into_iter().flatten() {
            add(&mut subjects, name.into(), (None, None, grants))?;
        }
        for (Text(name), Group { members, grants }) in groups.into_iter().flatten() {
            add(&mut subjects, name.into(), (None, members, grants))?;
        }
        for (Text(workspace), roles) in roles.into_iter().flatten() {
            for (Text(name), Role { description, users, grants }) in roles {
                let key = RoleKey { workspace: workspace.clone(), name };
                add(&mut subjects, key.into(), (description, users, grants))?;
            }
        }
        let desired = Desired { sections, subjects };
        desired.check().map(|()| desired).map_err(|error| error.to_string())
    }

    pub(super) fn of(desired: &Desired) -> Self {
        let (mut users, mut groups, mut roles) = (Named::new(), Named::new(), Named::<Workspace, Named<_, _>>::new());
        for (subject, wanted) in &desired.subjects {
            let grants = wanted.grants.as_deref().map(Grants::of);
            let people = wanted.people.as_ref().map(|people| FlowSeq(people.iter().cloned().map(Text).collect()));
            match subject {
                Subject::User(name) => drop(users.insert(Text(name.clone()), User { grants })),
                Subject::Group(name) => drop(groups.insert(Text(name.clone()), Group { members: people, grants })),
                Subject::Role(key) => {
                    let role = Role { description: wanted.description.clone(), users: people, grants };
                    roles.entry(Text(key.workspace.clone())).or_default().insert(Text(key.name.clone()), role);
                }
            }
        }
        let Sections { users: has_users, groups: has_groups, roles: has_roles } = desired.sections;
        Self {
            version: Some(VERSION),
            users: has_users.then_some(users),
            groups: has_groups.then_some(groups),
            roles: has_roles.then_some(roles),
        }
    }
}

type Parts = (Option<String>, Option<People>, Option<Grants>);

fn add(to: &mut BTreeMap<Subject, Wanted>, subject: Subject, parts: Parts) -> Result<(), String> {
    let (description, people, grants) = parts;
    let people = people.map(|FlowSeq(people)| distinct(&subject, people)).transpose()?;
    let grants = grants.map(|grants| grants.into_grants(&subject));
    to.insert(subject, Wanted { description, people, grants });
    Ok(())
}

fn distinct(subject: &Subject, people: Vec<Text<Username>>) -> Result<BTreeSet<Username>, String> {
    let mut names = BTreeSet::new();
    for Text(name) in people {
        if let Some(name) = names.replace(name) {
            return Err(format!("user `{name}` stands twice in {subject}"));
        }
    }
    Ok(names)
}

impl Grants {
    fn of(grants: &[GrantSpec]) -> Self {
        let mut kinds: BTreeMap<String, Vec<&GrantSpec>> = BTreeMap::new();
        for grant in grants {
            kinds.entry(grant.kind.name().to_owned()).or_default().push(grant);
        }
        let lines = |mut grants: Vec<&GrantSpec>| {
            // As they are asked: exact ones first, then patterns by priority.
            grants
                .sort_by_key(|grant| (grant.target.form(), grant.target.priority(), grant.target.text(), &grant.scope));
            grants.into_iter().map(|grant| Line(Entry::of(grant))).collect()
        };
        Self(kinds.into_iter().map(|(kind, grants)| (kind, lines(grants))).collect())
    }

    fn into_grants(self, subject: &Subject) -> Vec<GrantSpec> {
        let of = |(kind, lines): (String, Vec<Line>)| {
            let kind = ResourceType::from_string(kind);
            lines.into_iter().map(move |Line(entry)| entry.into_grant(subject, &kind))
        };
        self.0.into_iter().flat_map(of).collect()
    }
}
