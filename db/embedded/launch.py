"""
Give up every privilege and turn into a PostgreSQL program. Run by its path, never imported.

    python -I -S launch.py WAY SUPERVISOR_PID UID GID PROGRAM ARGUMENT...

WAY is ``plain`` (stay who we are), ``namespace`` (be nobody in a user namespace of our own: files stay
those of the account that started us, every capability is gone), or ``account`` (become UID and GID).
The kernel sends SIGINT, PostgreSQL's fast shutdown, when the thread that started us ends.
Exit status 120 says that the way is not open on this machine; standard error says why.
"""

import ctypes
import errno
import os
import signal
import sys
from pathlib import Path

_NOT_OPEN = 120
_NOBODY = 65534
_CLONE_NEWUSER = 0x10000000  # <linux/sched.h>
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
_PR_SET_NO_NEW_PRIVS = 38

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def _enter_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    _check(_libc.unshare(_CLONE_NEWUSER), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{_NOBODY} {gid} 1", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{_NOBODY} {uid} 1", encoding="ascii")


def _become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def main(way: str, supervisor_pid: int, account: tuple[int, int], command: list[str]) -> None:
    """Take the way and become the command; return only by an exception."""
    if way == "namespace":
        _enter_namespace()
    elif way == "account":
        _become(*account)
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    # After the change of account: that change would clear it.
    _check(_libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0), "prctl")
    if os.getppid() != supervisor_pid:
        raise OSError(errno.ESRCH, "the supervisor ended before we asked to be told")
    os.execv(command[0], command)  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]), (int(sys.argv[3]), int(sys.argv[4])), sys.argv[5:])
    except OSError as error:
        sys.stderr.write(f"{sys.argv[1]}: {error}\n")
        sys.exit(_NOT_OPEN)
