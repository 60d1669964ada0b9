"""Recorded votes: the roll call that a pair of yeas and nays is of."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from vado.claims.question import Question
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE, OUTSIDE, SAME, Evidence, Rival, frame_of, stuck
from vado.claims.wording import date, words

MEASURE = "votes"

#: A vote is dated by its day or the one after.
NEXT_DAY = dt.timedelta(days=1)

#: Words of a bill's title that tell nothing of which it is.
_COMMON = words("the a an act of and bill to for in on house senate passage cloture vote motion amendment")


def gather(question: Question) -> Evidence:
    """Return the roll calls that a stated vote can be held against.

    The bill, the chamber and the day narrow them, each where the text gives it. A vote of the right bill and chamber
    with other totals contradicts the figure; one that the text ties to no roll call of the ledger has no source in it.
    """
    records = [{str(k): v for k, v in row.items()} for row in question.shelf.roll_calls.to_dict("records")]
    attributes = question.reading.attributes
    in_chamber = [row for row in records if _in_chamber(row, attributes.get("chamber", ""))]
    of_bill = [row for row in in_chamber if _of_bill(row, attributes.get("bill", ""))] if attributes.get("bill") else []
    dated = [row for row in (of_bill or in_chamber) if _on_day(question, row)]
    chosen = [row for row in dated if _is_pair(question, row)]
    # A bill goes by several names: totals of a vote of the chamber and the day are that vote's.
    chosen = chosen or [row for row in in_chamber if _on_day(question, row) and _is_pair(question, row)]
    elsewhere = [row for row in in_chamber if _is_pair(question, row) and row not in chosen]
    if not chosen and not (of_bill and dated):
        # Without a bill only the numbers can say that two votes are one: one of the two must be right.
        dated = [row for row in dated if _is_stated(question) and _half(question, row)]
    found = chosen or dated
    if not found and elsewhere:
        # The text itself says when: totals of a vote of another time contradict it.
        verdict = OUTSIDE if question.period.end is not None and question.period.start is not None else NOT_COMPARABLE
        vote = _rival(question, elsewhere[0], _named(elsewhere[0]), verdict)
        return stuck(verdict, f"{vote.says}, and the text speaks of another vote", [vote])
    if not found:
        return stuck(NO_SOURCE, "the ledger has no roll call of that bill, chamber and day")
    rivals = [_rival(question, row) for row in found]
    rivals += [_rival(question, row, _named(row), OUTSIDE) for row in elsewhere]
    return Evidence("count", tuple(rivals), frame_of(_framed(row) for row in found))


def _is_pair(question: Question, row: dict[str, Any]) -> bool:
    figure = question.figure
    if figure.high is None:
        return figure.value in (row["yea"], row["nay"])
    return (figure.value, figure.high) in ((row["yea"], row["nay"]), (row["nay"], row["yea"]))


def _half(question: Question, row: dict[str, Any]) -> bool:
    return bool(question.figure.value == row["yea"] or question.figure.high == row["nay"])


def _is_stated(question: Question) -> bool:
    start, end = question.period.start, question.period.end
    return start is not None and end is not None and (end - start).days <= 31


def _in_chamber(row: dict[str, Any], asked: str) -> bool:
    return not asked or str(row["chamber"]).casefold() in asked.casefold()


def _of_bill(row: dict[str, Any], asked: str) -> bool:
    """Return whether a roll call is of a bill given by number or by words of its title.

    >>> row = {"bill": "hr6", "label": "H.R.6 Dream and Promise 2021", "question": "On Passage: H R 6 Dream Act"}
    >>> _of_bill(row, "H.R. 6"), _of_bill(row, "Dream and Promise Act"), _of_bill(row, "H.R. 1603")
    (True, True, False)
    """
    compact = re.sub(r"[^a-z0-9]", "", asked.casefold())
    if re.fullmatch(r"(hr|s|hjres|sjres)\d+", compact):
        return compact == re.sub(r"[^a-z0-9]", "", str(row["bill"]).casefold())
    named = set(re.findall(r"[a-z]+", asked.casefold())) - _COMMON
    titles = set(re.findall(r"[a-z]+", f"{row['label']} {row['question']}".casefold()))
    return bool(named) and named <= titles


def _on_day(question: Question, row: dict[str, Any]) -> bool:
    start, end = question.period.start, question.period.end
    day = row["date"].date()
    if end is None:
        return question.article_date is None or day <= question.article_date
    return bool((start is None or start - NEXT_DAY <= day) and day <= end + NEXT_DAY)


def _rival(question: Question, row: dict[str, Any], scope: str = SAME, bearing: str = "") -> Rival:
    day = row["date"].date()
    name = _named(row)
    yeas, nays = float(row["yea"]), float(row["nay"])
    # "187 to 237" is the vote of 237 yeas: texts that give the losing side first are turned with it.
    turned = question.figure.value == nays and question.figure.high in (yeas, None)
    return Rival(
        name=name,
        value=nays if turned else yeas,
        low=None,
        high=yeas if turned else nays,
        what="yeas",
        period_start=day,
        period_end=day,
        published=day,
        source_id=str(row["source_id"]),
        scope=scope,
        unit="votes",
        bearing=bearing,
        says=f"{name} of {date(day)} had {row['yea']} yeas and {row['nay']} nays ({str(row['result']).lower()})",
    )


def _named(row: dict[str, Any]) -> str:
    """Return a roll call's name: "House roll call 91, H.R. 6"."""
    number = re.sub(r"\D", "", str(row["vote_id"]).split("-")[0])
    bill = str(row["bill"]) if isinstance(row["bill"], str) else ""
    prefix = {"hr": "H.R.", "s": "S."}.get(re.sub(r"\d", "", bill), re.sub(r"\d", "", bill).upper())
    of = f", {prefix} {re.sub(r'[^0-9]', '', bill)}" if bill else ""
    return f"{row['chamber']} roll call {number}{of}"


def _framed(row: dict[str, Any]) -> dict[str, Any]:
    day = row["date"].date()
    return {
        "measure": MEASURE,
        "place": "USA",
        "nationality": "ALL",
        "period_start": day,
        "period_end": day,
        "value": row["yea"],
        "high": row["nay"],
        "unit": "votes",
        "series": row["chamber"],
        "vintage": row["vote_id"],
        "published": day,
        "source_id": row["source_id"],
    }
