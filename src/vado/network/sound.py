"""Parts what can be evaluated in a value from what cannot, and says what is wrong with the latter.

A value may name parameters that do not exist, add a length to a rate, or forget a group. Here each such part is found,
at the key where it stands, and replaced by NaN, so that the rest of the value can still be evaluated.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vado.network.items import Path, short
from vado.network.schema import choose, near
from vado.network.stations import Attribute
from vado.network.units import UNITS
from vado.network.values import ByGroup, Dated, Number, Product, Value, group_keys

#: Comparing more wrong keys with the right ones would take seconds.
_MOST_KEYS = 100

#: What cannot be known, because what stands there cannot be used.
UNKNOWN = Number(float("nan"))


class Finding(NamedTuple):
    """A fault and where it is, before the file and line are known."""

    path: Path
    what: str
    mend: str


@dataclass(frozen=True)
class Use:
    """A value, where it stands, and what its numbers mean there."""

    path: Path
    value: Value
    attribute: Attribute


@dataclass(frozen=True)
class Names:
    """What a value may name.

    Parameters
    ----------
    units
        Unit of each parameter and lever.
    unsound
        Parameters that have a fault of their own, so that what reads them cannot be evaluated.
    open
        Whether some parameter's name could not be read; then any name may be the one.
    groups
        ``(nationality, household)`` of the groups that must have a value.
    keys
        All keys under which a group's value may stand.
    any_group
        Whether some group's name could not be read; then any key may be the one.
    """

    units: Mapping[str, str]
    unsound: Collection[str]
    open: bool
    groups: Sequence[tuple[str, str]]
    keys: Collection[str]
    any_group: bool


def sound(use: Use, names: Names) -> tuple[Value, list[Finding]]:
    """Return a value with its faulty parts replaced by NaN, and the faults.

    Parameters
    ----------
    use
        The value, where it stands and what it means.
    names
        What it may name.
    """
    findings: list[Finding] = []
    return _sound(use.value, use.path, use.attribute, names, findings), findings


def _sound(value: Value, path: Path, attribute: Attribute, names: Names, findings: list[Finding]) -> Value:
    if isinstance(value, Product):
        found, usable = _product(value, path, attribute.unit, names)
        findings += found
        return value if usable else UNKNOWN
    if isinstance(value, ByGroup):
        return _by_group(value, path, attribute, names, findings)
    if isinstance(value, Dated):
        at = (*path, value.between)
        for (one, _), (other, _) in itertools.pairwise(value.values):
            if other <= one:
                what = f"dates out of order: {other} stands after {one}"
                findings.append(Finding((*at, other), what, "write them from early to late"))
                return UNKNOWN
        parts = ((date, _sound(inner, (*at, date), attribute, names, findings)) for date, inner in value.values)
        return Dated(tuple(parts), value.between)
    return value


def _product(product: Product, path: Path, wanted: str, names: Names) -> tuple[list[Finding], bool]:
    """Return the faults of a product, and whether it can be evaluated."""
    findings = []
    usable = wanted in UNITS
    carries_unit = True
    for factor in product.factors:
        if factor.name is None:
            continue
        must_be_pure = factor.complement or not carries_unit
        carries_unit = carries_unit and factor.complement
        if factor.name not in names.units:
            usable = False
            if not names.open:
                what = f"unknown parameter '{short(factor.name)}'"
                findings.append(Finding(path, what, choose(factor.name, names.units)))
        elif factor.name in names.unsound:
            usable = False
        elif wanted in UNITS and (finding := _unit(factor.name, names, path, wanted, must_be_pure)):
            findings.append(finding)
    return findings, usable and not findings


def _unit(name: str, names: Names, path: Path, wanted: str, must_be_pure: bool) -> Finding | None:
    """Return the fault of a factor whose unit does not fit."""
    given = UNITS[names.units[name]]
    if must_be_pure:
        if given.quantity in ("number", "share"):
            return None
        what = f"{name} in {given.name} is a {given.quantity}, and only the first name of a product may have a unit"
        return Finding(path, what, "write the name that carries the unit first; other factors are numbers or shares")
    quantity = UNITS[wanted].quantity
    if given.quantity == quantity:
        return None
    what = f"{name} in {_unit_in_words(given.name, given.quantity)} cannot stand for {_unit_in_words(wanted, quantity)}"
    fitting = ", ".join(other.name for other in UNITS.values() if other.quantity == quantity)
    return Finding(path, what, f"name a parameter in one of these units: {fitting}")


def _unit_in_words(name: str, quantity: str) -> str:
    return f"a {quantity}" if name in ("1", "share") else f"{name} (a {quantity})"


def no_group(path: Path, key: str, free: Sequence[str]) -> Finding:
    """Return the fault of a key that names no group.

    Parameters
    ----------
    path
        Where it stands.
    key
        The key.
    free
        The keys that might be meant.
    """
    known = near(key, free)
    mend = f"did you mean '{known}'?" if known else choose("", [one for one in free if "/" not in one])
    return Finding(path, f"'{short(key)}' names no group", mend)


def _by_group(value: ByGroup, path: Path, attribute: Attribute, names: Names, findings: list[Finding]) -> Value:
    parts: dict[str, Value] = {}
    complete = True
    given = {key for key, _ in value.values}
    free = [key for key in names.keys if key not in given]
    unknown = 0
    for key, inner in value.values:
        known: str | None = key
        if key not in names.keys:
            unknown += 1
            known = near(key, free) if unknown <= _MOST_KEYS else None
            if not names.any_group and unknown <= _MOST_KEYS:
                findings.append(no_group((*path, key), key, free))
            complete = complete and known is not None
        settled = _sound(inner, (*path, key), attribute, names, findings)
        if known is not None:
            parts.setdefault(known, settled)
    if unknown > _MOST_KEYS:
        what = f"{unknown - _MOST_KEYS:,} further keys name no group"
        findings.append(Finding(path, what, "mend those reported first"))
    if complete and attribute.missing is None:
        lacking = [group for group in names.groups if not any(key in parts for key in group_keys(*group))]
        if lacking:
            others = f" and {len(lacking) - 1} more groups" if len(lacking) > 1 else ""
            what = f"no value for {'/'.join(lacking[0])}{others}"
            findings.append(Finding(path, what, "name them, or give a value for 'other'"))
            complete = False
    if not complete:
        parts["other"] = UNKNOWN
    return ByGroup(tuple(parts.items()))
