//! Where the files of a new model version come from.

use super::resolve::{Refusal, Resolve};
use crate::lookup::is_prompt;
use mlflow_auth_core::{Action, Requirement};

type Requirements = Result<Vec<Requirement>, Refusal>;

/// What a `source` names.
#[derive(Debug, PartialEq, Eq)]
enum Named<'s> {
    /// `models:/<name>/<version or stage>` or `models:/<name>@<alias>`.
    Registered(&'s str),
    /// `models:/<model id>`.
    LoggedModel(&'s str),
    /// `runs:/<run id>/<path>`.
    Run(&'s str),
    /// `mlflow-artifacts:/<path>`, below the root of the artifact proxy.
    Proxied(&'s str),
    /// Anything else: a place of which only the run or the model that owns it can tell whose it is.
    Place,
}

fn read(source: &str) -> Option<Named<'_>> {
    let (scheme, rest) = source.split_once(':').unwrap_or(("", source));
    // `models://authority/…` and the like name another server, or are read in more than one way.
    let path = || rest.strip_prefix('/').filter(|path| !path.starts_with('/') && !path.is_empty());
    match scheme.to_ascii_lowercase().as_str() {
        "models" => {
            let path = path()?;
            match path.split_once('/').or_else(|| path.split_once('@')) {
                Some((name, _)) => Some(Named::Registered(name)),
                None => Some(Named::LoggedModel(path)),
            }
        }
        "runs" => path()?.split('/').next().map(Named::Run),
        "mlflow-artifacts" => path().map(Named::Proxied),
        _ => Some(Named::Place),
    }
}

impl Resolve<'_> {
    pub(super) async fn version_source(&self) -> Requirements {
        let mut needs = Vec::new();
        let source = self.asked.params.text("source")?.unwrap_or_default();
        let named = read(source).ok_or_else(|| {
            Refusal::Denied(format!("the source `{}` cannot be read without doubt", source.escape_debug()))
        })?;
        let (run, model) = (self.asked.params.text("run_id")?, self.asked.params.text("model_id")?);
        if let Named::Registered(name) = named {
            // The copied version's own run and model come along as names, not as rights.
            needs.extend(self.registered(Action::Read, name).await?);
            return Ok(needs);
        }
        if let Some(run) = run {
            needs.extend(self.run(Action::Read, run).await?);
        }
        if let Some(model) = model {
            needs.extend(self.logged_model(Action::Read, model).await?);
        }
        needs.extend(self.place(source, named, run, model).await?);
        Ok(needs)
    }

    async fn place(&self, source: &str, named: Named<'_>, run: Option<&str>, model: Option<&str>) -> Requirements {
        match named {
            Named::Registered(name) => self.registered(Action::Read, name).await,
            Named::LoggedModel(model) => self.logged_model(Action::Read, model).await,
            Named::Run(run) => self.run(Action::Read, run).await,
            Named::Proxied(path) => self.artifact(Action::Read, path.trim_end_matches('/')).await,
            Named::Place if self.is_prompt_text(source) => Ok(Vec::new()),
            Named::Place => self.belongs(source, run, model).await,
        }
    }

    /// A version of a prompt has no files; clients send a word in place of a source.
    fn is_prompt_text(&self, source: &str) -> bool {
        let is_word = source.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        is_word && is_prompt(self.asked.params.value("tags"))
    }

    /// A place must lie inside the artifacts of the run or the model that is named with it.
    async fn belongs(&self, source: &str, run: Option<&str>, model: Option<&str>) -> Requirements {
        let root = match (run, model) {
            (_, Some(model)) => self.lookups.logged_model_root(model).await,
            (Some(run), None) => self.lookups.run_root(run).await,
            (None, None) => return Err(Refusal::Denied("the source belongs to no run and no model".into())),
        };
        let root =
            root.map_err(|error| Refusal::of_lookup(error, "run or model", run.or(model).unwrap_or_default()))?;
        match is_inside(source, &root) {
            true => Ok(Vec::new()),
            false => Err(Refusal::Denied("the source lies outside the artifacts of its run or model".into())),
        }
    }
}

/// Whether `place` is `root` or lies below it, letter by letter and with no way out.
fn is_inside(place: &str, root: &str) -> bool {
    let plain = !place.contains(['\\', '%', '?', '#']) && !place.split('/').any(|part| part == "." || part == "..");
    let root = root.trim_end_matches('/');
    let below = place.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    plain && below && !root.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_source_names() {
        let cases = [
            ("models:/churn/3", Some(Named::Registered("churn"))),
            ("models:/churn@best", Some(Named::Registered("churn"))),
            ("models:/m-123", Some(Named::LoggedModel("m-123"))),
            ("runs:/abc/model", Some(Named::Run("abc"))),
            ("RUNS:/abc/model", Some(Named::Run("abc"))),
            ("mlflow-artifacts:/1/abc/artifacts/model", Some(Named::Proxied("1/abc/artifacts/model"))),
            ("mlflow-artifacts://other/1/abc", None),
            ("models://other/churn/3", None),
            ("models:churn/3", None),
            ("s3://bucket/1/abc", Some(Named::Place)),
            ("/mnt/models", Some(Named::Place)),
        ];
        for (source, expected) in cases {
            assert_eq!(read(source), expected, "{source}");
        }
    }

    #[test]
    fn a_place_must_lie_below_its_owner() {
        let root = "s3://bucket/1/abc/artifacts";
        for (place, inside) in [
            ("s3://bucket/1/abc/artifacts/model", true),
            ("s3://bucket/1/abc/artifacts", true),
            ("s3://bucket/1/abc/artifacts-of-others", false),
            ("s3://bucket/1/abc/artifacts/../../2", false),
            ("s3://bucket/1/abc/artifacts/%2e%2e/2", false),
            ("s3://bucket/2/abc", false),
        ] {
            assert_eq!(is_inside(place, root), inside, "{place}");
        }
        assert!(!is_inside("/etc", ""));
    }
}
