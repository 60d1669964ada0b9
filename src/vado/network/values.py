"""What an attribute may be: a number, a parameter, a number for each group, a number from each date on.

A value is written in YAML in one of five ways, which may be nested::

    stop: 0.3                                        # a number
    stop: mexico.detention_rate                      # a parameter or lever, by name
    stop: mexico.detention_rate * exposure * (1 - evasion)     # a product; further factors are pure numbers
    stop: {HTI: 0.5, VEN/family: 0.1, other: 0.2}         # by group; the most exact key wins
    stop: {steps: {2016-01-01: 0.1, 2016-03-20: 0.6}}     # holds from each date to the next
    stop: {lines: {2016-01-01: 0.1, 2016-07-01: 0.6}}     # straight lines between the dates

Before its first date a dated value is what it is on the first date, after its last what it is on the last.

:func:`table` evaluates a value on groups and days. Its result has shape ``(group, day)`` where each of the two is 1
if the value does not depend on it, so that a constant costs one number however long the run.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from vado.errors import BadValueError, UnknownNameError

Table = npt.NDArray[np.float64]

_NAME = r"[A-Za-z_][\w.\-]*"
_FACTOR = re.compile(
    rf"(?:(?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)|(?P<name>{_NAME})|\(1\s*-\s*(?P<rest>{_NAME})\))\Z"
)


_MOST_FACTORS = 100


@dataclass(frozen=True)
class Number:
    """A number in the unit of its attribute."""

    number: float


@dataclass(frozen=True)
class Factor:
    """A factor of a product: a number, a name, or one less a name."""

    name: str | None
    number: float = 1.0
    complement: bool = False


@dataclass(frozen=True)
class Product:
    """A product of named parameters and numbers; the first name carries the unit."""

    factors: tuple[Factor, ...]
    text: str


@dataclass(frozen=True)
class ByGroup:
    """A value for each group; keys are a nationality, a household, ``nationality/household`` or ``other``."""

    values: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Dated:
    """Values from dates on: ``steps`` hold until the next date, ``lines`` go straight to it."""

    values: tuple[tuple[dt.date, Value], ...]
    between: Literal["steps", "lines"]


Value = Number | Product | ByGroup | Dated


@dataclass(frozen=True)
class Axes:
    """What a value is evaluated on.

    Parameters
    ----------
    groups
        ``(nationality, household)`` of each group.
    days
        Proleptic ordinals of the days, ``int64[day]``, in order.
    """

    groups: Sequence[tuple[str, str]]
    days: npt.NDArray[np.int64]


#: Gives the table of a product of parameters.
Read = Callable[[Product], Table]


def parse(raw: Any) -> Value:
    """Read a value from what YAML gives.

    Raises
    ------
    BadValueError
        If it is none of the five forms, with the form that comes nearest.

    Examples
    --------
    >>> parse("detention_rate * 0.5").text
    'detention_rate * 0.5'
    >>> parse({"HTI": 0.5, "other": 0.2}).values[0]
    ('HTI', Number(number=0.5))
    """
    if isinstance(raw, (Number, Product, ByGroup, Dated)):
        return raw
    if isinstance(raw, bool):
        raise BadValueError(f"{str(raw).lower()} is not a number; write 1 or 0")
    if isinstance(raw, (int, float)):
        if not np.isfinite(raw):
            raise BadValueError(f"{raw} is not a finite number")
        return Number(float(raw))
    if isinstance(raw, str):
        return _product(raw)
    if isinstance(raw, Mapping):
        for between in ("steps", "lines"):
            if between in raw:
                return _dated(raw, between)
        if not raw:
            raise BadValueError("an empty mapping is no value; give a number for each group, or for 'other'")
        for key in raw:
            if isinstance(key, dt.date):
                raise BadValueError(f"date {key} does not name a group; put dates under steps: {{steps: {{{key}: 1}}}}")
            if not isinstance(key, str):
                raise BadValueError(f"key {key!r} does not name a group; write a nationality, a household or 'other'")
        return ByGroup(tuple((key, parse(value)) for key, value in raw.items()))
    raise BadValueError(
        f"{raw!r} is no value; write a number, the name of a parameter, a mapping by group, "
        "or {steps: {date: number}}"
    )


def _product(text: str) -> Product:
    factors = []
    if text.count("*") >= _MOST_FACTORS:
        raise BadValueError(f"a product of more than {_MOST_FACTORS} factors; is this a value at all?")
    for part in text.split("*"):
        found = _FACTOR.match(part.strip())
        if not found:
            raise BadValueError(f"{text!r} is neither a name nor a product of names, numbers and (1 - name)")
        if found["number"]:
            factors.append(Factor(None, float(found["number"])))
        else:
            factors.append(Factor(found["name"] or found["rest"], complement=found["rest"] is not None))
    return Product(tuple(factors), text.strip())


def _dated(raw: Mapping[str, Any], between: Literal["steps", "lines"]) -> Dated:
    inner = raw[between]
    if len(raw) > 1 or not isinstance(inner, Mapping) or not inner:
        raise BadValueError(f"{between} stands alone and holds dates: {{{between}: {{2016-01-01: 1, 2017-01-01: 2}}}}")
    for key in inner:
        if not isinstance(key, dt.date):
            raise BadValueError(f"{key!r} under {between} is not a date; write it as YYYY-MM-DD")
    dates = list(inner)
    for one, other in itertools.pairwise(dates):
        if other <= one:
            raise BadValueError(f"dates out of order: {other} stands after {one}; write them from early to late")
    return Dated(tuple((date, parse(value)) for date, value in inner.items()), between)


def dump(value: Value) -> Any:
    """Return what YAML writes for a value; :func:`parse` reads it back."""
    if isinstance(value, Number):
        return int(value.number) if value.number.is_integer() and abs(value.number) < 2**53 else value.number
    if isinstance(value, Product):
        return value.text
    if isinstance(value, ByGroup):
        return {key: dump(inner) for key, inner in value.values}
    return {value.between: {date: dump(inner) for date, inner in value.values}}


def parts(value: Value) -> Iterator[Value]:
    """Yield a value and all values inside it."""
    yield value
    if isinstance(value, (ByGroup, Dated)):
        for _, inner in value.values:
            yield from parts(inner)


def names(value: Value) -> list[str]:
    """Return the parameters and levers that a value reads, each once, in the order of reading."""
    read = [f.name for part in parts(value) if isinstance(part, Product) for f in part.factors if f.name]
    return list(dict.fromkeys(read))


def table(value: Value, axes: Axes, read: Read, missing: float | None = None) -> Table:
    """Evaluate a value on groups and days.

    Parameters
    ----------
    value
        The value.
    axes
        Groups and days.
    read
        Gives the table of a product of parameters.
    missing
        What a group gets that a mapping by group does not name; None refuses it.

    Returns
    -------
    Table
        ``float64[group or 1, day or 1]``.

    Raises
    ------
    BadValueError
        If a group has no value and ``missing`` is None.
    """
    if isinstance(value, Number):
        return np.array([[value.number]])
    if isinstance(value, Product):
        return read(value)
    if isinstance(value, ByGroup):
        return _by_group(value, axes, read, missing)
    inner = np.broadcast_arrays(*(table(item, axes, read, missing) for _, item in value.values))
    dates = np.array([date.toordinal() for date, _ in value.values], dtype=np.int64)
    days = np.clip(axes.days, dates[0], dates[-1])
    before = np.searchsorted(dates, days, side="right") - 1
    same = np.arange(len(days)) if inner[0].shape[1] > 1 else np.zeros(len(days), dtype=np.int64)
    stacked = np.stack(inner)
    start = stacked[before, :, same].T
    if value.between == "steps" or len(dates) == 1:
        return np.ascontiguousarray(start)
    after = np.minimum(before + 1, len(dates) - 1)
    span = np.maximum(dates[after] - dates[before], 1)
    share = (days - dates[before]) / span
    return np.ascontiguousarray(start + (stacked[after, :, same].T - start) * share)


def _by_group(value: ByGroup, axes: Axes, read: Read, missing: float | None) -> Table:
    tables = {key: table(inner, axes, read, missing) for key, inner in value.values}
    days = max(item.shape[1] for item in tables.values())
    result = np.empty((len(axes.groups), days))
    for row, (nationality, household) in enumerate(axes.groups):
        key = next((k for k in group_keys(nationality, household) if k in tables), None)
        if key is not None:
            found = tables[key]
            result[row] = found[row if found.shape[0] > 1 else 0]
        elif missing is not None:
            result[row] = missing
        else:
            raise BadValueError(f"no value for {nationality}/{household}; name it, or give a value for 'other'")
    return result


def group_keys(nationality: str, household: str) -> tuple[str, str, str, str]:
    """Return the keys under which a group's value may stand, the most exact first."""
    return f"{nationality}/{household}", nationality, household, "other"


def check_keys(value: Value, nationalities: Sequence[str], households: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for every key of a mapping by group that names no group."""
    valid = {*nationalities, *households, "other", *(f"{n}/{h}" for n in nationalities for h in households)}
    for part in parts(value):
        if isinstance(part, ByGroup):
            for key, _ in part.values:
                if key not in valid:
                    yield str(UnknownNameError("group", key, valid))


def _validate(raw: Any) -> Value:
    try:
        return parse(raw)
    except BadValueError as error:
        raise ValueError(str(error)) from None


#: A value as a field of a pydantic model.
ValueField = Annotated[
    Value,
    PlainValidator(_validate),
    PlainSerializer(dump),
    WithJsonSchema({"title": "Value", "anyOf": [{"type": "number"}, {"type": "string"}, {"type": "object"}]}),
]
