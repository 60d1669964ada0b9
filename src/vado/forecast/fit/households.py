"""Household kinds: counted at the border only, and taken to be the same on the way.

The fit runs over nationalities with their households together, because no counter on the way tells them apart. Nothing
is lost by it: with E encounters of a household kind, a chance e of being encountered, a share x of them expelled and a
share t of these who try again, those who set out are ``E (1/e - x t)``; summed over household kinds that is
``E (1/e - x̄ t)`` with the share expelled of all encounters. So the shares of household kinds among those who set out
follow from the encounters, and the fitted totals hold with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from vado.forecast.targets import NATIONALITIES
from vado.ledger.codes import OTHER, PORTS
from vado.network.model import Network

#: The description's household kinds, and the ledger's kinds that each holds.
HOUSEHOLDS: Mapping[str, tuple[str, ...]] = {
    "single_adult": ("single_adult",),
    "family": ("family_unit_individual", "accompanied_minor"),
    "unaccompanied_child": ("unaccompanied_minor",),
}
#: Chance of being encountered and share of those expelled who try again, as in the description.
ENCOUNTERED, TRIES_AGAIN = 0.75, 0.5
#: Encounters of each household kind that are added, so that a nationality without any keeps all kinds.
_ADDED = 0.5

#: What a description reads of household kinds; where they stand together, each has all.
SHARE = "household_share"


def together(network: Network) -> Network:
    """Return the description with all household kinds as one group, called ``all``."""
    fields = {name: getattr(network, name) for name in Network.model_fields}
    # Made anew and not copied: a copy would keep what was worked out for the groups that it had.
    return Network.model_construct(**{**fields, "groups": network.groups.model_copy(update={"households": ("all",)})})


Kinds = Mapping[str, tuple[str, ...]]


def expelled_shares(
    rows: pd.DataFrame, column: str, periods: Sequence[object], households: Kinds = HOUSEHOLDS
) -> dict[str, pd.DataFrame]:
    """Return the share of Border Patrol encounters that ended in expulsion, by household kind.

    Parameters
    ----------
    rows
        Encounters with ``nationality`` in the model's codes and a column that names the period.
    column
        The name of that column.
    periods
        The periods wanted, in order; one without encounters takes the share of the one before.
    households
        Household kinds, and the ledger's kinds that each holds.

    Returns
    -------
    dict of pandas.DataFrame
        Household kind → shares, rows of periods, columns of nationalities.
    """
    patrol = rows[rows["component"] != PORTS]
    made = {}
    for household, kinds in households.items():
        own = patrol[patrol["household"].isin(kinds)]
        every = _sums(own, column, periods)
        expelled = _sums(own[own["legal_authority"] == "title_42"], column, periods)
        made[household] = (expelled / every.where(every > 0)).ffill().fillna(0.0)
    return made


def departing_shares(
    rows: pd.DataFrame,
    column: str,
    periods: Sequence[object],
    expelled: Mapping[str, pd.DataFrame],
    households: Kinds = HOUSEHOLDS,
) -> dict[str, pd.DataFrame]:
    """Return the share of each household kind among those who set out, in the form of :func:`expelled_shares`."""
    out = {}
    for household, kinds in households.items():
        encounters = _sums(rows[rows["household"].isin(kinds)], column, periods) + _ADDED
        out[household] = encounters * (1 / ENCOUNTERED - TRIES_AGAIN * expelled[household])
    first, *others = out.values()
    total = sum(others, start=first)
    return {household: table / total for household, table in out.items()}


def by_household(rows: pd.DataFrame, months: pd.PeriodIndex, households: Kinds = HOUSEHOLDS) -> dict[str, xr.DataArray]:
    """Return the shares expelled and the shares of household kinds by month, as parameters of a run.

    Months without any expulsion have the shares of the last month with some: whether expulsions are in force is the
    lever's to say, and whom they reach when they are is not known better.

    Parameters
    ----------
    rows
        Encounters as the ledger returns them.
    months
        The months wanted; one that is not in the rows takes what was last known.
    households
        Household kinds, and the ledger's kinds that each holds.

    Returns
    -------
    dict of xarray.DataArray
        ``expelled_share`` and ``household_share``, each (time, nationality, household).
    """
    code = rows["nationality"].where(rows["nationality"].isin(NATIONALITIES), OTHER)
    named = rows.assign(nationality=code, month=pd.PeriodIndex(rows["period_end"], freq="M"))
    known = sorted(set(named["month"]))
    expelled = expelled_shares(named, "month", known, households)
    departing = departing_shares(named, "month", known, expelled, households)
    tables = {"expelled_share": _as_in_force(expelled), SHARE: departing}
    coordinates = {
        "household": list(households),
        "time": months.start_time.to_numpy(),
        "nationality": list(NATIONALITIES),
    }
    return {
        name: xr.DataArray(
            np.stack([own[h].reindex(months, method="ffill").bfill().to_numpy(float) for h in households]),
            coordinates,
            ("household", "time", "nationality"),
        )
        for name, own in tables.items()
    }


def _as_in_force(expelled: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    any_at_all = pd.concat(list(expelled.values()), axis=1).sum(axis=1) > 0
    return {household: table.where(any_at_all, axis=0).ffill().fillna(0.0) for household, table in expelled.items()}


def _sums(rows: pd.DataFrame, column: str, periods: Sequence[object]) -> pd.DataFrame:
    table = rows.pivot_table(index=column, columns="nationality", values="value", aggfunc="sum", fill_value=0.0)
    wanted = table.reindex(index=list(periods), columns=list(NATIONALITIES), fill_value=0.0)
    return wanted.astype(np.float64)
