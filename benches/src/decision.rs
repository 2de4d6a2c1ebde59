//! Our decisions.

use crate::names::{Asked, ROTATION, Workload};
use mlflow_auth_core::{
    Action, Grant, GrantSpec, GroupName, Holdings, InvalidName, PatternError, Permission, Policy, Principal, Proof,
    Requirement, Resource, ResourceRef, ResourceType, RuleSetError, Scope, Subject, SubjectGrants, Target, Username,
    Workspace,
};
use std::error::Error;
use std::sync::Arc;

/// How many grants Alice holds on ids of her own beside the patterns of her group; none of them is asked for.
pub const OF_HER_OWN: usize = 20;

/// The id that is asked for where a name is.
pub const ID: &str = "7";

/// Somebody, what they hold, and what they ask for in turn.
pub struct Case {
    policy: Policy,
    who: Principal,
    held: Holdings,
    /// One thing, of which the id or the name changes from turn to turn, as if it had just been read from a request.
    needs: [Requirement; 1],
    names: Vec<String>,
    allowed: usize,
    by_id: bool,
    turn: usize,
}

/// The rows that a store would hand over for `patterns` of a group, each pattern checked.
///
/// # Errors
/// Those of the engine.
pub fn grants(patterns: &[String]) -> Result<Vec<Grant>, Box<dyn Error>> {
    let group = Subject::Group(GroupName::new("ml-team")?);
    let grant = |(place, pattern): (usize, &String)| -> Result<Grant, PatternError> {
        let target = Target::pattern(pattern, i64::try_from(place).unwrap_or(i64::MAX))?;
        Ok(grant(place, group.clone(), target))
    };
    Ok(patterns.iter().enumerate().map(grant).collect::<Result<_, _>>()?)
}

fn grant(place: usize, subject: Subject, target: Target) -> Grant {
    let spec = GrantSpec {
        subject,
        scope: Scope::Everywhere,
        kind: ResourceType::EXPERIMENT,
        target,
        permission: Permission::Read,
    };
    Grant { id: i64::try_from(place).unwrap_or(i64::MAX), spec, fault: None }
}

/// Compiles what the group holds.
///
/// # Errors
/// Those of the engine.
pub fn compile(grants: Vec<Grant>) -> Result<SubjectGrants, RuleSetError> {
    SubjectGrants::new(grants)
}

/// READ on `count` experiments from number `first` on, for Alice herself.
fn her_own(first: usize, count: usize) -> Result<SubjectGrants, Box<dyn Error>> {
    let alice = Subject::User(Username::new("alice")?);
    let grant = |id: usize| grant(id, alice.clone(), Target::Exact(id.to_string()));
    Ok(compile((first..first + count).map(grant).collect())?)
}

fn alice() -> Result<Principal, InvalidName> {
    Ok(Principal::new(Username::new("alice")?, Proof::Password))
}

fn need() -> [Requirement; 1] {
    [Requirement::on(Action::Read, Resource::new(ResourceType::EXPERIMENT, ID).with_name("name"))]
}

impl Case {
    /// Alice with the rules of her group, and a few grants of her own. Until it is told otherwise names rotate.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn patterns(workload: Workload) -> Result<Self, Box<dyn Error>> {
        let group = compile(grants(&workload.her_patterns())?)?;
        let user = Arc::new(her_own(1_000, OF_HER_OWN)?);
        let held = Holdings { user, groups: vec![Arc::new(group)], roles: Vec::new() };
        let (names, allowed) = workload.names(Asked::Rotation, ROTATION);
        let (policy, who, needs) = (Policy::default(), alice()?, need());
        Ok(Self { policy, who, held, needs, names, allowed, by_id: false, turn: 0 })
    }

    /// `count` exact grants of the user, asked for in turn.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn exact(count: usize) -> Result<Self, Box<dyn Error>> {
        let held = Holdings { user: Arc::new(her_own(0, count)?), ..Holdings::default() };
        let names: Vec<String> = (0..ROTATION.min(count)).map(|id| id.to_string()).collect();
        let (policy, who, needs, allowed) = (Policy::default(), alice()?, need(), names.len());
        Ok(Self { policy, who, held, needs, names, allowed, by_id: true, turn: 0 })
    }

    /// Asks for these names from now on, of which `allowed` may be read.
    pub fn ask_for(&mut self, (names, allowed): (Vec<String>, usize)) {
        (self.names, self.allowed, self.turn) = (names, allowed, 0);
    }

    /// How many names there are.
    pub fn round(&self) -> usize {
        self.names.len()
    }

    /// What is asked for next. Copies a name and allocates nothing.
    fn ask(&mut self) -> (&Policy, &Principal, &Holdings, &[Requirement; 1]) {
        self.turn = if self.turn + 1 < self.names.len() { self.turn + 1 } else { 0 };
        let rung = match &mut self.needs {
            [Requirement::Any(chains)] => chains.first_mut().and_then(|chain| chain.0.first_mut()),
            [Requirement::Create(_)] => None,
        };
        if let Some((rung, name)) = rung.zip(self.names.get(self.turn)) {
            let text = if self.by_id { &mut rung.resource.id } else { &mut rung.resource.name };
            let text = text.get_or_insert_default();
            text.clear();
            text.push_str(name);
        }
        (&self.policy, &self.who, &self.held, &self.needs)
    }

    /// Decides what is asked for next.
    pub fn decide(&mut self) -> bool {
        let (policy, who, held, needs) = self.ask();
        policy.decide(who, held, needs).allowed
    }

    /// Explains what is asked for next.
    pub fn explain(&mut self) -> usize {
        let (policy, who, held, needs) = self.ask();
        policy.explain(who, held, needs).shadowed.len()
    }

    /// Decides and explains all that is asked for once, so that everything is warm.
    ///
    /// # Errors
    /// If other names are allowed than should be.
    pub fn warm(&mut self) -> Result<(), String> {
        let _shadowed: usize = (0..self.round()).map(|_| self.explain()).sum();
        let allowed = (0..self.round()).filter(|_| self.decide()).count();
        right("ours", allowed, self.allowed)
    }

    /// How many of `names` a list would keep.
    pub fn filter(&self, names: &[String]) -> usize {
        let (kind, workspace) = (ResourceType::EXPERIMENT, Workspace::default());
        let kept = |name: &&String| {
            let row = ResourceRef { kind: &kind, id: Some(ID), name: Some(name.as_str()), workspace: &workspace };
            self.policy.permits(&self.who, &self.held, Action::Read, row)
        };
        names.iter().filter(kept).count()
    }
}

/// Whether as many names are allowed as should be.
///
/// # Errors
/// If not: a wrong answer needs no clock.
pub fn right(whose: &str, allowed: usize, expected: usize) -> Result<(), String> {
    match allowed == expected {
        true => Ok(()),
        false => Err(format!("{whose}: {allowed} names are allowed, {expected} should be")),
    }
}
