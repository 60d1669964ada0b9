"""Three cases, by direction only: what the model says from what was known, beside what happened.

The joint declaration of June 2019, Mexico's operations of August to December 2021, and the statement of the European
Union and Turkey of March 2016. Each is run with the parameters of ``bargain_parameters.yaml``, written before, what
``cases_parameters.yaml`` assumes for it, and the counts of one month known on a day before; the flow follows from
shares stopped (:func:`stylised`), not from a fit of the corridor. Parameters are of 2021 for all of them, removal
flights of the posture too. A case is told once its whole window had ended and been counted in public by the day that
is asked for. Three cases chosen because they are famous do not test a model: no share of hits is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from vado.answer import cited
from vado.errors import BadValueError
from vado.forecast.evidence import joined_ids, open_default
from vado.ledger.codes import ALL
from vado.ledger.dates import Day
from vado.policy.deaths import ROUTE
from vado.policy.outcomes import WAIT_FOR_HEARING
from vado.politics.action_flows import ActionFlows, stylised
from vado.politics.actions import AS_NOW, GROUPS, HARDER, POSTURES, Grid
from vado.politics.average import average
from vado.politics.bargain import Bargain, Effect, Outcome, PointsPerDoubling
from vado.politics.bargain_parameters import read_bargain_parameters
from vado.politics.deals import changes, who_gains
from vado.politics.load import load_effect
from vado.politics.uses import use_of
from vado.stock.parameters import Parameter

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: What the cases assume beyond the parameters of the bargain.
SHIPPED = Path(__file__).with_name("cases_parameters.yaml")
#: Series of encounters by nationality that reaches back to all of the cases.
BY_NATIONALITY = "khsm_citizenship_rounded"
AEGEAN = "frontex_eastern_mediterranean_route"
#: What the rows of cases say of their inputs.
PRIORS_NOTE = (
    "Parameters of the bargain are of 2021, removal flights of the harder posture (700 a day, 360 as now) too."
)
DEATHS_NOTE = "Deaths are left out: the ledger has no count of the route that had been published by the day."


@dataclass(frozen=True)
class Case:
    """A case.

    Parameters
    ----------
    name
        In words.
    as_of
        A day before it; nothing published later is an input.
    on_the_table
        What was known of offers and threats, in words.
    happened
        What happened, in words; ``regulation``, ``concession`` and ``gave`` as the model's answers are worded.
    regulation, concession, gave
        Direction of what happened.
    subjects
        Subjects of the ledger's events that say so.
    window
        First and last month over which what was counted afterwards is averaged.
    """

    name: str
    as_of: str
    on_the_table: str
    happened: str
    regulation: str
    concession: str
    gave: str
    subjects: tuple[str, ...]
    window: tuple[str, str]


DECLARATION = Case(
    "Joint declaration of the United States and Mexico, June 2019",
    "2019-05-31",
    "A tariff of 5 per cent from 10 June, rising, had been announced the day before; offers were open.",
    "Mexico sent its National Guard to the southern border and took back more people who waited for hearings; the "
    "tariff was suspended; no visas, money or legalization were given.",
    "stricter",
    "none",
    "Mexico",
    ("mx_joint_declaration", "us_mexico_agreement_2019"),
    ("2019-06", "2019-09"),
)
OPERATIONS = Case(
    "Mexico's operations, August to December 2021",
    "2021-08-01",
    "An agreement to cooperate of June 2021; no tariff; the harder posture was possible.",
    "People stopped in Mexico doubled in August and September and fell again by December; no concession was announced "
    "beside the agreement of June, and returns to Mexico for hearings began again in December after a court's order.",
    "stricter, then as before",
    "none",
    "Mexico",
    ("mexico_enforcement_2021", "mpp"),
    ("2021-08", "2021-12"),
)
STATEMENT = Case(
    "Statement of the European Union and Turkey, March 2016",
    "2016-03-10",
    "Money and resettlement were discussed; no tariff.",
    "Turkey stopped departures and took back arrivals; 6 billion EUR were promised and Syrians resettled one for one.",
    "stricter",
    "money",
    "both",
    ("eu_turkey_statement",),
    ("2016-04", "2016-12"),
)
CASES = (DECLARATION, OPERATIONS, STATEMENT)


@cache
def _assumptions() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")))


def _value(name: str) -> float:
    return float(_assumptions()[name]["value"])


def assumed() -> list[dict[str, Any]]:
    """Return what an answer with cases lists as assumed, beside the parameters of the bargain."""
    return [
        {
            "name": f"cases.{name}",
            "value": float(one["value"]),
            "unit": one["unit"],
            "note": f"{one['title']}. {'{low:g} to {high:g}. '.format(**one) if 'low' in one else ''}{one['note']}",
        }
        for name, one in _assumptions().items()
    ]


def unknown_effect() -> PointsPerDoubling:
    """Return the load's effect on approval where too little was published to estimate it."""
    one = _assumptions()["effect_unknown"]
    return PointsPerDoubling(float(one["value"]), float(one["sd"]))


