"""Checks that every number of a description can be evaluated, in the right unit and within its range, on any day."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from vado.network.examined import Examined
from vado.network.items import Path, short
from vado.network.model import Lever
from vado.network.schema import choose
from vado.network.sound import Finding, Use
from vado.network.stations import Attribute
from vado.network.units import UNITS
from vado.network.values import ByGroup, Dated, Number, Product, Value, group_keys

_WORDS = {
    "persons/day": "the number of people a day",
    "persons": "the number of people",
    "share": "a share",
    "1/day": "a hazard a day",
    "days": "a number of days",
    "km": "a number of km",
    "km/day": "the km moved a day",
}


def check_units(examined: Examined) -> Iterator[Finding]:
    """Check that every parameter has a unit that exists."""
    for path, _, parameter in examined.all_parameters:
        if parameter.unit not in UNITS and examined.readable(parameter.unit):
            yield Finding((*path, "unit"), f"unknown unit '{short(parameter.unit)}'", choose(parameter.unit, UNITS))


def check_values(examined: Examined) -> Iterator[Finding]:
    """Check that every value names what exists, in units that fit, and has a number for every group."""
    for use in [*examined.parameter_uses.values(), *examined.uses.values()]:
        yield from examined.settled(use)[1]


def check_low_high(examined: Examined) -> Iterator[Finding]:
    """Check that the ends of a range stand in order."""
    for path, _, parameter in examined.all_parameters:
        if parameter.low is not None and parameter.high is not None and parameter.low > parameter.high:
            what = f"low {parameter.low:g} is above high {parameter.high:g}"
            yield Finding((*path, "low"), what, "change the two over, or mend the one that is wrong")


def check_ranges(examined: Examined) -> Iterator[Finding]:
    """Check that every value of a station lies in the range of its attribute, on every date and for every group."""
    seen: set[Path] = set()
    for use in examined.uses.values():
        table = examined.table(use.path)
        if table is None:
            continue
        low, high = use.attribute.low, use.attribute.high
        usable = (table >= low) & (table <= high) & np.isfinite(table)
        if not examined.complete:
            usable |= np.isnan(table)
        for group, day in np.argwhere(~usable):
            path = _origin(examined, use, int(group), int(day))
            if path in seen:
                continue
            seen.add(path)
            only = np.zeros_like(usable)
            only[group, day] = True
            where = examined.where(only)
            yield _outside(examined, use, path, float(table[group, day]), where)


def _outside(examined: Examined, use: Use, path: Path, number: float, where: str) -> Finding:
    unit = use.attribute.unit
    value = f"{number:.6g}" if unit in ("1", "share") else f"{number:.6g} {unit}"
    bound = _bound(number, use.attribute)
    if path[: len(use.path)] == use.path:
        mend = f"give {_WORDS.get(unit, 'a number')}, {_range(use.attribute)}"
        return Finding(path, f"{value}{where} is {bound}", mend)
    reader = examined.key(use.path)
    return Finding(path, f"comes to {value}{where} at {reader}, {bound}", f"{reader} must be {_range(use.attribute)}")


def _bound(number: float, attribute: Attribute) -> str:
    if number < attribute.low:
        return f"below {attribute.low:g}"
    return f"above {attribute.high:g}" if number > attribute.high else "not a finite number"


def _range(attribute: Attribute) -> str:
    if np.isinf(attribute.high):
        return f"{attribute.low:g} or more" if np.isfinite(attribute.low) else "finite"
    return f"from {attribute.low:g} to {attribute.high:g}"


def _origin(examined: Examined, use: Use, group: int, day: int) -> Path:
    """Return where the number stands that a group has on a day, through parameters that are read alone."""
    value, path = examined.settled(use)[0], use.path
    nationality, household = examined.groups[group]
    ordinal = int(examined.days[day])
    seen: set[str] = set()
    while not isinstance(value, Number):
        if isinstance(value, ByGroup):
            inner: dict[str, Value] = dict(value.values)
            key = next((key for key in group_keys(nationality, household) if key in inner), None)
            if key is None:
                return path
            value, path = inner[key], (*path, key)
        elif isinstance(value, Dated):
            dates = [date.toordinal() for date, _ in value.values]
            date, value_then = value.values[max(bisect_right(dates, ordinal) - 1, 0)]
            path, value = (*path, value.between, date), value_then
        else:
            name = _alone(value)
            if name is None or name in seen:
                return path
            seen.add(name)
            path, value = _parameter(examined, name, dt.date.fromordinal(ordinal))
    return path


def _alone(product: Product) -> str | None:
    """Return the name of a product that is nothing but a name."""
    factor = product.factors[0]
    return factor.name if len(product.factors) == 1 and not factor.complement else None


def _parameter(examined: Examined, name: str, day: dt.date) -> tuple[Path, Value]:
    """Return where the value of a parameter on a day stands, and the value."""
    parameter = examined.network.parameter(name)
    path: Path = ("levers" if isinstance(parameter, Lever) else "parameters", name)
    found = (*path, "value")
    for number, change in enumerate(parameter.changes if isinstance(parameter, Lever) else ()):
        if change.effective <= day and (change.ended is None or day <= change.ended):
            found = (*path, "changes", number, "value")
    return found, examined.settled(examined.parameter_uses[found])[0]
