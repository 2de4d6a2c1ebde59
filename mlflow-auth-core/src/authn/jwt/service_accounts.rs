//! Programs of a Kubernetes cluster.

use super::{Claims, Identity, NotAdmitted};
use crate::vocabulary::{GroupName, Username};

/// What the names of service accounts end with.
const DOMAIN: &str = "@serviceaccount.cluster.local";

/// What the groups of namespaces begin with.
const GROUP: &str = "k8s:";

/// Who the service-account tokens of a Kubernetes cluster are about: programs in one of these namespaces.
///
/// The subject `system:serviceaccount:ml:trainer` is the user `trainer.ml@serviceaccount.cluster.local` in the group
/// `k8s:ml`, as in mlflow-oidc-auth 11.0.2. The part before the last dot is the account's name, which may have dots, and
/// the part after it the namespace, which has none: no two subjects have one user name. A service account is never an
/// admin, whatever its account here says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccountRules {
    namespaces: Vec<String>,
}

/// Namespaces that cannot be allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidNamespaces {
    /// None is named. There is no word for all of them: whoever may create a namespace would come in.
    #[error("at least one namespace must be named")]
    None,
    /// A text that no namespace is called.
    #[error("`{}` is not the name of a namespace: 1 to 63 small letters, digits and dashes", .0.escape_debug())]
    Name(String),
}

