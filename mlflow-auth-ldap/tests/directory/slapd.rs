//! An OpenLDAP server, started and stopped.

use crate::certificates::Authority;
use crate::people;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The password of the directory's own administrator.
pub(crate) const ROOT: (&str, &str) = ("cn=root,dc=mlflow,dc=test", "root of the test");

/// A server with the people and groups of [`people`].
pub(crate) struct Slapd {
    folder: PathBuf,
    child: Option<Child>,
    pub(crate) plain: u16,
    pub(crate) tls: u16,
    pub(crate) authority: Authority,
}

/// What can differ.
#[derive(Default)]
pub(crate) struct Options {
    /// Lines for the global part of its configuration.
    pub(crate) global: &'static str,
    /// Lines for the database.
    pub(crate) database: &'static str,
    /// What its certificate says: for which names, and whether it is over.
    pub(crate) names: Option<Vec<String>>,
    pub(crate) expired: bool,
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Slapd {
    pub(crate) fn start() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("mlflow-auth-slapd-{}-{number}", std::process::id()));
        fs::create_dir_all(folder.join("db")).unwrap();
        let authority = Authority::new();
        let names = options.names.clone().unwrap_or_else(|| vec!["localhost".into(), "127.0.0.1".into()]);
        authority.write_server(&folder, names, options.expired);
        authority.write_client(&folder);
        fs::write(folder.join("slapd.conf"), configuration(&folder, &options)).unwrap();
        let mut server = Self { folder, child: None, plain: free_port(), tls: free_port(), authority };
        server.run();
        server.add(&people::ldif());
        server
    }

    /// Starts the process, again if it was stopped.
    pub(crate) fn run(&mut self) {
        let urls = format!("ldap://127.0.0.1:{} ldaps://127.0.0.1:{} {}", self.plain, self.tls, self.socket());
        let log = fs::File::options().create(true).append(true).open(self.folder.join("log")).unwrap();
        let configuration = self.folder.join("slapd.conf");
        let mut command = Command::new("/usr/sbin/slapd");
        command.arg("-f").arg(configuration).args(["-h", &urls, "-d", "stats"]);
        let child = command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).spawn();
        self.child = Some(child.expect("slapd must be installed (Debian: slapd and ldap-utils)"));
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.tls)).is_err() {
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "slapd ended ({ended:?}): {}", self.log());
            assert!(began.elapsed() < Duration::from_secs(20), "slapd does not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        let ended = self.child.as_mut().unwrap().try_wait().unwrap();
        assert!(ended.is_none(), "slapd ended ({ended:?}), and another server has its port: {}", self.log());
    }

    /// Ends the process as a crash would.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Adds entries.
    pub(crate) fn add(&self, ldif: &str) {
        self.write("ldapadd", ldif);
    }

    /// Changes entries.
    pub(crate) fn modify(&self, ldif: &str) {
        self.write("ldapmodify", ldif);
    }

    /// How many entries a filter finds, as a client says that is not ours.
    pub(crate) fn found(&self, filter: &str) -> usize {
        let text = self.tool("ldapsearch", &["-LLL", "-b", "dc=mlflow,dc=test", filter, "1.1"]);
        text.lines().filter(|line| line.starts_with("dn:")).count()
    }

    fn write(&self, tool: &str, ldif: &str) {
        let file = self.file(&format!("{tool}.ldif"));
        fs::write(&file, ldif).unwrap();
        self.tool(tool, &["-f", &file]);
    }

    /// Runs a tool as the directory's own administrator; what it prints.
    fn tool(&self, tool: &str, arguments: &[&str]) -> String {
        let url = format!("ldaps://127.0.0.1:{}", self.tls);
        let mut command = Command::new(tool);
        command.env("LDAPTLS_REQCERT", "never");
        command.env("LDAPTLS_CERT", self.file("client.pem")).env("LDAPTLS_KEY", self.file("client.key"));
        command.args(["-x", "-H", &url, "-D", ROOT.0, "-w", ROOT.1]).args(arguments);
        let outcome = command.output().expect("the tools of OpenLDAP must be installed (Debian: ldap-utils)");
        assert!(outcome.status.success(), "{}{}", String::from_utf8_lossy(&outcome.stderr), self.log());
        String::from_utf8_lossy(&outcome.stdout).into_owned()
    }

    /// What the server wrote.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.join("log")).unwrap_or_default()).into_owned()
    }

    /// How many lines of its log hold `text`, when nothing has been written for a while: it is written behind the answers.
    pub(crate) fn logged(&self, text: &str) -> usize {
        let mut log = self.log();
        loop {
            std::thread::sleep(Duration::from_millis(300));
            let later = self.log();
            if later.len() == log.len() {
                return log.lines().filter(|line| line.contains(text)).count();
            }
            log = later;
        }
    }

    /// The address of its socket.
    pub(crate) fn socket(&self) -> String {
        format!("ldapi://{}", self.file("socket").replace('/', "%2F"))
    }

    /// The file with the authority that signed its certificate.
    pub(crate) fn authority_file(&self) -> String {
        self.folder.join("ca.pem").display().to_string()
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn configuration(folder: &Path, options: &Options) -> String {
    let folder = folder.display();
    let Options { global, database, .. } = options;
    format!(
        "include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb.la
moduleload memberof.la
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
{global}
database mdb
suffix \"dc=mlflow,dc=test\"
rootdn \"{root}\"
rootpw \"{password}\"
directory {folder}/db
{database}
overlay memberof
memberof-group-oc groupOfUniqueNames
memberof-member-ad uniqueMember
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
",
        root = ROOT.0,
        password = ROOT.1,
    )
}
