"""Polls of a president's approval as clean data: one row a poll, with how much of each is new.

The table ``polls`` has a row a question: the same interviews come back for adults, registered and likely voters, and a
tracking poll comes back every day with most of its interviews unchanged. Here a poll is one row, that of the widest
population asked, and ``fresh`` is the share of its field days that no earlier release of the same line covered. Of
published polls that share an average treats every day once, so that a tracker which reports daily counts as often
as its interviews are renewed and not as often as it reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vado.ledger.dates import Day

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Population asked, in the order of preference where one poll gives several: all adults, registered voters, voters,
#: likely voters. Adults first, since approval is asked of everyone and most pollsters have them.
POPULATIONS = ("a", "rv", "v", "lv")

#: The topic of a question about the president as a whole.
OVERALL = "overall"

COLUMNS = (
    "poll_id",
    "president",
    "pollster",
    "line",
    "sponsors",
    "start",
    "end",
    "published",
    "sample_size",
    "population",
    "mode",
    "partisan",
    "tracking",
    "approve",
    "disapprove",
    "fresh",
    "source_id",
)


def read_polls(ledger: Ledger, as_of: Day | None = None) -> pd.DataFrame:
    """Return the polls of overall approval that had been published by a day; see :func:`clean`."""
    return clean(ledger.read("polls", as_of))


def clean(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a poll from one row a question, in the order of publication.

    Parameters
    ----------
    rows
        The table ``polls`` of the ledger, or rows of the same columns.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`COLUMNS`. ``approve`` and ``disapprove`` in per cent; ``line`` is the pollster with the sponsor
        or the word "tracker", the unit whose releases overlap; ``fresh`` in (0, 1], from releases before it alone.
    """
    asked = rows[(rows["topic"] == OVERALL) & rows["population"].isin(POPULATIONS)]
    asked = asked.dropna(subset=["approve", "disapprove", "end_date", "published"])
    asked = asked[(asked["approve"] + asked["disapprove"]).between(20, 101)]
    # The release that came first is kept, so that a later one changes nothing that was known before it.
    order = asked["population"].map({name: rank for rank, name in enumerate(POPULATIONS)})
    one = (
        asked.assign(order=order, size=-asked["sample_size"].fillna(0.0))
        .sort_values(["poll_id", "published", "order", "size", "question_id"], kind="stable")
        .drop_duplicates(["subject", "poll_id"])
    )
    end = one["end_date"].dt.normalize()
    start = one["start_date"].dt.normalize().fillna(end).clip(upper=end)
    tracking = one["tracking"].fillna(False).astype(bool)
    sponsors = one["sponsors"].fillna("").astype(str)
    pollster = one["pollster"].astype(str)
    found = pd.DataFrame(
        {
            "poll_id": one["poll_id"].astype(str),
            "president": one["subject"].astype(str),
            "pollster": pollster,
            # Sponsors of a tracker change while its interviews go on, so they do not make a line of their own.
            "line": (pollster + " | " + sponsors.where(~tracking, "tracker")).str.removesuffix(" | "),
            "sponsors": sponsors,
            "start": start,
            "end": end,
            "published": one["published"].dt.normalize(),
            "sample_size": one["sample_size"],
            "population": one["population"].astype(str),
            "mode": one["methodology"].map(mode),
            "partisan": one["partisan"].fillna("").astype(str),
            "tracking": tracking,
            "approve": one["approve"].astype(float),
            "disapprove": one["disapprove"].astype(float),
            "source_id": one["source_id"].astype(str),
        }
    )
    found = found.sort_values(["published", "end", "poll_id"], kind="stable").reset_index(drop=True)
    return found.assign(fresh=fresh(found))[list(COLUMNS)]


def mode(methodology: object) -> str:
    """Return the way of asking, ``online``, ``phone`` or ``mixed``, from the words of the source.

    What is named first as live interviews is ``phone``; recorded calls, texts and mixtures are ``mixed``.

    >>> [mode(words) for words in ("Online", "Live Phone/Online", "IVR/Text", None)]
    ['online', 'phone', 'mixed', 'online']
    """
    words = str(methodology) if isinstance(methodology, str) and methodology else "Online"
    if words.startswith("Live Phone"):
        return "phone"
    return "online" if words == "Online" else "mixed"


def fresh(polls: pd.DataFrame) -> np.ndarray:
    """Return the share of each poll's field days that no poll before it of the same line covered.

    Parameters
    ----------
    polls
        Columns ``president, line, start, end`` in the order of publication.

    Returns
    -------
    numpy.ndarray
        Shares in (0, 1]. A repetition of the same days has half a day: its interviews may be others.

    Examples
    --------
    >>> days = pd.DataFrame({"president": "P", "line": "L", "start": pd.to_datetime(["2021-01-01", "2021-01-02"]),
    ...                      "end": pd.to_datetime(["2021-01-05", "2021-01-06"])})
    >>> fresh(days).tolist()
    [1.0, 0.2]
    """
    first = polls["start"].to_numpy().astype("datetime64[D]").astype(int)
    last = polls["end"].to_numpy().astype("datetime64[D]").astype(int)
    seen: dict[tuple[str, str], set[int]] = {}
    shares = np.ones(len(polls))
    for row, key in enumerate(zip(polls["president"], polls["line"], strict=True)):
        covered = seen.setdefault(key, set())
        days = range(first[row], last[row] + 1)
        new = sum(one not in covered for one in days)
        shares[row] = max(new, 0.5) / len(days)
        covered.update(days)
    return shares
