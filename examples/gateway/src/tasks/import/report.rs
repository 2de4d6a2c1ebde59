//! What became of everything, for people and as JSON.

use super::found::Remark;
use mlflow_auth_core::store::transfer::{Entry, Merge, Outcome, Part};
use mlflow_auth_core::{Mode, Policy};
use serde_json::{Value, json};
use std::fmt;

pub(super) struct Report<'r> {
    pub(super) about: String,
    /// How grants are read in the target.
    pub(super) here: String,
    pub(super) merged: &'r Merge,
    pub(super) remarks: &'r [Remark],
    pub(super) dry_run: bool,
}

/// How a gateway decides. What the source did with nobody's grant is in no database.
pub(super) fn in_force(policy: &Policy) -> String {
    let resolution = match &policy.mode {
        Mode::FirstMatch(order) => format!("first-match ({order})"),
        Mode::Union => "union".to_owned(),
    };
    let default = policy.default;
    format!("resolution {resolution}, default_permission {default}; compare it with the source's, which no table says")
}

/// The four outcomes, in the order in which they are counted.
fn column(outcome: &Outcome) -> (usize, &'static str, &str) {
    match outcome {
        Outcome::Added => (0, "added", ""),
        Outcome::AlreadyThere => (1, "already there", ""),
        Outcome::Differs(why) => (2, "differs", why),
        Outcome::LeftOut(why) => (3, "left out", why),
    }
}

impl Report<'_> {
    fn counts(&self, part: Part) -> [usize; 4] {
        let mut counts = [0; 4];
        for entry in self.merged.report.iter().filter(|entry| entry.part == part) {
            if let Some(count) = counts.get_mut(column(&entry.outcome).0) {
                *count += 1;
            }
        }
        counts
    }

    /// What could let somebody do more than before.
    pub(super) fn widening(&self) -> Vec<String> {
        let rows = self.remarks.iter().filter(|remark| remark.may_widen);
        let rows = rows.map(|remark| format!("{}: {}", remark.row, remark.why));
        rows.chain(self.merged.widening().map(Entry::to_string)).collect()
    }

    pub(super) fn widens(&self) -> bool {
        self.remarks.iter().any(|remark| remark.may_widen) || self.merged.widening().next().is_some()
    }

    pub(super) fn to_json(&self) -> Value {
        let parts = Part::ALL.map(|part| {
            let [added, there, differs, left_out] = self.counts(part);
            let read = added + there + differs + left_out;
            json!({"part": part.name(), "read": read, "added": added, "already_there": there, "differs": differs,
                "left_out": left_out})
        });
        let entries = self.merged.report.iter().map(|entry| {
            let (_, outcome, why) = column(&entry.outcome);
            json!({"part": entry.part.name(), "what": entry.what, "outcome": outcome, "why": why,
                "may_widen": entry.may_widen})
        });
        let rows = self.remarks.iter();
        let rows = rows.map(|remark| json!({"row": remark.row, "why": remark.why, "may_widen": remark.may_widen}));
        json!({"from": self.about, "here": self.here, "dry_run": self.dry_run, "parts": parts,
            "rows": rows.collect::<Vec<_>>(), "entries": entries.collect::<Vec<_>>()})
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "from {}", self.about)?;
        writeln!(f, "here: {}", self.here)?;
        let added = if self.dry_run { "to add" } else { "added" };
        for part in Part::ALL {
            let [new, there, differs, left_out] = self.counts(part);
            let read = new + there + differs + left_out;
            writeln!(
                f,
                "{part}: {read} read, {new} {added}, {there} already there, {differs} kept as here, {left_out} left out"
            )?;
        }
        let told = |entry: &&Entry| matches!(entry.outcome, Outcome::Differs(_) | Outcome::LeftOut(_));
        for entry in self.merged.report.iter().filter(told) {
            writeln!(f, "{}{entry}", mark(entry.may_widen))?;
        }
        for Remark { row, why, may_widen } in self.remarks {
            writeln!(f, "{}{row}: {why}", mark(*may_widen))?;
        }
        Ok(())
    }
}

fn mark(may_widen: bool) -> &'static str {
    if may_widen { "may widen access: " } else { "" }
}
