"""Tests of signing in by a directory: real slapd, real database."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, text

from api.auth.directory import DirectoryDownError, LdapDirectory, membership_filter
from db.session import unit_of_work
from dose_services import launch_people, organisation_kinds, organisations, sign_in, users
from dose_services.audit import Looker
from dose_services.browser_sessions import Method, SessionLimits, SignedIn
from dose_services.directory_users import Duty
from dose_services.password_hashing import PasswordHashing
from dose_services.roles import Role
from dose_services.sign_in import SignIn, SignInRefusedError
from tests.support.slapd import PASSWORD, Slapd, running_slapd

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HASHING = PasswordHashing(hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="module")
def directory() -> Iterator[Slapd]:
    with running_slapd() as running:
        yield running


@pytest.fixture
def admit(engine: Engine, directory: Slapd) -> Any:  # noqa: ANN401 - a function of several shapes
    def asked(login: str, password: str = PASSWORD, **changed: object) -> SignedIn:
        way = SignIn(
            hashing=HASHING, limits=SessionLimits(), directories=[LdapDirectory(directory.settings(**changed))]
        )
        work = partial(unit_of_work, engine)
        return way.by_password(work, login, password, address="10.0.0.1", route="/sign-in", now=NOW)[0]

    return asked


def roles_of(engine: Engine, login: str) -> set[str]:
    with unit_of_work(engine) as session:
        return set(users.get_by_login(session, login, now=NOW).roles)


def test_lets_in_who_is_in_a_group_with_its_duties(engine: Engine, admit: Any) -> None:  # noqa: ANN401 - a function of several shapes
    signed_in = admit("grace")

    assert (signed_in.login, signed_in.method) == ("grace", Method.DIRECTORY)
    assert roles_of(engine, "grace") == {"mpe", "rpo"}


@pytest.mark.parametrize("typed", ["Ada", "ada", "ADA", " ada "])
def test_knows_one_person_however_their_login_is_typed(engine: Engine, admit: Any, typed: str) -> None:  # noqa: ANN401 - a function of several shapes
    assert admit(typed).user_id == admit("ada").user_id
    assert roles_of(engine, "ada") == {"radiologist"}


def test_speaks_start_tls_where_it_is_asked_by_ldap(directory: Slapd, admit: Any) -> None:  # noqa: ANN401 - a function of several shapes
    assert admit("grace", urls=(directory.ldap,)).login == "grace"


# ldap3 leaves a socket that could not connect to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_asks_the_next_server_if_one_does_not_answer(directory: Slapd, admit: Any) -> None:  # noqa: ANN401 - a function of several shapes
    assert admit("grace", urls=("ldaps://localhost:1", directory.ldaps)).login == "grace"


def test_refuses_whoever_may_not_alike_and_makes_no_user(engine: Engine, admit: Any) -> None:  # noqa: ANN401 - a function of several shapes
    for login, password in (
        ("grace", "another word than that"),
        ("grace", ""),  # an anonymous bind, which the directory would let pass
        ("grace", "\u00ad"),  # nothing is left of it after SASLprep (RFC 4013, 2.1): the same
        ("grace", "bell\u0007"),  # which SASLprep forbids (RFC 4013, 2.3)
        ("grace\x00", PASSWORD),
        ("nobody", PASSWORD),
        ("visitor", PASSWORD),  # in no group that has a duty
        ("twin", PASSWORD),  # two have this name
        ("*", PASSWORD),
        ("gra*", PASSWORD),
        ("grace)(uid=*", PASSWORD),
        ("*)(|(uid=grace", PASSWORD),
        ("grace\\00", PASSWORD),
        ("uid=grace,ou=people,dc=hospital,dc=example", PASSWORD),
    ):
        with pytest.raises(SignInRefusedError, match=r"^login or password is wrong$"):
            admit(login, password)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM app_user")).scalar() == 0


def test_takes_special_characters_of_a_login_as_they_are(admit: Any) -> None:  # noqa: ANN401 - a function of several shapes
    assert admit("odd*(name)\\").login == "odd*(name)\\"


def test_replaces_duties_by_those_of_the_directory_at_each_sign_in(
    engine: Engine,
    directory: Slapd,
    admit: Any,  # noqa: ANN401 - a function of several shapes
) -> None:
    admit("grace")
    try:
        directory.set_members("physicists", "Ada")
        with pytest.raises(SignInRefusedError):
            admit("grace")
        assert roles_of(engine, "grace") == set()
        admit("ada")
        assert roles_of(engine, "ada") == {"radiologist", "mpe", "rpo"}
    finally:
        directory.set_members("physicists", "grace", "twin")


def test_gives_duties_in_the_organisation_that_is_named_and_none_in_one_that_is_not_known(
    engine: Engine,
    admit: Any,  # noqa: ANN401 - a function of several shapes
) -> None:
    with unit_of_work(engine) as session:
        looker = Looker.of_service("test", "test")
        organisations.add(session, "North", organisation_kinds.Kind.HOSPITAL, looker=looker, now=NOW)
    duties = {
        "cn=radiologists,ou=groups,dc=hospital,dc=example": (
            Duty.parse("radiologist @ North"),
            Duty.parse("mpe @ Nowhere"),
        )
    }
    admit("ada", duties=duties)

    with engine.connect() as connection:
        held = connection.execute(
            text("SELECT g.role, o.name FROM role_grant g JOIN organisation o ON o.id = g.organisation_id")
        ).all()
    assert [tuple(one) for one in held] == [("radiologist", "North")]


def test_does_not_take_over_who_has_a_password_here(engine: Engine, admit: Any) -> None:  # noqa: ANN401 - a function of several shapes
    looker = Looker.of_service("test", "test")
    with unit_of_work(engine) as session:
        users.add_user(session, login="grace", roles=[Role.ADMINISTRATOR], now=NOW)
        sign_in.set_password(session, HASHING, "grace", "a password of our own", looker=looker, now=NOW)

    with pytest.raises(SignInRefusedError):
        admit("grace")
    assert admit("grace", "a password of our own").method is Method.LOCAL


def test_does_not_take_over_who_has_duties_here_before_somebody_says_who_that_is(
    engine: Engine,
    admit: Any,  # noqa: ANN401 - a function of several shapes
) -> None:
    with unit_of_work(engine) as session:
        users.add_user(session, login="grace", roles=[Role.ADMINISTRATOR], now=NOW)

    with pytest.raises(SignInRefusedError):
        admit("grace")
    assert roles_of(engine, "grace") == {"administrator"}

    with unit_of_work(engine) as session:
        launch_people.add_name(session, login="grace", system="directory", name="grace", now=NOW)
    admit("grace")
    assert roles_of(engine, "grace") == {"administrator", "mpe", "rpo"}


def test_leaves_duties_as_they_are_where_the_directory_cannot_tell_the_groups(
    engine: Engine,
    admit: Any,  # noqa: ANN401 - a function of several shapes
) -> None:
    admit("grace")

    with pytest.raises(DirectoryDownError):
        admit("grace", group_base="ou=nowhere,dc=hospital,dc=example")
    assert roles_of(engine, "grace") == {"mpe", "rpo"}


def test_stops_who_is_disabled_here_whatever_the_directory_says(engine: Engine, admit: Any) -> None:  # noqa: ANN401 - a function of several shapes
    admit("grace")
    with unit_of_work(engine) as session:
        users.disable_user(session, login="grace", now=NOW)

    with pytest.raises(SignInRefusedError):
        admit("grace")


# ldap3 leaves a socket that could not connect to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_says_so_where_the_directory_cannot_be_trusted_or_does_not_answer(
    directory: Slapd,
    admit: Any,  # noqa: ANN401 - a function of several shapes
) -> None:
    port = directory.ldaps.rpartition(":")[2]
    for changed in (
        {"authorities": None},  # nobody whom the machine trusts has signed its certificate
        {"urls": (f"ldaps://127.0.0.2:{port}",)},  # the certificate is for another name
        {"urls": ("ldaps://localhost:1",)},
        {"bind_password": "another"},
    ):
        with pytest.raises(DirectoryDownError) as raised:
            admit("grace", **changed)
        assert PASSWORD not in str(raised.value)


def test_asks_active_directory_for_groups_in_groups() -> None:
    found = membership_filter("member", "CN=O'Neil (a*b),DC=x", is_nested=True)

    # [MS-ADTS] 3.1.1.3.4.4.3 and RFC 4515, 3.
    assert found == "(member:1.2.840.113556.1.4.1941:=CN=O'Neil \\28a\\2ab\\29,DC=x)"


@pytest.mark.parametrize("written", ["", "king", "integrator", "system", "mpe @", "mpe @ "])
def test_understands_no_duty_that_is_none(written: str) -> None:
    with pytest.raises(ValueError, match=r"is not a valid Role|is for programs|name of an organisation"):
        Duty.parse(written)
