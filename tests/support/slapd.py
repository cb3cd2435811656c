"""A real directory: Debian's slapd on free ports, with invented people. The administrator's own is not touched."""

import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ldap3 import MODIFY_REPLACE
from ldap3.utils.dn import escape_rdn

from api.auth.directory import LdapDirectory, LdapSettings
from dose_services.directory_users import Duty
from dose_services.roles import Role
from tests.support.certificates import authority, issued
from tests.support.postgres import free_port
from tests.support.until import until

SLAPD = Path("/usr/sbin/slapd")
PASSWORD = "an invented word or four"
_SUFFIX = "dc=hospital,dc=example"
_SERVICE = f"cn=doseledger,{_SUFFIX}"

_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile "{certificate}"
TLSCertificateKeyFile "{certificate}"
TLSCACertificateFile "{authority}"
security simple_bind=128
database mdb
suffix "{suffix}"
rootdn "{service}"
rootpw "{password}"
directory {folder}/data
dbnosync
index uid,member eq
"""


def _dn(uid: str) -> str:
    return f"uid={escape_rdn(uid)},ou=people,{_SUFFIX}"


def _person(uid: str, name: str) -> str:
    return (
        f"dn: {_dn(uid)}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {name}\nsn: {name}\nuserPassword: {PASSWORD}\n\n"
    )


def _group(name: str, *members: str) -> str:
    lines = "".join(f"member: {_dn(uid)}\n" for uid in members)
    return f"dn: cn={name},ou=groups,{_SUFFIX}\nobjectClass: groupOfNames\ncn: {name}\n{lines}\n"


_PEOPLE = (
    f"dn: {_SUFFIX}\nobjectClass: domain\ndc: hospital\n\n"
    f"dn: ou=people,{_SUFFIX}\nobjectClass: organizationalUnit\nou: people\n\n"
    f"dn: ou=groups,{_SUFFIX}\nobjectClass: organizationalUnit\nou: groups\n\n"
    + _person("Ada", "Invented Reader")
    + _person("grace", "Invented Physicist")
    + _person("visitor", "Invented Visitor")
    + _person("twin", "First Twin")
    + f"dn: uid=twin,{_SUFFIX}\nobjectClass: account\nuid: twin\n\n"
    + _person("odd*(name)\\", "Oddly Named")
    + _group("radiologists", "Ada", "odd*(name)\\")
    + _group("physicists", "grace", "twin")
    + _group("anglers", "visitor")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slapd:
    """A directory that runs, by StartTLS and by ldaps."""

    ldap: str
    ldaps: str
    authorities: Path

    def settings(self, **changed: object) -> LdapSettings:
        """Return how it is asked."""
        values: dict[str, object] = {
            "urls": (self.ldaps,),
            "authorities": str(self.authorities),
            "bind_dn": _SERVICE,
            "bind_password": PASSWORD,
            "base": _SUFFIX,
            "person_filter": "(objectClass=*)",
            "group_base": f"ou=groups,{_SUFFIX}",
            "duties": {
                f"CN=Radiologists, OU=groups,{_SUFFIX}": (Duty(role=Role.RADIOLOGIST),),
                f"cn=physicists,ou=groups,{_SUFFIX}": (Duty(role=Role.MPE), Duty(role=Role.RPO)),
            },
            **changed,
        }
        return LdapSettings(**values)  # type: ignore[arg-type]  # named by the test

    def set_members(self, group: str, *uids: str) -> None:
        """Let these people be in a group, and nobody else."""
        directory = LdapDirectory(self.settings())
        with directory.bound(self.ldaps, _SERVICE, PASSWORD, is_read_only=False) as connection:
            members = list(map(_dn, uids))
            changed = {"member": [(MODIFY_REPLACE, members)]}
            assert connection.modify(f"cn={group},ou=groups,{_SUFFIX}", changed)  # type: ignore[no-untyped-call]  # ldap3 has no types of its own


@contextmanager
def running_slapd() -> Iterator[Slapd]:
    """Start a directory with the invented people, and stop it at the end."""
    with tempfile.TemporaryDirectory(prefix="doseledger-slapd-") as folder:
        yield from _running(Path(folder))


def _running(folder: Path) -> Iterator[Slapd]:
    (folder / "data").mkdir()
    signer = authority(folder)
    shown = issued(signer, folder / "slapd.pem", name="localhost", dns="localhost")
    config = folder / "slapd.conf"
    config.write_text(
        _CONFIG.format(
            folder=folder,
            certificate=shown.file,
            authority=signer.file,
            suffix=_SUFFIX,
            service=_SERVICE,
            password=PASSWORD,
        )
    )
    people = folder / "people.ldif"
    people.write_text(_PEOPLE)
    subprocess.run(["/usr/sbin/slapadd", "-q", "-f", str(config), "-l", str(people)], check=True, capture_output=True)
    ports = free_port(), free_port()
    directory = Slapd(
        ldap=f"ldap://localhost:{ports[0]}", ldaps=f"ldaps://localhost:{ports[1]}", authorities=signer.file
    )
    listening = f"ldap://127.0.0.1:{ports[0]} ldaps://127.0.0.1:{ports[1]}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(SLAPD), "-d", "0", "-f", str(config), "-h", listening], stdout=log, stderr=log)
    try:
        for port in ports:
            until(lambda port=port: _listens(port), within_s=20, what="slapd")  # type: ignore[misc]  # bound at once
        yield directory
    finally:
        process.terminate()
        process.wait(20)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
