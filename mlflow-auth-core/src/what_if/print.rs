//! How a report is shown.

use super::{Changed, Effect, Level, Report};
use crate::vocabulary::Username;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// How many resources are shown for each set of users; the rest is counted.
const SHOWN: usize = 20;

/// How many names are shown.
const NAMES: usize = 5;

impl fmt::Display for Report {
    /// For each set of users the first resources, then how much each grant accounts for, then a sum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for changed in &self.changed {
            writeln!(f, "{}", names(&changed.users))?;
            for effect in changed.effects.iter().take(SHOWN) {
                writeln!(f, "  {}", Line(effect).to_string().escape_debug())?;
            }
            match changed.effects.len().saturating_sub(SHOWN) {
                0 => {}
                more => writeln!(f, "  and {more} more")?,
            }
        }
        let rules = self.by_rule();
        if !rules.is_empty() {
            writeln!(f, "by rule")?;
        }
        for (rule, (gained, lost)) in rules {
            writeln!(f, "  {}: {gained} gained, {lost} lost", rule.escape_debug())?;
        }
        let (gained, lost) = self.totals();
        write!(f, "{gained} gained, {lost} lost, of {} users and {} resources", self.users, self.resources)
    }
}

struct Line<'e>(&'e Effect);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Effect { resource, before, after } = self.0;
        let sign = if self.0.gains() { '+' } else { '-' };
        write!(f, "{sign} {resource}: {} -> {}: ", before.permission, after.permission)?;
        match (&after.because_of, &before.because_of) {
            (Some(new), Some(old)) if new != old => write!(f, "{new}, in the place of {old}"),
            (Some(new), _) => write!(f, "{new}"),
            (None, Some(old)) => write!(f, "nothing is granted any more; until now {old}"),
            (None, None) => f.write_str("nothing is granted"),
        }
    }
}

fn names(users: &[Username]) -> String {
    let shown: Vec<String> = users.iter().take(NAMES).map(|user| format!("`{user}`")).collect();
    match users.len().saturating_sub(NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

impl Report {
    /// How many permissions would be raised, and how many lowered, counted for each user and resource.
    pub fn totals(&self) -> (usize, usize) {
        let count = |changed: &Changed, gains| changed.effects.iter().filter(|effect| effect.gains() == gains).count();
        let sum = |gains| self.changed.iter().map(|changed| changed.users.len() * count(changed, gains)).sum();
        (sum(true), sum(false))
    }

    /// The same for each grant that would decide, or for one that would no longer, in words.
    pub fn by_rule(&self) -> BTreeMap<String, (usize, usize)> {
        let mut rules: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for changed in &self.changed {
            for effect in &changed.effects {
                let grant = effect.after.because_of.as_ref().or(effect.before.because_of.as_ref());
                let rule = grant.map_or_else(|| "the default".to_owned(), ToString::to_string);
                let (gained, lost) = rules.entry(rule).or_default();
                *(if effect.gains() { gained } else { lost }) += changed.users.len();
            }
        }
        rules
    }

    /// The whole report as JSON: `users`, `resources`, `gained`, `lost`, `by_rule`, and `changed`, a list of objects with
    /// `users` and `effects`.
    pub fn to_json(&self) -> Value {
        let (gained, lost) = self.totals();
        let rule = |(rule, (gained, lost))| json!({"rule": rule, "gained": gained, "lost": lost});
        let users = |users: &[Username]| users.iter().map(|user| user.as_str().to_owned()).collect::<Vec<_>>();
        let changed = |changed: &Changed| {
            json!({
                "users": users(&changed.users),
                "effects": changed.effects.iter().map(effect).collect::<Vec<_>>(),
            })
        };
        json!({
            "users": self.users,
            "resources": self.resources,
            "gained": gained,
            "lost": lost,
            "by_rule": self.by_rule().into_iter().map(rule).collect::<Vec<_>>(),
            "changed": self.changed.iter().map(changed).collect::<Vec<_>>(),
        })
    }
}

fn effect(effect: &Effect) -> Value {
    let level = |level: &Level| json!({"permission": level.permission.name(), "grant": level.because_of.as_ref().map(ToString::to_string)});
    json!({
        "resource_type": effect.resource.kind.name(),
        "id": effect.resource.id,
        "name": effect.resource.name,
        "workspace": effect.resource.workspace.as_str(),
        "before": level(&effect.before),
        "after": level(&effect.after),
    })
}
