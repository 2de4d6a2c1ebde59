//! Paths below the root of the artifact proxy.

use super::resolve::{Refusal, Resolve};
use mlflow_auth_core::routes::{Id, is_experiment_id};
use mlflow_auth_core::{Action, Requirement, Workspace};

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place<'p> {
    /// The experiment, if the path is inside one.
    experiment: Option<&'p str>,
    /// What comes below it.
    below: Vec<&'p str>,
}

/// Reads a path that was decoded once, and refuses every spelling that MLflow 3.17.2 (`validate_path_is_safe`, which
/// decodes again and again) or a file system would take for another path.
fn read<'p>(path: &'p str, workspace: Option<&Workspace>) -> Result<Place<'p>, &'static str> {
    let changes_when_decoded = path
        .match_indices('%')
        .any(|(at, _)| path.get(at + 1..at + 3).is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit())));
    if changes_when_decoded {
        return Err("holds an escape that would be decoded again");
    }
    if path.contains(['\\', '?', '#']) || path.chars().any(char::is_control) || path.ends_with(';') {
        return Err("holds a character that is read in more than one way");
    }
    if path.trim() != path {
        return Err("begins or ends with white space");
    }
    let mut segments: Vec<&str> = path.split('/').collect();
    if segments.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
        return Err("holds an empty or a dot segment");
    }
    if segments.first().is_some_and(|first| first.contains(':')) {
        return Err("begins like a URI");
    }
    if segments.first() == Some(&"workspaces") {
        let named = segments.get(1).copied();
        if workspace.map(Workspace::as_str) != named {
            return Err("names another workspace");
        }
        segments.drain(..2);
    }
    let first = segments.first().copied().unwrap_or_default();
    if is_experiment_id(first) {
        let below = segments.split_off(1);
        return Ok(Place { experiment: Some(first), below });
    }
    if first.trim_start_matches('+').chars().all(|c| c.is_numeric() || c == '_') {
        return Err("begins with a number that is not an experiment id");
    }
    Ok(Place { experiment: None, below: segments })
}

/// The kinds of sub-resource whose files lie at a place. Removing removes all that lies below, so it asks for more.
fn kinds(below: &[&str], removes: bool) -> &'static [&'static str] {
    match below {
        [] if removes => &["run", "trace", "logged_model"],
        [] => &[],
        ["models", ..] => &["logged_model"],
        ["traces", ..] => &["trace"],
        [_, "artifacts", ..] => &["run"],
        [run, ..] if is_run_id(run) || removes => &["run"],
        _ => &[],
    }
}

/// MLflow's run ids are 32 hexadecimal digits, lower case.
pub(crate) fn is_run_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Resolve<'_> {
    pub(super) async fn artifacts(&self, action: Action, id: Id) -> Result<Vec<Requirement>, Refusal> {
        let paths = self.asked.params.ids(id)?;
        if paths.is_empty() {
            return Ok(self.files_of_nobody(action));
        }
        self.each(&paths, |path| self.artifact(action, path)).await
    }

    pub(super) async fn artifact(&self, action: Action, path: &str) -> Result<Vec<Requirement>, Refusal> {
        let workspace = self.asked.workspaces.then_some(self.asked.workspace);
        let place = read(path, workspace).map_err(|problem| {
            let message = format!("the artifact path `{}` {problem}", path.escape_debug());
            Refusal::Reply(crate::reply::Reply::bad_request(message))
        })?;
        let Some(id) = place.experiment else { return Ok(self.files_of_nobody(action)) };
        let experiment = self.experiment(id).await?;
        let kinds = kinds(&place.below, action == Action::Manage);
        if kinds.is_empty() {
            return Ok(vec![Requirement::on(action, experiment)]);
        }
        let tiers = kinds.iter().map(|kind| self.tier(kind, action, &experiment, action));
        Ok(std::iter::once(Requirement::on(Action::Read, experiment.clone())).chain(tiers).collect())
    }

    /// What belongs to no experiment is opened by the workspace, where there are any, or by default: not by what is held
    /// on experiments.
    fn files_of_nobody(&self, action: Action) -> Vec<Requirement> {
        let place = match self.asked.workspaces {
            true => self.named("workspace", self.asked.workspace.as_str()),
            // Nobody is granted anything on files.
            false => self.every("artifact"),
        };
        vec![Requirement::on(action, place)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_mlflow_writes() {
        let run = "0123456789abcdef0123456789abcdef";
        let path = format!("12/{run}/artifacts/a b+ä&100%.txt");
        let place = read(&path, None).unwrap();
        assert_eq!(place.experiment, Some("12"));
        assert_eq!(kinds(&place.below, false), ["run"]);
        for (path, removes, expected) in [
            ("1", false, &[][..]),
            ("1", true, &["run", "trace", "logged_model"][..]),
            ("1/models/m-1/artifacts/x", false, &["logged_model"][..]),
            ("1/traces/tr-1/artifacts/x", false, &["trace"][..]),
            ("1/0123456789abcdef0123456789abcdef", false, &["run"][..]),
            ("1/notes.txt", false, &[][..]),
            ("1/notes.txt", true, &["run"][..]),
        ] {
            assert_eq!(kinds(&read(path, None).unwrap().below, removes), expected, "{path}");
        }
        assert_eq!(read("shared/x", None).unwrap().experiment, None);
    }

    #[test]
    fn refuses_every_other_spelling() {
        let paths = [
            "./2/x",
            "2/./x",
            "2//x",
            "2/../3/x",
            "%2e/2",
            "2%2Fx",
            "1%092/x",
            "2\t/x",
            " 2/x",
            "2/x ",
            "2/x?",
            "2/x#",
            "2/x;",
            "2\\x",
            "/2/x",
            "2/",
            "file:/etc",
            "02/x",
            "+2/x",
            "0_2/x",
            "٢/x",
            "２/x",
            "workspaces/team-b/2/x",
        ];
        for path in paths {
            assert!(read(path, None).is_err(), "{path}");
        }
    }

    #[test]
    fn a_workspace_in_the_path_must_be_the_one_of_the_request() {
        let here = Workspace::new("team-a").unwrap();
        assert_eq!(read("workspaces/team-a/2/x", Some(&here)).unwrap().experiment, Some("2"));
        assert!(read("workspaces/team-b/2/x", Some(&here)).is_err());
        assert!(read("workspaces", Some(&here)).is_err());
    }
}
