"""The command line as an administrator uses it."""

import subprocess
import sys


def doseledger(*arguments: str) -> str:
    """Run a command that must succeed, in a process of its own, and return what it printed."""
    command = [sys.executable, "-m", "doseledger", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
