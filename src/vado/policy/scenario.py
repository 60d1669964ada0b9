"""Scenarios: dated changes to some levers of a corridor, in YAML.

A scenario names its base, and what governments would do differently and from when. Each change moves one lever: ``to``
a value, ``times`` what it would have been, in ``steps``, or in a straight line ``over`` some months. With ``mean_of`` a
counter, ``times`` is of the events a day that the base expects there. Without a day a change holds from the scenario's
start; ``month: 3`` is the third month from there. A scenario without changes is its base.

::

    scenario: fewer_stops
    title: Half the stops from spring on
    base: us_mexico
    changes:
      - {lever: mexico.detention_rate, times: 0.5, from: 2024-03-01, over: 3}
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from vado.errors import BadFileError, DescriptionError, Fault, UnknownNameError, nearest
from vado.network.items import Item, shown
from vado.network.yaml_lines import parse as parse_yaml

SHIPPED = Path(str(files("vado.policy"))) / "scenarios"

_KEYS = ("scenario", "title", "description", "base", "start", "changes")
_CHANGE_KEYS = ("lever", "to", "times", "steps", "mean_of", "from", "month", "until", "over", "source", "note")
_KINDS = ("to", "times", "steps")


@dataclass(frozen=True)
class LeverChange:
    """One change of one lever.

    Parameters
    ----------
    lever
        Its name.
    kind
        ``to`` (a value), ``times`` (a factor on what it would have been) or ``steps`` (day or month number → value).
    value
        The value, factor or mapping, as written.
    first
        The first day on which it holds; None for the scenario's start.
    month
        The first month, counted from 1 at the scenario's start, where no day is given.
    until
        The last day, or None.
    over
        Months over which it comes in, in equal monthly steps; 0 is at once.
    mean_of
        The counter whose expected events a day ``times`` multiplies; empty for the lever's own value.
    note, source
        Why, and who says so.
    line
        Line of the file.
    """

    lever: str
    kind: str
    value: Any
    first: dt.date | None
    month: int
    until: dt.date | None
    over: int
    mean_of: str
    note: str
    source: str
    line: int


@dataclass(frozen=True)
class Scenario:
    """A named set of changes.

    Parameters
    ----------
    name, title, description
        For tables and for people.
    base
        The corridor.
    start
        The first day of its changes, or None for the first month that is not known.
    changes
        In the order of the file.
    file
        Where it was read from.
    """

    name: str
    title: str
    description: str
    base: str
    start: dt.date | None
    changes: tuple[LeverChange, ...]
    file: str


def shipped() -> list[str]:
    """Return the names of the scenarios that ship."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def read_scenario(name_or_path: str | Path) -> Scenario:
    """Return a shipped scenario by name, or one from a file.

    Raises
    ------
    UnknownNameError
        If there is neither a shipped scenario nor a file of that name.
    BadFileError
        If the file cannot be read.
    DescriptionError
        If it has faults; one line each.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        if str(name_or_path) not in shipped():
            raise UnknownNameError("scenario", str(name_or_path), shipped())
        path = SHIPPED / f"{name_or_path}.yaml"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFileError(
            f"{path}: {error.strerror}; name a scenario file or one of: {', '.join(shipped())}"
        ) from error
    parsed = parse_yaml(content, path.name)
    if parsed.faults or parsed.root is None:
        raise DescriptionError(
            parsed.faults or [Fault(path.name, 1, "", "the file is empty", "begin with scenario: NAME")]
        )
    return _Reader(path.name).scenario(parsed.root)


class _Reader:
    """Reads one file and keeps its faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, item: Item, key: str, what: str, mend: str) -> None:
        self.faults.append(Fault(self.file, item.line, key, what, mend))

    def scenario(self, root: Item) -> Scenario:
        if not isinstance(root.value, dict):
            raise DescriptionError([Fault(self.file, root.line, "", "no keys stand here", "begin with scenario: NAME")])
        self._check_keys(root, "", _KEYS)
        name = self._text(root, "scenario", "")
        if not name:
            self.fault(root, "scenario", "the scenario has no name", "begin with scenario: NAME")
        listed = root.value.get("changes", Item([], self.file, root.line))
        items = listed.value if isinstance(listed.value, list) else []
        if not isinstance(listed.value, list):
            self.fault(listed, "changes", "changes are no list", "begin each with a dash: - {lever: NAME, to: VALUE}")
        changes = tuple(filter(None, (self._change(item) for item in items)))
        start = self._day(root, "start", "")
        if self.faults:
            raise DescriptionError(self.faults)
        return Scenario(
            name,
            self._text(root, "title", "") or name,
            self._text(root, "description", ""),
            self._text(root, "base", "") or "us_mexico",
            start,
            changes,
            self.file,
        )

    def _change(self, item: Item) -> LeverChange | None:
        if not isinstance(item.value, dict):
            self.fault(item, "changes", "a change is no mapping", "write - {lever: NAME, to: VALUE}")
            return None
        self._check_keys(item, "changes", _CHANGE_KEYS)
        lever = self._text(item, "lever", "changes")
        kinds = [kind for kind in _KINDS if kind in item.value]
        if not lever or len(kinds) != 1:
            what = "names no lever" if not lever else f"has {', '.join(kinds) or 'no value'}"
            self.fault(item, "changes", f"a change {what}", "write - {lever: NAME} with one of to, times, steps")
            return None
        if "mean_of" in item.value and kinds != ["times"]:
            self.fault(item, "changes.mean_of", "mean_of stands without times", "write times: 1.1 beside it")
        if "from" in item.value and "month" in item.value:
            self.fault(item, "changes", "a change has a day and a month", "give one of from and month")
        month, over = self._whole(item, "month", 1, 1), self._whole(item, "over", 0, 0)
        return LeverChange(
            lever=lever,
            kind=kinds[0],
            value=item.value[kinds[0]].plain(),
            first=self._day(item, "from", "changes"),
            month=month,
            until=self._day(item, "until", "changes"),
            over=over,
            mean_of=self._text(item, "mean_of", "changes"),
            note=self._text(item, "note", "changes"),
            source=self._text(item, "source", "changes"),
            line=item.line,
        )

    def _check_keys(self, item: Item, where: str, known: tuple[str, ...]) -> None:
        for key, inner in item.value.items():
            if key not in known:
                near = nearest(str(key), known)
                mend = f"did you mean {near}?" if near else f"choose one of: {', '.join(known)}"
                self.fault(inner, f"{where}.{key}".strip("."), "this key means nothing here", mend)

    def _text(self, item: Item, key: str, where: str) -> str:
        inner = item.value.get(key)
        if inner is None:
            return ""
        if not isinstance(inner.value, str):
            self.fault(inner, f"{where}.{key}".strip("."), f"{shown(inner.value)} is no text", "put it in quotes")
            return ""
        return " ".join(inner.value.split())

    def _day(self, item: Item, key: str, where: str) -> dt.date | None:
        inner = item.value.get(key)
        if inner is None or isinstance(inner.value, dt.date):
            return None if inner is None else inner.value
        self.fault(inner, f"{where}.{key}".strip("."), f"{shown(inner.value)} is no day", "write it as 2024-03-01")
        return None

    def _whole(self, item: Item, key: str, default: int, least: int) -> int:
        inner = item.value.get(key)
        if inner is None:
            return default
        if not isinstance(inner.value, int) or isinstance(inner.value, bool) or inner.value < least:
            self.fault(inner, f"changes.{key}", f"{shown(inner.value)} is no number of months", f"give {least} or more")
            return default
        return inner.value
