"""What each government may do: a grid of Mexico's regulation and of what the United States do and offer.

Mexico regulates nationalities of Central America and those that come from farther on, mostly by air, each from lax to
strict: a factor on the share of people it stops on the way north; at the strictest, people who arrive by air without a
visa need one. The United States choose a posture at the border, further work visas, money and whether they press
Congress for a legalization. A profile is one choice of both; the status quo is the practice of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vado.errors import BadValueError, UnknownNameError
from vado.forecast.targets import NATIONALITIES

#: Groups of nationalities: nationals of Mexico are not stopped on the way north.
CENTRAL = ("GTM", "HND", "SLV", "NIC")
GROUPS: Mapping[str, tuple[str, ...]] = {
    "mexican": ("MEX",),
    "central": CENTRAL,
    "air": tuple(code for code in NATIONALITIES if code not in ("MEX", *CENTRAL)),
}
#: Axes of a profile, Mexico's own first.
AXES = ("central", "air", "posture", "visas", "money", "legalization")
OWN = 2


@dataclass(frozen=True)
class Posture:
    """A posture at the border: levers of the corridor and what they change.

    Parameters
    ----------
    name, title
        For tables and for people.
    levers
        Lever → value. Units are those of the corridor.
    """

    name: str
    title: str
    levers: Mapping[str, float]

    @property
    def flown(self) -> float:
        """Removals by air [persons/day], where the posture sets them."""
        return self.levers.get("us.removal_flights", float("nan"))


#: Removals by air of the practice of the day [persons/day], as the corridor's lever ``us.removal_flights`` has it for
#: August 2021, and the source of that and of the 700 of the harder posture. Earlier days get the same levels.
FLOWN_NOW, FLOWN_SOURCE = 360.0, "groups_google_com_d02e4d"

AS_NOW = Posture("as_now", "as now", {})
HARDER = Posture(
    "harder",
    "returns to Mexico as in 2019 and removal flights as in September 2021",
    {"us.return_to_mexico": 0.076, "us.removal_flights": 700.0},
)
MORE_PLACES = Posture("more_places", "1,450 places a day at ports of entry", {"us.port_appointments": 1450.0})
POSTURES = (AS_NOW, HARDER, MORE_PLACES)

#: Factors on the share stopped, and what they are called.
REGULATION: Mapping[float, str] = {0.3: "lax", 0.6: "laxer", 1.0: "as now", 1.6: "stricter", 2.5: "strict"}


@dataclass(frozen=True)
class Grid:
    """All profiles that are looked at.

    Parameters
    ----------
    factors
        Of Mexico's regulation, for each of the two groups; 1 must be among them.
    postures
        Of the United States; the first is the status quo.
    visas
        Further work visas [1/year]; the first is the status quo.
    money
        [billion USD/year]; the first is the status quo.
    legalization
        0, and 1 where the government presses Congress for it.
    """

    factors: tuple[float, ...] = tuple(REGULATION)
    postures: tuple[Posture, ...] = POSTURES
    visas: tuple[float, ...] = (0.0, 10_000.0, 25_000.0, 50_000.0, 100_000.0)
    money: tuple[float, ...] = (0.0, 0.1, 0.25, 0.5, 1.0)
    legalization: tuple[float, ...] = (0.0, 1.0)

    def __post_init__(self) -> None:
        if 1.0 not in self.factors or list(self.factors) != sorted(set(self.factors)) or self.factors[0] <= 0:
            raise BadValueError(f"factors are {self.factors}; give rising positive numbers with 1 among them")
        for name in ("visas", "money", "legalization"):
            values = getattr(self, name)
            if not values or values[0] != 0 or list(values) != sorted(set(values)):
                raise BadValueError(f"{name} are {values}; give rising numbers that begin with 0, the status quo")
        if not self.postures or self.postures[0].levers:
            raise BadValueError("the first posture must be the status quo, without levers")

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Length of each of :data:`AXES`."""
        own = (len(self.factors), len(self.factors))
        return (*own, len(self.postures), len(self.visas), len(self.money), len(self.legalization))

    @property
    def mexican(self) -> int:
        """Number of Mexico's actions."""
        return len(self.factors) ** 2

    @property
    def american(self) -> int:
        """Number of actions of the United States."""
        return int(np.prod(self.shape[OWN:]))

    @property
    def status_quo(self) -> tuple[int, int]:
        """Index of Mexico's and of the US action of today."""
        now = self.factors.index(1.0)
        return now * len(self.factors) + now, 0

    def mexico_action(self, central: str | float, air: str | float) -> int:
        """Return the index of Mexico's action by factor or by name of :data:`REGULATION`."""
        positions = [self._position(one) for one in (central, air)]
        return positions[0] * len(self.factors) + positions[1]

    def us_action(self, posture: str = AS_NOW.name) -> int:
        """Return the index of a posture without concessions."""
        names = [one.name for one in self.postures]
        if posture not in names:
            raise UnknownNameError("posture", posture, names)
        return names.index(posture) * int(np.prod(self.shape[OWN + 1 :]))

    def _position(self, wanted: str | float) -> int:
        names = {name: factor for factor, name in REGULATION.items()}
        factor = names.get(wanted, wanted) if isinstance(wanted, str) else wanted
        if factor not in self.factors:
            raise UnknownNameError("regulation", str(wanted), [REGULATION.get(f, f"{f:g}") for f in self.factors])
        return self.factors.index(float(factor))

    def values(self, mexico: NDArray[np.int64], us: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Return what profiles consist of, by axis: factors, index of the posture, visas, money, legalization."""
        own = np.unravel_index(mexico, self.shape[:OWN])
        others = np.unravel_index(us, self.shape[OWN:])
        factors = np.array(self.factors)
        tables = (np.array(self.visas), np.array(self.money), np.array(self.legalization))
        return {
            "central": factors[own[0]],
            "air": factors[own[1]],
            "posture": np.asarray(others[0]),
            **{name: table[i] for name, table, i in zip(AXES[OWN + 1 :], tables, others[1:], strict=True)},
        }

    def levers(self, mexico: int, us: int) -> dict[str, Any]:
        """Return a profile as values of the corridor's levers; a visa rule only where Mexico is at its strictest."""
        found = {name: value[0] for name, value in self.values(np.array([mexico]), np.array([us])).items()}
        made = regulation_levers(float(found["central"]), float(found["air"]), float(found["air"]) == self.factors[-1])
        made |= dict(self.postures[int(found["posture"])].levers)
        made |= {"us.work_visas": float(found["visas"]), "us.investment": float(found["money"])}
        return made


def regulation_levers(central: float, air: float, visa_rule: bool) -> dict[str, Any]:
    """Return Mexico's levers for a factor on each group's share stopped, and a visa for who arrives by air."""
    factors = dict.fromkeys(GROUPS["central"], central) | dict.fromkeys(GROUPS["air"], air)
    made: dict[str, Any] = {"mexico.detention_rate": {"MEX": 1.0, **factors}}
    if visa_rule:
        made["mexico.visa_required"] = {**dict.fromkeys(GROUPS["air"], 1.0), "other": 0.0}
    return made


def nothing_to_offer(grid: Grid) -> Grid:
    """Return a grid on which the United States can change nothing."""
    return Grid(grid.factors, grid.postures[:1], (0.0,), (0.0,), (0.0,))
