//! What of one store another one lacks.

mod grants;
mod people;
mod proofs;

use super::report::{Entry, Outcome, Part};
use super::{Account, Contents};
use crate::rules::RuleLimits;
use crate::store::StoreError;
use crate::vocabulary::{GroupName, RoleKey, Username};
use std::collections::{HashMap, HashSet};

/// What to add to a store, and what became of each thing of the source.
#[derive(Clone, Debug, Default)]
pub struct Merge {
    /// What the target lacks and can take.
    pub add: Contents,
    /// An entry for everything of the source, in the order of [`Part::ALL`].
    pub report: Vec<Entry>,
}

impl Merge {
    /// How many entries are as `wanted` says.
    pub fn count(&self, wanted: impl Fn(&Entry) -> bool) -> usize {
        self.report.iter().filter(|entry| wanted(entry)).count()
    }

    /// What was left out, or kept as it is in the target, though somebody may be able to do more with that than the
    /// source lets them.
    pub fn widening(&self) -> impl Iterator<Item = &Entry> {
        self.report.iter().filter(|entry| entry.may_widen)
    }
}

/// Finds out what of `source` a store lacks that holds `target` and takes patterns within `limits`.
///
/// What the target has stays as it is. Whose name, place or key is taken there is not added, and told as
/// [`Outcome::Differs`] if it is not the same. Merging again after the addition finds nothing to add.
///
/// * Of two grants of the source in one place, which there are where one cannot be read, the stronger one counts.
/// * A grant that cannot be read is added as the refusal that it is.
/// * A grant or an account that the target keeps and that gives more than the source's may widen access, and says so.
/// * A token or an identity goes to an account that the target has already only if that gives nobody more than the source
///   gave: not to the account of an admin who was none there, nor to a program's that was a person's, nor the other way,
///   nor to one that is active and was not.
pub fn merge(source: &Contents, target: &Contents, limits: RuleLimits) -> Merge {
    let mut merging = Merging::new(source, target);
    merging.accounts();
    merging.groups();
    merging.roles();
    merging.members();
    merging.assignments();
    merging.grants(limits);
    merging.identities();
    merging.tokens();
    Merge { add: merging.add, report: merging.report }
}

/// What is known so far.
struct Merging<'m> {
    source: &'m Contents,
    target: &'m Contents,
    /// Those of the source.
    source_accounts: HashMap<&'m Username, &'m Account>,
    /// The accounts, groups and roles that the target has, or will have.
    accounts: HashMap<&'m Username, &'m Account>,
    groups: HashSet<&'m GroupName>,
    roles: HashSet<&'m RoleKey>,
    add: Contents,
    report: Vec<Entry>,
}

impl<'m> Merging<'m> {
    fn new(source: &'m Contents, target: &'m Contents) -> Self {
        Self {
            source,
            target,
            source_accounts: source.accounts.iter().map(|account| (&account.user.name, account)).collect(),
            accounts: target.accounts.iter().map(|account| (&account.user.name, account)).collect(),
            groups: target.groups.iter().collect(),
            roles: target.roles.iter().map(|role| &role.key).collect(),
            add: Contents::default(),
            report: Vec::new(),
        }
    }

    /// Writes an entry. `brings_refusals` says whether somebody may be able to do more without the thing.
    fn tell(&mut self, (part, at): (Part, usize), what: String, outcome: Outcome, brings_refusals: bool) {
        let may_widen = brings_refusals && matches!(outcome, Outcome::LeftOut(_));
        self.write((part, at), what, outcome, may_widen);
    }

    fn write(&mut self, (part, at): (Part, usize), what: String, outcome: Outcome, may_widen: bool) {
        self.report.push(Entry { part, at, what, outcome, may_widen });
    }
}

/// Whether something that the target does not have is added: not if no store may keep it.
fn added(checked: Result<(), StoreError>) -> Outcome {
    match checked {
        Ok(()) => Outcome::Added,
        Err(error) => Outcome::LeftOut(error.to_string()),
    }
}

/// What became of something that the target has already.
fn compared(differences: &[&str]) -> Outcome {
    match differences {
        [] => Outcome::AlreadyThere,
        some => Outcome::Differs(format!("the {} differ", some.join(", the "))),
    }
}

#[cfg(test)]
mod tests;
