"""The question what past changes of levers did to encounters, as far as the counts can tell.

A change that took effect for some nationalities and not for others is studied by :mod:`vado.policy.event_study`. Where
several things changed for the same people at once only their bundle is measured, and the answer says so. A change that
took effect for everyone at once, or has no date, leaves nothing to compare with: then a published range is quoted,
or it is said that nothing is known. What an enforcement measure did to counts is measured here and never advised.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.answer import Answer, Chart
from vado.errors import BadValueError
from vado.forecast.evidence import cite, joined_ids, open_default
from vado.forecast.nationality_season import KNOWN, long_history, read_nationality_seasons
from vado.forecast.policy import CLOSED
from vado.forecast.season import read_season
from vado.forecast.targets import NATIONALITIES, SERIES, Panel, read_panel
from vado.ledger.codes import PORTS, SOUTHWEST_BORDER
from vado.ledger.dates import Day, day
from vado.policy import event_study
from vado.policy.changes import (
    ALL_ENCOUNTERS,
    BETWEEN_PORTS,
    CHANGES,
    LONG_SERIES,
    NOT_IDENTIFIED,
    NOTHING,
    STUDY,
    UNSTUDIED,
    VISA,
)
from vado.policy.event_study import LogPanel
from vado.policy.spillover import routes, spillover
from vado.policy.study import Study
from vado.provenance import made_by

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger


def effects(
    ledger: Ledger | None = None, *, as_of: Day | None = None, seed: int = 1, command: str | None = None
) -> Answer:
    """Return what past changes of levers did to encounters, with intervals from placebos.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used; default all that the ledger has.
    seed
        Recorded, and of no effect: nothing is drawn, placebos are all dates and nationalities there are.
    command
        What to say made the answer.

    Returns
    -------
    Answer
        Tables ``effects`` (a row a change), ``paths`` (treated and comparison by month), ``placebos``, ``rivals``
        (other comparisons and lengths), ``spillover`` and ``routes`` (other counters after the visa rules), ``priors``.

    Raises
    ------
    BadValueError
        If no encounters had been published by ``as_of``.
    """
    ledger = open_default(ledger)
    known = read_panel(ledger, as_of)
    seen = day(as_of, "as_of") if as_of is not None else ledger.observe("sw_encounters")["published"].max().date()
    events = ledger.read("events", as_of=seen)
    counts = panels(ledger, known)
    study = Study(events, counts)
    dated = [(change, study.date(change.subject, change.event)) for change in CHANGES]
    past = [(change, date) for change, date in dated if date is not None]
    studied = [study.row(change) for change, _ in past]
    others = [study.unstudied(*item) for item in UNSTUDIED if study.date(*item[1:3]) is not None]
    work = _work_visas(ledger, seen)
    table = pd.DataFrame([*studied, *others, *work])
    if table.empty:
        raise BadValueError(f"no change of a lever in the ledger is dated {seen} or earlier; use a later date")
    around = routes(ledger, past, seen)
    tables = {
        "effects": table,
        "paths": _joined(study.paths, ["change", "lever", "nationality", "month", "event_time", "who", "ratio"]),
        "placebos": _joined(study.placebos, ["change", "lever", "nationality", "run", "month", "kind", "effect"]),
        "rivals": pd.DataFrame(study.rivals),
        "routes": around,
        "spillover": spillover(around),
        "priors": _priors(ledger, seen),
    }
    tables = {name: frame for name, frame in tables.items() if not frame.empty}
    prior = f"mean effect of {100 * (np.exp(CLOSED) - 1):.0f} % of visas on inflows, Czaika and de Haas (2017)"
    return Answer(
        question="What did past changes of visas, returns and enforcement do to encounters, as far as counts can tell?",
        as_of=seen,
        summary=_summary(table),
        tables=tables,
        charts=[chart for chart in _charts() if chart.table in tables],
        sources=cite(ledger, *tables.values()),
        assumed=[
            {"name": "event_study.ridge", "value": event_study.RIDGE, "unit": "", "note": "pull to equal weights"},
            {"name": "event_study.months_before", "value": event_study.BEFORE, "unit": "months", "note": "on placebos"},
            {"name": "event_study.months_after", "value": event_study.AFTER, "unit": "months", "note": "see rivals"},
            {"name": "policy.closed", "value": round(CLOSED, 3), "unit": "log", "note": f"{prior}; beside, not used"},
        ],
        caveats=[
            "An encounter is an event and not a person: one person can be encountered several times.",
            "An effect on encounters is not one on people who leave home: some came by another way, later, or stayed.",
            "Placebo windows overlap and lie in four restless years; only placebos_apart of them do not overlap, and a "
            "placebo_p below one over that number is not known to its last digit.",
            "Encounters are final data whose release dates are assumed.",
            "The effect of a measure on counts is measured and not advised; what it does to people is not in a count.",
        ],
        made_by=made_by(command or f"vado.policy.effects.effects(as_of='{seen}')", ledger, seed),
    )


def panels(ledger: Ledger, known: Panel) -> dict[str, tuple[LogPanel, str]]:
    """Return the counts that are studied, by name, each with its sources."""
    seasons = read_nationality_seasons(ledger, read_season(ledger, KNOWN, pd.Timestamp(KNOWN)))
    levels = np.cumsum(seasons.shapes, axis=1)
    total = known.counts[:, [SERIES.index((SOUTHWEST_BORDER, code)) for code in NATIONALITIES]]
    ports = known.counts[:, [SERIES.index((PORTS, code)) for code in NATIONALITIES]]
    months = pd.PeriodIndex(known.months, freq="M")
    season = levels[:, np.asarray(months.month) - 1].T
    ids = joined_ids([known.sources(), seasons.source_ids])
    table, long_ids = long_history(ledger)
    codes = ("MEX", "GTM", "HND", "SLV")
    long_months = pd.PeriodIndex(pd.DatetimeIndex(table.index), freq="M")
    own = levels[[NATIONALITIES.index(code) for code in codes]][:, np.asarray(long_months.month) - 1].T
    return {
        ALL_ENCOUNTERS: (LogPanel(months, NATIONALITIES, total, season), ids),
        BETWEEN_PORTS: (LogPanel(months, NATIONALITIES, total - ports, season), ids),
        LONG_SERIES: (LogPanel(long_months, codes, table[list(codes)].to_numpy(float), own), long_ids),
    }


def _joined(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True)[[*columns, "source_id"]] if frames else pd.DataFrame()


def _priors(ledger: Ledger, seen: dt.date) -> pd.DataFrame:
    """Return published ranges that bear on levers without an estimate of their own."""
    named = {
        "deterrence_after_repatriation": "us.removal_flights",
        "legalization_rate_unauthorized_mexicans": "us.legalization",
    }
    rows = ledger.parameters(as_of=seen)
    rows = rows[rows["name"].isin(list(named))]
    columns = ["name", "unit", "value", "low", "high", "status", "note", "source_id"]
    return rows[columns].assign(lever=rows["name"].map(named)).reset_index(drop=True)


def _work_visas(ledger: Ledger, seen: dt.date) -> list[dict[str, Any]]:
    """Return the row that says why more work visas have no measured effect, with how many there were."""
    rows = ledger.observe("temporary_work_visas", as_of=seen, series="fiscal_year")
    if rows.empty:
        return []
    # Two sorts of visas, H-2A and H-2B, have a source each; both have figures up to the last common year.
    ends = rows.groupby("source_id")["period_end"].agg(["min", "max"])
    first, last = ends["min"].max(), ends["max"].min()
    totals = rows.groupby("period_end")["value"].sum()
    why = (
        f"H-2A and H-2B visas rose from {totals[first]:,.0f} in fiscal {first:%Y} to {totals[last]:,.0f} in fiscal "
        f"{last:%Y}, a little each year and mostly for Mexicans: there is no date to compare around."
    )
    return [
        {
            "change": f"Temporary work visas, fiscal {first:%Y} to {last:%Y}",
            "lever": "us.work_visas",
            "date": last,
            "nationality": "mostly MEX",
            "method": NOTHING,
            "verdict": why,
            "source_id": joined_ids(rows["source_id"].astype(str)),
        }
    ]


def _summary(table: pd.DataFrame) -> list[str]:
    studied = table[table["method"] == STUDY]
    visas = studied[studied["lever"] == VISA]
    said = [
        f"{row['change']}: encounters {row['per_cent']:+.0f} % against the comparison over three months (90 % interval "
        f"{row['per_cent_low']:+.0f} to {row['per_cent_high']:+.0f} %; "
        f"{row['as_large']:.0f} of {row['placebos']:.0f} placebos as large)."
        for row in visas.to_dict("records")
        if row["nationality"] != "COL"
    ]
    bundles = studied["verdict"].str.contains("bundle").sum() if len(studied) else 0
    counts = table["method"].value_counts()
    rest = ", ".join(f"{counts[name]} {name}" for name in (NOT_IDENTIFIED, NOTHING, "not yet") if name in counts)
    lead = " ".join(said) if said else "No visa rule can be studied yet."
    return [
        lead,
        f"{len(studied)} changes have an event study, {bundles} of them of a bundle that cannot be taken apart"
        + (f"; {rest}." if rest else "."),
    ]


def _charts() -> list[Chart]:
    return [
        Chart(
            kind="forest",
            table="effects",
            title="Change of encounters against the comparison, 90 % interval from placebos",
            columns={"y": "change", "x": "effect", "low": "low", "high": "high", "color": "lever"},
            unit="log change (-0.69 is half, -2.3 a tenth)",
            note="Where the verdict names a bundle, it is the effect of all that began together.",
            where={"method": STUDY},
        ),
        Chart(
            kind="line",
            table="paths",
            title="Encounters around visa rules, treated and comparison (1 is the mean before)",
            columns={"x": "month", "y": "ratio", "color": "who", "facet": "change"},
            where={"lever": VISA},
            note="Months between announcement and effect are drawn and not compared.",
        ),
        Chart(
            kind="line",
            table="placebos",
            title="Visa rules: the same estimate at every other date and for every other nationality",
            columns={"x": "month", "y": "effect", "color": "kind", "detail": "run", "facet": "change"},
            where={"lever": VISA},
            note="Dates and nationalities with a change of their own in the window are left out.",
        ),
        Chart(
            kind="line",
            table="routes",
            title="The same nationality at other counters around visa rules",
            columns={"x": "month", "y": "value", "color": "counter", "facet": "change"},
            note="Counters must not be added: one person is counted at several.",
        ),
    ]
