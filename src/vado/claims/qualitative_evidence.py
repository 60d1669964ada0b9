"""Claims without a figure that data decide: who comes first, what most of something is, what rises, what is a record.

A ranking lists the leading groups with their numbers; a share in words is held against one half; trends and records
are those of :mod:`vado.claims.trends` and :mod:`vado.claims.poll_trends`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vado.claims import polls as poll_tables
from vado.claims import shares
from vado.claims.figure import Claim, Figure, Period, Reading
from vado.claims.flows import of_total, part_of, what
from vado.claims.poll_trends import of_polls
from vado.claims.question import Question
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE, Obstacle, Rival
from vado.claims.shelf import shelf
from vado.claims.spans import Span, is_whole_months, months_in, window
from vado.claims.tally import RESIDUAL, Part
from vado.claims.trends import UNDATED, held, record, stock_trend, trend
from vado.claims.verdict import LEAST_CONFIDENCE, Verdict, said
from vado.claims.wording import during, listed, quantity
from vado.ledger.codes import nationality_name
from vado.ledger.dates import Day, add_months, fiscal_year

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: How many of the leading groups a reason lists.
LISTED = 5

_MINOR = re.compile(r"\b(minority|less than half|few|hardly|small (?:part|share)|fewer than half)\b", re.I)


@dataclass(frozen=True)
class _Counted:
    """A number of one group, place or period."""

    name: str
    value: float
    rival: Rival
    code: str = ""


def qualitative(
    ledger: Ledger,
    claim: Claim,
    reading: Reading,
    period: Period,
    article_date: dt.date | None,
    as_of: Day | None = None,
) -> Verdict:
    """Return the verdict on a claim without a figure.

    Parameters
    ----------
    ledger
        The ledger.
    claim
        The claim: its words, kind and direction.
    reading
        What it is about.
    period
        When; without one a claim is about the months or days before the text.
    article_date
        The day of the text; None if not known.
    as_of
        Leave out what was published later; None for all.

    Returns
    -------
    Verdict
        ``matches NAME`` if the claim holds, ``outside it`` if the data contradict it, else ``not comparable`` or ``no
        source in the ledger``.
    """
    figure = Figure(claim.start, claim.end, claim.words, claim.words, 50.0, "more than", "percent", 1.0)
    question = Question(shelf(ledger, as_of), figure, reading, period, article_date)
    known = {*question.shelf.measures, *poll_tables.MEASURES}
    if reading.measure is None or reading.measure not in known:
        return said(NO_SOURCE, "the ledger has nothing that this claim could be held against")
    if reading.confidence < LEAST_CONFIDENCE:
        return said(NOT_COMPARABLE, "it is not certain what the text compares")
    if reading.measure in poll_tables.MEASURES:
        return of_polls(question, claim)
    if question.about["kind"] == "stock" and claim.kind == "trend":
        return stock_trend(question, claim)
    if "time" not in str(question.about["additive_over"]) and claim.kind != "share":
        return said(NOT_COMPARABLE, f"the ledger has no regular series of {question.title()}")
    if claim.kind == "share":
        return _share(question, claim)
    part = part_of(question)
    if isinstance(part, Obstacle):
        return said(part.verdict, part.reason)
    if claim.kind == "ranking":
        return _ranking(question, claim, part)
    return trend(question, claim, part) if claim.kind == "trend" else record(question, claim, part)


def _counts(question: Question, parts: list[tuple[str, str, Part]], days: Span) -> list[_Counted]:
    found = []
    for code, name, part in parts:
        total = question.tally.total(part, days.start, days.end)
        if total is not None:
            rival = of_total(question, question.measure, part, total, days)
            found.append(_Counted(name, total.value, rival, code))
    return sorted(found, key=lambda counted: -counted.value)


def _ranking(question: Question, claim: Claim, part: Part) -> Verdict:
    tally = question.tally
    if part.nationalities:
        codes = [code for code in tally.values("nationality") if code != RESIDUAL]
        wanted = set(part.nationalities)
        parts = [(code, nationality_name(code), part.but(nationalities=(code,))) for code in codes]
    elif not tally.is_whole(part.place):
        names = question.shelf.place_names
        kind = question.shelf.places.get(str(part.place), {}).get("kind")
        alike = [p for p in tally.values("place") if question.shelf.places.get(p, {}).get("kind") == kind]
        wanted = {str(part.place)}
        parts = [(place, names.get(place, place), part.but(place=place)) for place in alike]
    else:
        return _busiest(question, claim, part)
    days = window(question.period, question.article_date)
    if days is None:
        return said(NOT_COMPARABLE, UNDATED)
    found = _counts(question, parts, days)
    if len(found) <= len(wanted) or not wanted <= {counted.code for counted in found}:
        return said(NOT_COMPARABLE, f"the ledger has no {question.title()} by group {during(days.start, days.end)}")
    ordered = found if claim.direction >= 0 else found[::-1]
    first = {counted.code for counted in ordered[: len(wanted)]}
    tie = ordered[len(wanted) - 1].value == ordered[len(wanted)].value
    shown = listed([f"{c.name} {quantity(c.value)}" for c in ordered[:LISTED]])
    order = "largest" if claim.direction >= 0 else "smallest"
    of = what(
        question,
        question.measure,
        part.but(nationalities=(), place=None if part.place and not part.nationalities else part.place),
    )
    reason = f"the {order} numbers of {of} {during(days.start, days.end)} were {shown} ({found[0].rival.name})"
    if tie and first != wanted:
        return said(NOT_COMPARABLE, reason, [c.rival for c in ordered[:LISTED]])
    return held(first == wanted, found[0].rival.name, reason, [c.rival for c in ordered[:LISTED]], question)


def _busiest(question: Question, claim: Claim, part: Part) -> Verdict:
    """Rank a month among those of its year."""
    start, end = question.period.start, question.period.end
    if start is None or end is None or not is_whole_months(start, end) or months_in(start, end) != 1:
        return said(NOT_COMPARABLE, "the text does not say which of several it ranks")
    years = [(dt.date(end.year, 1, 1), dt.date(end.year, 12, 31)), fiscal_year(end.year + (end.month >= 10))]
    first_found: list[_Counted] = []
    for first, last in years:
        months = [
            (f"{m:%B %Y}", Span(m.replace(day=1), m)) for m in (add_months(first, n) for n in range(12)) if m <= last
        ]
        found = sorted(
            (c for name, days in months for c in _counts(question, [(name, name, part)], days)),
            key=lambda counted: -claim.direction * counted.value,
        )
        first_found = first_found or found
        if found and found[0].name == f"{end:%B %Y}" and len(found) == 12:
            return _told(question, part, found, True)
    if not first_found:
        return said(NOT_COMPARABLE, f"the ledger has no months of {question.title()} in {end.year}")
    return _told(question, part, first_found, False)


def _told(question: Question, part: Part, found: list[_Counted], holds: bool) -> Verdict:
    shown = listed([f"{c.name} {quantity(c.value)}" for c in found[:3]])
    reason = f"by month the {what(question, question.measure, part)} were first {shown} ({found[0].rival.name})"
    return held(holds, found[0].rival.name, reason, [c.rival for c in found[:3]], question)


def _share(question: Question, claim: Claim) -> Verdict:
    days = window(question.period, question.article_date)
    about = question.about
    additive = "time" in str(about["additive_over"])
    if not additive:
        return said(NOT_COMPARABLE, f"the ledger has no {question.title()} that a share could be taken of")
    if days is None:
        return said(NOT_COMPARABLE, UNDATED)
    dated = replace(question, period=Period(days.start, days.end, "range"))
    evidence = shares.share(dated)
    if evidence.obstacle is not None:
        return said(evidence.obstacle.verdict, evidence.obstacle.reason)
    rival = evidence.same[0]
    value = rival.value or 0.0
    minor = bool(_MINOR.search(claim.words)) or claim.direction < 0
    return held(value < 50 if minor else value > 50, rival.name, rival.says, evidence.same, question)