def cases(ledger: Ledger | None = None, *, as_of: Day | None = None, draws: int = 600, seed: int = 1) -> pd.DataFrame:
    """Return one row a case: the model's direction from what was known, and what happened.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used of what happened: a case is left out until the last month of its window had
        been published. Inputs are always those of the case's own day.
    draws, seed
        As for :class:`vado.politics.bargain.Bargain`.

    Returns
    -------
    pandas.DataFrame
        Shares of draws with a deal, with stricter and laxer regulation and with a concession, the direction that most
        deals take, what happened, and what the model's outcome does to people on the way; up to three rows, and no
        score.
    """
    ledger = open_default(ledger)
    told = [case for case in CASES if _over(ledger, case, as_of)]
    rows = [_row(ledger, case, as_of, draws, seed) for case in told]
    return pd.DataFrame(rows, columns=None if rows else ["case", "as_of", "source_id"]).assign(cases=len(rows))


def outcome_of(case: Case, ledger: Ledger, *, draws: int = 600, seed: int = 1) -> Outcome:
    """Return the outcome of one case from what was known."""
    parameters = read_bargain_parameters()
    if case is STATEMENT:
        flows = _aegean(ledger, case.as_of)
        bargain = Bargain(
            flows,
            unknown_effect(),
            draws=draws,
            seed=seed,
            grid=_AEGEAN_GRID,
            parameters=_aegean_parameters(parameters),
        )
        return bargain.at(flows.load, _value("approval_neutral"), 0.0)
    flows = _border(ledger, case.as_of)
    level = average(ledger, case.as_of, as_of=case.as_of)
    ids = [flows.source_id, level.source_id]
    effect: Effect
    try:
        effect = load_effect(ledger, case.as_of)
        ids += cited(effect.variants)
    except BadValueError:
        effect = unknown_effect()
    flows, approval = replace(flows, source_id=joined_ids(ids)), level.mean
    bargain = Bargain(flows, effect, draws=draws, seed=seed, grid=_BORDER_GRID, parameters=parameters)
    if case is DECLARATION:
        return bargain.at(flows.load, approval, _value("chance_divided"), tariff=0.05)
    return bargain.at(flows.load, approval, _value("chance_united"))


_BORDER_GRID = Grid(postures=(AS_NOW, HARDER))
_AEGEAN_GRID = Grid(postures=POSTURES[:1], visas=(0.0,), money=(0.0, 0.5, 1.0, 2.0, 3.0), legalization=(0.0,))


def _aegean_parameters(parameters: dict[str, Parameter]) -> dict[str, Parameter]:
    """Return the parameters with what an arrival costs where people cannot be sent back within hours; assumed."""
    one = _assumptions()["arrival_cost"]
    value, low, high = (float(one[key]) for key in ("value", "low", "high"))
    return parameters | {"processing_cost": replace(parameters["processing_cost"], value=value, low=low, high=high)}


