"""The question what walking together changes: one caravan as a convoy, and as many people walking alone.

What was said of caravans stands side by side, with how fast they shrink, the people of all of them beside the
encounters of the year, and the runs of :mod:`vado.policy.caravan_march`. Stops and the pace of individuals are assumed
there, so what is shown is what keeping together does under these assumptions; a table says how much they matter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.answer import Answer, Chart
from vado.errors import BadValueError, UnknownNameError
from vado.forecast.evidence import cite, joined_ids, open_default
from vado.ledger.dates import Day, day
from vado.network.read import load_corridor
from vado.policy import caravan_sizes
from vado.policy.caravan_march import (
    FEWER,
    LEAVERS_COUNTED,
    arrivals_by_day,
    assumptions,
    begun,
    comparison,
    followed,
    given_of,
    held_against,
    size_by_day,
    spread,
    walk_of,
)
from vado.policy.caravan_sizes import Attrition, attrition
from vado.provenance import made_by
from vado.simulation.numbers import assumed, numbers_used

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: The caravan that is run where none is named: the one with figures on most stages of its way.
USUAL = "2021_10_23"

#: Draws of the tables of rates.
DRAWS = 4000

#: Calendar months of encounters that a caravan is held against, its own first.
MONTHS_AFTER = 4

CAVEATS = (
    "Figures of authorities, organisers and press for one caravan are up to three times apart; none is preferred.",
    "Rates of leaving are net: people join caravans on the way, and what is fitted is those who leave less those who "
    "join. In the run people leave and nobody joins; rates below zero are run as zero.",
    "Stops, pace of individuals, returns and days held are assumed, and convoy and individuals have the same chance of "
    "being stopped at a checkpoint. The difference shown is that of keeping together under these assumptions, no "
    "measured effect; the table of assumptions shows how far it moves.",
    "Alone means on the same day and the same roads. People who would have set out on other days come spread over more "
    "days still.",
    "An encounter is an event and not a person, and many who walk in a caravan are never encountered at the border.",
    "The arrivals are those at the whole northern border, as a reception place sees them. They are for planning "
    "reception, and say nothing of where people are on the way.",
)


def caravans(
    ledger: Ledger | None = None,
    *,
    caravan: str | None = None,
    as_of: Day | None = None,
    members: int = 300,
    seed: int = 1,
    command: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Answer:
    """Return what is known of caravans, and what one of them would be as a convoy and as people alone.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    caravan
        Key of the caravan that is run, such as ``2021_10_23``; the prefix ``caravan_`` may stand before it. Default
        that of October 2021, or before it was known the one with most figures.
    as_of
        The day whose knowledge is used; default all that the ledger has.
    members
        Size of the ensemble.
    seed
        Seed of everything random.
    command
        What to say made the answer.
    progress
        Called with a line before each part.

    Returns
    -------
    Answer
        Tables ``caravans``, ``sizes``, ``paces``, ``attrition``, ``sorts_of_source``, ``comparison``, ``size_by_day``,
        ``figures`` (of the caravan that is run, and whether they lie inside; ``lowest_figures`` and
        ``highest_figures`` of each day), ``arrivals_by_day``, ``assumptions`` and ``encounters``.

    Raises
    ------
    UnknownNameError
        If there is no such caravan.
    BadValueError
        If no caravan, or not this one, was known by ``as_of``, or it has no dated size in Mexico, or the number of
        members or the seed is out of range.
    """
    if members < 1 or seed < 0:
        raise BadValueError(
            f"{members} members with seed {seed} cannot be run; ask for 1 or more, and a seed from 0 on"
        )
    ledger = open_default(ledger)
    tell = progress or (lambda line: None)
    figures = caravan_sizes.sizes(ledger, as_of)
    if figures.empty:
        first = ledger.observe("caravan_size")["published"].min()
        raise BadValueError(f"no caravan was known by {as_of}; the first figure in the ledger is of {first:%Y-%m-%d}")
    key = _chosen(ledger, figures, caravan, as_of)
    tell("how fast caravans shrink")
    paces, happened = caravan_sizes.paces(ledger, as_of), caravan_sizes.happenings(ledger, as_of)
    mine = followed(figures, key)
    tell(f"{members} members of caravan {key}, together and alone")
    random = np.random.default_rng(seed)
    others = attrition(figures[figures["caravan"] != key], draws=members, seed=seed)
    given, pace_sources = given_of(mine, others, paces, key, random)
    network = begun(load_corridor("caravan"), mine["day"].iloc[0].date())
    together, alone = (walk_of(network, given, share, members, seed) for share in (1.0, 0.0))
    counted = walk_of(network, {**given, **LEAVERS_COUNTED}, 1.0, members, seed)
    size = counted.people[:, None] - counted.border - counted.returned
    rest = figures[figures["whole"] & figures["days"].notna()]
    ids = joined_ids([*mine["source_id"], *pace_sources, *rest["source_id"], *network.sources])
    found = attrition(figures, draws=DRAWS, seed=seed)
    held = held_against(size, others, mine, random)
    by_value = held.sort_values(["day", "value"]).groupby("day", as_index=False)
    tell("how much the assumptions matter")
    tables = {
        "caravans": _caravans(figures, happened, paces),
        "sizes": figures.drop(columns="days"),
        "paces": paces,
        "attrition": _rates(found, figures),
        "sorts_of_source": _sorts(found, figures),
        "comparison": comparison(together, alone).assign(source_id=ids),
        "size_by_day": size_by_day(size, others, mine, random).assign(source_id=ids),
        "figures": held,
        "lowest_figures": by_value.head(1),
        "highest_figures": by_value.tail(1),
        "arrivals_by_day": arrivals_by_day(together, alone, mine["day"].iloc[0]).assign(source_id=ids),
        "assumptions": assumptions(network, given, min(members, FEWER), seed).assign(source_id=ids),
        "encounters": _encounters(ledger, figures, key, mine, as_of),
    }
    return Answer(
        question=f"What does it change that the people of caravan {key} walked together and not alone?",
        as_of=day(as_of, "as_of") if as_of is not None else _latest(ledger),
        summary=_summary(key, tables),
        tables=tables,
        charts=_charts(key, tables),
        sources=cite(ledger, *tables.values()),
        assumed=[*(row for row in assumed(numbers_used(network, {}, ())) if row["name"] not in given), *_priors()],
        caveats=CAVEATS,
        made_by=made_by(command or f"vado.caravans(caravan='{key}')", ledger, seed),
    )


def _latest(ledger: Ledger) -> dt.date:
    """Return the day on which the last figure used was published."""
    days = [ledger.observe(measure)["published"].max() for measure in ("caravan_size", "sw_encounters")]
    return pd.Timestamp(max(days)).date()


def _chosen(ledger: Ledger, figures: pd.DataFrame, caravan: str | None, as_of: Day | None) -> str:
    """Return the key of the caravan to run."""
    startable = figures[figures["whole"] & figures["days"].notna() & (figures["country"] == "MEX")]
    startable = startable[startable["moment"].isin(caravan_sizes.UNDER_WAY)]
    if caravan is None:
        counts = startable["caravan"].value_counts()
        return USUAL if USUAL in counts else str(counts.index[0])
    key = caravan.removeprefix(caravan_sizes.PREFIX)
    ever = {*caravan_sizes.sizes(ledger)["caravan"], *caravan_sizes.happenings(ledger)["caravan"]}
    if key not in ever:
        raise UnknownNameError("caravan", caravan, ever)
    if key not in {*figures["caravan"], *caravan_sizes.happenings(ledger, as_of)["caravan"]}:
        raise BadValueError(f"caravan {key} was not known by {as_of}; ask for a later day")
    if key not in set(startable["caravan"]):
        have = ", ".join(dict.fromkeys(startable["caravan"]))
        raise BadValueError(
            f"caravan {key} has no dated size on its way in Mexico, where a run begins; choose one of: {have}"
        )
    return key


def _caravans(figures: pd.DataFrame, happened: pd.DataFrame, paces: pd.DataFrame) -> pd.DataFrame:
    """Return one row a caravan: when and where it was first reported, its sizes, its way and what became of it."""
    rows = []
    for key in sorted({*figures["caravan"], *happened["caravan"]}):
        sized, events, ways = (table[table["caravan"] == key] for table in (figures, happened, paces))
        dated = sized[sized["day"].notna()]
        left = dated[dated["moment"] == "departure"][["day", "place"]]
        left = pd.concat([left, events.loc[events["event"] == "departure", ["day", "place"]]])
        seen = pd.concat([dated[["day", "place"]], events.loc[events["date_precision"] == "day", ["day", "place"]]])
        begin = seen.sort_values("day", kind="stable").iloc[0] if len(seen) else None
        departed = begin is not None and bool((left["day"] == begin["day"]).any())
        became = events[events["event"].isin([*caravan_sizes.BECAME, *caravan_sizes.ENDED])]
        notes = [*sized["note"], *events["note"]]
        ended = sorted({note for note in notes if any(words in note for words in caravan_sizes.ENDED_WORDS)})
        longest = ways[ways["km"].notna()].sort_values("days").tail(1)
        rows.append(
            {
                "caravan": key,
                "first_day": begin["day"] if begin is not None else pd.NaT,
                "day_of": "departure" if departed else "first report",
                "place": begin["place"] if begin is not None else "not stated",
                "figures": len(sized),
                "smallest": sized[["value", "low"]].min().min(),
                "largest": sized[["value", "high"]].max().max(),
                "last_figure": dated["day"].max(),
                "km": longest["km"].max(),
                "days": longest["days"].max(),
                "km_per_day": longest["km_per_day"].max(),
                "halted": bool(ended) or bool(events["event"].isin(caravan_sizes.ENDED).any()),
                "became": "; ".join([*(_said(row) for row in became.to_dict("records")), *ended]),
                "source_id": joined_ids([*sized["source_id"], *events["source_id"]]),
            }
        )
    return pd.DataFrame(rows)


def _said(row: Any) -> str:
    """Return a happening in a few words."""
    count = "" if pd.isna(row["value"]) else f" {row['value']:,.0f} {row['unit']}"
    when = {"day": "%Y-%m-%d", "month": "%Y-%m"}.get(row["date_precision"], "%Y")
    return f"{row['event'].replace('_', ' ')}{count}, {row['place']} {row['day']:{when}}"


def _rates(found: Attrition, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the daily rates of leaving: of each caravan, of the common one, and of a caravan yet to come."""
    used = figures[figures["whole"] & figures["days"].notna()]
    pooled = {"all caravans together": found.common, "a caravan yet to come": found.another(np.random.default_rng(0))}
    rows = []
    for name, rate in {**found.rates, **pooled}.items():
        own = used[used["caravan"] == name] if name in found.rates else used
        alone = np.polyfit(own["days"], -np.log(own["value"]), 1)[0] if name in found.rates else np.nan
        about = {"caravan": name, "figures": len(own), "days": own["days"].max(), "own_slope": alone}
        shrinks = {"share_above_zero": float((rate > 0).mean()), "source_id": joined_ids(own["source_id"])}
        rows.append({**about, **spread(rate, "leaving_per_day"), **shrinks})
    return pd.DataFrame(rows)


