"""Making a cluster, and giving it to the account that runs its server."""

import os
import shutil
from pathlib import Path

from db.embedded.folder import DataFolder, sync_folder
from db.embedded.runner import Runner

_ACCESS = ("--auth-local=scram-sha-256", "--auth-host=scram-sha-256")
# Sorted by code point, the same on every machine: a C library's rules change with its releases.
_TEXT = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale")


def make_cluster(folder: DataFolder, runner: Runner) -> None:
    """
    Make the cluster if there is none, and give its files to the account that runs its server.

    Raises:
        SecretMissingError: there is a cluster, but its password file is gone.
        DiskFullError, ServerFailedError: initdb failed.
    """
    password = folder.superuser_password()
    if folder.cluster.exists():
        _hand_over(folder.cluster, runner)
        return
    # Made aside and moved when complete, so that no half-made cluster is ever taken for one.
    unfinished = folder.path / "postgres.unfinished"
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    _hand_over(unfinished, runner)
    secret_fd = os.memfd_create("password")  # in memory: the server's account may not reach our files
    cluster_fd = os.open(unfinished, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.write(secret_fd, password.encode("ascii"))
        made = runner.run(
            "initdb",
            f"--pgdata={reachable(unfinished, cluster_fd, runner)}",
            "--username=postgres",
            f"--pwfile=/proc/self/fd/{secret_fd}",
            *_ACCESS,
            *_TEXT,
            "--no-instructions",
            pass_fds=(secret_fd, cluster_fd),
        )
    finally:
        os.close(secret_fd)
        os.close(cluster_fd)
    if made.returncode != 0:
        failure = folder.failure("initdb failed", made.stdout)
        folder.start_log.write_text(made.stdout, encoding="utf-8")
        raise failure
    unfinished.rename(folder.cluster)
    sync_folder(folder.path)


def reachable(cluster: Path, cluster_fd: int, runner: Runner) -> str:
    """Return the cluster's path for the server, which as another account may not be able to walk ours."""
    return f"/proc/self/fd/{cluster_fd}" if runner.way == "account" else str(cluster)


def _hand_over(cluster: Path, runner: Runner) -> None:
    if cluster.stat().st_uid != runner.uid:
        for path in [*cluster.rglob("*"), cluster]:
            os.chown(path, runner.uid, runner.gid, follow_symlinks=False)
