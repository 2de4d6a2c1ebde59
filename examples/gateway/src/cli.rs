//! The command line.

use crate::config::{CONFIG_VARIABLE, Flags, INI_VARIABLE, Kind, SETTINGS, Setting};
use crate::explain::{self, Question};
use crate::shadow::{self, Order};
use crate::tasks::{self, Task};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::path::PathBuf;

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `serve`: run.
    Serve(Flags),
    /// `explain`: say why somebody may, or may not.
    Explain(Flags, Question),
    /// `shadow`: ask the running gateway about its candidate rules.
    Shadow(Flags, Order),
    /// `--show-config`: print the configuration and end.
    ShowConfig(Flags),
    /// A task besides serving.
    Perform(Flags, Task),
}

/// Reads the arguments, the name of the program first. Errors, help and version come as clap's error, which knows how to
/// print itself and the exit status.
///
/// # Errors
/// Whatever clap says.
pub fn parse(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Asked, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(arguments)?;
    let show = matches.get_flag("show-config");
    match matches.subcommand() {
        _ if show => Ok(Asked::ShowConfig(flags(&matches))),
        Some(("serve", matches)) => Ok(Asked::Serve(flags(matches))),
        Some((explain::NAME, matches)) => Ok(Asked::Explain(flags(matches), explain::question(matches))),
        Some((shadow::NAME, matches)) => match shadow::read_order(matches) {
            Some(order) => Ok(Asked::Shadow(flags(matches), order)),
            None => Err(missing(&mut command, "say `shadow report` or `shadow promote`")),
        },
        Some((name, matches)) if let Some(task) = tasks::asked(name, matches) => {
            Ok(Asked::Perform(flags(matches), task))
        }
        _ => Err(missing(&mut command, "say `serve`, another command, or `--show-config`")),
    }
}

fn missing(command: &mut Command, say: &str) -> clap::Error {
    command.error(clap::error::ErrorKind::MissingSubcommand, say)
}

fn command() -> Command {
    let after = format!(
        "Every flag has a key in the TOML file (with `_` for `-`) and an environment variable. A flag wins over the \
         environment, the environment over the TOML file (--config, {CONFIG_VARIABLE}), that over MLflow's \
         basic_auth.ini ({INI_VARIABLE})."
    );
    Command::new("mlflow-auth-gateway")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Access control in front of an MLflow server")
        .after_help(after)
        .arg_required_else_help(true)
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(clap::value_parser!(PathBuf))
                .help(format!("A TOML file with settings [env: {CONFIG_VARIABLE}]"))
                .global(true),
        )
        .arg(
            Arg::new("show-config")
                .long("show-config")
                .action(ArgAction::SetTrue)
                .help("Print the effective configuration as TOML, without secrets, and end")
                .global(true),
        )
        .args(SETTINGS.iter().filter(|setting| !setting.secret).map(argument))
        .subcommand(Command::new("serve").about("Run the gateway"))
        .subcommand(explain::command())
        .subcommand(shadow::command())
        .subcommands(tasks::commands())
}

fn argument(setting: &'static Setting) -> Arg {
    let flag = setting.key.replace('_', "-");
    let default = match setting.default {
        "" => String::new(),
        default => format!(" [default: {default}]"),
    };
    let argument =
        Arg::new(setting.key).long(flag).help(format!("{} [env: {}]{default}", setting.help, setting.env)).global(true);
    match setting.kind {
        Kind::Switch => argument.value_name("BOOL").num_args(0..=1).require_equals(true).default_missing_value("true"),
        Kind::List => argument.value_name("LIST").action(ArgAction::Append),
        Kind::Count => argument.value_name("NUMBER"),
        Kind::Time => argument.value_name("TIME"),
        Kind::Size => argument.value_name("SIZE"),
        Kind::Text => argument.value_name("VALUE"),
        Kind::Url => argument.value_name("URL"),
    }
}

fn flags(matches: &ArgMatches) -> Flags {
    let given = SETTINGS.iter().filter(|setting| !setting.secret).filter_map(|setting| {
        let values: Vec<&str> = matches.get_many::<String>(setting.key)?.map(String::as_str).collect();
        Some((setting.key, values.join(",")))
    });
    Flags { config: matches.get_one::<PathBuf>("config").cloned(), values: given.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Asked, clap::Error> {
        parse(line.split_whitespace().map(Into::into))
    }

    #[test]
    fn the_command_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn flags_stand_before_or_behind_the_command() {
        let line = "gateway --listen 127.0.0.1:1 serve --upstream http://a:1 --allow-assistant --config x.toml \
                    --forward-headers x-a --forward-headers x-b,x-c";
        let Asked::Serve(flags) = read(line).unwrap() else { panic!("it is not `serve`") };
        let values: Vec<_> = flags.values.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let expected = [
            ("allow_assistant", "true"),
            ("forward_headers", "x-a,x-b,x-c"),
            ("listen", "127.0.0.1:1"),
            ("upstream", "http://a:1"),
        ];
        assert_eq!(values, expected);
        assert_eq!(flags.config, Some("x.toml".into()));
    }

    #[test]
    fn showing_needs_no_command() {
        for line in ["gateway --show-config", "gateway serve --show-config"] {
            assert!(matches!(read(line), Ok(Asked::ShowConfig(_))), "{line}");
        }
    }

    #[test]
    fn questions_and_orders_are_read() {
        let line = "gateway explain --user alice --action read --resource run:* --group a --group b --json --config x";
        let Asked::Explain(flags, question) = read(line).unwrap() else { panic!("it is not `explain`") };
        let text = |text: &str| text.to_owned();
        let expected = Question {
            user: text("alice"),
            action: text("read"),
            resource: text("run:*"),
            groups: vec![text("a"), text("b")],
            json: true,
            ..Question::default()
        };
        assert_eq!((question, flags.config), (expected, Some("x".into())));
        let Asked::Shadow(_, order) = read("gateway shadow promote --allow-lost 7 --unseen").unwrap() else { panic!() };
        assert_eq!(
            order,
            Order::Promote { gateway: None, allow_lost: 7, candidate: None, unseen: true, skipped: false }
        );
    }

    #[test]
    fn what_is_not_understood_ends_with_status_2() {
        for line in [
            "gateway",
            "gateway --listen 127.0.0.1:1",
            "gateway serve --nonsense",
            "gateway serve --admin-password secret-secret",
            "gateway serve --listen",
            "gateway dance",
            "gateway explain --user alice --action read",
            "gateway shadow",
            "gateway shadow promote --allow-lost -1",
        ] {
            assert_eq!(read(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }
}