def _sorts(found: Attrition, figures: pd.DataFrame) -> pd.DataFrame:
    """Return how many times a figure of the press each sort of source says."""
    rows = []
    for name, adds in found.adds.items():
        own = figures[(figures["kind"] == name) | (figures["bound"] == name)]
        ids = joined_ids(own["source_id"] if len(own) else figures["source_id"])
        rows.append({"sort": name, "figures": len(own), **spread(np.exp(adds), "times_press"), "source_id": ids})
    noise = spread(np.exp(found.error), "times_press")
    rows.append(
        {"sort": "error of any figure", "figures": len(figures), **noise, "source_id": joined_ids(figures["source_id"])}
    )
    return pd.DataFrame(rows)


def _encounters(ledger: Ledger, figures: pd.DataFrame, key: str, mine: pd.DataFrame, as_of: Day | None) -> pd.DataFrame:
    """Return the largest figures of all caravans of a year beside the encounters of that year."""
    series = ("cbp_monthly_fy2018_fy2019", "cbp_monthly")
    parts = [ledger.observe("sw_encounters", as_of, series=name) for name in series]
    counted = pd.concat([part[["period_start", "value", "source_id"]] for part in parts])
    dated = figures.assign(most=figures[["value", "high"]].max(axis=1), least=figures[["value", "low"]].min(axis=1))
    dated = dated.assign(year=dated["caravan"].str[:4].astype(int))
    set_out = caravan_sizes.departed(ledger, as_of)
    begin = mine["day"].iloc[0].to_period("M")
    spans = [(str(year), f"{year}-01", f"{year}-12", rows) for year, rows in dated.groupby("year")]
    own = dated[dated["caravan"] == key]
    spans.append((f"caravan {key}", str(begin), str(begin + MONTHS_AFTER - 1), own))
    rows = []
    for name, first, last, people in spans:
        months = counted[counted["period_start"].between(pd.Timestamp(first), pd.Timestamp(last))]
        each = people.groupby("caravan").agg(most=("most", "max"), least=("least", "min"))
        said = set_out[set_out["year"].astype(str) == name]
        total = months["value"].sum() if len(months) else np.nan
        rows.append(
            {
                "span": name,
                "first_month": first,
                "months_counted": months["period_start"].nunique(),
                "caravans": len(each),
                "smallest_figures": each["least"].sum(),
                "largest_figures": each["most"].sum(),
                "caravans_said_to_have_left": said["caravans"].max() if len(said) else np.nan,
                "encounters": total,
                "percent_at_most": 100 * each["most"].sum() / total if total else np.nan,
                "source_id": joined_ids([*people["source_id"], *months["source_id"].unique(), *said["source_id"]]),
            }
        )
    return pd.DataFrame(rows)


