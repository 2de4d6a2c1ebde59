//! What an htpasswd file says.

use crate::hash::CryptHash;
use crate::vocabulary::Username;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// How many lines are complained about one by one.
const MOST_COMPLAINTS: usize = 20;

/// Who can sign in, and what is wrong with the lines of the others.
pub(super) struct Table {
    /// `None` where the line of a name cannot be read.
    entries: HashMap<Username, Option<CryptHash>>,
    /// The number of a line, the first being 1, and what is wrong with it.
    problems: Vec<(usize, String)>,
}

impl Table {
    pub(super) fn read(bytes: &[u8], weak: bool) -> Self {
        let mut table = Self { entries: HashMap::new(), problems: Vec::new() };
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        for (line, number) in bytes.split(|byte| *byte == b'\n').zip(1..) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.trim_ascii().is_empty() && !line.starts_with(b"#") {
                table.add(line, number, weak);
            }
        }
        table
    }

    fn add(&mut self, line: &[u8], number: usize, weak: bool) {
        let (name, hash) = match parts(line) {
            Ok(parts) => parts,
            Err(problem) => return self.problems.push((number, problem.to_owned())),
        };
        match self.entries.entry(name) {
            Entry::Occupied(_) => {
                self.problems.push((number, "an earlier line has the same name, and counts".to_owned()));
            }
            Entry::Vacant(place) => match CryptHash::read(hash, weak) {
                Ok(hash) => drop(place.insert(Some(hash))),
                Err(error) => {
                    place.insert(None);
                    self.problems.push((number, error.to_string()));
                }
            },
        }
    }

    pub(super) fn hash(&self, user: &Username) -> Option<&CryptHash> {
        self.entries.get(user)?.as_ref()
    }

    pub(super) fn hashes(&self) -> impl Iterator<Item = (&Username, &CryptHash)> {
        self.entries.iter().filter_map(|(user, hash)| Some((user, hash.as_ref()?)))
    }

    /// Logs what is wrong.
    pub(super) fn tell(&self, file: &str) {
        for (line, problem) in self.problems.iter().take(MOST_COMPLAINTS) {
            tracing::warn!(file, line, problem, "a line lets nobody in");
        }
        if let Some(more) = self.problems.len().checked_sub(MOST_COMPLAINTS).filter(|more| *more > 0) {
            tracing::warn!(file, more, "there are more such lines");
        }
        if self.hashes().next().is_none() {
            tracing::warn!(file, "no line lets anybody in");
        }
    }
}

/// The name and the hash of a line.
fn parts(line: &[u8]) -> Result<(Username, &str), &'static str> {
    let text = str::from_utf8(line).map_err(|_| "it is not UTF-8")?;
    let mut fields = text.split(':');
    let (Some(name), Some(hash)) = (fields.next(), fields.next()) else { return Err("it has no colon") };
    let name = Username::new(name).map_err(|error| error.problem)?;
    Ok((name, hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const APR1: &str = "$apr1$saltsalt$ukmifUYx5A7bsHRe9XXkp0";

    fn problems(text: &[u8]) -> Vec<(usize, String)> {
        Table::read(text, false).problems
    }

    fn names(text: &str) -> Vec<String> {
        let mut names: Vec<_> =
            Table::read(text.as_bytes(), false).hashes().map(|(name, _)| name.to_string()).collect();
        names.sort();
        names
    }

    #[test]
    fn lines_are_read_as_nginx_reads_them() {
        for (text, expected) in [
            (format!("alice:{APR1}"), &["alice"][..]),
            (format!("alice:{APR1}\nbob:{APR1}\n"), &["alice", "bob"]),
            (format!("\u{feff}alice:{APR1}\r\nbob:{APR1}:a comment: with colons\r\n"), &["alice", "bob"]),
            (format!("# a comment\n#alice:{APR1}\n\n  \nbob:{APR1}"), &["bob"]),
            (format!("a b:{APR1}\nÅlice:{APR1}"), &["a b", "Ålice"]),
            (format!(" alice:{APR1}\nbob :{APR1}"), &[]),
            (format!("alice: {APR1}\nbob:{APR1} "), &[]),
            (String::new(), &[]),
        ] {
            assert_eq!(names(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_by_its_number_alone() {
        let text = [
            b"good:$apr1$saltsalt$ukmifUYx5A7bsHRe9XXkp0\nhunter2\nalice:hunter2\n:hunter2\n".as_slice(),
            b"bob:{SHA}8/i4LjHmvNdBwdVFmAOEUcI2ShY=\n\xff:hunter2\ncarol:rEK1ecacw.7.c\nd\0:hunter2\n",
            b"eve:$2y$20$......................VcL7tsZ69Jla0CeSekEF/WXpNo7nc1S",
        ]
        .concat();
        let found = problems(&text);
        assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 4, 5, 6, 7, 8, 9]);
        let told = format!("{found:?}");
        for secret in ["hunter2", "8/i4", "rEK1", "VcL7", "alice", "carol"] {
            assert!(!told.contains(secret), "{told}");
        }
        assert_eq!(names(&String::from_utf8_lossy(&text)), ["good"]);
    }

    #[test]
    fn the_first_line_of_a_name_counts_even_if_it_cannot_be_read() {
        let text = format!("alice:plain\nalice:{APR1}\nbob:{APR1}\nbob:$apr1$ab$J/pyQu7p0O5KCJfor.v6Y/\n");
        let table = Table::read(text.as_bytes(), false);
        let hash = |name: &str| table.hash(&Username::new(name).unwrap()).map(CryptHash::expose);
        assert_eq!((hash("alice"), hash("bob"), hash("carol")), (None, Some(APR1), None));
        assert_eq!(table.problems.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2, 4]);
    }

    #[test]
    fn weak_kinds_must_be_allowed() {
        let text = "bob:{SHA}8/i4LjHmvNdBwdVFmAOEUcI2ShY=\ncarol:$1$saltsalt$ebhZ7FLMYuBWYT3Vt7sbN.\n";
        assert_eq!(Table::read(text.as_bytes(), false).hashes().count(), 0);
        assert_eq!(Table::read(text.as_bytes(), true).hashes().count(), 2);
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let table = Table::read(&bytes, true);
            prop_assert!(table.problems.iter().all(|(line, _)| *line > 0));
        }
    }
}
