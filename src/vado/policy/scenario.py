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
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from vado.errors import BadFileError, DescriptionError, Fault, UnknownNameError, nearest
from vado.ledger.dates import months_on
from vado.network.evaluate import Evaluator
from vado.network.items import Item
from vado.network.model import Lever, Network
from vado.network.values import Axes, parse
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
            self.fault(inner, f"{where}.{key}".strip("."), f"{inner.value!r} is no text", "put it in quotes")
            return ""
        return " ".join(inner.value.split())

    def _day(self, item: Item, key: str, where: str) -> dt.date | None:
        inner = item.value.get(key)
        if inner is None or isinstance(inner.value, dt.date):
            return None if inner is None else inner.value
        self.fault(inner, f"{where}.{key}".strip("."), f"{inner.value!r} is no day", "write it as 2024-03-01")
        return None

    def _whole(self, item: Item, key: str, default: int, least: int) -> int:
        inner = item.value.get(key)
        if inner is None:
            return default
        if not isinstance(inner.value, int) or isinstance(inner.value, bool) or inner.value < least:
            self.fault(inner, f"changes.{key}", f"{inner.value!r} is no number of months", f"give {least} or more")
            return default
        return inner.value


def histories(
    scenario: Scenario,
    network: Network,
    start: dt.date,
    last: dt.date,
    expected: Callable[[str], float] = lambda counter: math.nan,
) -> dict[str, list[dict[str, Any]]]:
    """Return what a scenario does as histories of levers, as :func:`vado.network.known.with_changes` takes them.

    Parameters
    ----------
    scenario
        The scenario.
    network
        The base with what is known of its levers.
    start
        First day on which changes may hold, where the scenario names none.
    last
        Last day of the run.
    expected
        From a counter to the events a day that the base expects of it.

    Raises
    ------
    DescriptionError
        If a lever does not exist, a value lies outside its range, a day outside the run, or nothing changes.
    """
    faults: list[Fault] = []
    made: dict[str, list[dict[str, Any]]] = {}
    begins = scenario.start or start
    if not start <= begins <= last:
        mend = f"choose a day from {start} to {last}, or leave start out"
        raise DescriptionError(
            [Fault(scenario.file, 1, "start", f"{begins} lies outside the months that are run", mend)]
        )
    for change in scenario.changes:
        key = f"changes.{change.lever}"
        if change.lever not in network.levers:
            near = nearest(change.lever, network.levers)
            mend = f"did you mean {near}?" if near else f"choose one of: {', '.join(network.levers)}"
            faults.append(Fault(scenario.file, change.line, key, "there is no such lever", mend))
            continue
        first = change.first or months_on(begins, change.month - 1)
        if not start <= first <= last or (change.until and change.until < first):
            what = f"{first} to {change.until or last} lies outside the months that are run"
            faults.append(Fault(scenario.file, change.line, key, what, f"choose days from {start} to {last}"))
            continue
        lever = network.levers[change.lever]
        if change.mean_of and (change.mean_of not in network.counters or change.kind != "times"):
            what = f"{change.mean_of} is no counter" if change.kind == "times" else "mean_of stands without times"
            mend = (
                f"choose one of: {', '.join(network.counters)}"
                if change.kind == "times"
                else "write times: 1.1 beside it"
            )
            faults.append(Fault(scenario.file, change.line, f"{key}.mean_of", what, mend))
            continue
        times = expected(change.mean_of) if change.mean_of else None
        steps = _steps(change, lever, network, first, times, faults, scenario.file)
        if not steps:
            continue
        outside = [number for _, value in steps for number in _numbers(value) if not _inside(number, lever)]
        if outside:
            what = f"{outside[0]:g} {lever.unit} lies outside the lever's range"
            faults.append(Fault(scenario.file, change.line, key, what, f"give {lever.low:g} to {lever.high:g}"))
            continue
        if all(_same(value, change.lever, day, network) for day, value in steps):
            what = "the change leaves the lever as it is"
            faults.append(Fault(scenario.file, change.line, key, what, "give another value, or take the change out"))
            continue
        made.setdefault(change.lever, []).extend(_history(steps, change, lever))
    if faults:
        raise DescriptionError(faults)
    return {lever: sorted(history, key=lambda one: one["effective"]) for lever, history in made.items()}


