//! An OpenLDAP server of this machine with many people in it, and what a sign-in costs beside a bind alone.

use crate::warm::Failed;
use futures_util::future::join_all;
use ldap3::{LdapConnAsync, Scope};
use mlflow_auth_core::{Secret, Username};
use mlflow_auth_ldap::{LdapAuthenticator, LdapSettings};
use std::fmt::Write;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How many people there are besides [`USER`](crate::warm::USER), who are asked for in turn.
pub const PEOPLE: usize = 500;

const SUFFIX: &str = "dc=mlflow,dc=test";

/// A server that is thrown away.
pub struct Slapd {
    _folder: tempfile::TempDir,
    child: Child,
    port: u16,
}

impl Slapd {
    /// Starts it on a port of loopback, with everybody in one group.
    ///
    /// # Errors
    /// Whatever keeps it from starting: Debian's `slapd` and `ldap-utils` must be installed.
    pub fn start() -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("db"))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        fs::write(folder.path().join("slapd.conf"), configuration(folder.path()))?;
        fs::write(folder.path().join("people.ldif"), people())?;
        filled(folder.path())?;
        let mut command = Command::new("/usr/sbin/slapd");
        command.arg("-f").arg(folder.path().join("slapd.conf"));
        command.args(["-h", &format!("ldap://127.0.0.1:{port}"), "-d", "none"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if began.elapsed() > Duration::from_secs(20) {
                return Err("slapd does not start".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { _folder: folder, child, port })
    }

    /// Settings as the community chart has them.
    ///
    /// # Errors
    /// None, with these.
    pub fn settings(&self) -> Result<LdapSettings, Failed> {
        let uri = format!("ldap://127.0.0.1:{}", self.port);
        let read = LdapSettings::from_variables(|name| {
            let text = match name {
                "LDAP_URI" => uri.as_str(),
                "LDAP_LOOKUP_BIND" => "uid=%s,ou=people,dc=mlflow,dc=test",
                "LDAP_GROUP_SEARCH_BASE_DN" => "ou=groups,dc=mlflow,dc=test",
                "LDAP_GROUP_SEARCH_FILTER" => "(&(objectclass=groupOfUniqueNames)(uniquemember=%s))",
                "LDAP_GROUP_USER_DN" => "cn=everybody,ou=groups,dc=mlflow,dc=test",
                "LDAP_CONNECTIONS" => "64",
                _ => return None,
            };
            Some(text.to_owned())
        });
        Ok(read?)
    }

    /// A new connection and a bind of `ldap3`, and as many searches as a sign-in makes if they are wanted.
    ///
    /// # Errors
    /// Those of `ldap3`.
    pub async fn raw(&self, user: &str, searches: bool) -> Result<(), Failed> {
        let (connection, mut ldap) = LdapConnAsync::new(&format!("ldap://127.0.0.1:{}", self.port)).await?;
        let driver = tokio::spawn(connection.drive());
        let dn = format!("uid={user},ou=people,{SUFFIX}");
        ldap.simple_bind(&dn, &password(user)).await?.success()?;
        if searches {
            let (own, _) = ldap.search(&dn, Scope::Base, "(objectClass=*)", vec!["uid"]).await?.success()?;
            let filter = format!("(&(objectclass=groupOfUniqueNames)(uniquemember={dn}))");
            let base = format!("ou=groups,{SUFFIX}");
            let (groups, _) = ldap.search(&base, Scope::Subtree, &filter, vec!["1.1"]).await?.success()?;
            if own.is_empty() || groups.is_empty() {
                return Err("nothing was found".into());
            }
        }
        ldap.unbind().await?;
        driver.await??;
        Ok(())
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signs somebody in as a request does.
///
/// # Errors
/// If they are not let in.
pub async fn sign_in(authenticator: &LdapAuthenticator, user: &str) -> Result<(), Failed> {
    let (name, password) = (Username::new(user)?, Secret::new(password(user)));
    authenticator.verify(&name, &password).await?.map(drop).ok_or_else(|| "the name is not the directory's".into())
}

/// The password that everybody has there.
pub fn password(user: &str) -> String {
    format!("the password of {user}")
}

/// How many times in a second `work` is done by `at_once` who do it one time after the other, each for another name.
///
/// # Errors
/// The first one of `work`.
pub async fn rate<F>(at_once: usize, patience: Duration, work: impl Fn(String) -> F) -> Result<f64, Failed>
where
    F: Future<Output = Result<(), Failed>>,
{
    let (began, done) = (Instant::now(), AtomicUsize::new(0));
    let one = async |_| {
        while began.elapsed() < patience {
            let number = done.fetch_add(1, Relaxed);
            work(format!("user-{}", number % PEOPLE)).await?;
        }
        Ok::<(), Failed>(())
    };
    join_all((0..at_once).map(one)).await.into_iter().collect::<Result<Vec<()>, Failed>>()?;
    Ok(done.load(Relaxed) as f64 / began.elapsed().as_secs_f64())
}

fn people() -> String {
    let mut text = format!("dn: {SUFFIX}\nobjectClass: domain\ndc: mlflow\n\n");
    for unit in ["people", "groups"] {
        let _ = write!(text, "dn: ou={unit},{SUFFIX}\nobjectClass: organizationalUnit\nou: {unit}\n\n");
    }
    let mut group = format!("dn: cn=everybody,ou=groups,{SUFFIX}\nobjectClass: groupOfUniqueNames\ncn: everybody\n");
    for user in (0..PEOPLE).map(|number| format!("user-{number}")).chain([crate::warm::USER.to_owned()]) {
        let (dn, password) = (format!("uid={user},ou=people,{SUFFIX}"), password(&user));
        let _ = write!(text, "dn: {dn}\nobjectClass: inetOrgPerson\nuid: {user}\ncn: {user}\nsn: x\n");
        let _ = write!(text, "userPassword: {password}\n\n");
        let _ = writeln!(group, "uniqueMember: {dn}");
    }
    text + &group
}

fn configuration(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb.la
database mdb
suffix \"{SUFFIX}\"
directory {folder}/db
index objectClass,uid,uniqueMember eq
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
"
    )
}

fn filled(folder: &Path) -> Result<(), Failed> {
    let mut command = Command::new("/usr/sbin/slapadd");
    command.arg("-q").arg("-f").arg(folder.join("slapd.conf")).arg("-l").arg(folder.join("people.ldif"));
    let outcome = command.output()?;
    match outcome.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&outcome.stderr).into_owned().into()),
    }
}
