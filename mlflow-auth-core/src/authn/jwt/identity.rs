//! Who a token is about.

use super::service_accounts::{is_taken_group, is_taken_user};
use super::{ClaimPath, Claims, Identity};
use crate::vocabulary::{GroupName, Username};
use serde_json::Value;

/// How claims become a user, groups, and the admin flag.
#[derive(Clone, Debug)]
pub struct IdentityRules {
    /// Where the user name stands; the first of them that is a text and not empty is taken.
    pub username: Vec<ClaimPath>,
    /// Where the name stands that people call them by; the first of them that is a text, not empty and of 255 bytes at most
    /// is taken. There may be none.
    pub display_name: Vec<ClaimPath>,
    /// Whether user names are written in small letters, whatever the token says. Names of a store are told apart by
    /// case, those of most providers are not.
    pub lower_case: bool,
    /// Where the groups stand: a list of names, or one text with commas between names.
    pub groups: ClaimPath,
    /// Whoever is in none of these groups, nor in one of `admin_groups`, is refused; empty for everybody.
    pub admitted_groups: Vec<GroupName>,
    /// Whoever is in one of these groups is an admin.
    pub admin_groups: Vec<GroupName>,
    /// Whether names are refused that [service accounts](super::ServiceAccountRules) have: a user
    /// `…@serviceaccount.cluster.local`, a group `k8s:…`. Else whoever can choose their own name or group with an issuer
    /// of people could pass for a program of the cluster.
    pub refuse_workload_names: bool,
}

impl Default for IdentityRules {
    /// As mlflow-oidc-auth 11.0.2 has it, but for its group `mlflow` that one must be in: `email` or else
    /// `preferred_username`, in small letters; `name`; `groups`; everybody; no admins; no names of service accounts.
    fn default() -> Self {
        Self {
            username: ["email", "preferred_username"].map(ClaimPath::new).into(),
            display_name: vec![ClaimPath::new("name")],
            lower_case: true,
            groups: ClaimPath::new("groups"),
            admitted_groups: Vec::new(),
            admin_groups: Vec::new(),
            refuse_workload_names: true,
        }
    }
}

/// Why a token that is genuine lets nobody in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAdmitted {
    /// None of the claims gives a name that can be a user name.
    #[error("none of the claims {0} gives a user name")]
    NoUsername(String),
    /// The name is an address of which the issuer says that it was not verified.
    #[error("the e-mail address that names the user is not verified")]
    Unverified,
    /// The claim of groups is no list of group names.
    #[error("the claim `{0}` is no list of group names")]
    Groups(String),
    /// The groups are too many for a token, which says where they could be asked for instead (Microsoft Entra ID does
    /// beyond 200). A token without its groups must not count as one of somebody without groups: some grants refuse.
    #[error("the claim `{0}` does not fit into the token: it names a place to ask instead")]
    GroupsElsewhere(String),
    /// The user is in no group that may come in.
    #[error("`{0}` is in no group that is let in")]
    NoGroup(Username),
    /// A person has a name that only a service account may have.
    #[error("the name `{}` is one of service accounts", .0.escape_debug())]
    WorkloadName(String),
    /// The subject of a cluster's token is no service account.
    #[error("the subject is no service account")]
    NoServiceAccount,
    /// The namespace of a service account may not come in.
    #[error("the namespace `{0}` is not let in")]
    Namespace(String),
}

impl IdentityRules {
    /// Who `claims`, which were verified, are about.
    ///
    /// # Errors
    /// [`NotAdmitted`] if they are not let in.
    pub fn identify(&self, claims: &Claims) -> Result<Identity, NotAdmitted> {
        let user = self.user(claims)?;
        let groups = self.groups(claims)?;
        self.let_in(claims, user, groups)
    }

    /// The identity of `user` in `groups`.
    pub(super) fn let_in(
        &self,
        claims: &Claims,
        user: Username,
        mut groups: Vec<GroupName>,
    ) -> Result<Identity, NotAdmitted> {
        groups.sort_unstable();
        groups.dedup();
        let is_in = |list: &[GroupName]| groups.iter().any(|group| list.contains(group));
        let is_admin = is_in(&self.admin_groups);
        if !is_admin && !self.admitted_groups.is_empty() && !is_in(&self.admitted_groups) {
            return Err(NotAdmitted::NoGroup(user));
        }
        let text = |name| claims.text(name).unwrap_or_default().to_owned();
        let display_name = self.display_name(claims);
        Ok(Identity {
            issuer: text("iss"),
            subject: text("sub"),
            user,
            display_name,
            groups,
            asked_groups: Vec::new(),
            is_admin,
        })
    }

