//! From what a directory lists to groups, and to who comes in.

use super::closed::MARKS;
use super::connection::Entry;
use crate::error::LdapError;
use crate::names::{Dn, fold_value};
use crate::settings::{Naming, Plan, Source, Wanted};
use mlflow_auth_core::GroupName;

/// What somebody belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Belonging {
    /// By the names that grants have for them, each once.
    pub(crate) groups: Vec<GroupName>,
    /// Whether a group makes them an admin.
    pub(crate) is_admin: bool,
    /// Whether a group lets them in. Admins are let in.
    pub(crate) comes_in: bool,
}

/// A group as it was found: what it is compared by, and what it is called by if that is an attribute of its entry.
struct Found<'a> {
    value: &'a str,
    called: Option<&'a [String]>,
}

/// The attributes that a search for groups asks for.
pub(super) fn wanted_attributes(plan: &Plan) -> Vec<&str> {
    let mut wanted: Vec<&str> = Vec::new();
    match &plan.source {
        Source::None => (),
        Source::Own { attribute, .. } => {
            wanted.extend([attribute.as_str(), plan.identity.as_str()]);
            wanted.extend(MARKS);
        }
        Source::Entries { attribute, .. } => wanted.extend(attribute.as_deref()),
        Source::Tokens { .. } => (),
    }
    if let (Source::Entries { .. } | Source::Tokens { .. }, Naming::Attribute(name)) = (&plan.source, &plan.naming) {
        wanted.push(name);
    }
    // No attribute at all (RFC 4511, section 4.5.1.8); an empty list would ask for every one.
    if wanted.is_empty() { vec!["1.1"] } else { wanted }
}

/// What somebody belongs to who is in these groups: entries of groups, or the entry of the user.
pub(super) fn belonging(plan: &Plan, entries: &[Entry]) -> Result<Belonging, LdapError> {
    let mut found = Vec::new();
    for entry in entries {
        let called = match &plan.naming {
            Naming::Attribute(name) if !matches!(plan.source, Source::Own { .. }) => Some(entry.values(name)?),
            _ => None,
        };
        match &plan.source {
            Source::None => (),
            Source::Entries { attribute: None, .. } | Source::Tokens { .. } => {
                found.push(Found { value: &entry.dn, called })
            }
            Source::Entries { attribute: Some(attribute), .. } | Source::Own { attribute, .. } => {
                found.extend(entry.values(attribute)?.iter().map(|value| Found { value, called }));
            }
        }
    }
    let is_admin = plan.admin.is_met(&found);
    let mut groups = Vec::new();
    for group in &found {
        groups.extend(group.name(&plan.naming)?);
    }
    groups.sort_unstable();
    groups.dedup();
    Ok(Belonging { groups, is_admin, comes_in: is_admin || plan.user.is_met(&found) })
}

impl Found<'_> {
    /// What grants call the group. `None` for a name that no grant can have.
    fn name(&self, naming: &Naming) -> Result<Option<GroupName>, LdapError> {
        let dn = Dn::parse(self.value).ok();
        let name = match (naming, &dn, self.called) {
            (Naming::Attribute(_), _, Some([name])) => Some(name.as_str()),
            (Naming::Attribute(_), _, Some(_)) => None,
            (Naming::Attribute(kind), Some(dn), None) => dn.first_value(Some(kind)),
            (Naming::First, Some(dn), _) => dn.first_value(None),
            (Naming::Whole, _, _) | (_, None, _) => Some(self.value),
        };
        // Without a name for it, a grant that refuses something to the group could be missed.
        let Some(name) = name else {
            let problem = "does not have one value of LDAP_GROUP_NAME_ATTRIBUTE, and so no name";
            return Err(LdapError::Entry(format!("the group `{}` {problem}", self.value)));
        };
        Ok(match GroupName::new(name) {
            Ok(name) => Some(name),
            Err(error) => {
                tracing::debug!(%error, "a group of the directory is left out: no grant can have such a name");
                None
            }
        })
    }
}

impl Wanted {
    fn is_met(&self, found: &[Found<'_>]) -> bool {
        match self {
            Self::Nobody => false,
            Self::Everybody => true,
            Self::Dn(wanted) => found.iter().any(|group| Dn::parse(group.value).is_ok_and(|dn| dn == *wanted)),
            Self::Text(wanted) => found.iter().any(|group| fold_value(group.value) == fold_value(wanted)),
        }
    }
}
