"""What each figure of a text measures: the words around it weighed, and the scope that they set.

A figure that goes on from the one before ("of those", "the total", a bare number after a comma) inherits what that one
measures, and within a bracket or an apposition its scope too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from vado.claims import scope
from vado.claims.figure import ARTICLE, Claim, Credit, Figure, Period, Reading
from vado.claims.language import text_of
from vado.claims.lexicon import LEAST, Weighed, confidence, weigh
from vado.claims.particulars import of_poll, of_vote, particulars, whole_of
from vado.claims.surroundings import Surroundings, surroundings

if TYPE_CHECKING:
    from spacy.tokens import Doc
#: First day from which the southwest border's encounters are counted with ports; before it stands another measure.
ENCOUNTERS_BEGIN = dt.date(2019, 10, 1)
_OF_THE_BORDER = re.compile(r"border patrol|\bcbp\b|customs and border", re.I)

#: Confidence of a reading without the place that it needs: too little to be compared.
UNPLACED = 0.3

#: Readings beside the likeliest that a figure of many digits is held against.
OTHERS = 3

#: What a figure inherits from the one before it: where its words go on from there, and where not; and how much of
#: it is left for each figure further back, of those that count.
STRONG, WEAK, FADES, BACK = 1.8, 0.8, 0.6, 3

#: What is left of it across the end of a paragraph.
ACROSS = 0.7
_BARE = re.compile(
    r"^\W*(?:$|\n|(?:in|for|at|from|since|during|last|this|by|on|and|or|to|there|were|was|are|is|had|have|as"
    r"|but|when|while|the (?:month|year|week)|"
    r"a (?:day|month|year)|per|between|over|through|after|before|so far|already|give)\b)|^\s?[.,;:)\]”\"—–]",
    re.I,
)
#: Where the words after a figure begin to speak of others, or of a part of whom it counts.
_ELSEWHERE = re.compile(
    r"[.;!?](?:\s|$)|\bwhile\b|\bcompared\b|,\s(?:and\s)?(?=\w+\s(?:said|told))"
    r"|,?\s(?:most|many|some|half|nearly half|the majority|the bulk|two-thirds|a third) of\b|\b(?:mostly|mainly"
    r"|largely|chiefly|predominantly|including|among them)\b",
    re.I,
)
_GOES_ON = re.compile(
    r"\b(?:of (?:these|those|them|that|which)|the (?:total|tally|same|number|figure|count|rest|others?)"
    r"|that (?:month|year|number|total|figure)|"
    r"this (?:figure|number)|it (?:also )?(?:was|is|had|rose|fell|reached|stood|came)|they\b|among them"
    r"|the share|the previous|the year before|"
    r"a year (?:earlier|ago|before)|compared (?:with|to)|up from|down from|alone|including|another|in all"
    r"|same (?:\w+ )?(?:board|agency|institute|period)|"
    r"for the (?:whole|fiscal|year|first))\b|^\W*(?:and|or|from|to|in)\W*$",
    re.I,
)


def readings(
    doc: Doc,
    found: Sequence[Figure],
    periods: Sequence[Period],
    credits: Sequence[Credit],
    article_date: dt.date | None,
) -> list[tuple[Reading, ...]]:
    """Return what each figure measures, in the same order: the likeliest reading, then up to :data:`OTHERS` others.

    Parameters
    ----------
    doc
        The text as parsed.
    found, periods, credits
        Its figures, the days that each is about, and who is credited with it.
    article_date
        The day of the text; stands in where a figure's days are open.
    """
    made: list[Reading] = []
    others: list[tuple[Reading, ...]] = []
    ranked: list[list[Weighed]] = []
    for index, figure in enumerate(found):
        where = surroundings(doc, found, index)
        carried = _carried(doc, found, index, ranked, where)
        days = _days(periods[index], article_date)
        weighed = weigh(where.windows, unit=_family(figure), days=days, carried=carried)
        ranked.append([one for one in weighed if one.weight >= LEAST])
        reading = _reading(figure, ranked[-1], where, periods[index], credits[index], days)
        if (
            reading.measure
            and index
            and made[-1].measure == reading.measure
            and _continues(doc, found[index - 1], figure, where)
        ):
            reading = _joined(made[-1], reading)
        elif (
            reading.measure and index and made[-1].measure == reading.measure and _still_there(made[-1], reading, where)
        ):
            reading = replace(reading, place=made[-1].place)
        made.append(reading)
        further = [one for one in weighed if one.wording.measure not in (None, reading.measure)][:OTHERS]
        others.append(tuple(_reading(figure, [one], where, periods[index], credits[index], days) for one in further))
    return [(first, *rest) for first, rest in zip(made, others, strict=True)]


def of_claim(doc: Doc, claim: Claim, period: Period, article_date: dt.date | None) -> Reading:
    """Return what a claim without a figure speaks of."""
    figure = Figure(
        claim.start, claim.end, "", claim.words, 0.0, "exact", "percent" if claim.kind == "share" else "count", 1.0
    )
    where = surroundings(doc, [figure], 0, whole=True)
    days = _days(period, article_date)
    weighed = [
        w for unit in ("count", "percent") for w in weigh(where.windows, unit=unit, days=days)
        if unit == "count" or w.wording.name in {"approval"}
    ]  # fmt: skip
    weighed.sort(key=lambda w: -w.weight)
    weighed = [one for one in weighed if one.weight >= LEAST]
    reading = _reading(figure, weighed, where, period, Credit(ARTICLE), days)
    clause = re.split(r",\s(?:suggesting|which|while|but|showing|indicating|meaning)\b", claim.words)[0]
    named = scope.nationalities(clause)
    if claim.kind == "ranking":
        named = tuple(dict.fromkeys((*scope.countries(clause), *named)))
    return replace(reading, nationalities=named)


def _family(figure: Figure) -> str:
    return "count" if figure.unit in {"per_day", "per_month", "per_year"} else figure.unit


def _days(period: Period, article_date: dt.date | None) -> tuple[dt.date | None, dt.date | None]:
    if period.start is None and period.end is None:
        return article_date, article_date
    return period.start, period.end


def _carried(
    doc: Doc, found: Sequence[Figure], index: int, ranked: Sequence[Sequence[Weighed]], where: Surroundings
) -> dict[str, float]:
    """Return what a figure inherits: much from the one before where its words go on, a little from all before."""
    inherited: dict[str, float] = {}
    figure = found[index]
    opens = bool(_GOES_ON.search(where.before[-120:] + " " + where.after[:60]) or _BARE.match(where.after))
    for back, earlier in enumerate(reversed(ranked[max(0, index - BACK) : index])):
        if not earlier:
            continue
        between = text_of(doc)[found[index - 1 - back].end : figure.start]
        breaks = between.count("\n\n")
        strong = breaks <= (2 if opens else 0) and (opens or len(between) < 200)
        weight = (STRONG if strong else WEAK) * FADES**back * (ACROSS if breaks else 1.0)
        name = earlier[0].wording.name
        inherited[name] = max(inherited.get(name, 0.0), weight)
    return inherited


def _still_there(before: Reading, reading: Reading, where: Surroundings) -> bool:
    """Tell whether a figure whose sentence names neither what it counts nor where is of the place of the one before."""
    elsewhere = re.search(
        r"south\w* border|whole|border-?wide|nationwide|total|all sectors|everywhere", where.sentence, re.I
    )
    return (
        before.place in scope.SECTORS
        and reading.place in (None, "swb")
        and not elsewhere
        and reading.because not in where.sentence
        and bool(_BARE.match(where.after))
    )


def _continues(doc: Doc, before: Figure, figure: Figure, where: Surroundings) -> bool:
    """Tell whether a figure is of the same people and place as the one before: repeated, its change, its rate."""
    if _apposed(text_of(doc), before, figure):
        return True
    between = text_of(doc)[before.end : figure.start]
    if figure.unit == "change_percent":
        back = re.search(r"(?:^|[.!?]\s+)(?:That|This|It|The)\b[^.!?]*$", between)
        return "\n\n" not in between and (bool(back) or not re.search(r"[.!?]\s", between))
    if figure.unit in {"per_day", "per_month"}:
        return len(between) < 120 and bool(
            re.search(r"\b(?:that is|or|you get|works out|averag\w+|about)\b", between, re.I)
        )
    return False


def _apposed(text: str, before: Figure, figure: Figure) -> bool:
    between = text[before.end : figure.start]
    pair = re.fullmatch(r"\s(?:in\s\w+\s|last\s\w+\s)?to\s(?:just\s|about\s|only\s|some\s|nearly\s)?", between)
    return bool(pair) or (
        len(between) < 14
        and bool(re.fullmatch(r"\W*(?:or|that is|some|nearly|about)?\W*(?:more than |about |almost )?", between))
    )


def _joined(before: Reading, reading: Reading) -> Reading:
    """Give a figure in apposition the scope of the one that it repeats."""
    return replace(
        reading,
        nationalities=reading.nationalities or before.nationalities,
        household=reading.household or before.household,
        place=reading.place or before.place,
        attributes={**before.attributes, **reading.attributes},
    )


def _reading(
    figure: Figure,
    weighed: Sequence[Weighed],
    where: Surroundings,
    period: Period,
    credit: Credit,
    days: tuple[dt.date | None, dt.date | None],
) -> Reading:
    if not weighed or weighed[0].wording.measure is None:
        return Reading(None, confidence(weighed), because=weighed[0].because if weighed else "")
    top = weighed[0]
    measure = _of_time(str(top.wording.measure), days)
    stretch = (where.after, where.before)
    reading = Reading(measure, confidence(weighed), because=top.because)
    if measure == "approval":
        return of_poll(reading, figure, where, credit)
    if measure == "votes":
        return of_vote(reading, where)
    named = _named(stretch) or _of_sentence(where)
    attributes = particulars(measure, figure, where, period, credit)
    if figure.unit == "percent" and measure == "unauthorized_population":
        measure = "unauthorized_population_share"
    if measure in {"darien_transits", "hn_entries"}:
        # "From Colombia" is the way there; few of those who come that way are counted as Colombians without the word.
        named = tuple(code for code in named if code not in {"COL", "PAN"} or scope.nationalities(where.after[:50]))
    implied = {"guatemalans_returned": ("GTM",), "returns_to_haiti": ("HTI",)}.get(measure)
    household = scope.household(where.after[:50] + " | " + where.before[-40:])
    place = _place_of(measure, where)
    if measure == "migrant_deaths" and place is None and _OF_THE_BORDER.search(f"{credit.speaker} {where.sentence}"):
        # The Border Patrol counts those whom it finds; the ledger's series is of whole countries.
        place = "swb"
    if measure == "asylum_applications" and place is None:
        # Of which country is not said, and the ledger's thirteen are not the world.
        reading = replace(reading, confidence=min(reading.confidence, UNPLACED))
    return replace(
        reading,
        measure=measure,
        place=place,
        nationalities=implied or named,
        household=household if measure in {"sw_encounters", "us_encounters_nationwide"} else None,
        attributes=attributes,
        of=whole_of(figure, where),
    )


def _of_time(measure: str, days: tuple[dt.date | None, dt.date | None]) -> str:
    """Return the southwest border's measure of the time: the long series ends where the other begins."""
    end = days[1] or days[0]
    if measure in {"sw_encounters", "us_encounters_nationwide"} and end is not None and end < ENCOUNTERS_BEGIN:
        return "usbp_encounters"
    return measure


