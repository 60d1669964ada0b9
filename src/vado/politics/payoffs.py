"""What every profile of actions is worth to each government, part by part.

Both are counted in million USD a month as the government itself would weigh it, against the status quo without any
agreement, which is zero. The United States: approval that moves with the border's load, what encounters cost, and what
its own concessions cost it in money and in votes. Mexico: what stopping, waiting and expulsions cost it, the political
cost of a practice other than its own, and what it receives. What people on the way pay is in no government's account;
it stands beside, in counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vado.errors import BadValueError
from vado.politics.action_flows import COUNTS, ActionFlows
from vado.politics.actions import FLOWN_NOW, Grid

Array = NDArray[np.float64]

#: Approval around which the worth of a point is stated [per cent], and visas of which the cost in votes is.
REFERENCE_APPROVAL = 45.0
PER_VISAS = 100_000.0
DAYS = 365.25 / 12

US = "United States"
MEXICO = "Mexico"


@dataclass(frozen=True)
class Situation:
    """What the month brings, one number a draw.

    Parameters
    ----------
    load
        Encounters a month with everything as now.
    approval
        The president's approval [per cent].
    chance
        That a legalization passes if the government presses for it.
    points_per_doubling
        Approval gained when encounters double.
    tariff
        Rate of a tariff that the United States threaten; 0 for none.
    """

    load: Array
    approval: Array
    chance: Array
    points_per_doubling: Array
    tariff: float = 0.0


class Payoffs:
    """Payoffs of all profiles, relative to the status quo.

    Parameters
    ----------
    flows
        At the grid's factors and postures.
    member
        Which member of the flows each draw takes, shape ``(draw,)``.
    grid
        The profiles.
    parameters
        Name → draws, shape ``(draw,)``.
    situation
        The month.
    """

    def __init__(
        self,
        flows: ActionFlows,
        member: NDArray[np.int64],
        grid: Grid,
        parameters: Mapping[str, Array],
        situation: Situation,
    ) -> None:
        if flows.factors != grid.factors or flows.postures != tuple(one.name for one in grid.postures):
            raise BadValueError("flows are not those of the grid; take them at its factors and postures")
        self.flows, self.member, self.grid = flows, member, grid
        self.draws, self.situation = parameters, situation
        self.number = len(member)
        now = flows.counts["encounters"][flows.factors.index(1.0), 0].sum(axis=-1)[member]
        #: How much larger the flow is than that of the engine's run, shape (draw,).
        self.scale = situation.load / now

    def _wide(self, values: Array, axes: str = "") -> Array:
        """Return values of shape ``(draw, *axes)`` with the axes of a profile; axes are a subset of ``capvml``."""
        shape = [self.number] + [1] * len(self.grid.shape)
        for axis, length in zip(axes, values.shape[1:], strict=True):
            shape["capvml".index(axis) + 1] = length
        return values.reshape(shape)

    def _p(self, name: str) -> Array:
        return self._wide(self.draws[name])

    @cached_property
    def counts(self) -> dict[str, Array]:
        """Counts a month of every profile, broadcastable to ``(draw, *grid.shape)``; see :data:`COUNTS`."""
        made = {}
        visas = np.array(self.grid.visas) / PER_VISAS
        effect = self.flows.visas_effect[self.member]
        money = np.exp(self.flows.money_effect[self.member][:, None] * np.array(self.grid.money))
        for name in COUNTS:
            by_action = np.moveaxis(self.flows.counts[name][:, :, self.member], 2, 0)
            now = self.grid.factors.index(1.0)
            # Fewer set out with visas and investment, so everything on the way is fewer in the same proportion.
            factor = [np.exp(effect[:, group, None] * visas) for group in range(3)]
            total = (
                self._wide(by_action[:, now, :, 0], "p") * self._wide(factor[0], "v")
                + self._wide(by_action[..., 1], "cp") * self._wide(factor[1], "v")
                + self._wide(by_action[..., 2], "ap") * self._wide(factor[2], "v")
            )
            made[name] = total * self._wide(money, "m") * self._wide(self.scale)
        return made

    def change(self, name: str) -> Array:
        """Return a count less that of the status quo."""
        counts = self.counts[name]
        return counts - counts[self._status_quo]

    @property
    def _status_quo(self) -> tuple[slice, ...]:
        now = self.grid.factors.index(1.0)
        return (slice(None), slice(now, now + 1), slice(now, now + 1), *(slice(0, 1) for _ in range(4)))

    @cached_property
    def points(self) -> Array:
        """Approval gained by the change of the border's load [points]."""
        counts = self.counts["encounters"]
        doublings = np.log2((counts + 1) / (counts[self._status_quo] + 1))
        return self._wide(self.situation.points_per_doubling) * doublings

    @cached_property
    def point_worth(self) -> Array:
        """What a point is worth at this approval [million USD/month]."""
        below = (REFERENCE_APPROVAL - self.situation.approval) / 10
        return self._p("approval_point_worth") * self._wide(np.exp(self.draws["approval_point_worth_slope"] * below))

    def _axis(self, values: list[float] | tuple[float, ...], axis: str) -> Array:
        return self._wide(np.broadcast_to(np.array(values, dtype=float), (self.number, len(values))), axis)

    @cached_property
    def us_parts(self) -> dict[str, Array]:
        """Parts of what profiles are worth to the United States [million USD/month]."""
        worth, chance = self.point_worth, self._wide(self.situation.chance)
        visas = self._axis(self.grid.visas, "v") / PER_VISAS
        press = self._axis(self.grid.legalization, "l")
        harder = self._axis([float("us.return_to_mexico" in one.levers) for one in self.grid.postures], "p")
        more = self._axis([float("us.port_appointments" in one.levers) for one in self.grid.postures], "p")
        flown = [np.nan_to_num(one.flown - FLOWN_NOW) if np.isfinite(one.flown) else 0.0 for one in self.grid.postures]
        flights = self._axis([max(one, 0.0) for one in flown], "p")
        return {
            "approval, by the border's load": worth * self.points,
            "cost of encounters": -self._p("processing_cost") * self.change("encounters") / 1e6,
            "work visas": -worth * self._p("work_visas_points") * visas,
            "money": -self._p("us_money_weight") * self._axis(self.grid.money, "m") * 1000 / 12,
            "posture": harder * (worth * self._p("harder_posture_points") - self._p("harder_posture_cost"))
            - more * worth * self._p("ports_posture_points")
            - flights * DAYS * self._p("return_flight_cost") / 1e6,
            "legalization": press
            * worth
            * (chance * self._p("legalization_worth_us") - self._p("legalization_effort_points")),
        }

    @cached_property
    def mexico_parts(self) -> dict[str, Array]:
        """Parts of what profiles are worth to Mexico [million USD/month]."""
        logs = np.log2(np.array(self.grid.factors))
        strain = (self._axis(tuple(logs**2), "c") + self._axis(tuple(logs**2), "a")) / 2
        rule = self._axis([float(f == self.grid.factors[-1] and f > 1) for f in self.grid.factors], "a")
        visas = self._axis(self.grid.visas, "v")
        own = self._p("visa_share_mexico")
        visa = (
            own * self._p("remittance_per_worker") * self._p("remittance_weight")
            + (1 - own) * self._p("visa_worth_other")
        )  # fmt: skip
        press, chance = self._axis(self.grid.legalization, "l"), self._wide(self.situation.chance)
        event = self._p("event_cost") * (self._p("event_own_benefit") - 1) / 1e6
        return {
            "stopping people, less what it serves its own ends": event * self.change("stopped"),
            "political cost of another practice": -self._p("regulation_strain") * strain
            - self._p("visa_rule_cost") * rule,
            "people waiting and expelled": -self._p("waiting_cost") * self.change("waiting") / 1e6
            - self._p("expulsion_burden") * self.change("expelled") / 1e6,
            "work visas": visas * visa / 12 / 1e6,
            "money": self._p("mexico_money_weight") * self._axis(self.grid.money, "m") * 1000 / 12,
            "legalization": press
            * (self._p("legalization_effort_worth_mexico") + chance * self._p("legalization_worth_mexico")),
        }

    def _sum(self, parts: Mapping[str, Array]) -> Array:
        total = np.zeros((self.number, *self.grid.shape))
        for part in parts.values():
            total += part
        return total.reshape(self.number, self.grid.mexican, self.grid.american)

    @cached_property
    def us(self) -> Array:
        """Payoffs of the United States, shape (draw, Mexico's action, US action)."""
        return self._sum(self.us_parts)

    @cached_property
    def mexico(self) -> Array:
        """Payoffs of Mexico, shape (draw, Mexico's action, US action)."""
        return self._sum(self.mexico_parts)

    def agreed(self, without: NDArray[np.int64]) -> tuple[Array, Array]:
        """Return payoffs of profiles as deals, after what an agreement costs by itself.

        Parameters
        ----------
        without
            Mexico's action where there is no deal, shape ``(draw,)``; to be stricter than that by agreement costs it.
        """
        position = np.array(np.unravel_index(np.arange(self.grid.mexican), self.grid.shape[:2])).sum(axis=0)
        stricter = position[None, :] > position[without][:, None]
        cost = self.draws["dealing_cost"][:, None, None]
        own = (self.draws["sovereignty_cost"][:, None] * stricter)[..., None]
        return self.us - cost, self.mexico - cost - own

    def tariff(self) -> tuple[Array, Array]:
        """Return what a tariff that is threatened costs the United States and Mexico [million USD/month]."""
        value = self.situation.tariff * self.draws["tariff_exports"]
        return value * self.draws["tariff_borne_by_us"], value * self.draws["tariff_borne_by_mexico"]

    def gathered(self, array: Array, mexico: NDArray[np.int64], us: NDArray[np.int64]) -> Array:
        """Return a count or part at one profile a draw."""
        whole = np.broadcast_to(array, (self.number, *self.grid.shape))
        own = np.unravel_index(mexico, self.grid.shape[:2])
        others = np.unravel_index(us, self.grid.shape[2:])
        return np.asarray(whole[(np.arange(self.number), *own, *others)])
