"""Is this installation sound? One check a line: what was found, and how to mend what is missing."""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import platformdirs

#: Oldest Python that Vado runs on.
OLDEST = (3, 11)

#: Parts that are not needed, by the module that they bring, with the extra that installs them.
OPTIONAL = {"distributed": "cluster", "openpyxl": "excel", "xlsxwriter": "excel"}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name
        What was looked at.
    state
        ``ok``; ``missing`` where something optional is not there; ``broken`` where Vado needs it.
    found
        What was found.
    mend
        How to mend it; empty where all is well.
    """

    name: str
    state: Literal["ok", "missing", "broken"]
    found: str
    mend: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the check as JSON holds it."""
        return {"name": self.name, "state": self.state, "found": self.found, "mend": self.mend}

    def __str__(self) -> str:
        """Return the check as one line.

        >>> print(Check("openpyxl", "missing", "not installed", "pip install 'vado[excel]'"))
        missing  openpyxl         not installed; pip install 'vado[excel]'
        """
        return f"{self.state:8} {self.name:16} {self.found}" + (f"; {self.mend}" if self.mend else "")


def examine() -> list[Check]:
    """Return all checks, in the order in which a person would make them."""
    checks: tuple[Callable[[], Iterator[Check]], ...] = (
        _python,
        _libraries,
        _machine,
        _cache,
        _compiled,
        _ledger,
        _picture,
        _optional,
    )
    found: list[Check] = []
    for check in checks:
        found += _safely(check)
    return found


def is_sound(checks: list[Check]) -> bool:
    """Return whether nothing is broken that Vado needs.

    >>> is_sound([Check("excel", "missing", "openpyxl is not installed")])
    True
    """
    return all(check.state != "broken" for check in checks)


def _safely(check: Callable[[], Iterator[Check]]) -> list[Check]:
    """Return what a check finds; whatever goes wrong in it is itself a finding."""
    try:
        return list(check())
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        return [Check(check.__name__.strip("_"), "broken", reason, "install Vado anew: make install")]


def _python() -> Iterator[Check]:
    version = platform.python_version()
    if sys.version_info[:2] < OLDEST:
        yield Check("python", "broken", version, f"use Python {OLDEST[0]}.{OLDEST[1]} or later")
    else:
        yield Check("python", "ok", f"{version} on {platform.system()} {platform.machine()}")


def _libraries() -> Iterator[Check]:
    wanted = [text for text in metadata.requires("vado") or [] if "extra ==" not in text]
    names = [re.split(r"[<>=!~;\[ ]", text, maxsplit=1)[0] for text in wanted]
    versions = {name: _version(name) for name in names}
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        yield Check("libraries", "broken", f"{', '.join(missing)} not installed", f"pip install {' '.join(missing)}")
    else:
        yield Check("libraries", "ok", ", ".join(f"{name} {version}" for name, version in versions.items()))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _machine() -> Iterator[Check]:
    yield Check("cores", "ok", f"{os.cpu_count()}")
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        yield Check("memory", "ok", "this system does not say")
    else:
        yield Check("memory", "ok", f"{total / 1e9:.1f} GB")


def _cache() -> Iterator[Check]:
    folder = Path(platformdirs.user_cache_dir("vado"))
    mend = f"let yourself write to {folder}, or name another folder in XDG_CACHE_HOME"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Check("cache folder", "broken", f"{folder}: {error.strerror}", mend)
    else:
        yield Check("cache folder", "ok", str(folder))


def _compiled() -> Iterator[Check]:
    from vado.engine import day

    if day.compiled_before():
        yield Check("compiled engine", "ok", f"kept in {day.cache_folder()}")
    else:
        mend = "nothing to do: the first run compiles it, once"
        yield Check("compiled engine", "missing", f"not yet in {day.cache_folder()}", mend)


def _ledger() -> Iterator[Check]:
    from vado.ledger.ledger import open_ledger

    with open_ledger() as ledger:
        measures = len(ledger.measures)
        yield Check("ledger", "ok", f"{ledger.store.name} {ledger.content_hash[:12]}, {measures} measures")


def _picture() -> Iterator[Check]:
    import pandas as pd

    from vado.answer import Chart
    from vado.report.images import png

    table = pd.DataFrame({"what": ["one", "two"], "value": [1.0, 2.0], "source_id": ["none", "none"]})
    drawn = png(Chart("bar", "t", "A picture", {"x": "value", "y": "what"}), {"t": table})
    yield Check("pictures", "ok", f"drawn in the process, {len(drawn):,} bytes")


def _optional() -> Iterator[Check]:
    for name, extra in OPTIONAL.items():
        version = _version(name)
        if version is None:
            yield Check(name, "missing", "not installed", f"pip install 'vado[{extra}]'")
        else:
            yield Check(name, "ok", version)
