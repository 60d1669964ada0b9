"""A checked text as schema.org ClaimReview, so that other programs can read which figure was held against what.

A review is written for each figure and claim that has a verdict other than "no source in the ledger". The rating is in
words: the ledger's verdicts do not lie on one scale from false to true, and none is put on one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from vado.answer import Answer, rows_of
from vado.claims.figure import ARTICLE
from vado.claims.rivals import NO_SOURCE
from vado.claims.tables import TEXT, UNTITLED

CONTEXT = "https://schema.org"

#: Sources that a review cites.
MOST_CITED = 5


def claim_reviews(answer: Answer, *, url: str | None = None, day: dt.date | None = None) -> dict[str, Any]:
    """Return an answer of ``vado check`` as a JSON-LD document.

    Parameters
    ----------
    answer
        What :func:`vado.claims.check.check` returned.
    url
        Address of the text, where it has one.
    day
        Day of the review; today if not given.

    Returns
    -------
    dict
        ``@context`` and ``@graph``, a list of ``ClaimReview``: the claim's words (``claimReviewed``), who made it and
        where it appeared (``itemReviewed``), the verdict (``reviewRating.alternateName``) and its reason
        (``reviewBody``), and the sources that it rests on (``citation``).
    """
    sources = {str(source["source_id"]): source for source in answer.sources}
    text = sources[TEXT]
    return {
        "@context": CONTEXT,
        "@graph": [
            _review(row, _nearest(answer, row), sources, text, url, day or dt.date.today())
            for row in rows_of(answer.tables["figures"])
            if row["verdict"] != NO_SOURCE
        ],
    }


def _nearest(answer: Answer, row: dict[str, Any]) -> list[str]:
    """Return the sources that count the same as a figure, at most :data:`MOST_CITED`; else those it names."""
    rivals = answer.tables.get("rivals")
    same = (
        []
        if rivals is None
        else rivals[(rivals["number"] == row["number"]) & (rivals["counts"] == "same")]["source_id"]
    )
    ids = list(dict.fromkeys(part for cell in same for part in str(cell).split(";")))
    named = [key for key in str(row["source_id"]).split(";") if key != TEXT]
    return (ids or named)[:MOST_CITED]


def _review(
    row: dict[str, Any],
    ids: list[str],
    sources: Mapping[str, Mapping[str, Any]],
    text: Mapping[str, Any],
    url: str | None,
    day: dt.date,
) -> dict[str, Any]:
    cited = [sources[key] for key in ids]
    headline = {} if text["title"] == UNTITLED else {"headline": text["title"]}
    item: dict[str, Any] = {
        "@type": "Claim",
        "text": row["text"],
        "appearance": {"@type": "CreativeWork"} | headline | ({"url": url} if url else {}),
    }
    if text["published"]:
        item["datePublished"] = text["published"]
    if row["speaker"] != ARTICLE:
        kind = "Person" if row["role"] == "person" else "Organization"
        item["author"] = {"@type": kind, "name": row["speaker"]}
    if row["outlet"]:
        item["appearance"]["publisher"] = {"@type": "Organization", "name": row["outlet"]}
    body = " ".join(part for part in (row["reason"], row["trap"], row["model"]) if part)
    return {
        "@type": "ClaimReview",
        "claimReviewed": f"{row['text']} ({row['measure'].replace('_', ' ')})",
        "datePublished": day.isoformat(),
        "author": {"@type": "Organization", "name": "Vado"},
        "itemReviewed": item,
        "reviewRating": {"@type": "Rating", "alternateName": row["verdict"]},
        "reviewBody": body,
        "citation": [
            {
                "@type": "CreativeWork",
                "identifier": source["source_id"],
                "name": source["title"],
                "publisher": {"@type": "Organization", "name": source["publisher"]},
                **({"url": source["url"]} if source.get("url") else {}),
            }
            for source in cited
        ],
    }