def _border(ledger: Ledger, as_of: Day) -> ActionFlows:
    """Return flows from the last month in which both counters had been published."""
    met = ledger.observe("usbp_encounters", as_of, series=BY_NATIONALITY, place="swb")
    held = ledger.observe("mx_events", as_of)
    month = min(met["period_end"].max(), held["period_end"].max())
    met, held = met[met["period_end"] == month], held[held["period_end"] == month]
    back = ledger.observe("mx_returns", as_of)
    back = back[back["period_end"] == month]
    encounters, stopped = _by_group(met), _by_group(held)
    authority = ledger.observe("sw_encounters", as_of)
    authority = authority[authority["period_end"] == month]
    expelled = float(authority.loc[authority["legal_authority"] == "title_42", "value"].sum())
    share = expelled / float(authority["value"].sum()) if len(authority) else 0.0
    # Who is not expelled and must wait, as in the harder posture of the corridor.
    waiting = [0.0, HARDER.levers["us.return_to_mexico"] * (1 - share) * WAIT_FOR_HEARING]
    return stylised(
        encounters,
        stopped,
        factors=_BORDER_GRID.factors,
        postures=[one.name for one in _BORDER_GRID.postures],
        returned=float(back["value"].sum()) / max(sum(stopped), 1.0),
        expelled=share,
        deaths=_deaths_an_encounter(ledger, as_of),
        waiting=waiting,
        source_id=joined_ids([*met["source_id"].unique(), *held["source_id"].unique(), *back["source_id"].unique()]),
    )


def _by_group(rows: pd.DataFrame) -> list[float]:
    own = {code for codes in GROUPS.values() for code in codes}
    code = rows["nationality"].where(rows["nationality"].isin(own), "OTH")
    return [
        float(rows.loc[code.isin(codes) & (rows["nationality"] != ALL), "value"].sum()) for codes in GROUPS.values()
    ]


def _deaths_an_encounter(ledger: Ledger, as_of: Day, months: int = 24) -> float:
    """Return recorded deaths of the route in Mexico and at the border for each encounter, over two years known."""
    deaths = ledger.observe("migrant_deaths", as_of)
    deaths = deaths[deaths["attributes"].str.contains(f'"route":"{ROUTE}"', regex=False)]
    deaths = deaths[deaths["place"].isin(["USA", "MEX", "GTM", "HND", "SLV"])]
    met = ledger.observe("usbp_encounters", as_of, series=BY_NATIONALITY, place="swb")
    last = min(deaths["period_end"].max(), met["period_end"].max())
    first = last - pd.DateOffset(months=months)
    sums = [float(t.loc[(t["period_end"] > first) & (t["period_end"] <= last), "value"].sum()) for t in (deaths, met)]
    return sums[0] / max(sums[1], 1.0)


def _aegean(ledger: Ledger, as_of: Day) -> ActionFlows:
    """Return flows of the Aegean: detections of the last month known, a part of them from neighbours of Turkey.

    Deaths are NaN: the ledger's only count of the months before was published years later.
    """
    rows = ledger.observe("irregular_border_detections_eu", as_of, place=AEGEAN)
    by_month = rows.groupby("period_end")["value"].sum()
    month = float(by_month.loc[by_month.index.max()])
    stopped, near = _value("share_stopped_by_turkey"), _value("share_from_neighbours")
    held = stopped / (1 - stopped) * month
    return stylised(
        [0.0, near * month, (1 - near) * month],
        [0.0, near * held, (1 - near) * held],
        factors=_AEGEAN_GRID.factors,
        returned=0.0,
        deaths=float("nan"),
        source_id=joined_ids(rows["source_id"].unique()),
    )


