//! One random write, over so few names that writes meet each other.

use crate::conformance::GrantsAndAccounts;
use crate::conformance::fixtures::*;
use crate::grants::{GrantSpec, Scope, Target};
use crate::hash::PasswordHash;
use crate::store::{Change, GrantConflict, NewUser, StoreError, UserUpdate};
use crate::vocabulary::{GroupName, Permission, ResourceType, RoleKey, RoleName, Subject, Username, Workspace};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

pub(super) const WORKSPACES: [&str; 2] = [Workspace::DEFAULT, "team-1"];
pub(super) const KINDS: [ResourceType; 2] = [EXPERIMENT, MODEL];
pub(super) const IDS: [&str; 3] = ["1", "2", "*"];
const PASSWORDS: [&str; 2] = ["one", "two"];

/// A write.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Apply(Vec<Change>),
    Create {
        name: Username,
        password: Option<&'static str>,
        is_admin: bool,
        display_name: Option<&'static str>,
    },
    Update(Username, Update),
    Delete(Username),
    /// The grant at this place among those of a subject, if there is one. Stores number them as they like.
    Rewrite(Subject, usize, Target, Permission),
}

#[derive(Clone, Debug)]
pub(super) struct Update {
    password: Option<&'static str>,
    is_admin: Option<bool>,
    is_active: Option<bool>,
    condition: Option<&'static str>,
    leave_an_admin: bool,
}

const DISPLAY_NAMES: [&str; 3] = ["", "Ann", "\0"];

impl Step {
    pub(super) async fn make(&self, store: &dyn GrantsAndAccounts) -> Result<(), StoreError> {
        let as_hash = |text: Option<&'static str>| text.map(PasswordHash::from_stored);
        match self.clone() {
            Step::Apply(changes) => store.apply(&changes).await.map(drop),
            Step::Create { name, password, is_admin, display_name } => {
                let (is_service, display_name) = (is_admin, display_name.map(str::to_owned));
                let new = NewUser { name, password: as_hash(password), is_admin, display_name, is_service };
                store.create_user(new).await.map(drop)
            }
            Step::Update(name, Update { password, is_admin, is_active, condition, leave_an_admin }) => {
                let (password, if_password_is) = (as_hash(password), as_hash(condition));
                let conditions = UserUpdate { if_password_is, leave_an_admin, ..UserUpdate::default() };
                store.update_user(&name, UserUpdate { password, is_admin, is_active, ..conditions }).await
            }
            Step::Rewrite(subject, place, target, permission) => {
                let held = store.grants_of(&subject).await?;
                let Some(grant) = held.grants().get(place).map(|grant| grant.id) else { return Ok(()) };
                store.apply(&[Change::Rewrite { grant, target, permission }]).await.map(drop)
            }
            Step::Delete(name) => store.delete_user(&name).await,
        }
    }
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let password = || option::of(select(&PASSWORDS[..]));
    prop_oneof![
        8 => vec(change(), 1..4).prop_map(Step::Apply),
        2 => (select(users()), password(), any::<bool>(), option::of(select(&DISPLAY_NAMES[..]))).prop_map(
            |(name, password, is_admin, display_name)| Step::Create { name, password, is_admin, display_name }
        ),
        2 => (select(users()), update()).prop_map(|(name, update)| Step::Update(name, update)),
        2 => (select(subjects()), 0_usize..2, target(), select(&Permission::ALL[..]))
            .prop_map(|(subject, place, target, permission)| Step::Rewrite(subject, place, target, permission)),
        1 => select(users()).prop_map(Step::Delete),
    ]
}

fn update() -> impl Strategy<Value = Update> {
    let password = || option::of(select(&PASSWORDS[..]));
    (password(), any::<Option<bool>>(), any::<Option<bool>>(), password(), any::<bool>()).prop_map(
        |(password, is_admin, is_active, condition, leave_an_admin)| Update {
            password,
            is_admin,
            is_active,
            condition,
            leave_an_admin,
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (grant(), select(vec![GrantConflict::Refuse, GrantConflict::Replace]))
            .prop_map(|(spec, conflict)| Change::Grant(spec, conflict)),
        3 => grant().prop_map(|spec| take(&spec)),
        2 => resource().prop_map(|(kind, id, workspace)| Change::ResourceDeleted { kind, id, workspace }),
        3 => (resource(), id()).prop_map(|((kind, from, workspace), to)| {
            Change::ResourceRenamed { kind, from, to, workspace }
        }),
        2 => select(subjects()).prop_map(Change::Forget),
        1 => select(workspaces()).prop_map(Change::ForgetWorkspace),
        1 => select(groups()).prop_map(Change::CreateGroup),
        3 => (select(users()), select(groups())).prop_map(|(user, group)| Change::Join(user, group)),
        2 => (select(users()), select(groups())).prop_map(|(user, group)| Change::Leave(user, group)),
        4 => (select(roles()), description())
            .prop_map(|(key, description)| Change::CreateRole { key, description }),
        2 => (select(roles()), option::of(select(roles())), description()).prop_map(|(key, name, description)| {
            Change::UpdateRole { key, name: name.map(|key| key.name), description }
        }),
        3 => (select(users()), select(roles())).prop_map(|(user, role)| Change::Assign(user, role)),
        1 => (select(users()), select(roles())).prop_map(|(user, role)| Change::Unassign(user, role)),
    ]
}

fn grant() -> impl Strategy<Value = GrantSpec> {
    let scope = prop_oneof![Just(Scope::Everywhere), select(workspaces()).prop_map(Scope::In)];
    (select(subjects()), scope, select(KINDS.to_vec()), target(), select(&Permission::ALL[..]))
        .prop_map(|(subject, scope, kind, target, permission)| GrantSpec { subject, scope, kind, target, permission })
}

fn target() -> impl Strategy<Value = Target> {
    prop_oneof![
        4 => id().prop_map(Target::Exact),
        2 => (select(vec!["1", "^2", "a*"]), -2_i64..3).prop_map(|(text, priority)| pattern(text, priority)),
        1 => Just(Target::Every),
    ]
}

fn resource() -> impl Strategy<Value = (ResourceType, String, Workspace)> {
    (select(KINDS.to_vec()), id(), select(workspaces()))
}

fn id() -> impl Strategy<Value = String> {
    select(&IDS[..]).prop_map(str::to_owned)
}

fn description() -> impl Strategy<Value = Option<String>> {
    option::of(select(vec!["", "text"]).prop_map(str::to_owned))
}

pub(super) fn users() -> Vec<Username> {
    ["ann", "Ann", "bob"].map(user).into()
}

pub(super) fn groups() -> Vec<GroupName> {
    ["ann", "ml"].map(group).into()
}

pub(super) fn roles() -> Vec<RoleKey> {
    let names = ["ann", "ops"].map(|name| RoleName::new(name).unwrap());
    let everywhere = |name: RoleName| workspaces().into_iter().map(move |workspace| (workspace, name.clone()));
    names.into_iter().flat_map(everywhere).map(|(workspace, name)| RoleKey { workspace, name }).collect()
}

pub(super) fn workspaces() -> Vec<Workspace> {
    WORKSPACES.map(workspace).into()
}

pub(super) fn subjects() -> Vec<Subject> {
    let users = users().into_iter().map(Subject::User);
    users.chain(groups().into_iter().map(Subject::Group)).chain(roles().into_iter().map(Subject::Role)).collect()
}
