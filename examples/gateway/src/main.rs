//! Access control in front of an MLflow server.

use mlflow_auth_core::Secret;
use mlflow_auth_gateway::{
    Asked, Credentials, Flags, Loaded, Order, Question, Task, explain, load, obey, parse, perform, run,
};
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

/// The command line or a setting is wrong.
const MISUSED: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let asked = match parse(std::env::args_os()) {
        Ok(asked) => asked,
        Err(error) => {
            // If it cannot be printed there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { MISUSED } else { 0 });
        }
    };
    match asked {
        Asked::ShowConfig(flags) => configured(&flags).map_or_else(|code| code, |loaded| show(&loaded)),
        Asked::Perform(flags, task) => match configured(&flags) {
            Ok(loaded) => work(loaded, task).await,
            Err(code) => code,
        },
        Asked::Serve(flags) => match configured(&flags) {
            Ok(loaded) => serve(loaded).await,
            Err(code) => code,
        },
        Asked::Shadow(flags, order) => match configured(&flags) {
            Ok(loaded) => ask(&loaded, &order).await,
            Err(code) => code,
        },
        Asked::Explain(flags, question) => match configured(&flags) {
            Ok(loaded) => answer(&loaded, &question).await,
            Err(code) => code,
        },
    }
}

async fn answer(loaded: &Loaded, question: &Question) -> ExitCode {
    ended(explain(&loaded.config, question).await.map(|answer| (answer.allowed, answer.text)))
}

async fn ask(loaded: &Loaded, order: &Order) -> ExitCode {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let password = Secret::new(variable("MLFLOW_TRACKING_PASSWORD"));
    let credentials = Credentials { user: variable("MLFLOW_TRACKING_USERNAME"), password };
    let config = &loaded.config;
    let outcome = obey(order, config.listen, &config.static_prefix, &credentials).await;
    ended(outcome.map(|outcome| (outcome.done, outcome.text)))
}

/// 0 for yes, 1 for no, both with a text; whatever keeps a question from being answered is [`MISUSED`].
fn ended<E: Error>(answer: Result<(bool, String), E>) -> ExitCode {
    match answer {
        Ok((yes, text)) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::from(u8::from(!yes)),
            Err(_) => ExitCode::from(MISUSED),
        },
        Err(error) => {
            complain(&with_causes(&error));
            ExitCode::from(MISUSED)
        }
    }
}

fn configured(flags: &Flags) -> Result<Loaded, ExitCode> {
    load(flags, &|name| std::env::var_os(name)).map_err(|errors| {
        complain(&errors.to_string());
        ExitCode::from(MISUSED)
    })
}

fn show(loaded: &Loaded) -> ExitCode {
    for warning in &loaded.warnings {
        complain(warning);
    }
    match std::io::stdout().write_all(loaded.shown.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

async fn serve(loaded: Loaded) -> ExitCode {
    match run(loaded).await {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&with_causes(&error));
            ExitCode::FAILURE
        }
    }
}

async fn work(loaded: Loaded, task: Task) -> ExitCode {
    for warning in &loaded.warnings {
        complain(warning);
    }
    let outcome = match perform(&loaded.config, task).await {
        Ok(outcome) => outcome,
        Err(error) => {
            complain(&with_causes(&error));
            return ExitCode::FAILURE;
        }
    };
    match std::io::stdout().write_all(outcome.text.as_bytes()) {
        Ok(()) => ExitCode::from(outcome.status),
        Err(_) => ExitCode::FAILURE,
    }
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// One line for each thing that is wrong. If it cannot be printed there is nobody to tell.
fn complain(what: &str) {
    for line in what.lines() {
        let _ = writeln!(std::io::stderr(), "mlflow-auth-gateway: {line}");
    }
}
