"""A checked text as schema.org ClaimReview, so that other programs can read which figure was held against what.

A review is written for each figure and claim that has a verdict other than "no source in the ledger". The rating is in
words: the ledger's verdicts do not lie on one scale from false to true, and none is put on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vado.answer import Answer, rows_of
from vado.claims.figure import ARTICLE
from vado.claims.rivals import NO_SOURCE

CONTEXT = "https://schema.org"


def claim_reviews(answer: Answer, *, url: str | None = None) -> dict[str, Any]:
    """Return an answer of ``vado check`` as a JSON-LD document.

    Parameters
    ----------
    answer
        What :func:`vado.claims.check.check` returned.
    url
        Address of the text, where it has one.

    Returns
    -------
    dict
        ``@context`` and ``@graph``, a list of ``ClaimReview``: the claim's words (``claimReviewed``), who made it and
        where it appeared (``itemReviewed``), the verdict (``reviewRating.alternateName``) and its reason
        (``reviewBody``), and the sources that it rests on (``citation``).
    """
    sources = {str(source["source_id"]): source for source in answer.sources}
    text = sources["text_checked"]
    return {
        "@context": CONTEXT,
        "@graph": [
            _review(row, answer, sources, text, url)
            for row in rows_of(answer.tables["figures"])
            if row["verdict"] != NO_SOURCE
        ],
    }


def _review(
    row: dict[str, Any],
    answer: Answer,
    sources: Mapping[str, Mapping[str, Any]],
    text: Mapping[str, Any],
    url: str | None,
) -> dict[str, Any]:
    cited = [sources[key] for key in str(row["source_id"]).split(";") if key != "text_checked"]
    item: dict[str, Any] = {
        "@type": "Claim",
        "text": row["text"],
        "appearance": {"@type": "CreativeWork", "headline": text["title"], **({"url": url} if url else {})},
    }
    if text["published"]:
        item["datePublished"] = text["published"]
    if row["speaker"] != ARTICLE:
        item["author"] = {"@type": "Thing", "name": row["speaker"]}
    if row["outlet"]:
        item["appearance"]["publisher"] = {"@type": "Organization", "name": row["outlet"]}
    body = " ".join(part for part in (row["reason"], row["trap"], row["model"]) if part)
    return {
        "@type": "ClaimReview",
        "claimReviewed": f"{row['text']} ({row['measure'].replace('_', ' ')})",
        "datePublished": answer.as_of.isoformat(),
        "author": {"@type": "Organization", "name": "Vado"},
        "itemReviewed": item,
        "reviewRating": {"@type": "Rating", "alternateName": row["verdict"]},
        "reviewBody": body,
        "citation": [
            {
                "@type": "CreativeWork",
                "identifier": source["source_id"],
                "name": source["title"],
                "publisher": source["publisher"],
                **({"url": source["url"]} if source.get("url") else {}),
            }
            for source in cited
        ],
    }
