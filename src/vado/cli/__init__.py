"""The command line: one command a question, thin over the public functions.

Every command takes its heavy imports when it runs, so that ``vado --help`` answers at once. An input that cannot be
used ends with one line on standard error and exit code 2.
"""

from vado.cli import answers, claims, data, policy, politics, systems  # noqa: F401
from vado.cli.answers import Member
from vado.cli.app import app, main

__all__ = ["Member", "app", "main"]