def _steps(
    change: LeverChange,
    lever: Lever,
    network: Network,
    first: dt.date,
    times: float | None,
    faults: list[Fault],
    file: str,
) -> list[tuple[dt.date, Any]]:
    """Return the days on which a lever takes a new value, and the values as YAML has them."""
    if change.kind == "steps":
        if not isinstance(change.value, Mapping) or not change.value:
            mend = "write steps: {2024-01-01: 0.5, 2024-07-01: 0.8}, or months 1, 2, 3 in the place of days"
            faults.append(Fault(file, change.line, f"changes.{change.lever}", "steps are no mapping", mend))
            return []
        days = [(key if isinstance(key, dt.date) else months_on(first, int(key) - 1)) for key in change.value]
        return sorted(zip(days, change.value.values(), strict=True), key=lambda pair: pair[0])
    before = _by_group(change.lever, network, first)
    if change.kind == "times":
        if not isinstance(change.value, (int, float)) or isinstance(change.value, bool) or change.value < 0:
            mend = "write times: 1.5"
            faults.append(Fault(file, change.line, f"changes.{change.lever}", f"{change.value!r} is no factor", mend))
            return []
        final: Any = {key: change.value * (value if times is None else times) for key, value in before.items()}
    else:
        final = change.value
    if change.over == 0:
        return [(first, _short(final))]
    ahead = _table_of(final, lever, network, first)
    parts = [(month, (month + 1) / change.over) for month in range(change.over)]
    return [
        (months_on(first, month), _short({key: before[key] + part * (ahead[key] - before[key]) for key in before}))
        for month, part in parts
    ]


def _history(steps: list[tuple[dt.date, Any]], change: LeverChange, lever: Lever) -> list[dict[str, Any]]:
    history: list[dict[str, Any]] = [{"effective": day, "value": value} for day, value in steps]
    if change.until:
        history[-1]["ended"] = change.until
        later = [one for one in lever.changes if one.effective > change.until]
        history += [one.model_dump(include={"effective", "ended", "value"}) for one in later]
    return history


def _by_group(name: str, network: Network, day: dt.date) -> dict[str, float]:
    """Return a lever's value on a day for every group, by the key that a mapping has for it."""
    table = Evaluator(network, Axes(network.group_names, np.array([day.toordinal()]))).parameter(name)
    values = np.broadcast_to(table, (len(network.group_names), 1))[:, 0]
    return {f"{n}/{h}": float(value) for (n, h), value in zip(network.group_names, values, strict=True)}


def _table_of(value: Any, lever: Lever, network: Network, day: dt.date) -> dict[str, float]:
    changed = lever.model_copy(update={"value": parse(value), "changes": ()})
    return _by_group("lever", network.model_copy(update={"levers": {"lever": changed}}), day)


def _short(value: Any) -> Any:
    """Return one number where all groups have the same."""
    if isinstance(value, Mapping) and len(set(value.values())) == 1:
        return next(iter(value.values()))
    return value


def _numbers(value: Any) -> list[float]:
    if isinstance(value, Mapping):
        return [number for inner in value.values() for number in _numbers(inner)]
    return [float(value)] if isinstance(value, (int, float)) else []


def _inside(number: float, lever: Lever) -> bool:
    return (lever.low is None or number >= lever.low) and (lever.high is None or number <= lever.high)


def _same(value: Any, name: str, day: dt.date, network: Network) -> bool:
    return _table_of(value, network.levers[name], network, day) == _by_group(name, network, day)
