"""What an announced change of policy does to a forecast: a prior on its effect, applied from its date on.

A rule says which happening of the ledger changes the way of which nationalities, and how. Its effect on encounters is
a prior, not an estimate: a visa that becomes required closes a way, and requirements of this kind lowered inflows by
67 per cent on average over 1973 to 2012 (Czaika and de Haas 2017); an agreement to take people back closes a way
between ports and is given the same prior. What a rule opens is given half of it. The end of a regime that may move
numbers either way only widens. The prior's standard deviation is wide, and widens the forecast.

A happening counts from the day on which it was announced, or took effect if no announcement is in the ledger. Only
the part of its effect that the origin's month does not yet hold moves the forecast.

References
----------
Czaika, M., de Haas, H. (2017). The effect of visas on migration processes. International Migration Review 51(4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vado.forecast.nationality_season import move_of_sums
from vado.forecast.targets import CELLS, NATIONALITIES, Floats, adding_matrix
from vado.ledger.codes import PORTS

#: Mean log effect of closing a way (33 per cent of the flow is left), and of opening one.
CLOSED = float(np.log(1 - 0.67))
OPENED = -CLOSED / 2
#: Standard deviations of the log effects, assumed: two in three effects of closing lie between 16 and 66 per cent left.
SPREAD = 0.7
SPREAD_OF_REGIME = 0.35


@dataclass(frozen=True)
class Rule:
    """Which happening of the ledger changes whose way.

    Parameters
    ----------
    subject, event
        Of the ledger's table ``events``.
    nationalities
        Whose encounters change.
    effect, spread
        Mean and standard deviation of the effect on log encounters, once it holds for a whole month.
    announced
        The event that announced it, where there is one.
    at_ports
        Whether encounters at ports of entry change as well.
    title
        In words.
    """

    subject: str
    event: str
    nationalities: tuple[str, ...]
    effect: float
    spread: float
    announced: str | None
    at_ports: bool
    title: str


def _visa(code: str, event: str, announced: str | None, title: str) -> Rule:
    return Rule(f"mx_visa_{code.lower()}", event, (code,), CLOSED, SPREAD, announced, True, title)


def _returns(event: str, codes: tuple[str, ...], title: str) -> Rule:
    return Rule("mx_accepts_returns", event, codes, CLOSED, SPREAD, None, False, title)


RULES: tuple[Rule, ...] = (
    _visa("ECU", "effective", "announced", "Mexico requires a visa of nationals of Ecuador"),
    _visa("BRA", "effective_electronic_authorisation", "announced", "Mexico requires authorisation of Brazilians"),
    _visa("BRA", "effective_physical_visa", "announced_physical_visa", "Mexico requires a visa of Brazilians"),
    _visa("VEN", "effective", "announced", "Mexico requires a visa of nationals of Venezuela"),
    _returns("venezuelans_effective", ("VEN",), "Mexico takes back nationals of Venezuela"),
    _returns("chnv_effective", ("CUB", "HTI", "NIC"), "Mexico takes back nationals of Cuba, Haiti and Nicaragua"),
    Rule(
        "ni_cuba",
        "visa_free_effective",
        ("CUB",),
        OPENED,
        SPREAD,
        None,
        True,
        "Nicaragua lifts the visa for nationals of Cuba",
    ),
    Rule("title42", "ended", NATIONALITIES, 0.0, SPREAD_OF_REGIME, None, False, "Expulsions under Title 42 end"),
)


@dataclass(frozen=True)
class Change:
    """A rule with its dates, as known on a day."""

    rule: Rule
    effective: pd.Timestamp
    source_id: str


def known_changes(events: pd.DataFrame, as_of: dt.date) -> list[Change]:
    """Return the changes whose announcement, or else whose first day, is not after a day.

    Parameters
    ----------
    events
        The ledger's table of happenings, of all days.
    as_of
        The day.
    """
    keyed = events.assign(date=pd.to_datetime(events["date"])).set_index(["subject", "event"])
    found = []
    for rule in RULES:
        if (rule.subject, rule.event) not in keyed.index:
            continue
        row = keyed.loc[[(rule.subject, rule.event)]].iloc[0]
        told = (rule.subject, rule.announced or rule.event)
        said = keyed.loc[[told]].iloc[0]["date"] if told in keyed.index else row["date"]
        if said.date() <= as_of:
            found.append(Change(rule, row["date"], str(row["source_id"])))
    return found


@dataclass(frozen=True)
class Effects:
    """What policy does to all series.

    Parameters
    ----------
    moves
        Log change of the median, shape (horizon, series).
    variances
        Variance that is added, shape (horizon, series) [log²].
    titles
        The changes that act, with the largest move of a cell each.
    source_ids
        Sources, separated by ``;``.
    """

    moves: Floats
    variances: Floats
    titles: tuple[tuple[str, float], ...]
    source_ids: str


def effects(changes: Sequence[Change], cells: Floats, origin: pd.Timestamp, months: pd.DatetimeIndex) -> Effects:
    """Return the effect on all series of changes that the origin's month does not yet hold in full.

    Parameters
    ----------
    changes
        From :func:`known_changes`.
    cells
        Encounters in the origin's month, shape (cell,).
    origin, months
        Month ends, of the origin and of the months forecast.
    """
    moves, variances = np.zeros((len(months), len(CELLS))), np.zeros((len(months), len(CELLS)))
    titles, sources = [], set()
    for change in changes:
        held = _part(change.effective, origin)
        if held == 1:
            continue
        touched = np.array([c in change.rule.nationalities and (change.rule.at_ports or p != PORTS) for p, c in CELLS])
        parts = np.array([_part(change.effective, month) for month in months])
        own = _log_left(parts, change.rule.effect) - _log_left(np.array([held]), change.rule.effect)
        moves[:, touched] += own[:, None]
        variances[:, touched] += (change.rule.spread * (parts - held)[:, None]) ** 2
        titles.append((change.rule.title, float(own[np.argmax(np.abs(own))])))
        sources.add(change.source_id)
    all_moves = np.concatenate([move_of_sums(cells, moves), moves], axis=1)
    adds = adding_matrix()
    # One change moves all its cells together, so the deviations of a sum's cells add up.
    deviations = (cells * np.sqrt(variances)) @ adds.T / np.maximum(cells @ adds.T, 1.0)
    all_variances = np.concatenate([deviations**2, variances], axis=1)
    return Effects(all_moves, all_variances, tuple(titles), ";".join(sorted(sources)))


def _part(effective: pd.Timestamp, month: pd.Timestamp) -> float:
    """Return the part of a month, given by its end, in which something holds that began on a day."""
    return float(np.clip((month - effective).days + 1, 0, month.day)) / month.day


def _log_left(part: Floats, effect: float) -> Floats:
    return np.asarray(np.log(1 - part + part * np.exp(effect)))
