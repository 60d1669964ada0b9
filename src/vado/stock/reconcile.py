"""All evidence at once: how many people live here, if each way of counting may be off in a way of its own.

The yearly process of :mod:`vado.stock.process` is the state; its parameters and five-yearly deviations of inflows are
unknown, with priors from ``parameters.yaml``; the figures of :mod:`vado.stock.evidence` are observations with errors.
Two priors stand side by side. ``small``: residual methods miss little and inflows are near what their parts give.
``open``: both may be off by factors that let 20 and 30 million be reached.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import platformdirs
from numpy.typing import NDArray

from vado.errors import UnknownNameError
from vado.ledger.dates import Day
from vado.stock.density import CENTRE, PRIORS, SHORTER, Model, Prior, Settings
from vado.stock.evidence import METHODS, Evidence, read_evidence
from vado.stock.inputs import FIRST_YEAR, Inputs, checked_year, read_inputs
from vado.stock.parameters import Parameter, read_parameters

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Array = NDArray[np.float64]

#: Raised when the fit changes, so that older stored fits no longer count.
VERSION = 1
SHIPPED = Path(__file__).with_name("reconciled.npz")

#: Draws of the laws before evidence.
PRIOR_DRAWS = 4000
#: Thresholds of the table of probabilities [persons]: this many or fewer, and these many or more.
AT_MOST = (11e6,)
AT_LEAST = (20e6, 30e6)
#: Two priors' probabilities that differ by more than the first, or of which one is more than twice the other and above
#: the second, are said to be the prior's.
MAKES = 0.05
MAKES_SMALL = 0.01


@dataclass(frozen=True)
class Posterior:
    """What all evidence says, beside what was thought before.

    Parameters
    ----------
    year
        The year asked for; its 1 January.
    prior
        ``small`` or ``open``.
    left_out
        Methods whose evidence was left out.
    years
        Years of 1 January.
    regions, prior_regions
        [persons], ``(draw, year, region)``: with the evidence, and by the process and its priors alone.
    counted_population
        [persons], ``(draw,)``: residual counts of the five years around ``year`` times their factor as drawn from its
        prior, without the process; NaN where there are none.
    values, prior_values
        Name of each unknown → draws, with the evidence and before.
    mixed
        How well the sampler mixed.
    model
        What was fitted.
    """

    year: int
    prior: Prior
    left_out: tuple[str, ...]
    years: NDArray[np.int64]
    regions: Array
    prior_regions: Array
    counted_population: Array
    values: Mapping[str, Array]
    prior_values: Mapping[str, Array]
    mixed: Mapping[str, float]
    model: Model

    @cached_property
    def population(self) -> Array:
        """The population with all evidence [persons], ``(draw, year)``."""
        return np.asarray(self.regions.sum(axis=2))

    @cached_property
    def prior_population(self) -> Array:
        """The population by the process and its priors alone [persons], ``(draw, year)``."""
        return np.asarray(self.prior_regions.sum(axis=2))

    @cached_property
    def source_id(self) -> str:
        """All sources of inputs, evidence and parameters used, separated by ``;``."""
        return _sources(self.model)

    def at(self, year: int | None = None) -> Array:
        """Return the population on 1 January of a year, ``(draw,)``; by default of the year asked for."""
        year = self.year if year is None else checked_year(year, self.model.inputs)
        return self.population[:, year - FIRST_YEAR]

    def laws(self) -> dict[str, Array]:
        """Return the three laws of the population of the year: before, by counts alone, and with all evidence."""
        before = self.prior_population[:, self.year - FIRST_YEAR]
        return {"process alone": before, "counts alone": self.counted_population, "posterior": self.at()}

    def table(self) -> pd.DataFrame:
        """Return the population by year [million]: median and 50, 80 and 95 % intervals, after and before."""
        made = []
        for law, draws in (("posterior", self.population), ("process alone", self.prior_population)):
            made += [
                {"year": int(year), "prior": self.prior, "law": law, **_quantiles(draws[:, place])}
                for place, year in enumerate(self.years)
            ]
        return pd.DataFrame(made).assign(source_id=self.source_id)

    def year_table(self) -> pd.DataFrame:
        """Return the laws of the year's population: quantiles [million] and probabilities of the thresholds."""
        made = []
        for law, draws in self.laws().items():
            if np.isfinite(draws).all():
                row: dict[str, Any] = {
                    "year": self.year,
                    "prior": self.prior,
                    "law": law,
                    "left_out": "; ".join(self.left_out),
                }
                made.append(row | _quantiles(draws) | _probabilities(draws))
        return pd.DataFrame(made).assign(source_id=self.source_id)

    def informed(self) -> pd.DataFrame:
        """Return the spread before and after of each unknown, and of what the population did.

        ``width_ratio`` compares the widths of the middle 80 % after and before; ``informed`` says whether it is below
        half. Rows of kind ``population`` are populations [million], growth between years [ratio] and Mexico's share.
        """
        made = []
        for name, parameter in self.model.unknowns.items():
            source = parameter.source or self.source_id
            row = {"name": name, "kind": "parameter", "unit": parameter.unit, "status": parameter.status}
            made.append(row | _narrowed(self.prior_values[name], self.values[name]) | {"source_id": source})
        before, after = (self._described(regions) for regions in (self.prior_regions, self.regions))
        for name, unit in before:
            row = {"name": name, "kind": "population", "unit": unit, "status": "derived"}
            made.append(row | _narrowed(before[name, unit], after[name, unit]) | {"source_id": self.source_id})
        return pd.DataFrame(made)

    def _described(self, regions: Array) -> dict[tuple[str, str], Array]:
        """Return populations, growth and shares by what they are and their unit."""
        decades = range(FIRST_YEAR + 10, int(self.years[-1]) + 1, 10)
        # Before any evidence a few draws of the open prior leave nobody; they count as one person.
        total = {year: np.maximum(regions[:, year - FIRST_YEAR].sum(axis=1), 1.0) for year in decades}
        made = {(f"population of {year}", "million"): people / 1e6 for year, people in total.items()}
        for first, second in itertools.pairwise(decades):
            made[f"population of {second} over that of {first}", "ratio"] = total[second] / total[first]
        for year, people in total.items():
            made[f"share born in Mexico, {year}", "share"] = regions[:, year - FIRST_YEAR, 0] / people
        return made


