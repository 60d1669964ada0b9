"""What every answer of this room says of itself: its sources, its assumptions and the limits of its data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.answer import cited, rows_of
from vado.forecast.breaks import SOURCE as BREAK_SOURCE
from vado.forecast.season import STRENGTH
from vado.forecast.targets import Panel

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger


def open_default(ledger: Ledger | None) -> Ledger:
    """Return the ledger given, or the one that ships."""
    if ledger is not None:
        return ledger
    from vado.ledger.ledger import open_ledger

    return open_ledger()


def cite(ledger: Ledger, *tables: pd.DataFrame) -> list[Mapping[str, Any]]:
    """Return the sources that the tables name."""
    ids = set(cited(*tables))
    own = str(BREAK_SOURCE["source_id"])
    rows = rows_of(ledger.sources(sorted(ids - {own})))
    return [*rows, BREAK_SOURCE] if own in ids else [*rows]


def joined_ids(several: Iterable[str]) -> str:
    """Return source ids, each once, separated by ``;``; the items may hold several themselves.

    >>> joined_ids(["b;a", "a"])
    'a;b'
    """
    return ";".join(sorted({name for joined in several for name in joined.split(";") if name}))


def season_assumed() -> list[Mapping[str, Any]]:
    """Return the one parameter of the naive members that nobody published."""
    note = "part of the seasonal shape of 2010 to 2019 that is applied; fixed, not fitted to the months scored"
    return [{"name": "forecast.season_strength", "value": STRENGTH, "unit": "", "note": note}]


def ensemble_assumed() -> list[Mapping[str, Any]]:
    """Return the numbers of the ensemble that nobody published."""
    from vado.forecast import ensemble, policy, reversion, signals, structural

    entries = [
        (
            "policy.closed",
            round(policy.CLOSED, 3),
            "log effect of a way that is closed: -67 %, Czaika and de Haas (2017)",
        ),
        ("policy.opened", round(policy.OPENED, 3), "log effect of a way that is opened; half of that, assumed"),
        ("policy.spread", policy.SPREAD, "standard deviation of either, assumed"),
        (
            "policy.spread_of_regime",
            policy.SPREAD_OF_REGIME,
            "of the end of a regime, of either sign",
        ),
        ("signals.elasticity", signals.ELASTICITY, "encounters to entries to Honduras, as in an earlier study"),
        ("reversion.part", reversion.PART, "part of the pooled regression that is used"),
        ("corridor.part", structural.PART, "part of the fitted corridor's move that is used"),
        ("ensemble.keenness", ensemble.KEENNESS, "how fast weights follow scores"),
        ("ensemble.patience", ensemble.PATIENCE, "origins after which half of the record is believed"),
        *((f"ensemble.prior.{name}", weight, "weight before any record") for name, weight in ensemble.PRIOR.items()),
    ]
    return [{"name": name, "value": value, "unit": "", "note": note} for name, value, note in entries]


def caveats_on_data(panel: Panel) -> list[str]:
    """Return what a reader must know of the counts."""
    said = ["An encounter is an event and not a person: one person can be encountered several times."]
    if panel.release_assumed.any():
        said.insert(0, "Final data, release dates assumed: revisions are taken as if known when a month came out.")
    return said


def describe_ratio(row: Mapping[Any, Any]) -> str:
    """Return a row of the table of ratios as a sentence."""
    better = "better" if row["ratio_log"] < 1 else "worse"
    if abs(row["ratio_log"] - 1) < 0.005:
        better = "level with it"
    elif not (row["low_log"] > 1 or row["high_log"] < 1):
        better = "which the interval does not tell apart from 1"
    said = (
        f"{row['group']}, {row['horizons']} months ahead: {row['member']} scores {row['ratio_log']:.2f} times "
        f"{row['baseline']} on log counts"
    )
    if np.isnan(row["low_log"]):
        return f"{said}; too few months for an interval."
    return f"{said} (90 % interval {row['low_log']:.2f} to {row['high_log']:.2f}), {better}."
