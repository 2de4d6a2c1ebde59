//! The command `token`.

use super::{TokenTask, Which};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command};
use mlflow_auth_core::routes::mlflow::narrowed_to;
use mlflow_auth_core::store::Seconds;
use mlflow_auth_core::{NarrowedTo, Narrowing, Username, Workspace};

/// The name of the command.
const NAME: &str = "token";

const PRINTED_ONCE: &str = "The token alone is printed on the standard output, this once; nobody can show it again. A \
                            gateway that runs on the same store believes it at once.";

/// The command.
pub(in crate::tasks) fn command() -> Command {
    let user = || {
        let name = |text: &str| Username::new(text).map_err(|error| error.to_string());
        text("user", "NAME", "Whose token").value_parser(name).required(true)
    };
    Command::new(NAME)
        .about("Make, list and end access tokens, on the store itself")
        .subcommand_required(true)
        .subcommand(create(user()))
        .subcommand(Command::new("list").about("List the tokens of a user, one a line").arg(user()))
        .subcommand(
            Command::new("delete")
                .about("End a token of a user, or all")
                .arg(user())
                .arg(text("name", "NAME", "The one of this name"))
                .arg(text("id", "NUMBER", "The one of this number").value_parser(clap::value_parser!(i64)))
                .arg(switch("all", "All of them"))
                .group(ArgGroup::new("which").args(["name", "id", "all"]).required(true)),
        )
}

fn create(user: Arg) -> Command {
    Command::new("create")
        .about("Make an access token and print it")
        .after_help(PRINTED_ONCE)
        .arg(user)
        .arg(text("name", "NAME", "What it is called; no two of one user share a name").default_value("default"))
        .arg(
            text("expires", "LIFE", "How long it lives, such as 90d, 12h or 30m [default: as long as may be, or 365d]")
                .value_parser(life),
        )
        .arg(switch("read-only", "It may only read"))
        .arg(
            text("resource", "TYPE:ID", "It reaches this alone, such as experiment:7 or prompt:*; may be repeated")
                .value_parser(resource)
                .action(ArgAction::Append),
        )
        .arg(
            text("in-workspace", "NAME", "The workspace of these resources [default: any]")
                .value_parser(|text: &str| Workspace::new(text).map_err(|error| error.to_string()))
                .requires("resource"),
        )
        .arg(switch("replace", "End the one of this name, if there is one"))
        .arg(switch("service-account", "Make the account if there is none, as one that no person signs in with"))
}

fn text(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

/// Seconds, from `90d`, `12h` or `30m`.
fn life(text: &str) -> Result<Seconds, String> {
    let wrong = || format!("`{}` is no life such as 90d, 12h or 30m", text.escape_debug());
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let seconds: Seconds = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        _ => return Err(wrong()),
    };
    let number: Seconds = number.parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).filter(|life| *life > 0).ok_or_else(wrong)
}

fn resource(text: &str) -> Result<NarrowedTo, String> {
    let wrong = || format!("`{}` is no resource such as experiment:7", text.escape_debug());
    let (kind, id) = text.split_once(':').ok_or_else(wrong)?;
    narrowed_to(kind, id, None).map_err(|error| error.to_string())
}

/// What the command asks for.
pub(in crate::tasks) fn asked(matches: &ArgMatches) -> Option<TokenTask> {
    let (command, matches) = matches.subcommand()?;
    let user = matches.get_one::<Username>("user")?.clone();
    let name = || matches.get_one::<String>("name").cloned();
    match command {
        "create" => Some(TokenTask::Create {
            user,
            name: name()?,
            life: matches.get_one("expires").copied(),
            narrowing: narrowing(matches),
            replace: matches.get_flag("replace"),
            service_account: matches.get_flag("service-account"),
        }),
        "list" => Some(TokenTask::List { user }),
        "delete" => {
            let number = || matches.get_one("id").copied().map(Which::Numbered);
            let which = name().map(Which::Named).or_else(number).unwrap_or(Which::All);
            Some(TokenTask::Delete { user, which })
        }
        _ => None,
    }
}

fn narrowing(matches: &ArgMatches) -> Narrowing {
    let workspace = matches.get_one::<Workspace>("in-workspace");
    let within = |one: &NarrowedTo| NarrowedTo { workspace: workspace.cloned(), ..one.clone() };
    let only = matches.get_many::<NarrowedTo>("resource").map(|all| all.map(within).collect());
    Narrowing { read_only: matches.get_flag("read-only"), only }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &str) -> Result<TokenTask, String> {
        let matches = command().try_get_matches_from(arguments.split(' ')).map_err(|error| error.to_string())?;
        asked(&matches).ok_or_else(|| "nothing".to_owned())
    }

    #[test]
    fn commands_are_read() {
        let user = || Username::new("ci").unwrap();
        let whole = TokenTask::Create {
            user: user(),
            name: "default".to_owned(),
            life: None,
            narrowing: Narrowing::default(),
            replace: false,
            service_account: false,
        };
        assert_eq!(read("token create --user ci"), Ok(whole));
        let to = |kind: &str, id: &str| narrowed_to(kind, id, Some(Workspace::new("blue").unwrap())).unwrap();
        let narrowed = TokenTask::Create {
            user: user(),
            name: "deploy".to_owned(),
            life: Some(90 * 86_400),
            narrowing: Narrowing { read_only: true, only: Some(vec![to("experiment", "7"), to("prompt", "*")]) },
            replace: true,
            service_account: true,
        };
        let line = "token create --user ci --name deploy --expires 90d --read-only --resource experiment:7 \
                    --resource prompt:* --in-workspace blue --replace --service-account";
        assert_eq!(read(line), Ok(narrowed));
        assert_eq!(read("token list --user ci"), Ok(TokenTask::List { user: user() }));
        let ends = |which| Ok(TokenTask::Delete { user: user(), which });
        assert_eq!(read("token delete --user ci --name deploy"), ends(Which::Named("deploy".to_owned())));
        assert_eq!(read("token delete --user ci --id 3"), ends(Which::Numbered(3)));
        assert_eq!(read("token delete --user ci --all"), ends(Which::All));
    }

    #[test]
    fn what_is_doubtful_is_refused() {
        for line in [
            "token",
            "token create",
            "token create --user ",
            "token create --user ci --expires 90",
            "token create --user ci --expires 0d",
            "token create --user ci --expires -1d",
            "token create --user ci --expires d",
            "token create --user ci --expires 1ä",
            "token create --user ci --resource experiment",
            "token create --user ci --resource experiment:churn",
            "token create --user ci --resource run:*",
            "token create --user ci --in-workspace blue",
            "token delete --user ci",
            "token delete --user ci --all --id 3",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
