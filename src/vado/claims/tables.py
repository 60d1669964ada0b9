"""What was found of a text as tables: the figures, their rivals, the rows behind them, the text with its marks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from vado.claims.article import Article
from vado.claims.figure import Claim, Credit, Figure, Period, Reading
from vado.claims.rivals import ONE_OF_SEVERAL
from vado.claims.verdict import Verdict

#: Source of what the text itself says; its words are not kept unless the caller asks for it.
TEXT = "text_checked"

UNTITLED = "text without a title"

COLUMNS = (
    "text",
    "value",
    "bound",
    "unit",
    "measure",
    "date",
    "speaker",
    "outlet",
    "verdict",
    "reason",
    "trap",
    "model",
    "kind",
    "high",
    "confidence",
    "nationality",
    "place",
    "period_start",
    "period_end",
    "role",
    "relayed_by",
    "quoted",
    "source_id",
)

#: Rows of the ledger that are listed for one figure; a total over many leaves is told by its sum in ``rivals``.
MOST_ROWS = 40


@dataclass(frozen=True)
class Checked:
    """A figure or claim with everything that was found of it."""

    stated: Figure | Claim
    reading: Reading
    period: Period
    credit: Credit
    verdict: Verdict
    rows: pd.DataFrame | None = None

    @property
    def agrees(self) -> bool:
        """Whether a source of the ledger has this figure."""
        return self.verdict.verdict.startswith("matches") or self.verdict.verdict == ONE_OF_SEVERAL


def source_of(article: Article) -> dict[str, Any]:
    """Return the text itself as a source of what it says."""
    return {
        "source_id": TEXT,
        "publisher": "the text given",
        "title": article.title or UNTITLED,
        "published": article.date.isoformat() if article.date else None,
        "url": None,
        "licence": "not stated",
        "kind": "press",
    }


def figures_table(found: Sequence[Checked]) -> pd.DataFrame:
    """Return one row a figure or claim, numbered in the order of the text, with :data:`COLUMNS`."""
    made = [_row(one) for one in found]
    frame = pd.DataFrame(made, columns=list(COLUMNS))
    frame.insert(0, "number", range(1, len(frame) + 1))
    return frame


def _row(one: Checked) -> dict[str, Any]:
    stated, reading, period, credit, verdict = one.stated, one.reading, one.period, one.credit, one.verdict
    if isinstance(stated, Figure):
        about: dict[str, Any] = {
            "text": stated.words,
            "value": stated.value,
            "high": stated.high,
            "bound": stated.bound,
            "unit": stated.unit,
            "kind": "figure",
        }
    else:
        about = {
            "text": stated.clause or stated.words,
            "value": None,
            "high": None,
            "bound": "none",
            "unit": "claim",
            "kind": stated.kind,
        }
    ids = {TEXT} | {part for rival in verdict.rivals for part in rival.source_id.split(";")}
    return {
        **about,
        "measure": reading.measure or "none",
        "date": _words_of(period),
        "speaker": credit.speaker,
        "outlet": credit.outlet,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "trap": verdict.trap or None,
        "model": verdict.model or None,
        "confidence": reading.confidence,
        "nationality": ";".join(reading.nationalities) or "ALL",
        "place": reading.place,
        "period_start": pd.Timestamp(period.start) if period.start else None,
        "period_end": pd.Timestamp(period.end) if period.end else None,
        "role": credit.role,
        "relayed_by": credit.relayed_by,
        "quoted": credit.quoted,
        "source_id": ";".join(sorted(ids - {""})),
    }


def _words_of(period: Period) -> str | None:
    """Return the days of a figure in ISO: a day, a month, a year, or first/last day.

    >>> _words_of(Period(dt.date(2021, 9, 1), dt.date(2021, 9, 30), "month"))
    '2021-09'
    """
    start, end = period.start, period.end
    if end is None:
        return f"{start}/" if start else None
    if start is None:
        return f"/{end}"
    if start == end:
        return start.isoformat()
    after = end + dt.timedelta(days=1)
    if start.day == 1 and after.day == 1:
        if (start.year, start.month) == (end.year, end.month):
            return f"{start:%Y-%m}"
        if start.month == 1 and end.month == 12 and start.year == end.year:
            return f"{start:%Y}"
    return f"{start}/{end}"


def rivals_table(found: Sequence[Checked]) -> pd.DataFrame:
    """Return what the ledger has beside each figure: one row a rival."""
    made = [
        {
            "number": number,
            "text": one.stated.words if isinstance(one.stated, Figure) else one.stated.clause,
            "name": rival.name,
            "value": rival.value,
            "low": rival.low,
            "high": rival.high,
            "what": rival.what,
            "counts": rival.scope,
            "period_start": pd.Timestamp(rival.period_start),
            "period_end": pd.Timestamp(rival.period_end),
            "published": pd.Timestamp(rival.published) if rival.published else None,
            "source_id": rival.source_id or TEXT,
        }
        for number, one in enumerate(found, 1)
        for rival in one.verdict.rivals
    ]
    return pd.DataFrame(made)


def rows_table(found: Sequence[Checked]) -> pd.DataFrame:
    """Return the rows of the ledger behind each verdict, at most :data:`MOST_ROWS` a figure."""
    made = [
        one.rows.head(MOST_ROWS).assign(number=number)
        for number, one in enumerate(found, 1)
        if one.rows is not None and not one.rows.empty
    ]
    if not made:
        return pd.DataFrame()
    joined = pd.concat([frame.dropna(axis="columns", how="all") for frame in made], ignore_index=True)
    return joined[["number", *[name for name in joined.columns if name != "number"]]]


def marked_table(text: str, found: Sequence[Checked]) -> pd.DataFrame:
    """Return the text cut at its marks: a row a stretch, with paragraph, words, mark and reason."""
    marks = sorted((one.stated.start, one.stated.end, number) for number, one in enumerate(found, 1))
    made: list[dict[str, Any]] = []
    at = 0
    for start, end, number in marks:
        if start < at:
            # A figure inside a claim that is marked already: the figure has its row in the table.
            continue
        one = found[number - 1]
        made += _stretch(text, at, start, None, None)
        made += _stretch(text, start, end, f"{number} {_short(one.verdict.verdict)}", one.verdict.reason)
        at = end
    made += _stretch(text, at, len(text), None, None)
    return pd.DataFrame(made, columns=["paragraph", "text", "mark", "note", "source_id"])


def _stretch(text: str, start: int, end: int, mark: str | None, note: str | None) -> list[dict[str, Any]]:
    made = []
    at = start
    for part in text[start:end].split("\n\n"):
        if part:
            paragraph = text.count("\n\n", 0, at) + 1
            made.append({"paragraph": paragraph, "text": part, "mark": mark, "note": note, "source_id": TEXT})
        at += len(part) + 2
    return made


def _short(verdict: str) -> str:
    """Return a verdict without the name of whom a figure matches."""
    return "matches" if verdict.startswith("matches") else verdict


def summary_of(article: Article, found: Sequence[Checked], no_response: Sequence[str]) -> list[str]:
    """Return what was found in one to three sentences."""
    if article.language != "en":
        return ["The text is not English, not checked: Vado reads English news text only."]
    if not found:
        return ["No figure or ranking that the ledger could judge was found."]
    kinds = Counter(_family(one.verdict.verdict) for one in found)
    judged = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    figures = sum(isinstance(one.stated, Figure) for one in found)
    claims = len(found) - figures
    sentences = [
        f"{figures} {'figure' if figures == 1 else 'figures'}"
        + (f" and {claims} {'claim' if claims == 1 else 'claims'} without one" if claims else "")
        + f" found: {judged}."
    ]
    if article.date is None:
        sentences.append(
            "The text has no date that could be read; give one with --date, since figures are judged by it."
        )
    else:
        sentences.append(f"The text is dated {article.date:%-d %B %Y} ({article.date_words}).")
    if no_response:
        sentences.append(f"Said not to have responded: {'; '.join(no_response)}.")
    return sentences


def _family(verdict: str) -> str:
    return (
        "matching a source"
        if verdict.startswith("matches")
        else verdict
        if verdict != "outside it"
        else "outside the published range"
    )
