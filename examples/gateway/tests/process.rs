//! The program itself: how it starts, what it says, how it ends, and the layer in it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail as the test itself does"
)]
#![cfg(unix)]

mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use support::{Answer, PATIENCE, Peer, Upstream, nobody};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStderr, Command};

const PASSWORD: &str = "correct horse battery";

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlflow-auth-gateway"));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// A gateway that runs, on a port of its own.
struct Running {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    address: SocketAddr,
}

impl Running {
    async fn start(folder: &Path, upstream: SocketAddr, more: &[&str], password: Option<&str>) -> Self {
        let mut command = program();
        let (store, upstream) = (format!("sqlite:///{}/auth.db", folder.display()), format!("http://{upstream}"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--upstream", &upstream, "--store", &store]).args(more);
        if let Some(password) = password {
            command.env("MLFLOW_AUTH_ADMIN_PASSWORD", password);
        }
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        loop {
            let line = tokio::time::timeout(PATIENCE, log.next_line()).await.unwrap().unwrap().expect("it ended");
            if let Some((_, rest)) = line.split_once("listening on http://") {
                let address = rest.split(',').next().unwrap().parse().unwrap();
                return Self { child, log, address };
            }
        }
    }

    async fn ask(&self, request: &str) -> Answer {
        let mut client = Peer::new(TcpStream::connect(self.address).await.unwrap());
        client.send(request).await;
        client.answer().await.expect("there is no answer")
    }

    async fn get(&self, path: &str, user: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: g\r\n{user}\r\n")).await
    }

    /// Tells it to stop, and returns its status, what it printed, and the rest of its log.
    async fn stop(mut self) -> (i32, String, String) {
        let id = rustix::process::Pid::from_raw(self.child.id().unwrap().try_into().unwrap()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap();
        let (mut printed, mut log) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut printed).await.unwrap();
        while let Ok(Some(line)) = self.log.next_line().await {
            log.push_str(&line);
            log.push('\n');
        }
        (status.code().unwrap(), printed, log)
    }
}

/// The line of a head that signs in.
fn basic(user: &str, password: &str) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    format!("authorization: Basic {text}\r\n")
}

#[tokio::test]
async fn the_layer_stands_in_front_of_mlflow() {
    let (upstream, seen) = Upstream::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let folder = tempfile::tempdir().unwrap();
    let gateway = Running::start(folder.path(), upstream.address, &["--resolution", "union"], Some(PASSWORD)).await;
    let path = "/api/2.0/mlflow/experiments/get?experiment_id=0";
    let stranger = gateway.get(path, "").await;
    assert_eq!(stranger.status, 401);
    assert_eq!(stranger.header("www-authenticate"), Some("Basic realm=\"mlflow\""));
    assert_eq!(gateway.get(path, &basic("admin", "wrong")).await.status, 401);
    assert_eq!(seen.lock().unwrap().len(), 0, "nothing of it reaches MLflow");
    assert_eq!(gateway.get(path, &basic("admin", PASSWORD)).await.status, 200);
    let request = seen.lock().unwrap().remove(0);
    assert!(request.starts_with(&format!("GET {path} HTTP/1.1\r\n")), "{request}");
    assert!(!request.to_lowercase().contains("authorization"), "{request}");
    assert!(request.contains("x-forwarded-for: 127.0.0.1\r\n"), "the layer keeps the address: {request}");
    let ready = gateway.get("/readyz", "").await;
    assert_eq!((ready.status, ready.text()), (200, r#"{"status":"ready"}"#));
    let body = "GET /api/2.0/mlflow/experiments/search HTTP/1.1\r\nhost: g\r\n";
    let chunked = format!("{body}{}transfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n", basic("admin", PASSWORD));
    assert_eq!(gateway.ask(&chunked).await.status, 400, "a body on a GET");
    assert_eq!(gateway.stop().await.0, 0);
}

#[tokio::test]
async fn a_password_that_was_made_is_printed_once_and_works() {
    let folder = tempfile::tempdir().unwrap();
    let upstream = nobody().await;
    let first = Running::start(folder.path(), upstream, &[], None).await;
    let (status, printed, log) = first.stop().await;
    assert_eq!(status, 0, "{log}");
    let line = printed.lines().find_map(|line| line.trim().strip_prefix("password")).expect("no password is printed");
    let password = line.trim();
    assert!(printed.contains("users/update-password"), "{printed}");
    assert!(!log.contains(password), "a password is in the log");
    let second = Running::start(folder.path(), upstream, &[], Some(PASSWORD)).await;
    let path = "/api/2.0/mlflow/users/current";
    let current = second.get(path, &basic("admin", password)).await;
    assert_eq!(current.status, 200, "{current:?}");
    assert_eq!(second.get(path, &basic("admin", PASSWORD)).await.status, 401, "the setting is ignored by now");
    assert_eq!(second.stop().await.1, "");
}

#[tokio::test]
async fn an_outage_of_mlflow_is_not_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let gateway = Running::start(folder.path(), nobody().await, &[], Some(PASSWORD)).await;
    let user = basic("admin", PASSWORD);
    assert_eq!(gateway.get("/api/2.0/mlflow/experiments/get?experiment_id=0", &user).await.status, 502);
    let ready = gateway.get("/readyz", "").await;
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("MLflow") || ready.text().contains("upstream"), "{}", ready.text());
    assert_eq!(gateway.get("/healthz", "").await.status, 200);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_ends_with_a_status() {
    let holder = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    let table: &[(&[&str], i32, &str)] = &[
        (&["serve", "--listen", "x"], 2, "the setting `listen` from the flag `--listen` is not valid: `x`"),
        (&["serve", "--nonsense"], 2, "--nonsense"),
        (&["--show-config", "--config", "/nowhere"], 2, "the file `/nowhere`, named by the flag `--config`"),
        (&["serve", "--listen", &taken], 1, "nobody can listen on"),
        (&["serve", "--listen", "127.0.0.1:0", "--store", "sqlite:////nowhere/a/auth.db"], 1, "`/nowhere/a/auth.db`"),
    ];
    for (arguments, status, said) in table {
        let output = tokio::time::timeout(PATIENCE, program().args(*arguments).output()).await.unwrap().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(*status), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

#[tokio::test]
async fn the_configuration_is_shown() {
    let mut command = program();
    command.args(["serve", "--show-config", "--listen", "127.0.0.1:1"]);
    command.env("MLFLOW_AUTH_ADMIN_PASSWORD", PASSWORD).env("DEFAULT_MLFLOW_PERMISSION", "READ");
    let output = command.output().await.unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert!(shown.contains("listen = \"127.0.0.1:1\" # from the flag `--listen`\n"), "{shown}");
    let line = "default_permission = \"READ\" # from the environment variable `DEFAULT_MLFLOW_PERMISSION`\n";
    assert!(shown.contains(line), "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
}
