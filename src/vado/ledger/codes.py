"""Codes that stand for a set of others, and the check of a code against what exists.

A ledger keeps the codes of its sources. Four more are computed: ``ALL`` (everyone, everywhere), ``OTH`` (everyone
outside the named nationalities, the source's own "other" included), ``swb`` (the whole southwest border) and
``OFO`` (all ports of entry together).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from vado.errors import UnknownNameError, VadoError, nearest

#: The nationalities that the corridor tells apart; everyone else is ``OTH``.
NAMED_NATIONALITIES = ("MEX", "GTM", "HND", "SLV", "HTI", "VEN", "CUB", "NIC", "COL", "ECU", "PER", "BRA")

#: The nine Border Patrol sectors of the southwest border, west to east.
SOUTHWEST_SECTORS = (
    "San Diego",
    "El Centro",
    "Yuma",
    "Tucson",
    "El Paso",
    "Big Bend",
    "Del Rio",
    "Laredo",
    "Rio Grande Valley",
)

ALL = "ALL"
OTHER = "OTH"
SOUTHWEST_BORDER = "swb"
PORTS = "OFO"


@cache
def country_names() -> dict[str, str]:
    """Return ISO 3166-1 alpha-3 code → short English name."""
    import pycountry

    return {c.alpha_3: getattr(c, "common_name", c.name) for c in pycountry.countries}


def nationality_name(code: str) -> str:
    """Return the name of a nationality code, for people to read.

    >>> nationality_name("HTI"), nationality_name("OTH")
    ('Haiti', 'Other')
    """
    special = {
        ALL: "All",
        OTHER: "Other",
        "OOO": "Other (source's own)",
        "XXX": "Unknown",
        "STL": "Stateless",
    }
    return special.get(code) or country_names().get(code, code)


def check_nationality(code: str, also: Iterable[str] = ()) -> str:
    """Return ``code`` if it is an ISO code, a computed one, or one of ``also``.

    Raises
    ------
    UnknownNameError
        With the nearest code; a country's name is answered with its code.
    """
    names = country_names()
    valid = {*names, *also, ALL, OTHER}
    if code in valid:
        return code
    by_name = {name: iso for iso, name in names.items()}
    found = nearest(code, by_name) if len(code) > 3 else None
    if found:
        raise VadoError(f"unknown nationality {code!r}; did you mean {by_name[found]!r} ({found})?")
    guess = nearest(code, [*NAMED_NATIONALITIES, ALL, OTHER]) or nearest(code, valid)
    raise UnknownNameError("nationality", code, [guess] if guess else [*NAMED_NATIONALITIES, OTHER, ALL])


def check(what: str, name: str, valid: Iterable[str]) -> str:
    """Return ``name`` if it is valid, else raise :class:`UnknownNameError` with the nearest."""
    choices = list(valid)
    if name not in choices:
        raise UnknownNameError(what, name, choices)
    return name
