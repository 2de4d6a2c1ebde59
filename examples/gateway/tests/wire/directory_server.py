"""A real OpenLDAP of this machine with a directory of its own, that is nobody's service and thrown away."""

import base64
import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from servers import free_port

SLAPD = "/usr/sbin/slapd"
SUFFIX = "dc=mlflow,dc=test"
ROOT, ROOT_PASSWORD = f"cn=root,{SUFFIX}", "root of the test"
SERVICE, SERVICE_PASSWORD = f"cn=svc-mlflow,{SUFFIX}", "the password of the service"
# Names that are written in many ways, or that mean something where names are written.
ODD = ("a,b", "st*r", "p(x)", "bs\\x", "plus+eq=x", "José", "Zoë Ünï", "two words")
START_SECONDS = 20

_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb.la
TLSCACertificateFile {data}/ca.pem
TLSCertificateFile {data}/server.pem
TLSCertificateKeyFile {data}/server.key
{extra}
database mdb
suffix "{suffix}"
rootdn "{root}"
rootpw "{root_password}"
directory {data}/db
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
"""


def password_of(user):
    """The password that somebody has there."""
    return f"the password of {user} there"


def escaped(value):
    """A value as it stands in the name of an entry (RFC 4514): every byte by its number."""
    return "".join(f"\\{byte:02x}" for byte in value.encode())


def person(user):
    """The name of the entry of a user."""
    return f"uid={escaped(user)},ou=people,{SUFFIX}"


def group(name):
    """The name of the entry of a group."""
    return f"cn={escaped(name)},ou=groups,{SUFFIX}"


def entry(name, *attributes):
    """An entry as LDIF, every value in base64."""
    lines = [("dn", name), *attributes]
    return "".join(f"{key}:: {base64.b64encode(value.encode()).decode()}\n" for key, value in lines) + "\n"


def person_entry(user):
    """The entry of a user."""
    named = [("objectClass", "inetOrgPerson"), ("uid", user), ("cn", user), ("sn", "x")]
    return entry(person(user), *named, ("userPassword", password_of(user)))


def group_entry(name, *members):
    """The entry of a group."""
    named = [("objectClass", "groupOfUniqueNames"), ("cn", name)]
    return entry(group(name), *named, *(("uniqueMember", person(member)) for member in members))


def everybody():
    """`boss` and `both` are admins, `ann`, `both`, `eve` and those with odd names come in, `stranger` does not."""
    text = entry(SUFFIX, ("objectClass", "domain"), ("dc", "mlflow"))
    for unit in ("people", "groups"):
        text += entry(f"ou={unit},{SUFFIX}", ("objectClass", "organizationalUnit"), ("ou", unit))
    account = [("objectClass", "organizationalRole"), ("objectClass", "simpleSecurityObject"), ("cn", "svc-mlflow")]
    text += entry(SERVICE, *account, ("userPassword", SERVICE_PASSWORD))
    text += "".join(person_entry(user) for user in ("boss", "both", "ann", "eve", "stranger", "admin", *ODD))
    text += group_entry("test-admin", "boss", "both", "admin")
    text += group_entry("test-user", "ann", "both", "eve", *ODD)
    return text + group_entry("Data, Science (A+B)", "ann", "José") + group_entry("visitors", "stranger")


@dataclass
class Directory:
    """A server with the people of :func:`everybody`, on ports of its own."""

    data: Path
    extra: str = ""
    plain: int = field(default_factory=free_port)
    tls: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    def start(self):
        """Starts it, the first time with everybody in it."""
        if not os.access(SLAPD, os.X_OK) or not shutil.which("ldapadd"):
            raise RuntimeError("OpenLDAP must be installed (Debian: slapd, ldap-utils)")
        is_new = not self.data.exists()
        if is_new:
            (self.data / "db").mkdir(parents=True)
            self._write_certificates()
            names = {"data": self.data, "suffix": SUFFIX, "root": ROOT, "root_password": ROOT_PASSWORD}
            (self.data / "slapd.conf").write_text(_CONFIGURATION.format(extra=self.extra, **names))
        urls = f"ldap://127.0.0.1:{self.plain} ldaps://127.0.0.1:{self.tls}"
        argv = [SLAPD, "-f", str(self.data / "slapd.conf"), "-h", urls, "-d", "stats"]
        with (self.data / "log").open("ab") as log:
            self.process = subprocess.Popen(argv, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"slapd does not start:\n{self.log()}")
            time.sleep(0.05)
        if is_new:
            self.write("ldapadd", everybody())
        return self

    def stop(self):
        """Ends it as a crash would."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.kill()
            self.process.wait()
            self.process = None

    def write(self, tool, ldif):
        """Changes the directory as its own administrator."""
        argv = [tool, "-x", "-H", f"ldaps://127.0.0.1:{self.tls}", "-D", ROOT, "-w", ROOT_PASSWORD]
        environment = os.environ | {"LDAPTLS_REQCERT": "never"}
        ended = subprocess.run(argv, input=ldif, text=True, capture_output=True, env=environment, timeout=30, check=False)
        if ended.returncode != 0:
            raise RuntimeError(f"{tool}: {ended.stderr}")

    def take_from(self, name, user):
        """Takes somebody out of a group."""
        change = f"changetype: modify\ndelete: uniqueMember\nuniqueMember: {person(user)}\n"
        self.write("ldapmodify", f"dn: {group(name)}\n{change}")

    def delete(self, user):
        """Removes somebody."""
        self.write("ldapmodify", f"dn: {person(user)}\nchangetype: delete\n")

    def change_password(self, user, password):
        """Gives somebody another password."""
        change = f"changetype: modify\nreplace: userPassword\nuserPassword: {password}\n"
        self.write("ldapmodify", f"dn: {person(user)}\n{change}")

    def log(self):
        """What it wrote."""
        return (self.data / "log").read_text(errors="replace")

    def binds(self, user):
        """How often somebody's password was tried. It writes its log behind its answers."""
        time.sleep(0.5)
        return self.log().count(f'BIND dn="uid={user},ou=people,{SUFFIX}" method=128')

    @property
    def authority(self):
        """The file with the authority that signed its certificate."""
        return self.data / "ca.pem"

    def _answers(self):
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.tls), timeout=1):
            return True
        return False

    def _write_certificates(self):
        def openssl(*argv):
            subprocess.run(["openssl", *argv], cwd=self.data, check=True, capture_output=True)

        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        ca = ("-subj", "/CN=an authority of the tests", "-addext", "keyUsage=critical,keyCertSign", "-days", "2")
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", *ca)
        openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        (self.data / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\n")
        signer = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names")
        openssl("x509", "-req", "-in", "server.csr", *signer, "-out", "server.pem")


def chart(directory, **changes):
    """The variables that the community chart sets, for a server on loopback in clear text."""
    told = {
        "LDAP_URI": f"ldap://127.0.0.1:{directory.plain}/{SUFFIX}",
        "LDAP_TLS_VERIFY": "required",
        "LDAP_LOOKUP_BIND": f"uid=%s,ou=people,{SUFFIX}",
        "LDAP_GROUP_ATTRIBUTE": "dn",
        "LDAP_GROUP_SEARCH_BASE_DN": f"ou=groups,{SUFFIX}",
        "LDAP_GROUP_SEARCH_FILTER": "(&(objectclass=groupOfUniqueNames)(uniquemember=%s))",
        "LDAP_GROUP_ADMIN_DN": f"cn=test-admin,ou=groups,{SUFFIX}",
        "LDAP_GROUP_USER_DN": f"cn=test-user,ou=groups,{SUFFIX}",
    }
    return told | changes


def service():
    """An account that searches, besides."""
    return {"LDAP_BIND_DN": SERVICE, "LDAP_BIND_PASSWORD": SERVICE_PASSWORD}
