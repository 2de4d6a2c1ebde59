//! Changes that are not made yet, seen as if they were.

use crate::authorizer::Belongings;
use crate::grants::{Grant, GrantId, GrantSpec, Holdings, Scope, SubjectGrants, Target};
use crate::rules::RuleSetError;
use crate::store::{Change, Membership, PermissionStore, StoreError};
use crate::vocabulary::{GroupName, ResourceType, RoleKey, Subject, Username};
use std::collections::HashMap;
use std::error::Error;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

/// A list of changes, seen as if it were made.
///
/// It lies over what is held at the moment of each decision: what the changes do not touch, such as the grant of
/// somebody who creates an experiment meanwhile, is seen as it is.
#[derive(Debug, Default)]
pub struct Candidate {
    label: String,
    changes: Vec<Change>,
    users: HashMap<Username, Touched>,
    groups: HashMap<GroupName, Touched>,
    roles: HashMap<RoleKey, Touched>,
    /// Whose memberships change, with the places of the changes.
    people: HashMap<Username, Vec<usize>>,
    /// The places of changes that take a group or a role from everybody.
    emptied: Vec<usize>,
}

/// A subject whose grants change.
#[derive(Debug, Default)]
struct Touched {
    /// The places of the changes.
    changes: Vec<usize>,
    /// Held while it is compiled, so that of many who need it one does so.
    compiled: Arc<Mutex<Option<Compiled>>>,
}

/// What was compiled, or why it could not be: that is not tried again until something changes.
type Made = Result<Arc<SubjectGrants>, Arc<RuleSetError>>;

/// What a subject would hold, beside what it held when that was found out.
#[derive(Clone, Debug)]
struct Compiled {
    live: Arc<SubjectGrants>,
    made: Made,
}

/// A change that cannot be observed before it is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a change of the kind `{0}` cannot be observed before it is made; make it apart")]
pub struct Unobservable(pub &'static str);

impl Candidate {
    /// `label` names the candidate in reports, and tells one from the next: the hash of a file, say.
    ///
    /// # Errors
    /// [`Unobservable`] if resources are renamed or deleted, or a role gets a new name: those follow what was done, and
    /// are no rules.
    pub fn new(label: impl Into<String>, changes: Vec<Change>) -> Result<Self, Unobservable> {
        let mut candidate = Self { label: label.into(), ..Self::default() };
        for (place, change) in changes.iter().enumerate() {
            candidate.note(place, change)?;
        }
        candidate.changes = changes;
        Ok(candidate)
    }

    fn note(&mut self, place: usize, change: &Change) -> Result<(), Unobservable> {
        match change {
            Change::Grant(GrantSpec { subject, .. }, _) | Change::Revoke { subject, .. } => self.touch(subject, place),
            Change::Forget(subject) => {
                self.touch(subject, place);
                match subject {
                    Subject::User(name) => self.people.entry(name.clone()).or_default().push(place),
                    Subject::Group(_) | Subject::Role(_) => self.emptied.push(place),
                }
            }
            Change::Join(user, _) | Change::Leave(user, _) | Change::Assign(user, _) | Change::Unassign(user, _) => {
                self.people.entry(user.clone()).or_default().push(place);
            }
            Change::CreateGroup(_)
            | Change::CreateRole { .. }
            | Change::UpdateRole { name: None, .. }
            | Change::OnlyIfStillAt(_) => {}
            Change::Rewrite { .. } => return Err(Unobservable("a grant rewritten by its number")),
            Change::UpdateRole { .. } => return Err(Unobservable("a new name of a role")),
            Change::ResourceDeleted { .. } => return Err(Unobservable("a deleted resource")),
            Change::ForgetWorkspace(_) => return Err(Unobservable("a deleted workspace")),
            Change::ResourceRenamed { .. } => return Err(Unobservable("a renamed resource")),
        }
        Ok(())
    }

    fn touch(&mut self, subject: &Subject, place: usize) {
        let touched = match subject {
            Subject::User(name) => self.users.entry(name.clone()).or_default(),
            Subject::Group(name) => self.groups.entry(name.clone()).or_default(),
            Subject::Role(key) => self.roles.entry(key.clone()).or_default(),
        };
        touched.changes.push(place);
    }

    /// What it is called.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The changes.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether `other` goes by the same label and makes some of the same changes, in the same order, and no other. What
    /// it leaves out is so already, or there is nothing left to take away: both come to the same.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let mut own = self.changes.iter();
        self.label == other.label && other.changes.iter().all(|change| own.any(|made| made == change))
    }

    /// The same label, and nothing left to change.
    pub(super) fn emptied(&self) -> Self {
        Self { label: self.label.clone(), ..Self::default() }
    }

    /// Whether anything would be different for this user. Does not allocate.
    pub fn touches(&self, user: &Username, of: &Belongings) -> bool {
        self.users.contains_key(user)
            || self.people.contains_key(user)
            || (!self.groups.is_empty() && of.groups().iter().any(|name| self.groups.contains_key(name)))
            || (!self.roles.is_empty() && of.roles().iter().any(|key| self.roles.contains_key(key)))
    }

    /// What the user would hold; `held` is what they hold now, through `of`.
    ///
    /// What was compiled for a subject is used until its live grants change; then it is compiled anew, apart from what
    /// serves requests.
    ///
    /// # Errors
    /// Those of the store, and of patterns that cannot be compiled together.
    pub async fn holdings(
        &self,
        store: &dyn PermissionStore,
        user: &Username,
        of: &Belongings,
        held: &Holdings,
    ) -> Result<Holdings, StoreError> {
        let moved = self.moved(user, of);
        let (of, live) = match moved {
            None => (of, held.clone()),
            Some(ref moved) => (moved, moved.held(user, store).await?),
        };
        let mut seen = live;
        seen.user = self.seen(self.users.get(user), seen.user).await?;
        for (name, held) in of.groups().iter().zip(&mut seen.groups) {
            *held = self.seen(self.groups.get(name), held.clone()).await?;
        }
        for (key, held) in of.roles().iter().zip(&mut seen.roles) {
            *held = self.seen(self.roles.get(key), held.clone()).await?;
        }
        Ok(seen)
    }

    /// What the user would belong to, if that changes.
    fn moved(&self, user: &Username, of: &Belongings) -> Option<Belongings> {
        let own = self.people.get(user).map(Vec::as_slice).unwrap_or_default();
        if own.is_empty() && self.emptied.is_empty() {
            return None;
        }
        let mut places: Vec<usize> = own.iter().chain(&self.emptied).copied().collect();
        places.sort_unstable();
        let Membership { mut groups, mut roles } = of.stored().clone();
        for change in places.iter().filter_map(|place| self.changes.get(*place)) {
            match change {
                Change::Forget(Subject::User(_)) => (groups, roles) = (Vec::new(), Vec::new()),
                Change::Forget(Subject::Group(name)) | Change::Leave(_, name) => groups.retain(|held| held != name),
                Change::Forget(Subject::Role(key)) | Change::Unassign(_, key) => roles.retain(|held| held != key),
                Change::Join(_, name) if !groups.contains(name) => groups.push(name.clone()),
                Change::Assign(_, key) if !roles.contains(key) => roles.push(key.clone()),
                _ => {}
            }
        }
        roles.sort_unstable();
        Some(Belongings::new(Arc::new(Membership { groups, roles }), of.named().to_vec()))
    }

    async fn seen(
        &self,
        touched: Option<&Touched>,
        live: Arc<SubjectGrants>,
    ) -> Result<Arc<SubjectGrants>, StoreError> {
        let Some(touched) = touched else { return Ok(live) };
        let mut kept = touched.compiled.clone().lock_owned().await;
        if let Some(made) = recall(&mut kept, &live) {
            return made.map_err(failed);
        }
        let grants = self.made(&touched.changes, live.grants());
        // The lock goes with it: whoever no longer waits for what is compiled leaves it to the next.
        let compiled = spawn_blocking(move || {
            let made = SubjectGrants::new(grants).map(Arc::new).map_err(Arc::new);
            *kept = Some(Compiled { live, made: made.clone() });
            made
        });
        compiled.await.map_err(failed)?.map_err(failed)
    }

    /// The grants of one subject after the changes at `places`.
    fn made(&self, places: &[usize], live: &[Grant]) -> Vec<Grant> {
        let mut grants = Laid::over(live);
        for change in places.iter().filter_map(|place| self.changes.get(*place)) {
            match change {
                Change::Forget(_) => grants = Laid::over(&[]),
                Change::Grant(spec, _) => grants.give(spec),
                Change::Revoke { scope, kind, target, .. } => grants.revoke(&place(scope, kind, target)),
                _ => {}
            }
        }
        grants.held.into_iter().flatten().collect()
    }
}

