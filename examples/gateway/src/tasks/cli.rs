//! The commands of the command line.

use super::{Change, Task, check, import, tokens};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};
use mlflow_auth_core::lint::Severity;
use mlflow_auth_core::plan::Removal;
use mlflow_auth_core::plan::file::Format;
use std::path::{Path, PathBuf};

const STATUSES: &str = "Exit status: 0 done, or no difference; 3 there is a difference (--dry-run alone); 2 it went wrong: the \
                        file, the store, the command line or a setting.";

/// The commands.
pub(crate) fn commands() -> [Command; 7] {
    let names =
        || path("names", "A file of resources, one a line (`type name`, `experiment id name`), in the place of MLflow");
    let prune = || switch("prune", "Remove what the file does not name, in the sections that it has");
    [
        Command::new("export")
            .about("Write all groups, roles and grants as one file")
            .arg(
                Arg::new("format")
                    .long("format")
                    .value_name("FORMAT")
                    .value_parser(PossibleValuesParser::new(["yaml", "toml"]))
                    .help("yaml or toml [default: what the name of the file says, else yaml]"),
            )
            .arg(file("FILE").help("Where to write it [default: the standard output]")),
        Command::new("apply")
            .about("Make what a file says so, in one transaction")
            .after_help(STATUSES)
            .arg(file("FILE").required(true).help("A .yaml, .yml or .toml file; - is YAML from the standard input"))
            .arg(switch("dry-run", "Print the difference and change nothing"))
            .arg(prune()),
        Command::new("lint")
            .about("Look for grants and patterns that do not do what they seem to do")
            .after_help("Exit status: 1 if anything was found that --deny names, 2 if it cannot be told (the store, MLflow, the \
                 command line or a setting), else 0.")
            .arg(switch("json", "Write the findings as JSON"))
            .arg(names())
            .arg(switch("offline", "Do not ask MLflow which resources there are").conflicts_with("names"))
            .arg(
                Arg::new("deny")
                    .long("deny")
                    .value_name("SEVERITY")
                    .default_value("errors")
                    .value_parser(PossibleValuesParser::new(["errors", "warnings", "infos", "nothing"]))
                    .help("From which gravity on a finding is a failure"),
            ),
        Command::new("what-if")
            .about("Show who would gain or lose what if a file was applied, without applying it")
            .arg(file("FILE").required_unless_present("grant").conflicts_with("grant").help("As for apply"))
            .arg(Arg::new("grant").long("grant").value_name("YAML").help(
                "What the file would say, such as \
                     `groups: {ml: {grants: {prompt: [{every: true, permission: READ}]}}}`",
            ))
            .arg(prune())
            .arg(switch("json", "Write the report as JSON, with all of it"))
            .arg(names()),
        check::command(),
        tokens::command(),
        import::command(),
    ]
}

fn file(name: &'static str) -> Arg {
    Arg::new("file").value_name(name).value_parser(clap::value_parser!(PathBuf))
}

fn path(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("FILE").value_parser(clap::value_parser!(PathBuf)).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// What one of the [`commands`] asks for; none if it is not one of them.
pub(crate) fn asked(command: &str, matches: &ArgMatches) -> Option<Task> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned();
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    match command {
        "export" => {
            let file = path("file").filter(|path| path != Path::new("-"));
            let by_name = file.as_deref().and_then(Format::of);
            let format = text("format").and_then(|name| name.parse().ok()).or(by_name).unwrap_or_default();
            Some(Task::Export { format, file })
        }
        "apply" => {
            Some(Task::Apply { file: path("file")?, dry_run: matches.get_flag("dry-run"), removal: removal(matches) })
        }
        "lint" => Some(Task::Lint {
            json: matches.get_flag("json"),
            names: path("names"),
            offline: matches.get_flag("offline"),
            deny: match text("deny")? {
                "errors" => Some(Severity::Error),
                "warnings" => Some(Severity::Warning),
                "infos" => Some(Severity::Info),
                _ => None,
            },
        }),
        "what-if" => {
            let change = path("file").map(Change::File).or(text("grant").map(|text| Change::Text(text.to_owned())))?;
            let (json, names) = (matches.get_flag("json"), path("names"));
            Some(Task::WhatIf { change, removal: removal(matches), json, names })
        }
        "check" => Some(check::asked(matches)),
        "import" => import::asked(matches).map(Task::Import),
        "token" => tokens::asked(matches).map(Task::Token),
        _ => None,
    }
}

fn removal(matches: &ArgMatches) -> Removal {
    match matches.get_flag("prune") {
        true => Removal::Prune,
        false => Removal::Keep,
    }
}
