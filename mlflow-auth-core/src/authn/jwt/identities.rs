//! Who tokens are about, where groups may come from somewhere else.

use super::{ClaimPath, Claims, Identity, IdentityRules, NotAdmitted, ServiceAccountRules, TokenError};
use crate::authn::GroupResolver;
use crate::store::{IdentityKey, IdentityStore};
use crate::vocabulary::{Unavailable, Username};
use std::sync::Arc;

/// How the claims of an issuer become an identity: by [`IdentityRules`] for people, with groups of a
/// [`GroupResolver`] if there is one, or by [`ServiceAccountRules`] for programs of a cluster.
#[derive(Clone)]
pub struct Identities {
    rules: Rules,
    resolvers: Vec<Resolver>,
}

/// Who knows groups, and by which name they know somebody.
#[derive(Clone)]
struct Resolver {
    groups: Arc<dyn GroupResolver>,
    accounts: Arc<dyn IdentityStore>,
}

#[derive(Clone)]
enum Rules {
    People(IdentityRules),
    ServiceAccounts(ServiceAccountRules),
}

impl From<IdentityRules> for Identities {
    fn from(rules: IdentityRules) -> Self {
        Self { rules: Rules::People(rules), resolvers: Vec::new() }
    }
}

impl From<ServiceAccountRules> for Identities {
    fn from(rules: ServiceAccountRules) -> Self {
        Self { rules: Rules::ServiceAccounts(rules), resolvers: Vec::new() }
    }
}

impl Identities {
    /// The same, with what `resolver` says of people besides the groups that the claims name: who is let in and who is an
    /// admin is decided by both. It stands in for groups that do not fit into the token
    /// ([`NotAdmitted::GroupsElsewhere`]), if it knows any of the user.
    ///
    /// It is asked about the user that the identity is bound to in `accounts`, whatever name the claims give: people change
    /// that themselves at some providers. While nothing is bound the name of the claims counts.
    ///
    /// The groups of the identity are those of both. An [`Authorizer`](crate::Authorizer) with the same resolver asks it
    /// for every request, so that a session does not go on with old ones; who is let in and who is an admin is decided when
    /// somebody signs in.
    pub fn with_groups_from(mut self, groups: Arc<dyn GroupResolver>, accounts: Arc<dyn IdentityStore>) -> Self {
        self.resolvers.push(Resolver { groups, accounts });
        self
    }

    /// Who `claims`, which were verified, are about.
    ///
    /// # Errors
    /// [`TokenError::NotAdmitted`] if they are not let in, [`TokenError::Unavailable`] if the resolver cannot tell.
    pub async fn identify(&self, claims: &Claims) -> Result<Identity, TokenError> {
        match &self.rules {
            Rules::ServiceAccounts(rules) => Ok(rules.identify(claims)?),
            Rules::People(rules) if self.resolvers.is_empty() => Ok(rules.identify(claims)?),
            Rules::People(rules) => {
                let claimed = rules.user(claims)?;
                let known = self.known_as(claims).await?;
                self.resolved(rules, claims, known.as_ref().unwrap_or(&claimed)).await
            }
        }
    }

    /// The same for somebody whose account is known already.
    pub(super) async fn identify_as(&self, claims: &Claims, user: &Username) -> Result<Identity, TokenError> {
        match &self.rules {
            Rules::People(rules) if !self.resolvers.is_empty() => self.resolved(rules, claims, user).await,
            _ => self.identify(claims).await,
        }
    }

    /// The account that an identity is bound to.
    async fn known_as(&self, claims: &Claims) -> Result<Option<Username>, TokenError> {
        let text = |name| claims.text(name).unwrap_or_default().to_owned();
        let key = IdentityKey { issuer: text("iss"), subject: text("sub") };
        for Resolver { accounts, .. } in &self.resolvers {
            let bound = accounts.bound(&key).await.map_err(|error| Unavailable::new("the user store", error))?;
            if let Some(user) = bound {
                return Ok(Some(user.name));
            }
        }
        Ok(None)
    }

    async fn resolved(&self, rules: &IdentityRules, claims: &Claims, user: &Username) -> Result<Identity, TokenError> {
        let (name, claimed) = (rules.user(claims)?, rules.groups(claims));
        let mut asked_groups = Vec::new();
        for resolver in &self.resolvers {
            asked_groups.extend(resolver.groups.groups_of(user).await?);
        }
        let claimed = match claimed {
            // Nobody's groups are known, which must not count as having none: some grants refuse.
            Err(NotAdmitted::GroupsElsewhere(_)) if !asked_groups.is_empty() => Vec::new(),
            claimed => claimed?,
        };
        asked_groups.retain(|group| !claimed.contains(group));
        let groups = claimed.into_iter().chain(asked_groups.iter().cloned()).collect();
        Ok(Identity { asked_groups, ..rules.let_in(claims, name, groups)? })
    }

    /// Where the names of people stand; nowhere for programs.
    #[cfg(feature = "oidc")]
    pub(in crate::authn) fn names(&self) -> Vec<&[ClaimPath]> {
        match &self.rules {
            Rules::People(rules) => vec![&rules.username, &rules.display_name],
            Rules::ServiceAccounts(_) => Vec::new(),
        }
    }

    /// Whether they are programs of a cluster.
    pub(super) fn are_workloads(&self) -> bool {
        matches!(self.rules, Rules::ServiceAccounts(_))
    }

