"""Months in which a policy is known to have broken the series, so that scores can be shown without them.

They are chosen in hindsight, from the dated policy events that the ledger holds, and serve one purpose: to see how
much of a forecaster's error lies in a few months that nobody could have drawn from the series. Scores over all months
come first; these months are never left out alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from vado.forecast.targets import month_stamp

SOURCE = {
    "source_id": "vado_break_months",
    "publisher": "Vado",
    "title": "Break months, chosen in hindsight from dated policy events",
    "published": None,
    "url": None,
    "licence": "BSD-3-Clause",
    "note": "the events themselves are in the ledger's table of events, with their sources",
}


@dataclass(frozen=True)
class Break:
    """A month, the day and subject of what happened, and what it did to the series."""

    month: str
    date: str
    subject: str
    reason: str


BREAKS = (
    Break("2021-09", "2021-09-18", "haiti_flights", "Del Rio camp: Haitian encounters in Del Rio within two weeks"),
    Break("2021-10", "2021-09-18", "haiti_flights", "after the clearing of Del Rio: few Haitian encounters left"),
    Break("2022-02", "2022-01-21", "mx_visa_ven", "first full month of Mexico's visa for Venezuelans"),
    Break("2022-10", "2022-10-12", "mx_accepts_returns", "Venezuelans expelled to Mexico, parole for them by air"),
    Break("2022-11", "2022-10-12", "mx_accepts_returns", "first full month of Venezuelan expulsions"),
    Break("2023-01", "2023-01-05", "chnv", "parole and returns for Cuba, Haiti, Nicaragua; appointments"),
    Break("2023-05", "2023-05-11", "title42", "Title 42 ends on 11 May; asylum rule and 1,000 appointments a day"),
    Break("2023-06", "2023-05-11", "title42", "first full month after Title 42"),
)


def break_table(months: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the break months, the documented ones or a user's own.

    Parameters
    ----------
    months
        Months such as ``"2022-10"``; default :data:`BREAKS`.

    Returns
    -------
    pandas.DataFrame
        Columns ``month`` (month end), ``date``, ``subject``, ``reason``, ``source_id``.
    """
    chosen = BREAKS if months is None else [Break(name, "", "", "named by the user") for name in months]
    rows = [(month_stamp(item.month), item.date, item.subject, item.reason, SOURCE["source_id"]) for item in chosen]
    table = pd.DataFrame(rows, columns=["month", "date", "subject", "reason", "source_id"])
    return table.astype({"month": "datetime64[s]"})
