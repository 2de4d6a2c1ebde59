//! Decisions of first-match mode against those of the plugin mlflow-oidc-auth (11.0.2), asked over its REST API.
//!
//! Needs a Python that has it, named by `PLUGIN_PYTHON`. `PLUGIN_SEED` makes other users, groups and grants.
#![cfg(test)]

mod common;

use mlflow_auth_core::{
    Action, Chain, Grant, GrantSpec, GroupName, Holdings, Mode, Policy, Reason, Requirement, Resource, ResourceType,
    Scope, Subject, Target, Username, Verdict, Workspace,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/gateway/tests/wire/plugin_decisions.py");
const LEAST_DECISIONS: usize = 2_500;

#[derive(Deserialize)]
struct World {
    seed: u64,
    users: BTreeMap<String, BTreeSet<String>>,
    objects: Vec<Object>,
    grants: Vec<Written>,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Object {
    kind: String,
    id: String,
    name: String,
    workspace: Option<String>,
}

/// A grant as the plugin's API takes it.
#[derive(Deserialize)]
struct Written {
    holder: (String, String),
    kind: String,
    exact: bool,
    text: String,
    workspace: Option<String>,
    priority: i64,
    permission: String,
}

#[derive(Deserialize)]
struct Run {
    order: String,
    default: String,
    answers: Vec<Answers>,
}

/// What was answered about one user in one workspace, or without naming one.
#[derive(Deserialize)]
struct Answers {
    user: String,
    workspace: Option<String>,
    /// Kind, id, name, permission, and the source that decided.
    told: Vec<(String, String, String, String, String)>,
    /// Of scorers only whether they may be read and managed.
    scorers: Vec<(String, bool, bool)>,
}

/// One decision of both.
struct Case {
    /// What was asked, by whom.
    asked: String,
    /// Whether the request named a workspace, where there are any.
    names_workspace: bool,
    theirs: String,
    ours: String,
}

/// Which cases a difference is about.
type About = fn(&Case) -> bool;

/// Where ours is another on purpose. Each must be met.
const DECIDED: &[(&str, About)] = &[(
    "a request that names no workspace is in `default`: there it takes a grant on `default`, the default permission is not \
     enough",
    |case| {
        let default = case.theirs.ends_with("by fallback") && case.ours.contains("by workspace");
        !case.names_workspace && (default || case.asked.starts_with("scorer "))
    },
)];

fn world(mode: &str) -> World {
    let python = std::env::var_os("PLUGIN_PYTHON").expect(
        "PLUGIN_PYTHON must name a Python with mlflow-oidc-auth 11.0.2: decisions are held against a live server of it",
    );
    let output = Command::new(&python).arg(SCRIPT).arg(mode).output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "PLUGIN_PYTHON ({python:?}) could not ask the plugin:\n{complaints}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn kind(name: &str) -> ResourceType {
    ResourceType::MLFLOW.iter().find(|kind| kind.name() == name).unwrap().clone()
}

fn workspace(name: Option<&str>) -> Workspace {
    name.map_or_else(Workspace::default, |name| Workspace::new(name).unwrap())
}

impl Written {
    /// What it means here. The plugin keeps exact grants on models and on prompts in one table, so that they speak about
    /// either; here the two are apart.
    fn kinds(&self) -> Vec<ResourceType> {
        match (self.exact, self.kind.as_str()) {
            (true, "registered_model" | "prompt") => vec![ResourceType::REGISTERED_MODEL, ResourceType::PROMPT],
            (_, kind) => vec![self::kind(kind)],
        }
    }

    fn grants(&self, number: i64) -> Vec<Grant> {
        let subject = match (self.holder.0.as_str(), self.holder.1.as_str()) {
            ("user", name) => Subject::User(Username::new(name).unwrap()),
            (_, name) => Subject::Group(GroupName::new(name).unwrap()),
        };
        // Ids of experiments, and so of scorers, are free once in all workspaces; patterns may hold everywhere.
        let everywhere = match self.exact {
            true => matches!(self.kind.as_str(), "experiment" | "scorer" | "workspace"),
            false => self.workspace.is_none(),
        };
        let scope = if everywhere { Scope::Everywhere } else { Scope::In(workspace(self.workspace.as_deref())) };
        let target = match self.exact {
            true => Target::Exact(self.text.clone()),
            false => Target::pattern(&self.text, self.priority).unwrap(),
        };
        let permission = self.permission.parse().unwrap();
        let spec = |kind| GrantSpec {
            subject: subject.clone(),
            scope: scope.clone(),
            kind,
            target: target.clone(),
            permission,
        };
        let grant = |(twin, kind)| Grant { id: number * 2 + twin, spec: spec(kind), fault: None };
        (0..).zip(self.kinds()).map(grant).collect()
    }
}

impl World {
    fn held(&self, user: &str) -> Holdings {
        let grants = (1..).zip(&self.grants).filter(|(_, grant)| match grant.holder.0.as_str() {
            "user" => grant.holder.1 == user,
            _ => self.users[user].contains(&grant.holder.1),
        });
        let grants: Vec<Grant> = grants.flat_map(|(number, grant)| grant.grants(number)).collect();
        common::held(&grants)
    }

    /// A scorer that nobody granted anything on is judged as its experiment.
    fn scorer(&self, id: &str, place: &Workspace, action: Action) -> Requirement {
        let (experiment, name) = id.split_once('/').unwrap();
        let found = self.objects.iter().find(|object| object.kind == "experiment" && object.id == experiment).unwrap();
        assert_eq!(workspace(found.workspace.as_deref()), *place);
        let scorer = Resource::new(ResourceType::SCORER, id).with_name(name).in_workspace(place.clone());
        let experiment = Resource::new(ResourceType::EXPERIMENT, experiment).with_name(&*found.name);
        Chain::of(action, scorer).or_else(action, experiment.in_workspace(place.clone())).into()
    }
}

impl Run {
    fn policy(&self, workspaces: bool) -> Policy {
        Policy {
            mode: Mode::FirstMatch(self.order.parse().unwrap()),
            default: self.default.parse().unwrap(),
            workspaces,
            ..Policy::default()
        }
    }
}

/// A decision as the plugin words it.
fn worded(verdict: &Verdict<'_>) -> String {
    let source = match verdict.reason {
        Reason::Granted(_, source) => source.name(),
        Reason::Workspace(_) => "workspace",
        Reason::NotInWorkspace => "workspace-deny",
        Reason::Default => "fallback",
        other => panic!("{other:?}"),
    };
    format!("{} by {source}", verdict.permission)
}

/// All decisions of one run.
fn decisions(world: &World, run: &Run, workspaces: bool) -> Vec<Case> {
    let policy = run.policy(workspaces);
    let mut found = Vec::new();
    for answers in &run.answers {
        let (who, held) = (common::principal(&answers.user, false), world.held(&answers.user));
        let place = workspace(answers.workspace.as_deref());
        let asked = |what: &str| format!("{what} to {} in {:?}, {}", answers.user, answers.workspace, run.order);
        let names_workspace = !workspaces || answers.workspace.is_some();
        for (kind, id, name, permission, source) in &answers.told {
            let resource = Resource::new(self::kind(kind), &**id).with_name(&**name).in_workspace(place.clone());
            let need = [Requirement::on(Action::Read, resource)];
            let (theirs, ours) = (format!("{permission} by {source}"), worded(&policy.decide(&who, &held, &need)));
            found.push(Case { asked: asked(&format!("{kind} {id}")), names_workspace, theirs, ours });
        }
        for (id, read, manage) in &answers.scorers {
            let may = |action| policy.decide(&who, &held, &[world.scorer(id, &place, action)]).allowed;
            let ours = format!("read {}, manage {}", may(Action::Read), may(Action::Manage));
            let theirs = format!("read {read}, manage {manage}");
            found.push(Case { asked: asked(&format!("scorer {id}")), names_workspace, theirs, ours });
        }
    }
    found
}

/// Compares every decision, and gives the differences that were decided and met.
fn compare(mode: &str, workspaces: bool) -> BTreeSet<&'static str> {
    let world = world(mode);
    let (mut met, mut wrong, mut judged) = (BTreeSet::new(), Vec::new(), BTreeMap::<String, usize>::new());
    for run in &world.runs {
        for case in decisions(&world, run, workspaces) {
            *judged.entry(case.theirs.rsplit(' ').next().unwrap().to_owned()).or_default() += 1;
            let Case { asked, theirs, ours, .. } = &case;
            match DECIDED.iter().find(|(_, holds)| theirs != ours && holds(&case)) {
                Some((name, _)) => _ = met.insert(*name),
                None if theirs == ours => {}
                None => wrong.push(format!("{asked}: theirs {theirs}; ours {ours}")),
            }
        }
    }
    let shown: Vec<_> = wrong.iter().take(40).collect();
    assert!(wrong.is_empty(), "seed {}: {} of {judged:?} differ: {shown:#?}", world.seed, wrong.len());
    assert!(judged.values().sum::<usize>() > LEAST_DECISIONS, "{judged:?}");
    let also: &[&str] = if workspaces { &["workspace", "workspace-deny"] } else { &[] };
    for source in ["user", "group", "regex", "group-regex", "fallback", "true", "false"].iter().chain(also) {
        assert!(judged.get(*source).is_some_and(|count| *count > 20), "{source} hardly ever decided: {judged:?}");
    }
    met
}

#[test]
fn every_source_decides_as_in_the_plugin() {
    assert_eq!(compare("plain", false), BTreeSet::new());
}

#[test]
fn with_workspaces_too() {
    let decided: BTreeSet<&str> = DECIDED.iter().map(|(name, _)| *name).collect();
    assert_eq!(compare("workspaces", true), decided);
}
