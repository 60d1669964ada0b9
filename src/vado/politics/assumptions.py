"""Which assumption matters most: how much of the answer's spread each input makes, alone and with others.

Sobol indices by Saltelli's design: the first is the share of an answer's variance that an input makes alone, the
total adds what it makes together with others. Inputs are the parameters of the bargain, the member of the corridor's
ensemble, the effect of the load on approval and the chance of passage, each over its own range and independent of the
others. The load, approval and whatever is given as one number are held there and have no index.

References
----------
A. Saltelli and others, Variance based sensitivity analysis of model output, Computer Physics Communications 181 (2010)
259-270. T. Iwanaga, W. Usher and J. Herman, Toward SALib 2.0, Socio-Environmental Systems Modelling 4 (2022) 18155.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample

from vado.errors import BadValueError
from vado.politics.action_flows import ActionFlows
from vado.politics.actions import Grid
from vado.politics.bargain import BESIDE, Bargain, Effect, Outcome
from vado.politics.bargain_parameters import Array, read_bargain_parameters
from vado.stock.parameters import Parameter

#: What the indices are of. Gains have long tails, and their indices would rest on a few draws; so logarithms are taken.
ANSWERS: Mapping[str, tuple[str, Callable[[Outcome], Array]]] = {
    "us_gain": ("gain of the United States, log(1 + gain)", lambda outcome: np.log1p(outcome.us_gain)),
    "mexico_gain": ("gain of Mexico, log(1 + gain)", lambda outcome: np.log1p(outcome.mexico_gain)),
    "deal": ("whether there is a deal", lambda outcome: outcome.deal.astype(float)),
    "encounters": ("change of encounters, log", lambda outcome: outcome.log_encounters),
}
_TITLES = {
    "member": "Member of the corridor's ensemble",
    "points_per_doubling": "Effect of a doubling of encounters on approval",
    "chance_of_passage": "Chance that a legalization passes",
}
#: Draws that are worked out at once.
_AT_ONCE = 512


def which_matters(
    flows: ActionFlows,
    effect: Effect,
    *,
    load: float,
    approval: float,
    chance: npt.ArrayLike,
    tariff: float = 0.0,
    base: int = 512,
    seed: int = 1,
    grid: Grid | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> pd.DataFrame:
    """Return Sobol indices of all inputs for each of :data:`ANSWERS`.

    Parameters
    ----------
    flows, effect, load, approval, chance, tariff, grid, parameters
        As for :class:`vado.politics.bargain.Bargain` and its ``at``; give draws of the chance for it to vary.
    base
        Points of the design, a power of two; ``base * (inputs + 2)`` bargains are worked out.
    seed
        Of the design and of the intervals.

    Returns
    -------
    pandas.DataFrame
        Columns ``answer, input, status, first, first_error, total, total_error``; errors are half-widths of 90 %
        intervals from resampling. The largest total of each answer stands first. An input that is one number has no
        row.
    """
    if base < 8 or math.log2(base) % 1:
        raise BadValueError(f"base is {base}; choose a power of two from 8 on")
    known = dict(parameters or read_bargain_parameters())
    names = [*known, *BESIDE]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    design = np.asarray(sample.sample(problem, base, calc_second_order=False, seed=seed))
    found: dict[str, list[Array]] = {name: [] for name in ANSWERS}
    for begin in range(0, len(design), _AT_ONCE):
        numbers = design[begin : begin + _AT_ONCE]
        passing = np.quantile(np.atleast_1d(np.asarray(chance, dtype=float)), numbers[:, -1])
        bargain = Bargain(flows, effect, grid=grid, parameters=known, numbers=numbers)
        outcome = bargain.at(load, approval, passing, tariff=tariff)
        for name, (_, answer) in ANSWERS.items():
            found[name].append(np.asarray(answer(outcome), dtype=float))
    held = {
        "member": flows.members == 1,
        "points_per_doubling": effect.sd <= 0,
        "chance_of_passage": np.ptp(np.atleast_1d(np.asarray(chance, dtype=float))) == 0,
    }
    rows = []
    for name, (title, _) in ANSWERS.items():
        answers = np.concatenate(found[name])
        if np.ptp(answers) == 0:
            continue
        made = analyze.analyze(problem, answers, calc_second_order=False, conf_level=0.9, num_resamples=100, seed=seed)
        order = np.argsort(-made["ST"], kind="stable")
        rows += [
            {
                "answer": title,
                "input": known[names[k]].title if names[k] in known else _TITLES[names[k]],
                "name": names[k],
                "status": known[names[k]].status if names[k] in known else "drawn from the data",
                "first": float(made["S1"][k]),
                "first_error": float(made["S1_conf"][k]),
                "total": float(made["ST"][k]),
                "total_error": float(made["ST_conf"][k]),
                "bargains": len(design),
            }
            for k in order
            if not held.get(names[k], False)
        ]
    columns = ["answer", "input", "name", "status", "first", "first_error", "total", "total_error", "bargains"]
    return pd.DataFrame(rows, columns=columns).assign(source_id=bargain.flows.source_id)
