//! A domain controller, started once.

use crate::certificates::Authority;
use crate::people;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

const ADMINISTRATOR: &str = "Administrator@mlflow.test";
const PASSWORD: &str = "Adm1n of the test";

/// The server of all tests. It ends when its standard input does, which is when the tests do.
pub(crate) static SAMBA: LazyLock<Samba> = LazyLock::new(Samba::start);

pub(crate) struct Samba {
    folder: PathBuf,
    pub(crate) address: String,
    _child: Child,
}

impl Samba {
    fn start() -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("samba");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("run")).unwrap();
        let address = free_address();
        Authority::new().write_server(&folder, vec![address.clone(), "dc1.mlflow.test".into()], false);
        restrict(&folder.join("server.key"));
        provision(&folder, &address);
        let child = run(&folder);
        let server = Self { folder, address, _child: child };
        server.wait();
        server.tool("ldapadd", &people::ldif());
        let found = server.tool("ldapsearch", "");
        let identifier = found.lines().find_map(|line| line.strip_prefix("primaryGroupToken: ")).expect(&found);
        server.tool("ldapmodify", &people::primary(identifier));
        server
    }

    pub(crate) fn authority_file(&self) -> String {
        self.file("ca.pem")
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn wait(&self) {
        let began = Instant::now();
        while TcpStream::connect((self.address.as_str(), 636)).is_err() {
            let log = || String::from_utf8_lossy(&fs::read(self.folder.join("log")).unwrap_or_default()).into_owned();
            assert!(began.elapsed() < Duration::from_secs(60), "samba does not start: {}", log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Runs a tool as the administrator of the domain; what it prints.
    fn tool(&self, tool: &str, ldif: &str) -> String {
        let file = self.file(&format!("{tool}.ldif"));
        fs::write(&file, ldif).unwrap();
        let mut command = Command::new(tool);
        command.env("LDAPTLS_REQCERT", "never");
        command.args(["-x", "-H", &format!("ldaps://{}", self.address), "-D", ADMINISTRATOR, "-w", PASSWORD]);
        match tool {
            "ldapsearch" => command.args([
                "-LLL",
                "-b",
                &people::group("mlflow-users"),
                "-s",
                "base",
                "(cn=*)",
                "primaryGroupToken",
            ]),
            _ => command.args(["-f", &file]),
        };
        let outcome = command.output().expect("the tools of OpenLDAP must be installed (Debian: ldap-utils)");
        assert!(outcome.status.success(), "{tool}: {}", String::from_utf8_lossy(&outcome.stderr));
        String::from_utf8_lossy(&outcome.stdout).into_owned()
    }
}

/// An address of loopback on which nobody listens.
fn free_address() -> String {
    let number = std::process::id();
    let mut addresses = (0..200_u32).map(|more| format!("127.77.{}.{}", (number / 250 + more) % 250, number % 250 + 2));
    let is_free = |address: &String| {
        [389, 636, 3268, 3269].iter().all(|port| TcpListener::bind((address.as_str(), *port)).is_ok())
    };
    addresses.find(is_free).expect("no address of loopback is free: this takes root, and nobody else on port 389")
}

/// Samba takes no key that others can read.
fn restrict(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

fn provision(folder: &std::path::Path, address: &str) {
    let at = |name: &str| folder.join(name).display().to_string();
    let mut command = Command::new("samba-tool");
    command.args(["domain", "provision", "--realm=MLFLOW.TEST", "--domain=MLFLOW", "--server-role=dc"]);
    command.args(["--dns-backend=NONE", "--host-name=dc1", "--host-ip=127.0.0.1"]);
    command.args([format!("--adminpass={PASSWORD}"), format!("--targetdir={}", at("domain"))]);
    for option in [
        format!("interfaces={address}/8"),
        "bind interfaces only=yes".to_owned(),
        "server services=ldap".to_owned(),
        "tls enabled=yes".to_owned(),
        format!("tls keyfile={}", at("server.key")),
        format!("tls certfile={}", at("server.pem")),
        format!("tls cafile={}", at("ca.pem")),
        format!("pid directory={}", at("run")),
        format!("ncalrpc dir={}", at("run")),
        format!("log file={}", at("log")),
    ] {
        command.arg(format!("--option={option}"));
    }
    let outcome = command.output().expect("Samba must be installed (see `need_domain_controller`)");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
}

fn run(folder: &std::path::Path) -> Child {
    let log = fs::File::create(folder.join("log")).unwrap();
    let mut command = Command::new("samba");
    command.arg("-i").args(["-M", "single", "-d", "1", "-s"]).arg(folder.join("domain/etc/smb.conf"));
    command.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
    command.spawn().expect("Samba must be installed")
}