fn failed(error: impl Error + Send + Sync + 'static) -> StoreError {
    StoreError::Failed(Box::new(error))
}

/// The target of a grant among those of one subject, whatever its priority.
type Place = (Scope, ResourceType, &'static str, String);

fn place(scope: &Scope, kind: &ResourceType, target: &Target) -> Place {
    (scope.clone(), kind.clone(), target.form(), target.text().to_owned())
}

/// Grants of one subject while changes are laid over them. Of several on one place, as only unreadable rows make them,
/// the last is the one that is changed, as a store would.
struct Laid {
    held: Vec<Option<Grant>>,
    places: HashMap<Place, usize>,
}

impl Laid {
    fn over(live: &[Grant]) -> Self {
        let at = |(number, Grant { spec, .. }): (usize, &Grant)| (place(&spec.scope, &spec.kind, &spec.target), number);
        let places = live.iter().enumerate().map(at).collect();
        Self { held: live.iter().cloned().map(Some).collect(), places }
    }

    fn give(&mut self, spec: &GrantSpec) {
        let place = place(&spec.scope, &spec.kind, &spec.target);
        let known = self.places.get(&place).and_then(|number| self.held.get_mut(*number));
        match known {
            Some(held) => {
                let id = held.as_ref().map_or_else(|| provisional(spec), |grant| grant.id);
                *held = Some(Grant { id, spec: spec.clone(), fault: None });
            }
            None => {
                self.places.insert(place, self.held.len());
                self.held.push(Some(Grant { id: provisional(spec), spec: spec.clone(), fault: None }));
            }
        }
    }

    fn revoke(&mut self, place: &Place) {
        if let Some(held) = self.places.get(place).and_then(|number| self.held.get_mut(*number)) {
            *held = None;
        }
    }
}

/// Grants that were read anew and are the same are the same.
fn recall(kept: &mut Option<Compiled>, live: &Arc<SubjectGrants>) -> Option<Made> {
    let compiled = kept.as_mut()?;
    if !Arc::ptr_eq(&compiled.live, live) {
        if compiled.live.grants() != live.grants() {
            return None;
        }
        compiled.live = live.clone();
    }
    Some(compiled.made.clone())
}

/// A number for a grant that has none yet: below all that stores give, and the same whenever the same is asked for.
fn provisional(spec: &GrantSpec) -> GrantId {
    let mut hasher = DefaultHasher::new();
    spec.to_string().hash(&mut hasher);
    spec.scope.hash(&mut hasher);
    -1 - i64::try_from(hasher.finish() >> 1).unwrap_or(0)
}
