"""The question how well the corridor agrees with everything that was counted, and what the counts do not tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from vado.answer import Answer, Chart
from vado.forecast.archive import Archive
from vado.forecast.evidence import cite, open_default
from vado.forecast.fit.budget import variance_budget
from vado.forecast.fit.knobs import Knob, us_mexico_knobs
from vado.forecast.fit.observed import ERRORS, Observed, read_observed
from vado.forecast.fit.solve import EMPTY, Fit
from vado.forecast.fit.start import Start, start_of
from vado.forecast.fit.store import stored_fit
from vado.forecast.fit.widths import NARROWED, agreement, identified, widths
from vado.forecast.members import know
from vado.ledger.dates import Day, day
from vado.network.known import known
from vado.network.model import Network
from vado.network.read import load_corridor
from vado.provenance import made_by
from vado.simulation.numbers import assumed, numbers_used

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Where a counter without places of its own is drawn.
STANDS = {"darien_transits": "darien", "hn_entries": "danli", "mx_events": "tapachula", "mx_returns": "oaxaca"}

#: Whether each is below it is said of every counter: part of the counts, a month on average.
BAR = 0.15


def fit_corridor(
    ledger: Ledger | None = None,
    *,
    as_of: Day | None = None,
    seed: int = 1,
    cache: bool = True,
    command: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Answer:
    """Fit the corridor ``us_mexico`` to all counters from July 2019 on.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used; default all that the ledger has.
    seed
        Of the draws behind the table of products.
    cache
        Whether the fit is kept in the user's cache folder; the one of the ledger that ships is shipped.
    command
        What to say made the answer.
    progress
        Called with a line after each iteration, where a fit is made.

    Returns
    -------
    Answer
        Tables ``agreement``, ``totals``, ``flows`` (by place and month), ``widths``, ``products`` and ``budget``.
    """
    ledger = open_default(ledger)
    archive = Archive(ledger)
    seen = latest(archive) if as_of is None else day(as_of)
    network, knobs, observed, start = inputs(archive, seen)
    fitted = stored_fit(network, knobs, observed, start, cache=cache, progress=progress)
    tables = {
        "agreement": agreement(fitted),
        "totals": _totals(fitted),
        "flows": _flows(fitted),
        "widths": widths(fitted),
        "products": identified(fitted, seed=seed),
        "budget": variance_budget(fitted, archive, seen),
    }
    tables = {name: table.assign(source_id=observed.source_ids) for name, table in tables.items()}
    charts = [
        Chart(
            kind="line",
            table="totals",
            title="Observed and fitted counts by month",
            columns={"x": "month", "y": "value", "color": "what", "facet": "counter"},
        ),
        Chart(
            kind="map",
            table="flows",
            title="Fitted flows by place and month",
            columns={
                "latitude": "latitude",
                "longitude": "longitude",
                "size": "value",
                "color": "counter",
                "label": "name",
                "step": "month",
            },
            unit="persons or events, see colour",
            note="Places must not be added: one person is counted at several.",
        ),
    ]
    return Answer(
        question="How well does the corridor agree with everything that was counted, and what do the counts not tell?",
        as_of=seen,
        summary=_summary(tables["agreement"], tables["widths"], fitted),
        tables=tables,
        charts=charts,
        sources=cite(ledger, *tables.values()),
        assumed=assumed(numbers_used(network, {}, ())),
        caveats=[
            "Departures scale with the inverse of the share encountered, which no counter tells: they are an index.",
            "The posterior is normal around its maximum; knobs near 0 or 1 are less certain than it says.",
            "Errors of counters beyond counting noise are assumed: "
            + ", ".join(f"{name} {100 * error:.0f} %" for name, error in ERRORS.items())
            + ".",
        ],
        made_by=made_by(command or f"vado.fit_corridor(as_of='{seen}')", ledger, seed),
    )


def latest(archive: Archive) -> dt.date:
    """Return the day on which the last encounters were published."""
    return pd.Timestamp(archive.observe("sw_encounters")["published"].max()).date()


def inputs(archive: Archive, seen: dt.date | None = None) -> tuple[Network, tuple[Knob, ...], Observed, Start]:
    """Return what the fit of all months known on a day is made from (default: all that the ledger has)."""
    seen = seen or latest(archive)
    panel = know(archive, seen).panel
    first = pd.Period(panel.months[0], "M") - EMPTY
    network = known(load_corridor("us_mexico"), seen)
    observed = read_observed(archive, seen, first, pd.Period(panel.origin, "M"))
    return network, us_mexico_knobs(), observed, start_of(archive, seen, observed)


def _totals(fitted: Fit) -> pd.DataFrame:
    rows = []
    for name in dict.fromkeys(counter for counter, _ in fitted.observed.streams):
        ours = [i for i, (counter, _) in enumerate(fitted.observed.streams) if counter == name]
        for what, values in (("observed", fitted.observed.counts[ours]), ("fitted", fitted.expected[ours])):
            for position in range(EMPTY, values.shape[1]):
                month = values[:, position]
                if pd.notna(month).any():
                    total = float(pd.DataFrame(month).sum().sum())
                    rows.append((name, pd.Timestamp(fitted.observed.months[position]), what, total))
    return pd.DataFrame(rows, columns=["counter", "month", "what", "value"])


def _flows(fitted: Fit) -> pd.DataFrame:
    """Return expected counts by counter, place and month, with coordinates."""
    rows = []
    for stream, (counter, where) in enumerate(fitted.observed.streams):
        place = fitted.network.places[where or STANDS[counter]]
        for position in range(EMPTY, fitted.turned.shape[2]):
            month, value = (
                f"{pd.Timestamp(fitted.observed.months[position]):%Y-%m}",
                float(fitted.expected[stream, position].sum()),
            )
            rows.append((counter, place.name, month, value, place.latitude, place.longitude))
    return pd.DataFrame(rows, columns=["counter", "name", "month", "value", "latitude", "longitude"])


def _summary(agreed: pd.DataFrame, wide: pd.DataFrame, fitted: Fit) -> list[str]:
    by_counter = dict(zip(agreed["counter"].astype(str), agreed["error"].astype(float), strict=True))
    errors = ", ".join(f"{name} {100 * error:.1f} %" for name, error in by_counter.items())
    above = [name for name, error in by_counter.items() if error > BAR]
    turned = wide[wide["scale"] != "own unit, not fitted"]
    return [
        f"Monthly totals of the fitted corridor differ from those counted by, on average: {errors}"
        + (f"; above {100 * BAR:.0f} %: {', '.join(above)}." if above else f"; none by more than {100 * BAR:.0f} %."),
        f"The data narrow {turned['narrowed'].sum()} of {len(turned)} parameters of nationalities to at most "
        f"{100 * NARROWED:.0f} % of their prior width; {len(wide) - len(turned)} others are not told by any counter.",
        f"{fitted.iterations} iterations of the mean run over {fitted.turned.shape[2]} months.",
    ]
