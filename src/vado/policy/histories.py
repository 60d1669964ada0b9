"""What a scenario does, as histories of levers: a value for every group from each day on.

A change begins from what the lever would have been on its first day, for every group. A mapping moves the groups that
it names and leaves the others. After its last day the lever is again what it would have been.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from vado.errors import DescriptionError, Fault, nearest
from vado.ledger.dates import months_on
from vado.network.evaluate import Evaluator
from vado.network.model import Lever, Network
from vado.network.values import Axes, group_keys
from vado.policy.scenario import LeverChange, Scenario

History = dict[str, list[dict[str, Any]]]
Groups = dict[str, float]

#: Longer ramps and later months are a slip of the finger.
_MOST_MONTHS = 120


class _FaultError(Exception):
    """One thing that cannot stand, and its mend."""

    def __init__(self, what: str, mend: str, key: str = "") -> None:
        super().__init__(what)
        self.what, self.mend, self.key = what, mend, key


def histories(
    scenario: Scenario,
    network: Network,
    start: dt.date,
    last: dt.date,
    expected: Callable[[str], float] = lambda counter: math.nan,
) -> History:
    """Return what a scenario does, as :func:`vado.network.known.with_changes` takes it.

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

    Returns
    -------
    dict
        Lever → changes from early to late, each with ``effective``, ``value`` and ``note``.

    Raises
    ------
    DescriptionError
        If a lever does not exist, a value lies outside its range, a day outside the run, or nothing changes.
    """
    begins = scenario.start or start
    if not start <= begins <= last:
        mend = f"choose a day from {start} to {last}, or leave start out"
        what = f"{begins} lies outside the months that are run"
        raise DescriptionError([Fault(scenario.file, 1, "start", what, mend)])
    faults: list[Fault] = []
    made: History = {}
    for change in scenario.changes:
        try:
            steps = _Applied(change, network, begins, start, last, expected).history()
            taken = {one["effective"] for one in made.get(change.lever, ())}
            if taken & {one["effective"] for one in steps}:
                raise _FaultError("two changes of the lever begin on one day", "keep one of them, or part their days")
            made.setdefault(change.lever, []).extend(steps)
        except _FaultError as fault:
            key = f"changes.{change.lever}{fault.key}"
            faults.append(Fault(scenario.file, change.line, key, fault.what, fault.mend))
    if faults:
        raise DescriptionError(faults)
    return {lever: sorted(history, key=lambda one: one["effective"]) for lever, history in made.items()}


def by_group(name: str, network: Network, day: dt.date) -> Groups:
    """Return a lever's value on a day for every group, by ``CODE/kind``."""
    table = Evaluator(network, Axes(network.group_names, np.array([day.toordinal()]))).parameter(name)
    values = np.broadcast_to(table, (len(network.group_names), 1))[:, 0]
    return {f"{n}/{h}": float(value) for (n, h), value in zip(network.group_names, values, strict=True)}


def short(values: Groups) -> float | Groups:
    """Return one number where all groups have the same."""
    return next(iter(values.values())) if len(set(values.values())) == 1 else values