    fn display_name(&self, claims: &Claims) -> Option<String> {
        let mut texts = self.display_name.iter().filter_map(|path| claims.at(path)?.as_str()).map(str::trim);
        let is_one = |text: &&str| !text.is_empty() && text.len() <= 255 && !text.chars().any(char::is_control);
        texts.find(is_one).map(str::to_owned)
    }

    pub(super) fn user(&self, claims: &Claims) -> Result<Username, NotAdmitted> {
        let nobody = || {
            let names: Vec<_> = self.username.iter().map(|path| format!("`{}`", path.as_str())).collect();
            NotAdmitted::NoUsername(names.join(", "))
        };
        let texts = self.username.iter().filter_map(|path| Some((path, claims.at(path)?.as_str()?.trim())));
        let (path, text) = texts.into_iter().find(|(_, text)| !text.is_empty()).ok_or_else(nobody)?;
        if path.as_str() == "email" && says_no(claims.get("email_verified")) {
            return Err(NotAdmitted::Unverified);
        }
        let name = if self.lower_case { text.to_lowercase() } else { text.to_owned() };
        if self.refuse_workload_names && is_taken_user(&name) {
            return Err(NotAdmitted::WorkloadName(name));
        }
        Username::new(&name).map_err(|_| nobody())
    }

