//! `shadow report` and `shadow promote`: asked of the gateway that runs, which is the one that counts.

use super::client::Gateway;
use super::words;
use clap::{Arg, ArgAction, ArgMatches, Command};
use http::{Method, StatusCode};
use mlflow_auth_core::Secret;
use serde_json::{Value, json};
use std::net::SocketAddr;

pub(crate) const NAME: &str = "shadow";

/// What a gateway is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// What the candidate would change.
    Report {
        /// Where the gateway runs; where this configuration has it listen if `None`.
        gateway: Option<String>,
        /// Whether the answer is JSON.
        json: bool,
    },
    /// To make the candidate live.
    Promote {
        /// As for a report.
        gateway: Option<String>,
        /// How many lost decisions are allowed.
        allow_lost: u64,
        /// The candidate that is meant; the one that is observed if `None`.
        candidate: Option<String>,
        /// Whether it may be made live although no decision was observed.
        unseen: bool,
    },
}

/// Who asks.
pub struct Credentials {
    /// The name of an admin.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obeyed {
    /// Whether it was done; not, if the gateway refuses to promote.
    pub done: bool,
    /// What is printed.
    pub text: String,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// The address is none.
    #[error("`{0}` is not the address of a gateway, such as `http://127.0.0.1:8080`")]
    Url(String),
    /// Nobody answers there.
    #[error("the gateway at `{url}` gives no answer: {problem}")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        problem: String,
    },
    /// It does not do it.
    #[error("the gateway at `{url}` answers {status}: {message}")]
    Refused {
        /// Where.
        url: String,
        /// With which status.
        status: StatusCode,
        /// In which words.
        message: String,
    },
}

pub(crate) fn command() -> Command {
    let gateway = || {
        Arg::new("gateway").long("gateway").value_name("URL").help(
            "Where the gateway runs, plain HTTP [default: where --listen says]; an admin's name and password are taken \
             from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD",
        )
    };
    let switch =
        |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    let report = Command::new("report")
        .about("Print what the candidate rules would change, as counted by the running gateway")
        .arg(gateway())
        .arg(switch("json", "Print one JSON object"));
    let promote = Command::new("promote")
        .about("Make the candidate rules live, in one transaction; refused if more is lost than allowed")
        .after_help("Ends with 0 if they are live, 1 if the gateway refuses, 2 if it cannot be told.")
        .arg(gateway())
        .arg(
            Arg::new("allow-lost")
                .long("allow-lost")
                .value_name("NUMBER")
                .value_parser(clap::value_parser!(u64))
                .default_value("0")
                .help("How many decisions may have been lost"),
        )
        .arg(Arg::new("candidate").long("candidate").value_name("LABEL").help("Only if it is this one, as reported"))
        .arg(switch("unseen", "Even if no decision was observed yet"));
    Command::new(NAME)
        .about("Ask the running gateway what its candidate rules (--shadow-rules) would change")
        .subcommand_required(true)
        .subcommand(report)
        .subcommand(promote)
}

pub(crate) fn read_order(matches: &ArgMatches) -> Option<Order> {
    let text = |matches: &ArgMatches, name: &str| matches.get_one::<String>(name).cloned();
    match matches.subcommand()? {
        ("report", matches) => {
            Some(Order::Report { gateway: text(matches, "gateway"), json: matches.get_flag("json") })
        }
        ("promote", matches) => Some(Order::Promote {
            gateway: text(matches, "gateway"),
            allow_lost: matches.get_one("allow-lost").copied().unwrap_or(0),
            candidate: text(matches, "candidate"),
            unseen: matches.get_flag("unseen"),
        }),
        _ => None,
    }
}

const REPORT: &str = "/api/2.0/mlflow/permissions/shadow";
const PROMOTE: &str = "/api/2.0/mlflow/permissions/shadow/promote";

/// Asks the gateway. `listen` and `prefix` are those of the configuration.
///
/// # Errors
/// [`OrderError`]
pub async fn order(
    order: &Order,
    listen: SocketAddr,
    prefix: &str,
    credentials: &Credentials,
) -> Result<Obeyed, OrderError> {
    let (Order::Report { gateway, .. } | Order::Promote { gateway, .. }) = order;
    let url = gateway.clone().unwrap_or_else(|| format!("http://{}{prefix}", reachable(listen)));
    let gateway = Gateway { url: &url, credentials };
    match order {
        Order::Report { json, .. } => {
            let (status, report) = gateway.call(Method::GET, REPORT, None).await?;
            match status {
                StatusCode::OK if *json => Ok(Obeyed { done: true, text: format!("{report:#}\n") }),
                StatusCode::OK => Ok(Obeyed { done: true, text: words::report(&report) }),
                status => Err(refused(&url, status, &report)),
            }
        }
        Order::Promote { allow_lost, candidate, unseen, .. } => {
            let body = json!({"allow_lost": allow_lost, "candidate": candidate, "unseen": unseen});
            let (status, answer) = gateway.call(Method::POST, PROMOTE, Some(&body)).await?;
            match status {
                StatusCode::OK => Ok(Obeyed { done: true, text: words::promoted(&answer) }),
                StatusCode::CONFLICT => Ok(Obeyed { done: false, text: format!("refused: {}\n", message(&answer)) }),
                status => Err(refused(&url, status, &answer)),
            }
        }
    }
}

/// An address that means all of the machine's is reached on this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        ip if !ip.is_unspecified() => listen,
        ip if ip.is_ipv4() => SocketAddr::from(([127, 0, 0, 1], listen.port())),
        _ => SocketAddr::new(std::net::Ipv6Addr::LOCALHOST.into(), listen.port()),
    }
}

fn refused(url: &str, status: StatusCode, answer: &Value) -> OrderError {
    OrderError::Refused { url: url.to_owned(), status, message: message(answer) }
}

fn message(answer: &Value) -> String {
    let text = answer.get("message").unwrap_or(answer);
    text.as_str().map_or_else(|| text.to_string(), str::to_owned)
}