class _Applied:
    """One change, laid on the base."""

    def __init__(
        self,
        change: LeverChange,
        network: Network,
        begins: dt.date,
        start: dt.date,
        last: dt.date,
        expected: Callable[[str], float],
    ) -> None:
        if change.lever not in network.levers:
            near = nearest(change.lever, network.levers)
            mend = f"did you mean {near}?" if near else f"choose one of: {', '.join(network.levers)}"
            raise _FaultError("there is no such lever", mend)
        if max(change.month, change.over) > _MOST_MONTHS:
            raise _FaultError(f"{max(change.month, change.over)} months are no run", f"give {_MOST_MONTHS} at most")
        self.change, self.network, self.expected = change, network, expected
        self.lever: Lever = network.levers[change.lever]
        self.begin, self.last = start, last
        self.first = change.first or months_on(begins, change.month - 1)

    def history(self) -> list[dict[str, Any]]:
        """Return the steps, and what the lever is again after the last day."""
        self._inside(self.first)
        until = self.change.until
        if until and until < self.first:
            raise _FaultError(f"it ends on {until}, before it begins on {self.first}", "give a later day as until")
        steps = self._steps()
        for day, _ in steps:
            self._inside(day)
            if until and day > until:
                raise _FaultError(f"the step of {day} comes after the last day {until}", "leave it out, or end later")
        outside = [number for _, values in steps for number in values.values() if not self._in_range(number)]
        if outside:
            what = f"{outside[0]:g} {self.lever.unit} lies outside the lever's range"
            raise _FaultError(what, f"give {self.lever.low:g} to {self.lever.high:g}")
        if all(values == self._before(day) for day, values in steps):
            raise _FaultError("the change leaves the lever as it is", "give another value, or take the change out")
        note = {"note": self.change.note}
        made = [{"effective": day, "value": short(values), **note} for day, values in steps]
        if until and until < self.last:
            after = until + dt.timedelta(days=1)
            made.append({"effective": after, "value": short(self._before(after)), "note": "As it would have been."})
            made += [
                {"effective": one.effective, "value": short(self._before(one.effective)), "note": one.note}
                for one in self.lever.changes
                if one.effective > after
            ]
        return made

    def _steps(self) -> list[tuple[dt.date, Groups]]:
        change = self.change
        if change.kind != "steps" and change.over:
            final, before = self._final(), self._before(self.first)
            return [
                (
                    months_on(self.first, month),
                    {key: before[key] + (month + 1) / change.over * (final[key] - before[key]) for key in before},
                )
                for month in range(change.over)
            ]
        if change.kind != "steps":
            return [(self.first, self._final())]
        mend = "write steps: {2024-01-01: 0.5, 2024-07-01: 0.8}, or months 1, 2, 3 in the place of days"
        if change.over or not isinstance(change.value, Mapping) or not change.value:
            raise _FaultError("steps come with over" if change.over else "steps are no mapping", mend)
        found = []
        for key, value in change.value.items():
            if isinstance(key, int) and 1 <= key <= _MOST_MONTHS:
                day = months_on(self.first, key - 1)
            elif isinstance(key, dt.date):
                day = key
            else:
                raise _FaultError(f"{key!r} is neither a day nor a month from 1 on", mend)
            found.append((day, self._value(value, day)))
        return sorted(found, key=lambda pair: pair[0])

    def _final(self) -> Groups:
        """Return what the change comes to in full."""
        change = self.change
        if change.kind == "to":
            return self._value(change.value, self.first)
        if isinstance(change.value, bool) or not isinstance(change.value, (int, float)) or not change.value >= 0:
            raise _FaultError(f"{change.value!r} is no factor", "write times: 1.5")
        if not change.mean_of:
            return {key: change.value * value for key, value in self._before(self.first).items()}
        if change.mean_of not in self.network.counters:
            raise _FaultError(
                f"{change.mean_of} is no counter", f"choose one of: {', '.join(self.network.counters)}", ".mean_of"
            )
        events = change.value * self.expected(change.mean_of)
        return dict.fromkeys(self._before(self.first), events)

    def _value(self, value: Any, day: dt.date) -> Groups:
        """Return a value as written, for every group; groups that a mapping leaves out keep theirs."""
        before = self._before(day)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return dict.fromkeys(before, float(value))
        mend = "give a number, or a mapping such as {MEX: 0.5, VEN/family: 0.2, other: 0.1}"
        if not isinstance(value, Mapping) or not value:
            raise _FaultError(f"{value!r} is no value", mend)
        groups = self.network.groups
        known = {"other", *groups.nationalities, *groups.households}
        for key, number in value.items():
            if str(key) not in known and str(key) not in before:
                near = nearest(str(key), [*known, *before])
                raise _FaultError(f"{key!r} is no group", f"did you mean {near}?" if near else mend)
            if isinstance(number, bool) or not isinstance(number, (int, float)):
                raise _FaultError(f"{number!r} is no number", mend)
        made = {}
        for nationality, household in self.network.group_names:
            own = next((key for key in group_keys(nationality, household) if key in value), None)
            name = f"{nationality}/{household}"
            made[name] = before[name] if own is None else float(value[own])
        return made

    def _before(self, day: dt.date) -> Groups:
        return by_group(self.change.lever, self.network, day)

    def _inside(self, day: dt.date) -> None:
        if not self.begin <= day <= self.last:
            what = f"{day} lies outside the months that are run"
            raise _FaultError(what, f"choose days from {self.begin} to {self.last}")

    def _in_range(self, number: float) -> bool:
        low, high = self.lever.low, self.lever.high
        return (low is None or number >= low) and (high is None or number <= high)
