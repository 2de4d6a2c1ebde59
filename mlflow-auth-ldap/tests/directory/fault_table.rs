//! The table of faults in the documentation.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../examples/gateway/docs/ldap.md");

/// What the documentation says of a fault.
pub(crate) struct Row {
    name: &'static str,
    status: &'static str,
    /// `…` stands for anything.
    log: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    let table = PAGE.split("| fault |").nth(1).expect("the page has a table of faults");
    let lines = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    lines.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, status, log] = cells[..] else { panic!("{line}") };
        Row { name, status, log: log.trim_start_matches("``").trim_end_matches("``").trim() }
    })
}

/// What the rows are about.
pub(crate) fn names() -> BTreeSet<&'static str> {
    rows().map(|row| row.name).collect()
}

impl Row {
    pub(crate) fn of(name: &str) -> Self {
        rows().find(|row| row.name == name).unwrap_or_else(|| panic!("the page has no row `{name}`"))
    }

    /// Whether the row says what was told.
    pub(crate) fn tells(&self, told: &str) -> bool {
        match told.strip_prefix("the directory is unavailable: ") {
            Some(reason) => self.status == "503" && matches(self.log, reason),
            None => self.status == "401" && told == "refused",
        }
    }

    pub(crate) fn is_told(&self, told: &str) {
        assert!(
            self.tells(told),
            "`{}`: the page says {} `{}`, and told is `{told}`",
            self.name,
            self.status,
            self.log
        );
    }
}

/// Whether `text` is `pattern`, in which `…` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut ends = rest.is_empty();
    for part in parts {
        ends = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    ends || rest.is_empty()
}
