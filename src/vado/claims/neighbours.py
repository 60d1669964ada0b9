"""What a number may be instead of what the text says: the same thing in another month, part, border or count.

A neighbour bears ``outside it`` where the text itself rules it out: another month or year than the one stated, all
nationalities where it names one, another nationality or sector than the one named. It bears ``not comparable`` where
the text may mean it without saying so, or the scope was read from words further off: the fiscal year of a stated
calendar year, Border Patrol alone or with ports, the nation or its southwest border, a sector or its whole border,
different people instead of encounters, one group where the text names none. A neighbour counts only where a figure
equals it to its last stated place and states enough digits that chance is no explanation: :data:`FEW_DIGITS`, or
:data:`MANY_DIGITS` where many neighbours are tried.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from vado.claims.agreement import fit, significant_digits
from vado.claims.flows import Claimed, of_total, what
from vado.claims.question import Question
from vado.claims.rivals import NOT_COMPARABLE, OUTSIDE, Rival
from vado.claims.spans import Span, shifted
from vado.claims.tally import Part
from vado.claims.wording import during
from vado.ledger.codes import SOUTHWEST_BORDER
from vado.ledger.dates import add_months, fiscal_year

FEW_DIGITS = 3
#: "1.7 million in 2021" may well mean the fiscal year.
CALENDAR_DIGITS = 2
MANY_DIGITS = 4

#: Measures that are taken for each other in texts.
FAMILIES = (
    ("sw_encounters", "us_encounters_nationwide", "usbp_encounters", "unique_individuals_encountered", "apprehensions"),
    ("mx_events", "mx_returns"),
    ("darien_transits", "hn_entries", "co_transits"),
    ("apprehensions", "removals", "returns"),
    ("asylum_applications", "comar_asylum_applications"),
    ("homicides", "homicide_investigations"),
    ("migrant_deaths", "migrant_death_incidents"),
    ("known_gotaways", "turnbacks"),
)


def neighbours(question: Question, found: Claimed) -> list[Rival]:
    """Return the neighbours that a figure equals, those that need the fewest digits first.

    Parameters
    ----------
    question
        The figure.
    found
        What it states, with the totals that it does not agree with.
    """
    digits = significant_digits(question.figure)
    if question.figure.bound not in ("exact", "about") or digits < CALENDAR_DIGITS:
        return []
    exact = replace(question, figure=replace(question.figure, bound="exact"))
    few = [r for r in _few(exact, found) if digits >= r.digits and fit(exact.figure, r) == "agrees"]
    if few or digits < MANY_DIGITS:
        return few
    return [rival for rival in _many(exact, found) if fit(exact.figure, rival) == "agrees"]


def different_people(question: Question, found: Claimed) -> Rival | None:
    """Return how many different people were counted beside the encounters of a month, where the ledger has it."""
    measure = "unique_individuals_encountered"
    if question.measure not in FAMILIES[0] or found.part.nationalities or measure not in question.shelf.measures:
        return None
    days = found.spans[0]
    tally = question.shelf.tally(measure)
    total = next((t for p in _people_parts(found.part) if (t := tally.total(p, days.start, days.end))), None)
    if total is None:
        return None
    return of_total(question, measure, Part(), total, days, "different people instead of encounters", NOT_COMPARABLE)


def _people_parts(part: Part) -> list[Part]:
    return [Part(place=SOUTHWEST_BORDER), Part(place="USA"), Part()]


def _few(question: Question, found: Claimed) -> Iterator[Rival]:
    part, days, tally = found.part, found.spans[0], question.tally
    for other in shifted(days.start, days.end):
        bearing = NOT_COMPARABLE if other.other_calendar else OUTSIDE
        needed = CALENDAR_DIGITS if other.other_calendar else FEW_DIGITS
        for rival in _one(question, part, Span(other.start, other.end), during(other.start, other.end), bearing):
            yield replace(rival, digits=needed)
    if question.period.start and question.period.end and len(found.spans) > 1:
        whole = Span(question.period.start, question.period.end)
        yield from _one(question, part, whole, f"{during(whole.start, whole.end)}, to the end", NOT_COMPARABLE)
    for column in ("component", "legal_authority"):
        codes = tally.values(column)
        for code in [*codes, None]:
            if code != getattr(part, column) and len(codes) > 1:
                yield from _part(question, part.but(**{column: code}), days, NOT_COMPARABLE)
    border = question.shelf.parents.get(part.place or "")
    if border and question.tally.has_place(border):
        yield from _part(question, part.but(place=border), days, NOT_COMPARABLE)
    for wider, verdict in _wider(part):
        yield from _part(question, wider, days, verdict)
    for otherwise in _otherwise(question, part):
        yield from _part(question, otherwise, days, NOT_COMPARABLE)
    for family in FAMILIES:
        for measure in family if question.measure in family else ():
            if measure != question.measure and measure in question.shelf.measures:
                yield from _relative(question, measure, part, days)


def _wider(part: Part) -> Iterator[tuple[Part, str]]:
    """Drop what the text narrows the measure by, one bound at a time and all of them."""
    empty: dict[str, object] = {"nationalities": (), "place": None, "household": None, "pairs": ()}
    for name, nothing in empty.items():
        if getattr(part, name):
            yield part.but(**{name: nothing}), OUTSIDE if name == "nationalities" else NOT_COMPARABLE
    if len(set(part.bounds) & set(empty)) > 1:
        yield part.but(**empty), OUTSIDE if part.nationalities else NOT_COMPARABLE


def _otherwise(question: Question, part: Part) -> Iterator[Part]:
    """Give an attribute another of its values: returned from Mexico instead of from the United States."""
    for key, value in part.pairs:
        for other in question.tally.attribute_values(key):
            if other != value:
                yield part.but(pairs=tuple((k, other if k == key else v) for k, v in part.pairs))


def _many(question: Question, found: Claimed) -> Iterator[Rival]:
    """Try every group and place: where the text names none, and instead of the one that it names."""
    part, days, tally = found.part, found.spans[0], question.tally
    bearing = OUTSIDE if part.nationalities else NOT_COMPARABLE
    for code in tally.values("nationality"):
        if (code,) != part.nationalities:
            yield from _part(question, part.but(nationalities=(code,)), days, bearing)
    bearing = NOT_COMPARABLE if tally.is_whole(part.place) else OUTSIDE
    for code in tally.values("place"):
        if code != part.place:
            yield from _part(question, part.but(place=code), days, bearing)
    if not part.household:
        for code in tally.values("household"):
            yield from _part(question, part.but(household=code), days, NOT_COMPARABLE)


def _relative(question: Question, measure: str, part: Part, days: Span) -> Iterator[Rival]:
    tally = question.shelf.tally(measure)
    whole = question.tally.is_whole(part.place)
    kept = part.but(component=None, legal_authority=None, pairs=())
    tried: list[Part] = []
    for place in (part.place, SOUTHWEST_BORDER, "USA", None) if whole else (part.place,):
        candidate = kept.but(place=place)
        if place and not tally.has_place(place) and not tally.is_whole(place):
            continue
        if tally.is_whole(place):
            candidate = kept.but(place=None)
        if candidate not in tried:
            tried.append(candidate)
            total = tally.total(candidate, days.start, days.end)
            if total is not None:
                scope = what(question, measure, candidate)
                rival = of_total(question, measure, candidate, total, days, scope, NOT_COMPARABLE)
                yield replace(rival, digits=FEW_DIGITS)


def at_some_time(question: Question, part: Part) -> Rival | None:
    """Return the month or year of the two years before a text whose number a figure without a period equals."""
    day = question.article_date
    figure = replace(question.figure, bound="exact")
    if day is None or figure.bound != question.figure.bound or significant_digits(figure) < MANY_DIGITS:
        return None
    months = [add_months(day, -back) for back in range(1, 25)]
    spans = [Span(end.replace(day=1), end) for end in months]
    for year in range(day.year - 2, day.year + 1):
        spans += [Span(*fiscal_year(year)), Span(dt.date(year, 1, 1), dt.date(year, 12, 31))]
    for days in spans:
        for rival in _one(question, part, days, during(days.start, days.end), NOT_COMPARABLE):
            if fit(figure, rival) == "agrees":
                return rival
    return None


def _one(question: Question, part: Part, days: Span, scope: str, bearing: str) -> Iterator[Rival]:
    total = question.tally.total(part, days.start, days.end)
    if total is not None:
        yield replace(of_total(question, question.measure, part, total, days, scope, bearing), digits=FEW_DIGITS)


def _part(question: Question, part: Part, days: Span, bearing: str) -> Iterator[Rival]:
    yield from _one(question, part, days, what(question, question.measure, part), bearing)