def _named(stretch: tuple[str, str]) -> tuple[str, ...]:
    """Return the nationalities of a figure: in the words after it, else in those ahead."""
    after, before = stretch
    clause = _ELSEWHERE.split(after)[0]
    close = scope.nationalities(clause[:90])
    if close:
        return close
    ahead = re.split(r"[;!?]|\bwhile\b|,\sand\s", before)[-1]
    return scope.nationalities(ahead[-110:])


def _of_sentence(where: Surroundings) -> tuple[str, ...]:
    """Return the one nationality that a sentence is about, for a bare number that goes on from another of it."""
    if not _BARE.match(where.after) or not re.search(r"\b(?:however|but|while|instead|rather|barely)\b", where.before):
        return ()
    found = scope.nationalities(where.sentence)
    return found if len(found) == 1 else ()


def _place_of(measure: str, where: Surroundings) -> str | None:
    near = where.after[:90] + " | " + where.before[-90:]
    if measure in {"sw_encounters", "usbp_encounters", "known_gotaways"}:
        found = scope.sector(where.after[:90]) or scope.sector(where.before) or _asked_of(where)
        return found or ("swb" if measure != "known_gotaways" else None)
    if measure == "migrant_deaths":
        return scope.first(near, scope.PLACES_OF_DEATH)
    if measure == "us_encounters_nationwide" and re.search(r"northern border|canad", where.sentence, re.I):
        return "northern"
    if measure in {"unauthorized_population", "unauthorized_population_share"}:
        return scope.first(near, scope.STATES)
    if measure == "irregular_border_detections_eu":
        return scope.first(near, scope.ROUTES)
    if measure == "asylum_applications":
        return scope.first(near, scope.COUNTRIES_OF_ASYLUM) or scope.first(where.sentence, scope.COUNTRIES_OF_ASYLUM)
    if measure in {"unemployment_rate", "foreign_born"}:
        return "USA"
    return None


def _asked_of(where: Surroundings) -> str | None:
    """Return the sector that the question before a bare number names ("And the Rio Grande Valley? Fifty thousand")."""
    before = where.windows[2]
    asked = re.search(r"[^.?!]*\?\s*$", before)
    if asked:
        return scope.named_sector(asked[0])
    return (
        scope.named_sector(before)
        if re.search(r"\b(?:agents|officers|officials|crossings|arrests)\sthere\b", where.sentence, re.I)
        else None
    )
