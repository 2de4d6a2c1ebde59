//! What an installed MLflow serves that the table of routes does not know, and the other way round: what there is to do
//! for the next release.
//!
//! ```text
//! MLFLOW_PYTHON=/path/to/python cargo run -p mlflow-auth-core --example new_routes
//! ```
//!
//! Needs a Python with `mlflow[auth]` of the release. Prints a row for each new route, to be put into its family's file
//! below `src/routes/mlflow` and given its needs; until then the routes are for admins, and the gateway's log says who
//! asked for which. Ends with status 1 if there is anything to do, 2 if the server could not be asked.

mod live;
mod report;

use live::Live;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match say() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "new_routes: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether there is nothing to do.
fn say() -> Result<bool, String> {
    let live = Live::from_environment()?;
    let (dump, messages) = (live.ask(&[])?, live.messages()?);
    let (text, same) = report::report(&dump, &messages);
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())?;
    Ok(same)
}
