"""What made an answer: the command, the seed, and the versions of everything that had a hand in it."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib import metadata
from typing import TYPE_CHECKING

from vado.answer import MadeBy

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

LIBRARIES = ("numpy", "pandas", "scipy", "duckdb", "statsforecast", "altair", "vl-convert-python")


def made_by(
    command: str, ledger: Ledger | None = None, seed: int | None = None, libraries: Sequence[str] = LIBRARIES
) -> MadeBy:
    """Return the record of what made an answer.

    Where a ledger was read, it stands in it with its name and the first twelve digits of its content hash, so that two
    answers from different figures can be told apart.
    """
    read = {} if ledger is None else {"ledger": f"{ledger.store.name} {ledger.content_hash[:12]}"}
    versions = {
        "vado": metadata.version("vado"),
        **read,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in libraries},
    }
    return MadeBy(command=command, seed=seed, versions=versions)
