"""What made an answer: the command, the seed, and the versions of everything that had a hand in it."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import TYPE_CHECKING

from vado.answer import MadeBy

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

LIBRARIES = ("numpy", "pandas", "scipy", "duckdb", "statsforecast", "altair", "vl-convert-python")


def made_by(command: str, ledger: Ledger, seed: int | None = None) -> MadeBy:
    """Return the record of what made an answer.

    The ledger stands in it with its name and the first twelve digits of its content hash, so that two answers from
    different figures can be told apart.
    """
    versions = {
        "vado": metadata.version("vado"),
        "ledger": f"{ledger.store.name} {ledger.content_hash[:12]}",
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in LIBRARIES},
    }
    return MadeBy(command=command, seed=seed, versions=versions)
