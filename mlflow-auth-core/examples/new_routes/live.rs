//! A live MLflow, asked for its routes and messages, and the table held against them.

use mlflow_auth_core::routes::{Route, mlflow};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a server says of itself.
#[derive(serde::Deserialize)]
pub(crate) struct Dump {
    pub(crate) version: String,
    pub(crate) routes: Vec<Served>,
    /// For each request that it was asked about, the path of the route that takes it.
    #[allow(dead_code, reason = "the test alone asks")]
    pub(crate) answers: Vec<Option<String>>,
}

/// One route that it serves.
#[derive(serde::Deserialize)]
pub(crate) struct Served {
    pub(crate) framework: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) handler: String,
    /// The protobuf message that it reads.
    pub(crate) message: Option<String>,
}

/// A Python in which the server can run.
pub(crate) struct Live {
    python: OsString,
}

impl Live {
    /// The Python that `MLFLOW_PYTHON` names.
    ///
    /// # Errors
    /// A text, if it names none.
    pub(crate) fn from_environment() -> Result<Self, String> {
        let python = std::env::var_os("MLFLOW_PYTHON")
            .ok_or("MLFLOW_PYTHON must name a Python with mlflow[auth]: the table of routes is held against it")?;
        Ok(Self { python })
    }

    /// What the server says of itself and of these requests, each a method and a path.
    ///
    /// # Errors
    /// What went wrong, with what the server printed.
    pub(crate) fn ask(&self, requests: &[(String, String)]) -> Result<Dump, String> {
        let text = serde_json::to_vec(requests).map_err(|error| error.to_string())?;
        let printed = self.run("dump_routes.py", text)?;
        serde_json::from_str(&printed).map_err(|error| format!("dump_routes.py printed no routes: {error}"))
    }

    /// Its messages, as they would stand in `messages.rs`.
    ///
    /// # Errors
    /// What went wrong.
    pub(crate) fn messages(&self) -> Result<String, String> {
        self.run("dump_messages.py", Vec::new())
    }

    fn run(&self, script: &str, input: Vec<u8>) -> Result<String, String> {
        let script = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/mlflow")).join(script);
        let mut command = Command::new(&self.python);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let does_not_run = |error| format!("MLFLOW_PYTHON ({:?}) does not run: {error}", self.python);
        let mut child = command.spawn().map_err(does_not_run)?;
        let stdin = child.stdin.take();
        let writer = std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
        let output = child.wait_with_output().map_err(does_not_run)?;
        let _ = writer.join();
        if !output.status.success() {
            let complaints = String::from_utf8_lossy(&output.stderr);
            return Err(format!("MLFLOW_PYTHON ({:?}) could not make the server:\n{complaints}", self.python));
        }
        String::from_utf8(output.stdout).map_err(|error| error.to_string())
    }
}

/// `<name>` and `<path:name>` as the table writes them.
pub(crate) fn normal(path: &str) -> String {
    let segment = |segment: &str| match segment.strip_prefix('<').and_then(|name| name.strip_suffix('>')) {
        None => segment.to_owned(),
        Some(name) => match name.strip_prefix("path:") {
            None => format!("{{{name}}}"),
            Some(name) => format!("{{{name}:path}}"),
        },
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// Every method and path of the table.
pub(crate) fn ours() -> BTreeSet<(String, String)> {
    let full = |route: &'static Route| {
        let paths = route.mount.prefixes().iter().map(move |prefix| format!("{prefix}{}", route.path));
        paths.flat_map(move |path| route.methods.iter().map(move |method| ((*method).to_owned(), path.clone())))
    };
    mlflow::routes().flat_map(full).collect()
}

/// What one side has and the other has not.
pub(crate) struct Compared<'d> {
    /// Served, and not in the table.
    pub(crate) missing: Vec<&'d Served>,
    /// In the table, and not served.
    pub(crate) stale: Vec<(String, String)>,
}

/// Holds the table against what is served.
pub(crate) fn compare(served: &[Served]) -> Compared<'_> {
    let key = |served: &Served| (served.method.clone(), normal(&served.path));
    let (ours, theirs) = (ours(), served.iter().map(key).collect::<BTreeSet<_>>());
    let missing = served.iter().filter(|served| !ours.contains(&key(served))).collect();
    Compared { missing, stale: ours.difference(&theirs).cloned().collect() }
}

/// The messages that are not in `messages.rs` as they are in `text`, by name, new and gone ones as well.
pub(crate) fn changed_messages(text: &str) -> Vec<String> {
    let ours = include_str!("../../src/routes/mlflow/messages.rs");
    let (ours, theirs) = (definitions(ours), definitions(text));
    let names = ours.symmetric_difference(&theirs).filter_map(|definition| definition.split(':').next());
    names.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

/// Each definition, from its name on.
fn definitions(text: &str) -> BTreeSet<&str> {
    text.split("\nstatic ").skip(1).map(str::trim).collect()
}