def _narrowed(before: Array, after: Array) -> dict[str, Any]:
    low, middle, high = np.quantile(after, [0.1, 0.5, 0.9])
    first, second, third = np.quantile(before, [0.1, 0.5, 0.9])
    ratio = float((high - low) / (third - first))
    made = {"median_before": float(second), "low_before": float(first), "high_before": float(third)}
    made |= {"median": float(middle), "low": float(low), "high": float(high), "width_ratio": ratio}
    return {**made, "informed": ratio < 0.5}


def _quantiles(draws: Array) -> dict[str, float]:
    names = ("low_95", "low_80", "low_50", "median", "high_50", "high_80", "high_95")
    levels = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
    return dict(zip(names, np.quantile(draws, levels) / 1e6, strict=True))


def _probabilities(draws: Array) -> dict[str, float]:
    most = {f"at_most_{limit / 1e6:.0f}": float(np.mean(draws <= limit)) for limit in AT_MOST}
    return most | {f"at_least_{limit / 1e6:.0f}": float(np.mean(draws >= limit)) for limit in AT_LEAST}


def reconciled(
    ledger: Ledger,
    *,
    as_of: Day | None = None,
    year: int = 2021,
    prior: Prior = "small",
    without: Sequence[str] = (),
    parameters: Mapping[str, Parameter] | None = None,
    seed: int = 1,
    cache: bool = True,
    progress: Callable[[str], None] | None = None,
) -> Posterior:
    """Return the population with all evidence at once.

    Parameters
    ----------
    ledger
        The ledger to read.
    as_of
        Leave out what was published later; None for all.
    year
        The year whose 1 January is asked for.
    prior
        ``small`` or ``open``.
    without
        Methods of :data:`vado.stock.evidence.METHODS` whose evidence is left out.
    parameters
        Other parameters than those that ship.
    seed
        Of the sampler.
    cache
        Whether a fit that is made is kept, and one that was kept is used.
    progress
        Called with a line before a fit is made.

    Raises
    ------
    UnknownNameError
        For another prior or an unknown method.
    BadValueError
        For a year outside the model, or a day before which too little was published.
    """
    _checked("prior", [prior], PRIORS)
    _checked("method", without, METHODS)
    inputs, evidence = _read(ledger, as_of, year)
    model = Model(inputs, evidence.without(*without), parameters or read_parameters(), prior)
    deviates, mixed = stored(model, seed, SHORTER if without else Settings(), cache=cache, progress=progress)
    before = np.random.default_rng(seed).standard_normal((PRIOR_DRAWS, len(model.unknowns)))
    stock = model.stock(deviates)
    prior_values = model.values(before)
    return Posterior(
        year=year,
        prior=prior,
        left_out=tuple(without),
        years=stock.years,
        regions=stock.population,
        prior_regions=model.stock(before).population,
        counted_population=_counted(evidence, year, prior_values),
        values=model.values(deviates),
        prior_values=prior_values,
        mixed=mixed,
        model=model,
    )


