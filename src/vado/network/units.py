"""Units are types: a rate is not a probability is not a count.

Every attribute of a station and every parameter has a unit; a parameter may only stand where its unit means the
same sort of quantity, and is converted to the unit of the attribute.
"""

from __future__ import annotations

from dataclasses import dataclass

from vado.errors import KindError, UnknownNameError


@dataclass(frozen=True)
class Unit:
    """A unit: the sort of quantity it measures, and how many base units one of it is.

    A unit with ``per_month`` is a sum over a calendar month; what one day holds of it depends on the month's length.
    """

    name: str
    quantity: str
    factor: float
    per_month: bool = False


UNITS = {
    unit.name: unit
    for unit in (
        Unit("1", "number", 1.0),
        Unit("share", "share", 1.0),
        Unit("percent", "share", 0.01),
        Unit("persons", "persons", 1.0),
        Unit("persons/day", "flow", 1.0),
        Unit("persons/week", "flow", 1 / 7),
        Unit("persons/month", "flow", 1.0, per_month=True),
        Unit("persons/year", "flow", 1 / 365.25),
        Unit("1/day", "hazard", 1.0),
        Unit("1/week", "hazard", 1 / 7),
        Unit("1/year", "hazard", 1 / 365.25),
        Unit("days", "time", 1.0),
        Unit("hours", "time", 1 / 24),
        Unit("weeks", "time", 7.0),
        Unit("km", "length", 1.0),
        Unit("miles", "length", 1.609344),
        Unit("1/km", "decay", 1.0),
        Unit("km/day", "speed", 1.0),
        Unit("miles/day", "speed", 1.609344),
    )
}


def unit(name: str) -> Unit:
    """Return the unit of this name.

    Raises
    ------
    UnknownNameError
        With the nearest unit.
    """
    if name not in UNITS:
        raise UnknownNameError("unit", name, UNITS)
    return UNITS[name]


def conversion(given: str, wanted: str) -> tuple[float, bool]:
    """Return the factor from one unit to another, and whether each day holds its share of a calendar month.

    Raises
    ------
    KindError
        If the two measure different sorts of quantity.

    Examples
    --------
    >>> conversion("percent", "share")
    (0.01, False)
    >>> conversion("persons/month", "persons/day")
    (1.0, True)
    """
    one, other = unit(given), unit(wanted)
    if one.quantity != other.quantity:
        raise KindError(f"{given} is a {one.quantity}, {wanted} a {other.quantity}; one cannot stand for the other")
    return one.factor / other.factor, one.per_month and not other.per_month