    /// Whether the same claims may be about somebody in other groups a moment later.
    pub(super) fn may_change(&self) -> bool {
        !self.resolvers.is_empty() && matches!(self.rules, Rules::People(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Adopts, Arrival, Arrived, ArrivesAt, GroupSync, MemoryStore};
    use crate::vocabulary::{GroupName, Unavailable, Username};
    use async_trait::async_trait;
    use serde_json::{Value, json};

    /// Knows the groups of `alice`, nobody else, and nothing of `outage`.
    struct Directory;

    #[async_trait]
    impl GroupResolver for Directory {
        async fn groups_of(&self, user: &Username) -> Result<Vec<GroupName>, Unavailable> {
            match user.as_str() {
                "alice" => Ok(["team", "mlflow"].map(|name| GroupName::new(name).unwrap()).into()),
                "root" => Ok(vec![GroupName::new("admins").unwrap()]),
                "outage" => Err(Unavailable::new("the directory", "no answer")),
                _ => Ok(Vec::new()),
            }
        }
    }

    fn rules() -> IdentityRules {
        let names = |name: &str| vec![GroupName::new(name).unwrap()];
        IdentityRules {
            username: vec![super::super::ClaimPath::new("email")],
            admitted_groups: names("mlflow"),
            admin_groups: names("admins"),
            ..IdentityRules::default()
        }
    }

    async fn identify(claims: Value) -> Result<(Vec<String>, bool), TokenError> {
        let rules = Identities::from(rules()).with_groups_from(Arc::new(Directory), Arc::new(MemoryStore::new()));
        let found = rules.identify(&serde_json::from_value(claims).unwrap()).await?;
        Ok((found.groups.iter().map(ToString::to_string).collect(), found.is_admin))
    }

    #[tokio::test]
    async fn groups_of_both_let_in_and_make_admins() {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (claims, groups, admin) in [
            (json!({"email": "alice"}), &["mlflow", "team"][..], false),
            (json!({"email": "alice", "groups": ["a", "team"]}), &["a", "mlflow", "team"], false),
            (json!({"email": "alice", "groups": ["admins"]}), &["admins", "mlflow", "team"], true),
            (json!({"email": "root"}), &["admins"], true),
            (json!({"email": "bob", "groups": ["mlflow"]}), &["mlflow"], false),
        ] {
            assert_eq!(identify(claims).await.unwrap(), (list(groups), admin));
        }
        for claims in [json!({"email": "bob"}), json!({"email": "bob", "groups": ["team"]})] {
            let found = identify(claims).await;
            assert!(matches!(found, Err(TokenError::NotAdmitted(NotAdmitted::NoGroup(_)))), "{found:?}");
        }
    }

    #[tokio::test]
    async fn a_resolver_stands_in_for_groups_that_do_not_fit_but_only_if_it_knows_some() {
        for elsewhere in [json!({"hasgroups": true}), json!({"_claim_names": {"groups": "src1"}})] {
            let with = |user: &str| {
                let mut claims = elsewhere.clone();
                claims["email"] = json!(user);
                claims
            };
            assert_eq!(identify(with("alice")).await.unwrap().0, ["mlflow", "team"]);
            let found = identify(with("bob")).await;
            assert!(matches!(found, Err(TokenError::NotAdmitted(NotAdmitted::GroupsElsewhere(_)))), "{found:?}");
        }
    }

    #[tokio::test]
    async fn an_outage_is_no_refusal_and_no_empty_list() {
        for claims in [json!({"email": "outage"}), json!({"email": "outage", "groups": ["mlflow"]})] {
            assert!(matches!(identify(claims).await, Err(TokenError::Unavailable(_))));
        }
        let malformed = identify(json!({"email": "alice", "groups": {"a": 1}})).await;
        assert!(matches!(malformed, Err(TokenError::NotAdmitted(NotAdmitted::Groups(_)))), "{malformed:?}");
    }

    #[tokio::test]
    async fn a_name_that_people_give_themselves_brings_them_nobody_elses_groups() {
        let store = Arc::new(MemoryStore::new());
        let bob = Arrival {
            key: IdentityKey { issuer: "i".into(), subject: "1".into() },
            provider: "corp".into(),
            user: Username::new("bob").unwrap(),
            display_name: None,
            accounts: ArrivesAt::Person,
            creates: true,
            adopts: Adopts::Nobody,
            is_admin: None,
            groups: GroupSync::Keep,
            at: 1,
        };
        assert!(matches!(store.arrive(bob).await.unwrap(), Arrived::As(_)));
        let people = Identities::from(rules()).with_groups_from(Arc::new(Directory), store);
        for (subject, expected) in [("1", None), ("2", Some(true))] {
            let claims = json!({"iss": "i", "sub": subject, "email": "root"});
            let found = people.identify(&serde_json::from_value(claims).unwrap()).await;
            assert_eq!(found.ok().map(|identity| identity.is_admin), expected, "{subject}");
        }
    }

    #[tokio::test]
    async fn groups_that_the_token_does_not_name_are_not_for_keeping() {
        let people = Identities::from(rules()).with_groups_from(Arc::new(Directory), Arc::new(MemoryStore::new()));
        let claims = json!({"email": "alice", "groups": ["team", "own"]});
        let found = people.identify(&serde_json::from_value(claims).unwrap()).await.unwrap();
        let names = |groups: &[GroupName]| groups.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            (names(&found.groups), names(&found.asked_groups)),
            (vec!["mlflow".into(), "own".into(), "team".into()], vec!["mlflow".to_owned()],)
        );
    }
}
