//! The arguments of `import`.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::PathBuf;

/// What to bring in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportTask {
    /// Where from.
    pub from: ImportFrom,
    /// What is kept there; none to find out by the tables.
    pub kind: Option<SourceKind>,
    /// Whether it is only told what would be written.
    pub dry_run: bool,
    /// Whether the report is JSON.
    pub json: bool,
    /// Whether it is done even if somebody may be able to do more than before, because something is left out.
    pub allow_wider: bool,
}

/// What says where from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportFrom {
    /// A URL.
    Url(String),
    /// A file that holds the URL, for one with a password.
    File(PathBuf),
}

/// Who wrote a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// MLflow's own access control, `basic-auth`.
    BasicAuth,
    /// mlflow-oidc-auth.
    Plugin,
    /// This project.
    Store,
}

impl SourceKind {
    const NAMES: [&str; 3] = ["basic-auth", "oidc-auth", "store"];

    fn of(name: &str) -> Option<Self> {
        match name {
            "basic-auth" => Some(Self::BasicAuth),
            "oidc-auth" => Some(Self::Plugin),
            "store" => Some(Self::Store),
            _ => None,
        }
    }
}

pub(in crate::tasks) fn command() -> Command {
    let switch =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("import")
        .about("Bring in users, grants and all else from MLflow's basic-auth, mlflow-oidc-auth or another store")
        .after_help(
            "Nothing that the store has is changed. Exit status: 0 done, or nothing to add; 3 there is something to add \
             (--dry-run alone); 1 something left out could let somebody do more than before \
             (--dry-run alone); 2 it went wrong.",
        )
        .arg(
            Arg::new("from").long("from").value_name("URL").required_unless_present("from-file").help(
                "The database, such as sqlite:////var/lib/mlflow/basic_auth.db or postgresql://user@host/database",
            ),
        )
        .arg(
            Arg::new("from-file")
                .long("from-file")
                .value_name("FILE")
                .conflicts_with("from")
                .value_parser(clap::value_parser!(PathBuf))
                .help("A file that holds the URL: for one with a password"),
        )
        .arg(
            Arg::new("kind")
                .long("kind")
                .value_name("KIND")
                .value_parser(PossibleValuesParser::new(SourceKind::NAMES))
                .help("Who wrote it [default: what its tables say]"),
        )
        .arg(switch("dry-run", "Print the report and write nothing"))
        .arg(switch("json", "Write the report as JSON, with all of it"))
        .arg(switch("allow-wider", "Go on even if what is left out could let somebody do more than before"))
}

pub(in crate::tasks) fn asked(matches: &ArgMatches) -> Option<ImportTask> {
    let url = matches.get_one::<String>("from").cloned().map(ImportFrom::Url);
    let from = url.or_else(|| matches.get_one::<PathBuf>("from-file").cloned().map(ImportFrom::File))?;
    Some(ImportTask {
        from,
        kind: matches.get_one::<String>("kind").and_then(|name| SourceKind::of(name)),
        dry_run: matches.get_flag("dry-run"),
        json: matches.get_flag("json"),
        allow_wider: matches.get_flag("allow-wider"),
    })
}