    pub(super) fn groups(&self, claims: &Claims) -> Result<Vec<GroupName>, NotAdmitted> {
        let wrong = || NotAdmitted::Groups(self.groups.as_str().to_owned());
        let Some(value) = claims.at(&self.groups) else {
            return if self.are_elsewhere(claims) {
                Err(NotAdmitted::GroupsElsewhere(self.groups.as_str().to_owned()))
            } else {
                Ok(Vec::new())
            };
        };
        let names: Vec<&str> = match value {
            Value::Null => Vec::new(),
            Value::String(text) => text.split(',').map(str::trim).filter(|name| !name.is_empty()).collect(),
            Value::Array(list) => list.iter().map(Value::as_str).collect::<Option<_>>().ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        if let Some(taken) = names.iter().find(|name| self.refuse_workload_names && is_taken_group(name)) {
            return Err(NotAdmitted::WorkloadName((*taken).to_owned()));
        }
        names.into_iter().map(GroupName::new).collect::<Result<_, _>>().map_err(|_| wrong())
    }

    /// Whether they are a distributed claim (OpenID Connect Core 1.0, section 5.6.2), or Entra ID's older sign for it.
    fn are_elsewhere(&self, claims: &Claims) -> bool {
        let named = claims.get("_claim_names").is_some_and(|names| names.get(self.groups.first()).is_some());
        named || (self.groups.as_str() == "groups" && claims.get("hasgroups").is_some_and(|has| !says_no(Some(has))))
    }
}

/// Whether a claim is `false`; some issuers write it as text.
fn says_no(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(answer)) => !answer,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("false"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn identify(rules: &IdentityRules, claims: Value) -> Result<(String, Vec<String>, bool), NotAdmitted> {
        let found = rules.identify(&serde_json::from_value(claims).unwrap())?;
        Ok((found.user.to_string(), found.groups.iter().map(ToString::to_string).collect(), found.is_admin))
    }

    fn names(names: &[&str]) -> Vec<GroupName> {
        names.iter().map(|name| GroupName::new(name).unwrap()).collect()
    }

    #[test]
    fn the_first_claim_that_names_somebody_is_taken() {
        let rules = IdentityRules::default();
        let no_name = || NotAdmitted::NoUsername("`email`, `preferred_username`".into());
        for (claims, expected) in [
            (json!({"email": "Alice@X.example"}), Ok("alice@x.example")),
            (json!({"email": "", "preferred_username": " Bob "}), Ok("bob")),
            (json!({"email": 5, "preferred_username": "bob"}), Ok("bob")),
            (json!({"email": "a@x.example", "email_verified": true}), Ok("a@x.example")),
            (json!({"email": "a@x.example", "email_verified": false}), Err(NotAdmitted::Unverified)),
            (json!({"email": "a@x.example", "email_verified": "False"}), Err(NotAdmitted::Unverified)),
            (json!({"preferred_username": "a", "email_verified": false}), Ok("a")),
            (json!({"email": "a\u{7}b"}), Err(no_name())),
            (json!({"sub": "a"}), Err(no_name())),
        ] {
            let found = identify(&rules, claims.clone()).map(|(name, ..)| name);
            assert_eq!(found, expected.map(str::to_owned), "{claims}");
        }
    }

    #[test]
    fn groups_are_lists_or_nothing() {
        let rules = IdentityRules::default();
        let wrong = || NotAdmitted::Groups("groups".into());
        for (groups, expected) in [
            (json!(["b", "a", "b"]), Ok(vec!["a", "b"])),
            (json!("a, b"), Ok(vec!["a", "b"])),
            (json!([]), Ok(vec![])),
            (json!(null), Ok(vec![])),
            (json!(["a", 5]), Err(wrong())),
            (json!(["a", ""]), Err(wrong())),
            (json!({"a": 1}), Err(wrong())),
            (json!(true), Err(wrong())),
        ] {
            let found = identify(&rules, json!({"email": "x", "groups": groups})).map(|(_, groups, _)| groups);
            let expected = expected.map(|names| names.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(found, expected, "{groups}");
        }
    }

    #[test]
    fn groups_that_do_not_fit_are_not_no_groups() {
        let rules = IdentityRules::default();
        for claims in [
            json!({"email": "x", "_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "u"}}}),
            json!({"email": "x", "hasgroups": true}),
            json!({"email": "x", "hasgroups": "true"}),
        ] {
            assert_eq!(identify(&rules, claims), Err(NotAdmitted::GroupsElsewhere("groups".into())));
        }
        let other = json!({"email": "x", "_claim_names": {"address": "src1"}, "hasgroups": false});
        assert_eq!(identify(&rules, other), Ok(("x".into(), vec![], false)));
    }

    #[test]
    fn a_person_cannot_be_called_as_a_service_account_is() {
        let taken = |name: &str| Err(NotAdmitted::WorkloadName(name.to_owned()));
        for (claims, expected) in [
            (json!({"email": "a.ml@serviceaccount.cluster.local"}), taken("a.ml@serviceaccount.cluster.local")),
            (json!({"email": "a.ml@ServiceAccount.Cluster.Local"}), taken("a.ml@serviceaccount.cluster.local")),
            (json!({"email": "x", "groups": ["a", "k8s:ml"]}), taken("k8s:ml")),
            (json!({"email": "x", "groups": "a, k8s:ml"}), taken("k8s:ml")),
            (json!({"email": "a@serviceaccount.cluster.local.example", "groups": ["k8s"]}), Ok(())),
        ] {
            assert_eq!(identify(&IdentityRules::default(), claims.clone()).map(|_| ()), expected, "{claims}");
        }
        let rules = IdentityRules { refuse_workload_names: false, lower_case: false, ..IdentityRules::default() };
        let claims = json!({"email": "a@ServiceAccount.cluster.local", "groups": ["k8s:ml"]});
        assert!(identify(&rules, claims.clone()).is_ok());
        assert!(identify(&IdentityRules { lower_case: false, ..IdentityRules::default() }, claims).is_err());
    }

    #[test]
    fn groups_let_in_and_make_admins() {
        let rules = IdentityRules {
            admitted_groups: names(&["users"]),
            admin_groups: names(&["admins"]),
            ..IdentityRules::default()
        };
        for (groups, expected) in [
            (json!(["users"]), Ok(false)),
            (json!(["admins"]), Ok(true)),
            (json!(["users", "admins"]), Ok(true)),
            (json!(["user", "Users"]), Err(NotAdmitted::NoGroup(Username::new("x").unwrap()))),
            (json!(null), Err(NotAdmitted::NoGroup(Username::new("x").unwrap()))),
        ] {
            let found = identify(&rules, json!({"email": "x", "groups": groups})).map(|(_, _, admin)| admin);
            assert_eq!(found, expected, "{groups}");
        }
    }
}