def _sources(model: Model) -> str:
    found = set(model.inputs.sources().split(";"))
    found |= {one for cell in model.evidence.table["source_id"] for one in cell.split(";")}
    found |= {one.source for one in model.unknowns.values() if one.source}
    return ";".join(sorted(found))


def _read(ledger: Ledger, as_of: Day | None, year: int) -> tuple[Inputs, Evidence]:
    inputs = read_inputs(ledger, as_of)
    checked_year(year, inputs)
    return inputs, read_evidence(ledger, float(inputs.years[-1]) + 1, as_of)


def _checked(what: str, names: Sequence[str], valid: Any) -> None:
    for name in names:
        if name not in valid:
            raise UnknownNameError(what, name, valid)


def _counted(evidence: Evidence, year: int, values: Mapping[str, Array]) -> Array:
    """Return what residual counts near a year imply with the factor's prior alone."""
    table = evidence.table
    near = table[(table["kind"] == "residual") & ((table["year"] - year).abs() <= 2.5)]
    if near.empty:
        return np.full(len(values["residual_factor"]), np.nan)
    drift = np.exp(values["residual_drift"] * (year - CENTRE) / 10)
    return np.asarray(np.exp(np.log(near["value"]).mean()) * values["residual_factor"] * drift)


def left_out(
    ledger: Ledger,
    *,
    as_of: Day | None = None,
    year: int = 2021,
    seed: int = 1,
    cache: bool = True,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Return how the year's posterior moves when each method's evidence is left out, and all residual counts.

    Parameters are those of :func:`reconciled`.

    Returns
    -------
    pandas.DataFrame
        A row a prior and what is left out: quantiles [million] and probabilities; ``left_out`` is empty for none.
    """
    residual = tuple(name for name in METHODS if name.startswith("residual"))
    inputs, evidence = _read(ledger, as_of, year)
    parameters = read_parameters()
    made = []
    for prior in PRIORS:
        for without in ((), *((name,) for name in METHODS), residual):
            model = Model(inputs, evidence.without(*without), parameters, prior)
            deviates, _ = stored(model, seed, SHORTER if without else Settings(), cache=cache, progress=progress)
            people = model.stock(deviates).total()[:, year - FIRST_YEAR]
            row: dict[str, Any] = {"year": year, "prior": prior, "left_out": "; ".join(without)}
            made.append(row | _quantiles(people) | _probabilities(people) | {"source_id": _sources(model)})
    return pd.DataFrame(made)


def probabilities(found: Sequence[Posterior]) -> pd.DataFrame:
    """Return the chance of each threshold before and after, under each prior, and who makes it.

    Parameters
    ----------
    found
        The posteriors of the same year under each prior.

    Returns
    -------
    pandas.DataFrame
        A row a threshold and prior: ``process_alone``, ``counts_alone``, ``posterior``, and ``made_by``: ``the prior``
        where the posteriors under the priors differ by more than :data:`MAKES`, or one is more than twice the other and
        above :data:`MAKES_SMALL`, else ``the evidence``.
    """
    laws = {one.prior: {law: _probabilities(draws) for law, draws in one.laws().items()} for one in found}
    made = []
    for threshold in next(iter(laws.values()))["posterior"]:
        after = [by["posterior"][threshold] for by in laws.values()]
        least, most = min(after), max(after)
        differ = most - least > MAKES or (most > MAKES_SMALL and most > 2 * least)
        maker = "the prior" if differ else "the evidence"
        for one in found:
            by = laws[one.prior]
            row = {"year": one.year, "threshold": threshold, "prior": one.prior}
            chances = {law.replace(" ", "_"): chance[threshold] for law, chance in by.items()}
            made.append({**row, **chances, "made_by": maker, "source_id": one.source_id})
    return pd.DataFrame(made)


def digest(model: Model, seed: int, settings: Settings) -> str:
    """Return the name of everything that a fit is made from."""
    numbers = [(name, one.value, one.low, one.high, one.distribution) for name, one in model.unknowns.items()]
    kinds = model.evidence.table[["kind", "series", "year", "region"]].to_csv(index=False)
    text = json.dumps([VERSION, seed, model.prior, vars(settings), numbers, kinds])
    made = hashlib.sha256(text.encode())
    arrays = (model.inputs.years, model.inputs.border, model.inputs.series["removals"])
    for array in (*arrays, model.evidence.values, model.evidence.covariance()):
        made.update(np.ascontiguousarray(np.round(array, 9)).tobytes())
    return made.hexdigest()[:20]


def stored(
    model: Model,
    seed: int,
    settings: Settings,
    *,
    cache: bool = True,
    progress: Callable[[str], None] | None = None,
) -> tuple[Array, dict[str, float]]:
    """Return draws ``(draw, unknown)`` that ship or were kept, or make and keep them; and how well they mixed."""
    key = digest(model, seed, settings)
    path = Path(platformdirs.user_cache_dir("vado")) / "stock" / f"reconciled-{key}.npz"
    for place in (SHIPPED, path):
        if place.exists() and (place is SHIPPED or cache):
            with np.load(place) as arrays:
                if f"{key}/draws" in arrays:
                    return arrays[f"{key}/draws"].astype(float), json.loads(str(arrays[f"{key}/mixed"]))
    if progress:
        without = "" if settings == Settings() else ", evidence left out"
        progress(f"fitting the population since {FIRST_YEAR}, {model.prior} prior{without}")
    draws, mixed = model.sample(model.evidence.values, seed, settings)
    # Half precision is a thousandth of a prior's spread, far below what the sampler leaves open.
    rounded = draws.astype(np.float16)
    if cache:
        keep({key: (rounded, mixed)}, path)
    return rounded.astype(float), mixed


def keep(fits: Mapping[str, tuple[Any, Mapping[str, float]]], path: Path) -> None:
    """Write fits under their digests; an earlier file is replaced when the new one is whole."""
    arrays: dict[str, Any] = {}
    for key, (draws, mixed) in fits.items():
        arrays |= {f"{key}/draws": np.asarray(draws, dtype=np.float16), f"{key}/mixed": json.dumps(dict(mixed))}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.tmp")
    with partial.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
    partial.replace(path)
