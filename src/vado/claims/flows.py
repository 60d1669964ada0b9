"""Additive series of events and persons: the total of what a figure states, over its place, group and period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from vado.claims.question import Question
from vado.claims.rivals import NOT_COMPARABLE, SAME, Obstacle, Rival
from vado.claims.spans import MONTH, Span, months_in, spans
from vado.claims.tally import RESIDUAL, Part, Tally, Total
from vado.claims.wording import countries, during, narrowed, quantity, span
from vado.ledger.codes import ALL, OTHER, SOUTHWEST_BORDER

#: Attributes of a reading that say who is meant or what is compared, and narrow no count.
NO_SCOPE = frozenset(
    ("publisher", "pollster", "president", "population", "against", "outlet", "topic", "whose", "speaker", "direction")
)
#: Attributes by which places are told apart in series without a place for each.
PLACE_KEYS = ("border_region", "to", "from", "returned_from")

#: Rounded series print to ten and leave out small cells: half a ten a cell, and this share of the total.
ROUNDING = 5.0
ROUNDING_SHARE = 0.004

PER = {"per_day": "a day", "per_month": "a month", "per_year": "a year"}


@dataclass(frozen=True)
class Claimed:
    """What a figure states, as the ledger's series count it.

    Parameters
    ----------
    part
        What of the measure.
    spans
        The periods that the text may mean, the likeliest first.
    rivals
        The totals, the default series first.
    rows
        The rows behind them, one a period and series.
    """

    part: Part
    spans: list[Span]
    rivals: list[Rival]
    rows: list[dict[str, Any]] = field(default_factory=list)


def claimed(question: Question) -> Claimed | Obstacle:
    """Return the totals that a figure is to be held against, or why there are none."""
    part = part_of(question)
    if isinstance(part, Obstacle):
        return part
    wanted = spans(question.period, question.article_date, int(question.about["lag_days"]))
    if isinstance(wanted, Obstacle):
        return wanted
    rivals: list[Rival] = []
    rows: list[dict[str, Any]] = []
    for days in wanted:
        for measure, of in [(question.measure, part), *equivalents(question, part)]:
            found, behind = totals(question, measure, of, days)
            new = [rival for rival in found if all(rival.value != r.value or rival.low != r.low for r in rivals)]
            rivals += new
            rows += behind if new else []
    if not rivals:
        return Obstacle(NOT_COMPARABLE, _uncovered(question, part, wanted[0]))
    # What an agency prints itself comes before the same thing as a page quotes it; rounded only where nothing is exact.
    exact = {(r.period_start, r.period_end) for r in rivals if not r.slack}
    rivals = [r for r in rivals if not r.slack or (r.period_start, r.period_end) not in exact]
    rivals.sort(key=lambda rival: question.shelf.is_second_hand(rival.source_id))
    return Claimed(part, wanted, rivals, rows)


def part_of(question: Question) -> Part | Obstacle:
    """Return what of a measure a reading means, or why its series cannot show that."""
    reading, tally = question.reading, question.tally
    pairs: dict[str, str] = {}
    for key, value in reading.attributes.items():
        if key in NO_SCOPE or key in ("legal_authority", "component"):
            continue
        known = next((v for v in tally.attribute_values(key) if _like(v, value)), None)
        if known is None:
            return Obstacle(NOT_COMPARABLE, f"the ledger's {question.title()} are not split by {key.replace('_', ' ')}")
        pairs[key] = known
    place = reading.place if reading.place != ALL else None
    if place and not tally.is_whole(place) and not tally.has_place(place):
        keys = [key for key in PLACE_KEYS if {place, _REGION.get(place)} & set(tally.attribute_values(key))]
        if not keys:
            name = question.shelf.place_names.get(place, place)
            return Obstacle(NOT_COMPARABLE, f"the ledger's {question.title()} are not counted for {name}")
        pairs[keys[0]], place = _REGION.get(place, place), None
    nationalities = tuple(code for code in reading.nationalities if code != ALL)
    if missing := _unnamed(tally, nationalities):
        return _no_nationality(question, missing)
    return Part(
        place=place,
        nationalities=nationalities,
        household=reading.household,
        legal_authority=reading.attributes.get("legal_authority"),
        component=reading.attributes.get("component"),
        pairs=tuple(sorted(pairs.items())),
    )


_REGION = {SOUTHWEST_BORDER: "southwest", "northern": "northern"}


def equivalents(question: Question, part: Part) -> list[tuple[str, Part]]:
    """Return the same count under other measures' names, with what of them it is.

    The Border Patrol's long series and its part of the encounters are one count, and so are asylum applications in
    Mexico as its commission and as UNHCR print them. Before October 2017 nothing but the Border Patrol's series tells
    of the southwest border.
    """
    southwest = part.place == SOUTHWEST_BORDER or question.shelf.parents.get(part.place or "") == SOUTHWEST_BORDER
    if question.measure == "usbp_encounters" and southwest:
        return [("sw_encounters", part.but(component="USBP"))]
    if question.measure == "sw_encounters" and not part.legal_authority and not part.pairs and part.component != "OFO":
        before = question.period.end is not None and question.period.end < question.tally.extent()[0]
        if part.component == "USBP" or before:
            return [("usbp_encounters", part.but(component=None, place=part.place or SOUTHWEST_BORDER))]
    if question.measure == "asylum_applications" and part.place == "MEX" and not part.pairs:
        return [("comar_asylum_applications", part.but(place=None))]
    return []


def totals(question: Question, measure: str, part: Part, days: Span) -> tuple[list[Rival], list[dict[str, Any]]]:
    """Return a rival for each series that can tell the total of a part over a span, and the rows behind them."""
    tally = question.shelf.tally(measure)
    if days.inner:
        outer, inner = tally.total(part, days.start, days.end), tally.total(part, *days.inner)
        if outer is None or inner is None:
            return [], []
        return [_bounded(question, measure, part, days, outer, inner)], _behind(question, measure, part, outer)
    found = tally.totals(part, days.start, days.end)
    exact = [total for total in found if not total.rounded]
    rivals: list[Rival] = []
    rows: list[dict[str, Any]] = []
    for total in exact or found[:1]:
        rival = of_total(question, measure, part, total, days)
        if rivals:
            if any(other.value == rival.value for other in rivals):
                continue
            rival = replace(rival, name=f"{rival.name}, {_series_words(total.series)}")
            if "first_report" in total.series:
                first, later = quantity(total.value), quantity(rivals[0].value or 0)
                rival = replace(rival, note=f"The first report had {first}, the later file has {later}.")
        rivals.append(rival)
        rows += _behind(question, measure, part, total)
    return rivals, rows


def of_total(
    question: Question,
    measure: str,
    part: Part,
    total: Total,
    days: Span,
    scope: str = SAME,
    bearing: str = "",
) -> Rival:
    """Return a total as a rival, turned into a rate where the figure is one."""
    value, unit, note = total.value, str(question.shelf.measures[measure]["unit"]), ""
    per = question.figure.unit
    if per in PER:
        value, unit = rate(value, days.start, days.end, per), f"{unit} {PER[per]}"
        note = f"A mean of the period, {quantity(total.value)} in all."
    return Rival(
        name=question.shelf.name(total.sources),
        value=value,
        low=total.low,
        high=total.high,
        what=what(question, measure, part) + (f" {PER[per]}" if per in PER else ""),
        period_start=days.start,
        period_end=days.end,
        published=total.published,
        source_id=total.sources,
        scope=scope,
        unit=unit,
        slack=max(ROUNDING * total.rounded**0.5, ROUNDING_SHARE * total.value) if total.rounded else 0.0,
        bearing=bearing,
        note=note,
        doubt=total.incomplete,
        digits=days.digits,
    )


def rate(value: float, start: dt.date, end: dt.date, unit: str) -> float:
    """Return a total as a rate per day, month or year.

    >>> rate(300.0, dt.date(2021, 9, 1), dt.date(2021, 9, 30), "per_day")
    10.0
    """
    months = months_in(start, end)
    return value / {"per_day": (end - start).days + 1, "per_month": months, "per_year": months / 12}[unit]


def what(question: Question, measure: str, part: Part) -> str:
    """Return what a part of a measure counts, in words that follow the number."""
    tally = question.shelf.tally(measure)
    attributes = dict(part.pairs)
    if part.legal_authority:
        attributes["legal_authority"] = part.legal_authority
    if part.component and tally.values("component") != [part.component]:
        attributes["component"] = part.component
    place = None if tally.is_whole(part.place) else part.place
    told_apart = tally.values("nationality") != list(part.nationalities)
    groups = part.nationalities if told_apart else ()
    shown = narrowed(place, groups, part.household, attributes, question.shelf.place_names)
    southwest = " at the southwest land border" if part.place == SOUTHWEST_BORDER and place else ""
    return question.title(measure) + shown + southwest


def _bounded(question: Question, measure: str, part: Part, days: Span, outer: Total, inner: Total) -> Rival:
    """Return the interval between the whole months inside a period and the months that it touches."""
    assert days.inner is not None
    rival = of_total(question, measure, part, outer, days)
    low = of_total(question, measure, part, inner, Span(*days.inner)).value or 0.0
    high = rival.value or 0.0
    note = (
        f"The source counts by month: the interval is that of {span(*days.inner)} and of {span(days.start, days.end)}."
    )
    return replace(rival, value=None, low=min(low, high), high=max(low, high), note=note)


def _behind(question: Question, measure: str, part: Part, total: Total) -> list[dict[str, Any]]:
    return [
        {
            "measure": measure,
            "place": part.place or ALL,
            "nationality": ";".join(part.nationalities) or ALL,
            "period_start": start,
            "period_end": end,
            "value": value,
            "low": total.low,
            "high": total.high,
            "unit": question.shelf.measures[measure]["unit"],
            "series": total.series,
            "vintage": total.vintage,
            "published": total.published,
            "source_id": total.sources,
        }
        for start, end, value in total.periods
    ]


def _series_words(series: str) -> str:
    return "first report" if "first_report" in series else f"series {series}"


def _uncovered(question: Question, part: Part, days: Span) -> str:
    """Say why no series tells the total of a span."""
    tally, title = question.tally, question.title()
    first, last = tally.extent()
    meant = during(days.start, days.end)
    if days.start > last or days.end < first:
        return f"the ledger has {title} {during(first, last)}, and the figure is of {span(days.start, days.end)}"
    if (days.end - days.start).days + 1 < MONTH:
        return f"the ledger has {title} by month or year, and the figure is of {span(days.start, days.end)}"
    covered = tally.covered(days.start, days.end)
    if covered and covered != (days.start, days.end):
        return f"the ledger has {title} only {during(*covered)}, and the figure is of {span(days.start, days.end)}"
    split = narrowed(part.place, part.nationalities, part.household, dict(part.pairs), question.shelf.place_names)
    return f"no series in the ledger tells the {title}{split} {meant}"


def _unnamed(tally: Tally, nationalities: Iterable[str]) -> list[str]:
    """Return the nationalities that no series of a measure names."""
    named = {word for block in tally.blocks for word in block.words["nationality"]}
    return [code for code in nationalities if code not in named and code != OTHER]


def _no_nationality(question: Question, missing: list[str]) -> Obstacle:
    tally, title, places = question.tally, question.title(), question.shelf.places
    nations = {str(places[place]["country"]) for place in tally.values("place") if place in places}
    people = countries(missing)
    split = len(tally.values("nationality")) > 1
    if split and set(missing) <= nations:
        return Obstacle(
            NOT_COMPARABLE, f"the series of {title} registers foreigners, so it cannot show people from {people}"
        )
    if RESIDUAL in tally.values("nationality"):
        return Obstacle(NOT_COMPARABLE, f"the source of the {title} counts people from {people} among all others")
    return Obstacle(NOT_COMPARABLE, f"the ledger's {title} do not tell people from {people} apart")


def _like(known: str, asked: str) -> bool:
    """Return whether an asked attribute means a known one, in any case and with either kind of space."""
    known, asked = (text.casefold().replace("_", " ") for text in (known, asked))
    return known == asked or known.startswith(f"{asked},")
