"""Do two samples of traces come from one law?

Means, variances and distributions of all that a trace holds are compared, and the products of pairs of quantities.
One inequality bounds all of it. Under one law the difference between draw i of the one sample and draw i of the other
is as likely as its negative, whatever the distribution, so sum(d) / sqrt(sum(d^2)) exceeds t in size with a
probability of at most 2 exp(-t^2 / 2) (Efron, *Student's t-test under symmetry conditions*, JASA 64, 1969). That holds
as well for functions of a draw that depend on the pooled sample, such as the squared distance from its mean.
"""

from __future__ import annotations

import numpy as np

#: Probability that samples of one law are refused.
ALARM = 1e-6
#: Quantities of which all pairs are compared: all totals, and cells taken at random.
PAIRED = 300


def series(run):
    """Return labels and ``[draw, day, series]`` of a trace: each way, queue and group."""
    labels, columns = [], []
    for name in ("flow", "waiting", "travelling"):
        array = run[name].transpose("draw", "day", ..., "group")
        places = [f"{name} {value}" for value in run[array.dims[2]].values] if array.ndim == 4 else [name]
        labels += [f"{place} of {group}" for place in places for group in run["group"].values]
        columns.append(array.values.reshape(array.sizes["draw"], array.sizes["day"], -1).astype(float))
    return labels, np.concatenate(columns, axis=2)


def quantities(run):
    """Return labels and ``[draw, quantity]`` of a trace, first totals over days or groups, then every cell."""
    labels, values = series(run)
    draws, days, _ = values.shape
    groups = run.sizes["group"]
    places = [label.rpartition(" of ")[0] for label in labels[::groups]]
    together = values.reshape(draws, days, -1, groups).sum(axis=(1, 3))
    totals = [*labels, *places]
    labels = [*totals, *(f"{label} on day {day}" for day in range(days) for label in labels)]
    return labels, np.concatenate([values.sum(axis=1), together, values.reshape(draws, -1)], axis=1), len(totals)


def symmetric(one, other):
    """Return the statistic of Efron for each column of what was computed from two samples."""
    difference = one - other
    scale = np.sqrt((difference**2).sum(axis=0))
    return np.divide(difference.sum(axis=0), scale, out=np.zeros(len(scale)), where=scale > 0)


def products(one, other):
    """Return the statistic of Efron for the products of all pairs of columns."""
    scale = (one**2).T @ one**2 + (other**2).T @ other**2 - 2 * (one * other).T @ (one * other)
    difference = one.T @ one - other.T @ other
    return np.divide(difference, np.sqrt(np.maximum(scale, 0)), out=np.zeros(scale.shape), where=scale > 1e-6)


def products_over_days(one, other, lag):
    """Return the statistic of Efron for all pairs of series, the second some days later, summed over days."""
    differences = [
        x[:, : x.shape[1] - lag].transpose(0, 2, 1) @ x[:, lag:]
        - y[:, : y.shape[1] - lag].transpose(0, 2, 1) @ y[:, lag:]
        for x, y in zip(np.array_split(one, 20), np.array_split(other, 20), strict=True)
    ]
    total = sum(part.sum(axis=0) for part in differences)
    scale = np.sqrt(sum((part**2).sum(axis=0) for part in differences))
    return np.divide(total, scale, out=np.zeros(scale.shape), where=scale > 0)


def differences(one, other):
    """Return the largest statistic of each sort and what it concerns, as multiples of what equal laws may show."""
    for coordinate in ("way", "queue", "group"):
        assert list(one[coordinate].values) == list(other[coordinate].values)
    labels, x, totals = quantities(one)
    _, y, _ = quantities(other)
    both = np.concatenate([x, y])
    middle, spread = both.mean(axis=0), both.std(axis=0)
    found = {"mean": (symmetric(x, y), labels)}
    found["variance"] = symmetric((x - middle) ** 2, (y - middle) ** 2), labels
    for percent in (5, 25, 50, 75, 95):
        cut = np.percentile(both[:, :totals], percent, axis=0)
        found[f"quantile of {percent} %"] = (
            symmetric(1.0 * (x[:, :totals] <= cut), 1.0 * (y[:, :totals] <= cut)),
            labels,
        )
    varying = np.flatnonzero(spread > 0)
    cells = np.random.default_rng(1).permutation(varying[varying >= totals])
    chosen = np.concatenate([varying[varying < totals], cells])[:PAIRED]
    x, y = ((values[:, chosen] - middle[chosen]) / spread[chosen] for values in (x, y))
    found["product"] = products(x, y).ravel(), [f"{labels[i]} with {labels[j]}" for i in chosen for j in chosen]
    lines, x = series(one)
    _, y = series(other)
    middle = (x.mean(axis=0) + y.mean(axis=0)) / 2
    pairs = [f"{first} with {second}" for first in lines for second in lines]
    for lag in range(4):
        found[f"product {lag} days later"] = products_over_days(x - middle, y - middle, lag).ravel(), pairs
    bound = np.sqrt(2 * np.log(2 * sum(len(values) for values, _ in found.values()) / ALARM))
    largest = {sort: np.abs(values).argmax() for sort, (values, _) in found.items()}
    return {sort: (abs(found[sort][0][at]) / bound, found[sort][1][at]) for sort, at in largest.items()}


def check_same_law(one, other):
    """Refuse two traces that one law would not give."""
    too_large = {sort: what for sort, what in differences(one, other).items() if what[0] > 1}
    assert not too_large, too_large
