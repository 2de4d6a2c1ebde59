//! The arguments of `explain`.

use clap::{Arg, ArgAction, ArgMatches, Command};
use mlflow_auth_core::{GroupName, InvalidName};

pub(crate) const NAME: &str = "explain";

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Who.
    pub user: String,
    /// The word of an action, or `create`.
    pub action: String,
    /// A type and an id, with a colon between; for an experiment also `experiment:name=...`.
    pub resource: String,
    /// The name that patterns see, where MLflow need not be asked for it.
    pub name: Option<String>,
    /// The workspace of the resource.
    pub workspace: Option<String>,
    /// More groups than those that the store knows.
    pub groups: Vec<String>,
    /// Whether the answer is JSON.
    pub json: bool,
}

impl Question {
    pub(super) fn groups(&self) -> Result<Vec<GroupName>, InvalidName> {
        self.groups.iter().map(GroupName::new).collect()
    }

    /// Whether it is about something that is not there yet.
    pub(super) fn creates(&self) -> bool {
        self.action == "create"
    }
}

pub(crate) fn command() -> Command {
    let text = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new(NAME)
        .about("Say why somebody may, or may not: which grant decides, what it shadows, what is missing")
        .after_help("Ends with 0 if it is allowed, 1 if it is refused, 2 if it cannot be told.")
        .arg(text("user", "NAME", "Who asks").required(true))
        .arg(text("action", "ACTION", "read, use, update, delete, manage or create").required(true))
        .arg(
            text(
                "resource",
                "TYPE:ID",
                "Such as registered_model:churn, experiment:7, experiment:name=churn, or run:* for all of a type",
            )
            .required(true),
        )
        .arg(text("name", "NAME", "The name that patterns see, instead of asking MLflow for it"))
        .arg(text("workspace", "NAME", "The workspace of the resource"))
        .arg(text("group", "NAME", "As if the user were in this group too; may be repeated").action(ArgAction::Append))
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Answer with one JSON object"))
}

pub(crate) fn question(matches: &ArgMatches) -> Question {
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    Question {
        user: text("user").unwrap_or_default(),
        action: text("action").unwrap_or_default(),
        resource: text("resource").unwrap_or_default(),
        name: text("name"),
        workspace: text("workspace"),
        groups: matches.get_many::<String>("group").into_iter().flatten().cloned().collect(),
        json: matches.get_flag("json"),
    }
}
