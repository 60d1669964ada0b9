"""The words of a reason: numbers, periods, places, groups and publishers as a reader expects them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from vado.ledger.codes import PORTS, nationality_name
from vado.ledger.dates import fiscal_year, month_end

_HOUSEHOLDS = {
    "single_adult": "single adults",
    "family_unit_individual": "people in families",
    "unaccompanied_minor": "unaccompanied children",
    "accompanied_minor": "accompanied children",
}
#: Attributes whose value says what it is without the key.
_SPEAKING = ("outcome", "class", "cause", "flights", "release", "agency", "definition", "flow", "encounter_type")
_DIRECTIONS = {"to": "to", "from": "from", "returned_from": "from"}
_AUTHORITIES = {"title_8": "under Title 8", "title_42": "under Title 42"}
_COMPONENTS = {"USBP": "by Border Patrol alone", "OFO": "at ports of entry alone"}


def words(text: str) -> frozenset[str]:
    """Return the words of a text, each once."""
    return frozenset(text.split())


def quantity(value: float, unit: str = "") -> str:
    """Return a number with thousands separators; in millions where it is round, a percentage with one decimal.

    >>> quantity(17638), quantity(11_400_000, "persons"), quantity(61.31, "percent"), quantity(26, "percent")
    ('17,638', '11.4 million', '61.3 per cent', '26 per cent')
    """
    if unit in ("percent", "change_percent"):
        return f"{value:.1f}".removesuffix(".0") + " per cent"
    if abs(value) >= 1_000_000 and value % 10_000 == 0:
        return f"{value / 1_000_000:.2f}".rstrip("0").rstrip(".") + " million"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:,.1f}"


def date(day: dt.date) -> str:
    """Return a day in words.

    >>> date(dt.date(2021, 9, 18))
    '18 September 2021'
    """
    return f"{day.day} {day:%B %Y}"


def span(start: dt.date, end: dt.date) -> str:
    """Return a period in words.

    >>> span(dt.date(2021, 9, 1), dt.date(2021, 9, 30)), span(dt.date(2020, 10, 1), dt.date(2021, 9, 30))
    ('September 2021', 'fiscal year 2021')
    >>> span(dt.date(2021, 1, 1), dt.date(2021, 12, 31)), span(dt.date(2021, 1, 1), dt.date(2021, 8, 31))
    ('2021', 'January to August 2021')
    """
    if start == end:
        return date(start)
    whole = start.day == 1 and end == month_end(end)
    if whole and (start.year, start.month) == (end.year, end.month):
        return f"{start:%B %Y}"
    if whole and (start, end) == fiscal_year(end.year):
        return f"fiscal year {end.year}"
    if whole and (start.month, end.month) == (10, 9):
        return f"fiscal years {start.year + 1} to {end.year}"
    if whole and (start.month, end.month) == (1, 12):
        return str(end.year) if start.year == end.year else f"{start.year} to {end.year}"
    if whole:
        first = f"{start:%B}" if start.year == end.year else f"{start:%B %Y}"
        return f"{first} to {end:%B %Y}"
    first = f"{start.day} {start:%B}" if start.year == end.year else date(start)
    return f"{first} to {date(end)}"


def during(start: dt.date, end: dt.date) -> str:
    """Return a period with its preposition.

    >>> during(dt.date(2018, 1, 1), dt.date(2018, 1, 1)), during(dt.date(2021, 9, 1), dt.date(2021, 9, 30))
    ('on 1 January 2018', 'in September 2021')
    """
    words = span(start, end)
    if start == end:
        return f"on {words}"
    return f"from {words}" if " to " in words and not words.startswith("fiscal") else f"in {words}"


def listed(words: Sequence[str]) -> str:
    """Join words with commas and "and".

    >>> listed(["Guatemala", "Honduras", "El Salvador"])
    'Guatemala, Honduras and El Salvador'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def countries(codes: Sequence[str]) -> str:
    """Return the names of nationality codes, joined."""
    return listed([nationality_name(code) for code in codes])


def counted(title: str) -> str:
    """Return the title of a measure as words that follow a number.

    >>> counted("Encounters at the southwest land border, by Border Patrol and at ports of entry")
    'encounters at the southwest land border'
    >>> counted("Homicide deaths by Mexican state and month"), counted("Guatemalans returned from Mexico")
    ('homicide deaths', 'Guatemalans returned from Mexico')
    """
    words = re.sub(r" (in a (fiscal year|month|day)|on a day)$", "", re.split(r",| by (?!air)| \(", title)[0])
    words = re.sub(r"^(What became of the|Highest number of) ", "", words)
    first, _, rest = words.partition(" ")
    proper = not first[1:].islower() or first.endswith(("ans", "O")) or rest[:1].isupper()
    return words if proper else words[0].lower() + words[1:]


def narrowed(
    place: str | None,
    nationalities: Sequence[str],
    household: str | None,
    attributes: Mapping[str, str],
    names: Mapping[str, str],
) -> str:
    """Return the words that narrow a measure to a place and a group, each with a space before it."""
    words = ""
    if nationalities:
        words += f" of people from {countries(nationalities)}"
    if household:
        words += f" of {_HOUSEHOLDS.get(household, household.replace('_', ' '))}"
    for key, value in sorted(attributes.items()):
        words += _attribute(key, value)
    if place == PORTS:
        words += " at ports of entry"
    elif place and place != "swb":
        words += f" in {names.get(place, place)}"
    return words


def _attribute(key: str, value: str) -> str:
    known = _AUTHORITIES.get(value) or _COMPONENTS.get(value)
    if known:
        return f" {known}"
    if key in _DIRECTIONS and len(value) == 3 and value.isupper():
        return f" {_DIRECTIONS[key]} {nationality_name(value)}"
    shown = value.upper() if len(value) <= 3 else value.replace("_", " ")
    return f" ({shown})" if key in _SPEAKING else f" ({key.replace('_', ' ')}: {shown})"


def publisher(source: Mapping[Any, Any], whose: str = "") -> str:
    """Return whose figure it is: the observer named in the row, whoever a press page credits, else the publisher.

    >>> publisher({"publisher": "elorbe.com", "kind": "press", "attributed_to": "COMAR via El Orbe"})
    'COMAR'
    """
    name = whose or str(source["publisher"])
    credited = source["attributed_to"]
    if not whose and source["kind"] == "press" and isinstance(credited, str) and credited:
        name = credited
    return re.split(r" \(| via |, figures as| / (?=Van Hook)|, through ", name)[0].strip()