impl ServiceAccountRules {
    /// Programs in `namespaces` and nowhere else.
    ///
    /// # Errors
    /// [`InvalidNamespaces`]
    pub fn new(namespaces: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, InvalidNamespaces> {
        let namespaces: Vec<String> = namespaces.into_iter().map(Into::into).collect();
        match namespaces.iter().find(|name| !is_label(name)) {
            Some(wrong) => Err(InvalidNamespaces::Name(wrong.clone())),
            None if namespaces.is_empty() => Err(InvalidNamespaces::None),
            None => Ok(Self { namespaces }),
        }
    }

    /// Who `claims`, which were verified, are about.
    ///
    /// # Errors
    /// [`NotAdmitted`] for another subject, and for another namespace.
    pub fn identify(&self, claims: &Claims) -> Result<Identity, NotAdmitted> {
        let subject = claims.text("sub").unwrap_or_default();
        let (namespace, name) = parts(subject).ok_or(NotAdmitted::NoServiceAccount)?;
        if !self.namespaces.iter().any(|allowed| allowed == namespace) {
            return Err(NotAdmitted::Namespace(namespace.to_owned()));
        }
        let user = Username::new(format!("{name}.{namespace}{DOMAIN}")).map_err(|_| NotAdmitted::NoServiceAccount)?;
        let group = GroupName::new(format!("{GROUP}{namespace}")).map_err(|_| NotAdmitted::NoServiceAccount)?;
        Ok(Identity {
            issuer: claims.text("iss").unwrap_or_default().to_owned(),
            subject: subject.to_owned(),
            user,
            display_name: None,
            groups: vec![group],
            asked_groups: Vec::new(),
            is_admin: false,
        })
    }
}

/// The namespace and the name of a subject.
fn parts(subject: &str) -> Option<(&str, &str)> {
    let (namespace, name) = subject.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    (is_label(namespace) && is_subdomain(name)).then_some((namespace, name))
}

/// A label of RFC 1123, as namespaces are called.
fn is_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len()) && text.bytes().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// Labels with dots between them, as service accounts are called.
fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Whether a service account could be called so.
pub(super) fn is_taken_user(name: &str) -> bool {
    let tail = name.len().checked_sub(DOMAIN.len()).and_then(|at| name.get(at..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(DOMAIN))
}

/// Whether a namespace's group could be called so.
pub(super) fn is_taken_group(name: &str) -> bool {
    name.starts_with(GROUP)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn identify(subject: serde_json::Value) -> Result<(String, String), NotAdmitted> {
        let claims: Claims = serde_json::from_value(json!({"iss": "i", "sub": subject})).unwrap();
        let found = ServiceAccountRules::new(["ml", "data-1"]).unwrap().identify(&claims)?;
        assert!(!found.is_admin);
        assert_eq!((found.issuer.as_str(), found.groups.len()), ("i", 1));
        Ok((found.user.to_string(), found.groups[0].to_string()))
    }

    #[test]
    fn a_subject_that_is_not_exactly_a_service_account_is_refused() {
        let good = |user: &str, group: &str| Ok((user.to_owned(), group.to_owned()));
        for (subject, expected) in [
            ("system:serviceaccount:ml:trainer", good("trainer.ml@serviceaccount.cluster.local", "k8s:ml")),
            ("system:serviceaccount:data-1:a.b", good("a.b.data-1@serviceaccount.cluster.local", "k8s:data-1")),
        ] {
            assert_eq!(identify(json!(subject)), expected);
        }
        for subject in [
            "",
            "ml:trainer",
            "system:serviceaccount",
            "system:serviceaccount:ml",
            "system:serviceaccount:ml:",
            "system:serviceaccount::trainer",
            "system:serviceaccount:ml:trainer:x",
            "system:serviceaccount:ml:trainer ",
            " system:serviceaccount:ml:trainer",
            "System:serviceaccount:ml:trainer",
            "system:serviceaccount:ml:Trainer",
            "system:serviceaccount:ML:trainer",
            "system:serviceaccount:ml:tra\niner",
            "system:serviceaccount:ml:tra/iner",
            "system:serviceaccount:ml:trainer@x",
            "system:serviceaccount:ml:.trainer",
            "system:serviceaccount:ml:a..b",
            "system:serviceaccount:ml:-a",
            "system:serviceaccount:ml:träiner",
            "system:serviceaccounts:ml:trainer",
            "system:node:ml:trainer",
            "x system:serviceaccount:ml:trainer",
            "system:serviceaccount:ml.x:trainer",
            "system:serviceaccount:ml:\u{0}",
            "alice@example.com",
        ] {
            assert_eq!(identify(json!(subject)), Err(NotAdmitted::NoServiceAccount), "{subject:?}");
        }
        for subject in [json!(null), json!(5), json!(["system:serviceaccount:ml:trainer"]), json!({"ml": "trainer"})] {
            assert_eq!(identify(subject.clone()), Err(NotAdmitted::NoServiceAccount), "{subject}");
        }
    }

    #[test]
    fn a_namespace_that_is_not_listed_is_refused() {
        for namespace in ["default", "m", "mll", "data", "data-11", "kube-system"] {
            let found = identify(json!(format!("system:serviceaccount:{namespace}:trainer")));
            assert_eq!(found, Err(NotAdmitted::Namespace(namespace.to_owned())));
        }
    }

    #[test]
    fn an_empty_list_of_namespaces_is_no_list() {
        assert_eq!(ServiceAccountRules::new([""; 0]), Err(InvalidNamespaces::None));
        for name in ["", "*", "ML", "a.b", "-a", "a-", "a b", "ä", &"a".repeat(64)] {
            assert_eq!(ServiceAccountRules::new(["ml", name]), Err(InvalidNamespaces::Name(name.to_owned())));
        }
        assert!(ServiceAccountRules::new(["0", &"a".repeat(63)]).is_ok());
    }

    #[test]
    fn a_name_that_does_not_fit_is_refused_and_not_cut_off() {
        let long = vec!["a".repeat(63); 4].join(".").split_off(2);
        assert_eq!(identify(json!(format!("system:serviceaccount:ml:{long}"))), Err(NotAdmitted::NoServiceAccount));
    }

    proptest! {
        #[test]
        fn two_subjects_never_have_one_user_name(
            one in ("[a-z0-9-]{1,4}", "[a-z0-9.-]{1,6}"),
            two in ("[a-z0-9-]{1,4}", "[a-z0-9.-]{1,6}"),
        ) {
            let user = |(namespace, name): &(String, String)| {
                let rules = ServiceAccountRules::new([namespace]).ok()?;
                let sub = format!("system:serviceaccount:{namespace}:{name}");
                rules.identify(&serde_json::from_value(json!({"sub": sub})).unwrap()).ok().map(|found| found.user)
            };
            if let (Some(first), Some(second)) = (user(&one), user(&two)) {
                prop_assert_eq!(first == second, one == two);
                prop_assert!(is_taken_user(first.as_str()));
            }
        }
    }
}
