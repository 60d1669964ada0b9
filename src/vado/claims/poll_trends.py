"""What the polls say of a trend or a record in approval.

A trend is a least-squares line through all polls of ninety days, one a poll; a record is one pollster's against its own
earlier polls.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from vado.claims import polls as poll_tables
from vado.claims.figure import Claim
from vado.claims.question import Question
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE
from vado.claims.trends import RECENT_DAYS, UNDATED, held
from vado.claims.verdict import Verdict, said
from vado.claims.wording import date, quantity

if TYPE_CHECKING:
    import pandas as pd

#: A move of fewer points over the window is no trend.
LEVEL_POINTS = 1.0

#: A trend or record in polls needs at least so many.
ENOUGH_POLLS = 8


def of_polls(question: Question, claim: Claim) -> Verdict:
    """Judge a trend or record of approval by the polls of all pollsters, or of the one that is named."""
    column = "approve" if question.measure == "approval" else "disapprove"
    population = question.reading.attributes.get("population", "")
    if population and population not in poll_tables.POPULATIONS:
        return said(NO_SOURCE, f"the ledger has no {question.measure} among {population}")
    chosen = poll_tables.on_subject(question, column)
    if chosen is None or claim.kind not in ("trend", "record"):
        return said(NO_SOURCE, f"the ledger has no polls that tell of this {question.measure}")
    end = question.period.end or question.article_date
    if end is None:
        return said(NOT_COMPARABLE, UNDATED)
    pollster = question.reading.attributes.get("pollster", "")
    if pollster:
        own = poll_tables.by_pollster(chosen, pollster)
        chosen = own if len(own) >= ENOUGH_POLLS or claim.kind == "record" else chosen
    if claim.kind == "record":
        return _poll_record(question, claim, chosen, column, end)
    start = question.period.start
    if start is None or (end - start).days < RECENT_DAYS // 2:
        start = end - dt.timedelta(days=RECENT_DAYS)
    each = poll_tables.one_a_poll(poll_tables.between(chosen, start, end))
    if len(each) < ENOUGH_POLLS:
        return said(
            NO_SOURCE, f"too few polls in the ledger, {len(each)}, ended from {date(start)} to {date(end)} for a trend"
        )
    ends = each["end_date"].dt.date
    days = np.array([(day - start).days for day in ends], float)
    slope, level = np.polyfit(days, each[column].to_numpy(float), 1)
    span_days = (end - start).days
    first, last = level, level + slope * span_days
    reason = (
        f"a straight line through {len(each)} polls from {date(start)} to {date(end)} goes from "
        f"{quantity(first, 'percent')} to {quantity(last, 'percent')} {question.measure}"
    )
    rivals = [poll_tables.as_rival(question, row, column) for row in each.tail(1).to_dict("records")]
    if abs(last - first) < LEVEL_POINTS:
        return said(NOT_COMPARABLE, f"{reason}, which is hardly a change", rivals)
    publisher = question.shelf.name(str(each["source_id"].iloc[-1]))
    return held((last - first) * claim.direction > 0, publisher, reason, rivals, question)


def _poll_record(question: Question, claim: Claim, polls: pd.DataFrame, column: str, end: dt.date) -> Verdict:
    start = question.period.start or end - dt.timedelta(days=poll_tables.WINDOW)
    now = poll_tables.one_a_poll(poll_tables.between(polls, start - dt.timedelta(days=poll_tables.WRITTEN_OF), end))
    before = poll_tables.one_a_poll(
        polls[polls["end_date"].dt.date < start - dt.timedelta(days=poll_tables.WRITTEN_OF)]
    )
    if now.empty or len(before) < ENOUGH_POLLS or not question.reading.attributes.get("pollster"):
        return said(
            NOT_COMPARABLE,
            "a record of one pollster needs its name and its earlier polls, and the ledger lacks one of them",
        )
    best = now.sort_values(column, ascending=claim.direction < 0).to_dict("records")[0]
    extreme = before.sort_values(column, ascending=claim.direction < 0).to_dict("records")[0]
    told = [poll_tables.as_rival(question, row, column) for row in (best, extreme)]
    word, value = "highest" if claim.direction >= 0 else "lowest", quantity(float(extreme[column]), "percent")
    reason = f"{told[0].says}, and the {word} of its {len(before)} earlier polls was {value}"
    return held(claim.direction * (best[column] - extreme[column]) > 0, told[0].name, reason, told, question)
