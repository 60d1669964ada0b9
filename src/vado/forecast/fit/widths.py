"""What a fit taught: prior against posterior width, products that are known better than their factors, and the rest.

A width is the standard deviation on the knob's scale (log or logit), averaged over months. The data narrow a parameter
when the posterior is much narrower than the prior; a parameter that is not fitted keeps its prior.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from vado.forecast.fit.knobs import RANGE_90
from vado.forecast.fit.solve import EMPTY, Fit

#: A posterior at most this part of the prior counts as narrowed by the data.
NARROWED = 0.7


def widths(fitted: Fit) -> pd.DataFrame:
    """Return one row a parameter and nationality, and one a parameter that was not fitted.

    Returns
    -------
    pandas.DataFrame
        Columns ``parameter, nationality, scale, value, prior_width, posterior_width, ratio, narrowed``; ``value`` is
        the median of the last month.
    """
    rows = []
    for n, code in enumerate(fitted.nationalities):
        prior, spread = fitted.priors[n].deviation, fitted.deviations[n, list(fitted.priors[n].free)]
        for position, k in enumerate(fitted.priors[n].free):
            knob = fitted.knobs[k]
            before, after = float(prior[position].mean()), float(spread[position].mean())
            value = float(knob.from_scale(fitted.turned[n, k, -1:])[0])
            rows.append((knob.name, code, knob.scale, value, before, after, after / before, after / before <= NARROWED))
    turned = {knob.name for knob in fitted.knobs}
    for name, parameter in fitted.network.parameters.items():
        if name in turned or parameter.low is None or parameter.high is None:
            continue
        width = (parameter.high - parameter.low) / RANGE_90
        rows.append((name, "ALL", "own unit, not fitted", np.nan, width, width, 1.0, False))
    columns = ["parameter", "nationality", "scale", "value", "prior_width", "posterior_width", "ratio", "narrowed"]
    return pd.DataFrame(rows, columns=columns)


def agreement(fitted: Fit) -> pd.DataFrame:
    """Return how far expected counts lie from those observed, counter by counter.

    Returns
    -------
    pandas.DataFrame
        Columns ``counter, months, error, error_by_nationality, bias``: the sum over months of absolute differences of
        monthly totals, and of nationalities' counts, over the sum of counts, and the relative difference of the sums.
    """
    names = list(dict.fromkeys(counter for counter, _ in fitted.observed.streams))
    rows = []
    for name in names:
        ours = [i for i, (counter, _) in enumerate(fitted.observed.streams) if counter == name]
        seen = fitted.observed.counts[ours][:, EMPTY:]
        said = np.where(np.isnan(seen), 0.0, fitted.expected[ours][:, EMPTY:]).sum(axis=0)
        came = np.nan_to_num(seen).sum(axis=0)
        if not came.sum():
            continue
        by_month = np.abs(said.sum(axis=1) - came.sum(axis=1)).sum() / came.sum()
        by_code = np.abs(said - came).sum() / came.sum()
        rows.append((name, int((came.sum(axis=1) > 0).sum()), by_month, by_code, said.sum() / came.sum() - 1))
    return pd.DataFrame(rows, columns=["counter", "months", "error", "error_by_nationality", "bias"])


def identified(fitted: Fit, members: int = 200, seed: int = 1) -> pd.DataFrame:
    """Return products that the counters fix, with their width beside that of departures alone, in the last year.

    ``by land`` is departures x (1 - by_air); ``stopped`` is that x stopped_in_mexico; ``to the sector`` is departures x
    the share of the attraction that draws most. All on the log scale.
    """
    draws = fitted.draws(members, seed)
    position = {knob.name: k for k, knob in enumerate(fitted.knobs)}
    places = [k for name, k in position.items() if name.startswith("attraction_")]
    rows = []
    for n, code in enumerate(fitted.nationalities):
        values = {name: fitted.knobs[k].from_scale(draws[:, n, k]) for name, k in position.items()}
        attractions = np.stack([fitted.knobs[k].from_scale(draws[:, n, k]) for k in places])
        shares = attractions / attractions.sum(axis=0)
        first = shares[shares.mean(axis=(1, 2)).argmax()]
        land = values["departures"] * (1 - values["by_air"])
        made = {"departures": values["departures"], "to the sector": values["departures"] * first}
        if code != "MEX":
            made |= {"by land": land, "stopped": land * values["stopped_in_mexico"]}
        rows += [(code, name, float(np.log(product + 1e-9).std(axis=0).mean())) for name, product in made.items()]
    return pd.DataFrame(rows, columns=["nationality", "product", "width"])