def _row(ledger: Ledger, case: Case, as_of: Day | None, draws: int, seed: int) -> dict[str, object]:
    outcome = outcome_of(case, ledger, draws=draws, seed=seed)
    done, before = outcome.actions, outcome.actions_without
    change = np.log2(done["central"] / before["central"]) + np.log2(done["air"] / before["air"])
    given = {axis: outcome.deal & (done[axis] > before[axis]) for axis in ("visas", "money", "legalization")}
    conceded = np.any(list(given.values()), axis=0)
    deal = outcome.deal
    stricter, laxer = deal & (change > 0), deal & (change < 0)
    events = ledger.read("events", as_of)
    about = events[events["subject"].isin(case.subjects)]
    gains = who_gains(outcome)["mean_where_a_deal"].to_numpy()
    use, sizes = np.unique(use_of(outcome), return_counts=True)
    transit = "Turkey" if case is STATEMENT else "Mexico"
    return {
        "case": case.name,
        "as_of": case.as_of,
        "on_the_table": case.on_the_table,
        "share_deal": float(deal.mean()),
        "share_stricter": float(stricter.mean()),
        "share_laxer": float(laxer.mean()),
        "share_concession": float(conceded.mean()),
        "model_regulation": _most({"stricter": stricter, "laxer": laxer}, deal, "as before"),
        "model_concession": _most(given, deal, "none"),
        "model_gave": _gave(stricter, conceded, deal, transit),
        "model_use": ", ".join(f"{name} {size / len(deal):.2f}" for name, size in zip(use, sizes, strict=True)),
        "happened_regulation": case.regulation,
        "happened_concession": case.concession,
        "happened_gave": case.gave,
        "happened": case.happened,
        **_counted(ledger, case, as_of),
        "destination_gain_where_a_deal": float(gains[0]),
        "transit_gain_where_a_deal": float(gains[1]),
        "encounters": float(outcome.count("encounters", without=True).mean()),
        **changes(outcome),
        "note": f"{PRIORS_NOTE} {DEATHS_NOTE}" if np.isnan(outcome.count("deaths")).any() else PRIORS_NOTE,
        "source_id": joined_ids([outcome.payoffs.flows.source_id, *about["source_id"].unique()]),
    }


def _monthly(ledger: Ledger, case: Case, as_of: Day | None) -> pd.Series:
    """Return what the ledger counted of a case by month, as it was known on a day."""
    if case is STATEMENT:
        rows = ledger.observe("irregular_border_detections_eu", as_of, place=AEGEAN)
    else:
        rows = ledger.observe("mx_events", as_of)
    return rows.groupby(pd.PeriodIndex(rows["period_end"], freq="M"))["value"].sum().sort_index()


def _over(ledger: Ledger, case: Case, as_of: Day | None) -> bool:
    """Return whether every month of a case's window had been published by a day."""
    return set(pd.period_range(*case.window, freq="M")) <= set(_monthly(ledger, case, as_of).index)


def _counted(ledger: Ledger, case: Case, as_of: Day | None) -> dict[str, object]:
    """Return monthly means of what the ledger counted: the last three months known on the day, and afterwards."""
    known, later = _monthly(ledger, case, case.as_of), _monthly(ledger, case, as_of)
    return {
        "counted": "detections on the eastern Mediterranean route" if case is STATEMENT else "people stopped in Mexico",
        "counted_before": float(known.tail(3).mean()),
        "counted_after": float(later.loc[case.window[0] : case.window[1]].mean()),
        "counted_in_the_last_month": float(later.loc[case.window[1]]),
    }


def _most(kinds: dict[str, np.ndarray], deal: np.ndarray, otherwise: str) -> str:
    """Return the kinds found in at least half of the deals; ``no deal`` where nearly no draw has one."""
    if deal.mean() < 0.05:
        return "no deal"
    found = [name for name, here in kinds.items() if here[deal].mean() >= 0.5]
    return ", ".join(found) or otherwise


def _gave(stricter: np.ndarray, conceded: np.ndarray, deal: np.ndarray, transit: str) -> str:
    """Return who gives something in most deals."""
    if deal.mean() < 0.05:
        return "no deal"
    own, other = stricter[deal].mean() >= 0.5, conceded[deal].mean() >= 0.5
    return "both" if own and other else transit if own else "destination" if other else "neither"
