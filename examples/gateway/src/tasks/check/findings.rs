//! What is odd in a store, from all that it holds.

use mlflow_auth_core::lint::Severity;
use mlflow_auth_core::store::Seconds;
use mlflow_auth_core::store::transfer::Contents;
use mlflow_auth_core::{Grant, Permission, Scope, Subject, Username};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Something odd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    /// Of which sort, for programs.
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Finding {
    pub(super) fn to_json(&self) -> Value {
        json!({"severity": self.severity.name(), "code": self.code, "message": self.message})
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.severity.name(), self.message, self.code)
    }
}

/// All of it, the gravest first.
pub(super) fn findings(contents: &Contents, now: Seconds) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut tell = |severity, code, message| found.push(Finding { severity, code, message });
    admins(contents, &mut tell);
    orphans(contents, &mut tell);
    unreadable(contents, &mut tell);
    contradictions(contents, &mut tell);
    proofs(contents, now, &mut tell);
    idle(contents, &mut tell);
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    found
}

type Tell<'t> = &'t mut dyn FnMut(Severity, &'static str, String);

fn admins(contents: &Contents, tell: Tell<'_>) {
    let accounts = contents.accounts.iter().filter(|account| account.user.is_admin && account.user.is_active);
    let admins: BTreeSet<&Username> = accounts.map(|account| &account.user.name).collect();
    if admins.is_empty() {
        tell(Severity::Error, "no-admin", "no active account is an admin: nobody can change accounts".to_owned());
    }
    let refused = contents.grants.iter().filter(|grant| refuses(grant)).filter_map(|grant| match &grant.spec.subject {
        Subject::User(name) if admins.contains(name) => Some(name),
        _ => None,
    });
    for name in refused.collect::<BTreeSet<_>>() {
        let message = format!("user `{name}` is an admin: the refusals that they hold do nothing");
        tell(Severity::Warning, "refused-admin", message);
    }
}

/// People who are named and have no account. They may be known elsewhere, so this is no error.
fn orphans(contents: &Contents, tell: Tell<'_>) {
    let accounts: BTreeSet<&Username> = contents.accounts.iter().map(|account| &account.user.name).collect();
    let holders = contents.grants.iter().filter_map(|grant| match &grant.spec.subject {
        Subject::User(name) => Some((name, "grants")),
        _ => None,
    });
    let members = contents.members.iter().map(|member| (&member.user, "groups"));
    let assigned = contents.assignments.iter().map(|assignment| (&assignment.user, "roles"));
    let mut named: BTreeMap<&Username, BTreeMap<&str, usize>> = BTreeMap::new();
    for (name, what) in holders.chain(members).chain(assigned).filter(|(name, _)| !accounts.contains(name)) {
        *named.entry(name).or_default().entry(what).or_default() += 1;
    }
    for (name, counts) in named {
        let counts: Vec<String> = counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
        let message =
            format!("user `{name}` has no account, and {}: whoever comes by that name has them", counts.join(", "));
        tell(Severity::Warning, "no-account", message);
    }
}

fn unreadable(contents: &Contents, tell: Tell<'_>) {
    for grant in &contents.grants {
        if let Some(fault) = &grant.fault {
            let message = format!("grant {} of {} cannot be read, and refuses: {fault}", grant.id, grant.spec.subject);
            tell(Severity::Error, "unreadable-grant", message);
        }
    }
}

/// Grants of one subject on one target that differ by where they hold.
fn contradictions(contents: &Contents, tell: Tell<'_>) {
    let mut places: BTreeMap<_, Vec<&Grant>> = BTreeMap::new();
    for grant in &contents.grants {
        let spec = &grant.spec;
        let place = (spec.subject.to_string(), spec.kind.name(), spec.target.text());
        places.entry(place).or_default().push(grant);
    }
    for ((subject, kind, target), grants) in places {
        let Some(everywhere) = grants.iter().find(|grant| grant.spec.scope == Scope::Everywhere) else { continue };
        for other in
            grants.iter().filter(|grant| grant.spec.scope != Scope::Everywhere && refuses(grant) != refuses(everywhere))
        {
            let message = format!(
                "{subject} holds {} on {kind} `{}` everywhere (grant {}) and {} in {} (grant {})",
                everywhere.spec.permission,
                target.escape_debug(),
                everywhere.id,
                other.spec.permission,
                other.spec.scope,
                other.id
            );
            tell(Severity::Warning, "contradiction", message);
        }
    }
}

fn proofs(contents: &Contents, now: Seconds, tell: Tell<'_>) {
    let inactive = contents.accounts.iter().filter(|account| !account.user.is_active).map(|account| &account.user.name);
    let inactive: BTreeSet<&Username> = inactive.collect();
    for identity in contents.identities.iter().filter(|identity| inactive.contains(&identity.user)) {
        let message =
            format!("user `{}` is not active, and bound to `{}`", identity.user, identity.key.issuer.escape_debug());
        tell(Severity::Info, "inactive-identity", message);
    }
    for token in contents.tokens.iter().filter(|token| token.expires_at <= now) {
        let message = format!("token `{}` of user `{}` has expired", token.name.escape_debug(), token.user);
        tell(Severity::Info, "expired-token", message);
    }
}

/// Groups and roles that nobody is in and that hold nothing.
fn idle(contents: &Contents, tell: Tell<'_>) {
    let holders: BTreeSet<&Subject> = contents.grants.iter().map(|grant| &grant.spec.subject).collect();
    let groups = contents.groups.iter().filter(|group| !contents.members.iter().any(|member| member.group == **group));
    let roles = contents.roles.iter().map(|role| &role.key);
    let roles = roles.filter(|key| !contents.assignments.iter().any(|assignment| assignment.role == **key));
    let empty = groups.cloned().map(Subject::Group).chain(roles.cloned().map(Subject::Role));
    for subject in empty.filter(|subject| !holders.contains(subject)) {
        tell(Severity::Info, "empty", format!("{subject} has no members and holds nothing"));
    }
}

fn refuses(grant: &Grant) -> bool {
    grant.spec.permission <= Permission::NoPermissions
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlflow_auth_core::store::{Change, GrantConflict, MemoryStore, NewUser, PermissionStore, Transfer, UserStore};
    use mlflow_auth_core::{GrantSpec, GroupName, ResourceType, Target, Workspace};

    fn user(name: &str) -> Username {
        Username::new(name).unwrap()
    }

    fn grant(subject: impl Into<Subject>, scope: Scope, permission: Permission) -> Change {
        let (kind, target) = (ResourceType::EXPERIMENT, Target::Exact("7".to_owned()));
        Change::Grant(GrantSpec { subject: subject.into(), scope, kind, target, permission }, GrantConflict::Refuse)
    }

    async fn told(store: &MemoryStore) -> Vec<String> {
        let (_, contents) = store.contents().await.unwrap();
        findings(&contents, 1000).iter().map(Finding::to_string).collect()
    }

    #[tokio::test]
    async fn a_store_in_order_says_nothing() {
        let store = MemoryStore::new();
        store.create_user(NewUser { is_admin: true, ..NewUser::named(user("root")) }).await.unwrap();
        store.create_user(NewUser::named(user("ann"))).await.unwrap();
        store.apply(&[grant(user("ann"), Scope::Everywhere, Permission::Read)]).await.unwrap();
        assert!(told(&store).await.is_empty());
    }

    #[tokio::test]
    async fn what_is_odd_is_told_the_gravest_first() {
        let store = MemoryStore::new();
        store.create_user(NewUser { is_admin: true, ..NewUser::named(user("root")) }).await.unwrap();
        let ml = GroupName::new("ml").unwrap();
        let here = Scope::In(Workspace::new("default").unwrap());
        let changes = [
            grant(user("root"), Scope::Everywhere, Permission::NoPermissions),
            grant(user("gone"), Scope::Everywhere, Permission::Read),
            grant(user("gone"), here, Permission::Deny),
            Change::Join(user("gone"), GroupName::new("team").unwrap()),
            Change::CreateGroup(ml),
        ];
        store.apply(&changes).await.unwrap();
        let told = told(&store).await;
        for (line, expected) in told.iter().zip([
            "[refused-admin]",
            "user `gone` has no account, and 2 grants, 1 groups",
            "holds READ on experiment `7` everywhere",
            "group `ml` has no members and holds nothing",
        ]) {
            assert!(line.contains(expected), "{line}");
        }
        assert_eq!(told.len(), 4, "{told:?}");
    }

    #[tokio::test]
    async fn a_store_without_an_admin_is_an_error() {
        let store = MemoryStore::new();
        assert!(told(&store).await.first().is_some_and(|line| line.contains("[no-admin]")));
    }
}
