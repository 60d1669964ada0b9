"""The question how many people live here without legal status: published estimates, the model beside them, the inverse.

The model has three configurations. *Residual* subtracts legal residents from a survey; *inflow-outflow* adds up
flows; *reconciled* takes all evidence at once, with a bias of its own for each method. Each stands on the same axes as
what was published, and nothing is averaged. ``reach`` asks what would have to be true for a figure, ``programme`` how
many people a law would regularize.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.answer import Answer, Chart, cited, rows_of
from vado.errors import BadValueError, UnknownNameError
from vado.ledger.dates import Day, day
from vado.provenance import made_by
from vado.stock import inflow, residual, residual_record
from vado.stock import legalized as law
from vado.stock import reach as inverse
from vado.stock import reconcile as reconciling
from vado.stock.beside import beside
from vado.stock.density import PRIORS
from vado.stock.evidence import ASSUMED as EVIDENCE_ASSUMED
from vado.stock.evidence import read_evidence
from vado.stock.inputs import checked_year, read_inputs
from vado.stock.parameters import Parameter, read_parameters
from vado.stock.published import CAVEATS, MILLION
from vado.stock.published import stock as published_stock

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

METHODS = ("all", "residual", "inflow", "reconciled", "published")
YEAR = 2021
DRAWS = 4000
_LEVELS = {
    "median": 0.5,
    **{f"{e}_{c}": 0.5 + s * c / 200 for c in (50, 80, 95) for e, s in (("low", -1), ("high", 1))},
}

Progress = Callable[[str], None]


def ask(
    ledger: Ledger | None = None,
    *,
    as_of: Day | None = None,
    year: int | None = None,
    method: str = "all",
    reach: float | None = None,
    programme: str | None = None,
    parameters: str | Path | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    cache: bool = True,
    command: str = "vado.stock()",
    progress: Progress | None = None,
) -> Answer:
    """Say how many people live in the United States without legal status, and how sure anyone can be.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        Leave out what was published later; None for all.
    year
        The year of whose 1 January the model speaks; default 2021, or the year before an earlier ``as_of``.
    method
        ``residual``, ``inflow``, ``reconciled``, ``all`` of them, or ``published`` for estimates alone.
    reach
        A figure [persons]: say what would have to be true for it.
    programme
        A law or bill of :func:`vado.stock.legalized.programmes`: say how many people it would regularize.
    parameters
        A file of parameters in the place of those that ship, row by row.
    draws
        Of residual and inflow.
    seed
        Of everything random.
    cache
        Whether fits are kept.
    command
        What the answer says it was made by.
    progress
        Called with a line before slow steps.

    Raises
    ------
    UnknownNameError, BadValueError, DescriptionError
        For a method, year, figure, programme or file that cannot be used.
    """
    from vado.ledger.ledger import open_ledger

    ledger = ledger or open_ledger()
    tell = progress or (lambda line: None)
    if method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    if draws < 100:
        raise BadValueError(f"draws is {draws}; choose 100 or more")
    laws = read_parameters(parameters)
    if year is None:
        year = YEAR if as_of is None else min(YEAR, day(as_of, "as_of").year - 1)
    if reach is not None:
        return _reached(ledger, as_of, year, reach, laws, seed, command)
    if programme is not None:
        return _regularized(ledger, as_of, year, programme, laws, draws, seed, cache, command, tell)
    found = published_stock(ledger, as_of=as_of, command=command)
    return (
        found if method == "published" else _beside(ledger, found, as_of, year, method, laws, draws, seed, cache, tell)
    )


def _beside(
    ledger: Ledger,
    found: Answer,
    as_of: Day | None,
    year: int,
    method: str,
    laws: dict[str, Parameter],
    draws: int,
    seed: int,
    cache: bool,
    tell: Progress,
) -> Answer:
    """Return the published estimates with the configurations of the model beside them."""
    configurations: dict[str, pd.DataFrame] = {}
    tables: dict[str, pd.DataFrame] = {}
    summary, caveats, assumed = list(found.summary), list(found.caveats), []
    asked = METHODS[1:4] if method == "all" else (method,)

    def of_residual() -> None:
        made = residual.residual(
            ledger, as_of=as_of, draws=draws, seed=seed, parameters=residual.residual_parameters(ledger, laws)
        )
        configurations["residual"] = residual.interval_frame(made)
        tables["residual_parts"] = residual_record.components(made)
        assumed.extend(residual.assumed(residual.residual_parameters(ledger, laws)))
        caveats.append("Inputs that the residual method lacks: " + ", ".join(residual.MISSING) + ".")

    def of_inflow() -> None:
        inputs = read_inputs(ledger, as_of)
        checked_year(year, inputs)
        made = inflow.inflow_outflow(inputs, laws, draws=draws, seed=seed)
        frame = made.table.copy()
        numbers = [column for column in frame if column in _LEVELS]
        frame[numbers] = frame[numbers] * MILLION
        configurations["inflow-outflow"] = frame
        caveats.append("Inputs that the flows lack: " + ", ".join(inputs.missing) + ".")

    def of_reconciled() -> None:
        both = [
            reconciling.reconciled(
                ledger, as_of=as_of, year=year, prior=prior, parameters=laws, seed=seed, cache=cache, progress=tell
            )
            for prior in PRIORS
        ]
        for one in both:
            configurations[f"reconciled, {one.prior} prior"] = _frame(one)
        tables["thresholds"] = reconciling.probabilities(both)
        tables["posterior"] = pd.concat([one.year_table() for one in both], ignore_index=True)
        tables["informed"] = both[0].informed()
        summary.extend(_reconciled_words(both, tables["thresholds"]))
        tables["not_used"] = read_evidence(ledger, float(both[0].years[-1]), as_of).unused
        assumed.extend([*_assumed(laws), *EVIDENCE_ASSUMED])

    makers = {"residual": of_residual, "inflow": of_inflow, "reconciled": of_reconciled}
    for name in asked:
        tell(f"The model, {name} ...")
        try:
            makers[name]()
        except BadValueError as reason:
            # An early day has published estimates and too little for a model; asked for by name it is an error.
            if method != "all":
                raise
            caveats.append(f"The {name} configuration is left out: {reason}.")
    if "reconciled" in asked and configurations and as_of is None:
        tell("What moves when a method's evidence is left out ...")
        tables["evidence_left_out"] = reconciling.left_out(ledger, year=year, seed=seed, cache=cache, progress=tell)
    if not configurations:
        return replace(found, caveats=tuple(caveats))
    try:
        beside_tables, charts = beside(found.tables["estimates"], configurations, year=year)
    except BadValueError as reason:
        return replace(found, caveats=(*caveats, f"The model is not shown beside them: {reason}."))
    every = {**found.tables, **beside_tables, **tables}
    return replace(
        found,
        summary=summary,
        tables=every,
        charts=[*charts, *_threshold_charts(tables)],
        sources=rows_of(ledger.sources(cited(*every.values()))),
        assumed=_once(assumed),
        caveats=tuple(caveats),
        made_by=replace(found.made_by, seed=seed),
    )


def _frame(one: reconciling.Posterior) -> pd.DataFrame:
    """Return a posterior in the form of a configuration [persons]."""
    quantiles = {name: np.quantile(one.population, level, axis=0) for name, level in _LEVELS.items()}
    return pd.DataFrame({"year": one.years, **quantiles, "source_id": one.source_id})


def _reconciled_words(both: list[reconciling.Posterior], thresholds: pd.DataFrame) -> list[str]:
    said = []
    for one in both:
        low, middle, high = (np.quantile(one.at(), [0.025, 0.5, 0.975]) / MILLION).tolist()
        said.append(
            f"All evidence at once, {one.prior} prior on what surveys miss: {middle:.1f} million on 1 January "
            f"{one.year} (95 % interval {low:.1f} to {high:.1f})."
        )
    most = thresholds[thresholds["threshold"] == "at_least_20"]
    chances = ", ".join(f"{row.posterior:.2g} ({row.prior} prior)" for row in most.itertuples())
    said.append(f"Chance of 20 million or more: {chances}; made by {most['made_by'].iloc[0]}.")
    return said


def _threshold_charts(tables: dict[str, pd.DataFrame]) -> list[Chart]:
    if "posterior" not in tables:
        return []
    return [
        Chart(
            kind="bar",
            table="thresholds",
            title="Chance of each threshold under two priors, with all evidence",
            columns={"x": "threshold", "y": "posterior", "color": "prior"},
            note="Thresholds in million; where the priors differ much, the prior makes the chance.",
        )
    ]


def _reached(
    ledger: Ledger, as_of: Day | None, year: int, target: float, laws: dict[str, Parameter], seed: int, command: str
) -> Answer:
    found = inverse.reach(ledger, target, year=year, as_of=as_of, parameters=laws, seed=seed)
    tables = found.tables()
    return Answer(
        question=f"What would have to be true for {target / MILLION:,.1f} million people to live in the United States "
        f"without legal status on 1 January {year}?",
        as_of=_seen(ledger, as_of),
        summary=found.summary(),
        tables=tables,
        charts=found.charts(),
        sources=rows_of(ledger.sources(cited(*tables.values()))),
        assumed=found.assumed,
        caveats=[*inverse.CAVEATS, CAVEATS[0]],
        made_by=made_by(command, ledger, seed),
    )


def _regularized(
    ledger: Ledger,
    as_of: Day | None,
    year: int,
    programme: str,
    laws: dict[str, Parameter],
    draws: int,
    seed: int,
    cache: bool,
    command: str,
    tell: Progress,
) -> Answer:
    if programme not in law.programmes():
        raise UnknownNameError("programme", programme, law.programmes())
    here = reconciling.reconciled(
        ledger, as_of=as_of, year=year, parameters=laws, seed=seed, cache=cache, progress=tell
    )
    official = law.legalized(ledger, programme=programme, as_of=as_of, draws=draws, seed=seed)
    modelled = law.legalized(ledger, programme=programme, population=here.at(), as_of=as_of, draws=draws, seed=seed)
    tables = {
        "by_year": modelled.table,
        "by_year_of_the_publisher": official.table,
        "parameters": modelled.parameters,
        "scores": modelled.scores,
    }
    low, middle, high = (np.quantile(modelled.total(), [0.1, 0.5, 0.9]) / MILLION).tolist()
    return Answer(
        question=f"How many people would {law.programmes()[programme]} regularize?",
        as_of=_seen(ledger, as_of),
        summary=[
            f"{middle:.1f} million people (80 % interval {low:.1f} to {high:.1f}) of those resident on 1 January "
            f"{year}, with the take-up of the law of 1986; {np.median(official.total()) / MILLION:.1f} million of the "
            "residents that the official score had in mind."
        ],
        tables=tables,
        charts=[],
        sources=rows_of(ledger.sources(cited(*tables.values()))),
        assumed=_once([*modelled.assumed, *_assumed(laws)]),
        caveats=[
            "Eligible shares and take-up come from other laws and from scores; a bill not passed was never tried.",
            CAVEATS[0],
        ],
        made_by=made_by(command, ledger, seed),
    )


def _assumed(laws: dict[str, Parameter]) -> list[dict[str, Any]]:
    return [
        {"name": f"stock.{name}", "value": f"{one.low:g} to {one.high:g}", "unit": one.unit, "note": one.title}
        for name, one in laws.items()
        if one.status == "assumed"
    ]


def _once(items: list[Any]) -> list[Any]:
    """Return items without those whose name came before."""
    return list({item["name"]: item for item in reversed(items)}.values())[::-1]


def _seen(ledger: Ledger, as_of: Day | None) -> Any:
    if as_of is not None:
        return day(as_of, "as_of")
    return ledger.observe("unauthorized_population")["published"].max().date()