def _priors() -> list[dict[str, Any]]:
    """Return the numbers of the estimate that nobody published."""
    entries = [
        (
            "caravan.source_prior",
            caravan_sizes.SOURCE_PRIOR,
            "what a sort of source adds, standard deviation of the log",
        ),
        ("caravan.rate_prior", caravan_sizes.RATE_PRIOR, "common rate a day, standard deviation around 0"),
        ("caravan.spread_prior", caravan_sizes.SPREAD_PRIOR, "spread of rates between caravans a day, half-normal"),
        ("caravan.error_prior", caravan_sizes.ERROR_PRIOR, "error of a figure on the log scale, half-normal"),
        ("caravan.pace_error", caravan_sizes.PACE_ERROR, "relative error of a pace over weeks"),
    ]
    return [{"name": name, "value": value, "unit": "", "note": note} for name, value, note in entries]


def _summary(key: str, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    rates = tables["attrition"].set_index("caravan").loc["all caravans together"]
    held = tables["figures"].dropna(subset=["inside"])
    rows = tables["comparison"].set_index("outcome")
    week, share = rows.loc["most arrivals in a week"], rows.loc["share who came"]
    span = tables["encounters"].set_index("span")
    own, year = span.loc[f"caravan {key}"], span.loc[key[:4]]
    said = [
        f"A caravan loses on net {100 * rates['leaving_per_day']:.1f} % of its people a day (90 % interval "
        f"{100 * rates['leaving_per_day_low_90']:.1f} to {100 * rates['leaving_per_day_high_90']:.1f} %, below zero "
        f"where more join than leave; told by those with figures on several days, {len(tables['attrition']) - 2}).",
        f"Under the assumptions listed, the fullest week at the northern border has {week['convoy']:,.0f} arrivals if "
        f"the people of caravan {key} keep together and {week['alone']:,.0f} if they walk alone (medians; the "
        f"difference lies between {week['difference_low_90']:,.0f} and {week['difference_high_90']:,.0f} in 9 of 10 "
        f"members); on average {100 * share['convoy_mean']:.0f} % come if they keep together and "
        f"{100 * share['alone_mean']:.0f} % alone.",
        f"{int(held['inside'].sum())} of {len(held)} later figures of its size lie inside the 90 % interval of a run "
        f"that knows its first day and the other caravans only; the run's median is {_times(held)} the figure."
        if len(held)
        else "No later figure of its size is known while it walks, so nothing can be held against the run.",
    ]
    if year["encounters"] > 0:
        this = (
            f"; the largest figure of this one is {own['percent_at_most']:.1f} % of those in the months counted from "
            f"its departure ({own['months_counted']})"
        )
        said.append(
            f"Most people encountered did not come in caravans: the largest figures of the caravans of {key[:4]} that "
            f"have one ({year['caravans']}) come to {year['largest_figures']:,.0f} people, beside "
            f"{year['encounters']:,.0f} encounters at the southwest border in the months counted of that year "
            f"({year['months_counted']}), {year['percent_at_most']:.1f} % of them"
            f"{this if own['encounters'] > 0 else ''}."
        )
    return said


def _times(held: pd.DataFrame) -> str:
    """Return how many times a figure the run's median is, in the middle."""
    return f"{np.exp(np.median(np.log(held['median'].astype(float) / held['value'].astype(float)))):.1f} times"


def _charts(key: str, tables: Mapping[str, pd.DataFrame]) -> list[Chart]:
    bands = {name: name for name in ("median", "low_50", "high_50", "low_90", "high_90")}
    return [
        *(
            Chart(
                "fan",
                "size_by_day",
                f"Size of caravan {key} while it walks, and the {which} figure of each day",
                {"x": "day", **bands},
                overlay=f"{which}_figures",
                unit="persons",
                note="Bands (50, 90 %) are what the press would say, from the first day and from other caravans.",
            )
            for which in ("lowest", "highest")
        ),
        Chart(
            "line",
            "arrivals_by_day",
            "Arrivals at the northern border by day, as a convoy and alone, in one member",
            {"x": "day", "y": "arrivals_in_one", "color": "how"},
            unit="persons a day",
            note="Of all members it is the one whose fullest week as a convoy is the middle one.",
        ),
        Chart(
            "line",
            "arrivals_by_day",
            "All who have come to the northern border so far, median and 90 % interval",
            {"x": "day", "y": "so_far", "low": "so_far_low_90", "high": "so_far_high_90", "color": "how"},
            unit="persons",
            note="Most of the width is how many set out: rival figures of the first day.",
        ),
        Chart(
            "forest",
            "attrition",
            "Net daily rate of leaving, with 90 % interval",
            {
                "y": "caravan",
                "x": "leaving_per_day",
                "low": "leaving_per_day_low_90",
                "high": "leaving_per_day_high_90",
            },
            unit="a day",
            note="Below zero more people joined than left.",
        ),
    ]
