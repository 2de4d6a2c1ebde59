//! The gateway as a process.

use crate::assemble::{AssembleError, Assembled, assemble};
use crate::bootstrap::{Bootstrap, BootstrapError, bootstrap};
use crate::config::{Config, Loaded, LogFormat};
use crate::server::{ServerSettings, Stopped, serve};
use crate::sign_in::sweep;
use mlflow_auth_core::store::UserStore;
use mlflow_auth_core::{Secret, Username};
use std::io::{self, Write};
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Why the gateway does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Nobody can listen there.
    #[error("nobody can listen on `{address}`")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The parts do not fit.
    #[error(transparent)]
    Assemble(#[from] AssembleError),
    /// There is no admin.
    #[error(transparent)]
    Bootstrap(#[from] BootstrapError),
    /// The password that was made for the admin could not be shown; the account was removed again.
    #[error("the password of the new admin cannot be printed on the standard output")]
    Output(#[source] io::Error),
    /// Signals cannot be heard.
    #[error("signals cannot be heard")]
    Signals(#[source] io::Error),
}

/// Runs the gateway until it is told to stop by SIGTERM or SIGINT. A second signal ends it at once.
///
/// # Errors
/// [`RunError`] if it cannot begin.
pub async fn run(loaded: Loaded) -> Result<Stopped, RunError> {
    let Loaded { config, warnings, .. } = loaded;
    start_log(&config);
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let listen = |source| RunError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let mut signals = Signals::new().map_err(RunError::Signals)?;
    let Assembled { store, service, readiness, watch, sessions } = assemble(&config).await?;
    introduce_admin(store.as_ref(), &config, address).await?;
    let followed = store.clone();
    let follower = tokio::spawn(async move { followed.follow().await });
    let watcher = watch.map(|watch| tokio::spawn(watch.run()));
    let sweeper = sessions.map(|sessions| tokio::spawn(sweep(sessions)));

    tracing::info!("listening on http://{address}, MLflow is at http://{}", config.forward.upstream);
    let (stop, told) = oneshot::channel::<()>();
    let until = async {
        // An error means that nobody can tell any more: time to stop as well.
        drop(told.await);
    };
    let server = ServerSettings { max_connections: affordable(config.server.max_connections), ..config.server };
    let serving = serve(listener, service, readiness, server, until);
    let ending = async {
        signals.next().await;
        tracing::info!("told to stop; requests under way may end");
        // Nobody listens any more if the server has ended by itself.
        let _ = stop.send(());
        signals.next().await;
    };
    let stopped = tokio::select! {
        stopped = serving => stopped,
        () = ending => Stopped::Hurried,
    };
    follower.abort();
    for task in [watcher, sweeper].into_iter().flatten() {
        task.abort();
    }
    tracing::info!("stopped: {stopped}");
    Ok(stopped)
}

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log_level);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // An error means that the program that embeds this has a log of its own.
    let _ = match config.log_format {
        LogFormat::Text => log.with_ansi(false).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}

async fn introduce_admin(users: &dyn UserStore, config: &Config, address: SocketAddr) -> Result<(), RunError> {
    let name = &config.admin.username;
    match bootstrap(users, &config.admin).await? {
        Bootstrap::Exists => tracing::debug!("there is an admin; the settings for one are ignored"),
        Bootstrap::Configured => tracing::info!("the admin `{name}` was made with the configured password"),
        Bootstrap::Made(password) => {
            if let Err(error) = print(name, &password, address) {
                let removed = users.delete_user(name).await;
                tracing::error!(?removed, "the admin `{name}` was removed again");
                return Err(RunError::Output(error));
            }
        }
    }
    Ok(())
}

fn print(name: &Username, password: &Secret, address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "\nThere was no admin, so one was made. This is shown once:\n\n    user name  {name}\n    password   {}\n\n\
         Change it with PATCH http://{address}/api/2.0/mlflow/users/update-password, in Python:\n\n    \
         mlflow.server.get_app_client(\"basic-auth\", \"http://{address}\").update_user_password(\"{name}\", \"...\")\n",
        password.expose()
    )?;
    out.flush()
}

/// How many connections there can be: each may need another one to MLflow, and the store needs some files.
#[cfg(unix)]
fn affordable(wanted: usize) -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    const OTHERS: u64 = 64;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit.current = limit.maximum;
        }
    }
    let files = limit.current.unwrap_or(u64::MAX);
    let most = usize::try_from(files.saturating_sub(OTHERS) / 2).unwrap_or(usize::MAX).max(1);
    if wanted > most {
        tracing::warn!("only {most} connections at once: the process may open no more than {files} files");
    }
    wanted.min(most)
}

#[cfg(not(unix))]
fn affordable(wanted: usize) -> usize {
    wanted
}

/// What tells the process to stop.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
