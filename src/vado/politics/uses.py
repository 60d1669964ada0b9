"""Four uses of the power over who passes, as regions of one map.

Saltalamacchia (2026) names four aims with which a transit country may use it: punitive, extractive, defensive and
deterrent. Greenhill (2010, 2016) has coercion by migration as deterrence or compellence, to prevent a change or to
bring concessions about; Tsourapas (2019) has blackmail and back-scratching, which differ in threats and not in the
region of this map. Here each draw of the bargain has a place on two axes: what Mexico does relative to its own
practice, and what it receives, in concessions or in harm left undone. The borders between the regions are ours; of
the article of 2026 only the abstract was at hand.

References
----------
N. Saltalamacchia, Migration diplomacy in Mexico-United States relations: decision-making under asymmetric structures,
published online by Cambridge University Press, 24 March 2026. K. M. Greenhill, Weapons of Mass Migration (Cornell,
2010); Migration as a weapon in theory and in practice, Military Review (November-December 2016). G. Tsourapas, The
Syrian refugee crisis and foreign policy decision-making in Jordan, Lebanon, and Turkey, Journal of Global Security
Studies (2019).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.politics.actions import HARDER
from vado.politics.bargain import Outcome
from vado.politics.bargain_parameters import Array
from vado.politics.deals import changes

PUNITIVE, EXTRACTIVE, DEFENSIVE, DETERRENT, NONE = "punitive", "extractive", "defensive", "deterrent", "none"

DEFINITIONS = {
    PUNITIVE: (
        "Mexico is laxer than its own practice while the United States harm it (harder posture or tariff); "
        "it receives nothing.",
        "Saltalamacchia 2026 (name); Greenhill 2010, coercion by punishment",
    ),
    EXTRACTIVE: (
        "Mexico receives a concession: visas, money, an effort for legalization or places at ports that the United "
        "States would not give without a deal.",
        "Saltalamacchia 2026 (name; concessions from destination countries); Greenhill 2016, compellence",
    ),
    DEFENSIVE: (
        "Mexico is stricter than without a deal and receives no concession; a harm is left undone: the harder posture "
        "or a tariff.",
        "Saltalamacchia 2026 (name; used by Mexico in the years from 2017)",
    ),
    DETERRENT: (
        "Mexico keeps its practice, and neither the harder posture nor a tariff that was announced is taken: either by "
        "a deal for which it gives nothing, or because it would answer the posture by stopping fewer, which it can be "
        "believed to do and which would leave the United States worse off than now.",
        "Saltalamacchia 2026 (name); Greenhill 2016, deterrence",
    ),
    NONE: ("Nothing is asked, given or left undone for it: restraint, or Mexico follows its own ends.", "remainder"),
}


def use_of(outcome: Outcome) -> npt.NDArray[np.str_]:
    """Return into which region each draw falls, shape (draw,)."""
    done, before = outcome.actions, outcome.actions_without
    conceded = np.zeros(outcome.payoffs.number, dtype=bool)
    for axis in ("visas", "money", "legalization"):
        conceded |= done[axis] > before[axis]
    names = np.array([one.name for one in outcome.payoffs.grid.postures])
    posture, posture_before = names[done["posture"].astype(int)], names[before["posture"].astype(int)]
    conceded |= (posture != posture_before) & (posture != HARDER.name) & (posture_before != HARDER.name)
    announced = outcome.payoffs.situation.tariff > 0
    averted = (posture_before == HARDER.name) & (posture != HARDER.name) | (announced & outcome.deal)
    harmed = (posture == HARDER.name) | (announced & ~outcome.deal)
    stricter = (done["central"] > before["central"]) | (done["air"] > before["air"])
    laxer = (done["central"] < 1) | (done["air"] < 1)
    as_practised = (done["central"] == 1) & (done["air"] == 1)
    use = np.full(outcome.payoffs.number, NONE, dtype="<U10")
    use[harmed & laxer & ~conceded] = PUNITIVE
    use[(averted | _deterred(outcome) & ~outcome.deal) & as_practised & ~stricter & ~harmed] = DETERRENT
    use[averted & stricter] = DEFENSIVE
    use[conceded & outcome.deal] = EXTRACTIVE
    return use


def place(outcome: Outcome) -> tuple[Array, Array]:
    """Return both coordinates of each draw: doublings of people stopped, and what is received [million USD/month].

    What is received is what the US action is worth to Mexico beyond the US action without a deal, at what Mexico does.
    """
    payoffs = outcome.payoffs
    now = np.full(payoffs.number, payoffs.grid.status_quo[0]), np.full(payoffs.number, payoffs.grid.status_quo[1])
    stopped = payoffs.gathered(payoffs.counts["stopped"], outcome.mexico, now[1])
    practice = payoffs.gathered(payoffs.counts["stopped"], *now)
    draws = np.arange(payoffs.number)
    received = (
        payoffs.mexico[draws, outcome.mexico, outcome.us] - payoffs.mexico[draws, outcome.mexico, outcome.without[:, 1]]
    )
    return np.log2((1 + stopped) / (1 + practice)), received + np.where(outcome.deal, payoffs.tariff()[1], 0.0)


def uses(outcome: Outcome) -> pd.DataFrame:
    """Return one row a use: its definition and source, its share of draws, where it lies, and what people meet.

    Both coordinates and changes of counts are against the practice of the day, which a region is defined by.
    """
    use = use_of(outcome)
    across, up = place(outcome)
    rows = []
    for name, (definition, source) in DEFINITIONS.items():
        here = use == name
        share = float(here.mean())

        def mean(values: Array, here: npt.NDArray[np.bool_] = here) -> float:
            return float(values[here].mean()) if here.any() else float("nan")

        rows.append(
            {
                "use": name,
                "definition": definition,
                "after": source,
                "share_of_draws": share,
                "standard_error": float(np.sqrt(share * (1 - share) / len(use))),
                "doublings_of_people_stopped": mean(across),
                "received_million_usd_a_month": mean(up),
                "changes_against": "the practice of the day",
                **changes(outcome, here, practice=True),
            }
        )
    return pd.DataFrame(rows).assign(source_id=outcome.payoffs.flows.source_id)


def _deterred(outcome: Outcome) -> npt.NDArray[np.bool_]:
    """Return whether Mexico's answer to the harder posture could be believed and would be worse for the US than now."""
    payoffs, grid = outcome.payoffs, outcome.payoffs.grid
    if HARDER.name not in [one.name for one in grid.postures]:
        return np.zeros(payoffs.number, dtype=bool)
    practice, now = grid.status_quo
    lax, harder = grid.mexico_action(grid.factors[0], grid.factors[0]), grid.us_action(HARDER.name)
    answered = payoffs.mexico[:, lax, harder] - payoffs.draws["coercion_cost"]
    believed = answered >= payoffs.mexico[:, practice, harder]
    return np.asarray(believed & (payoffs.us[:, lax, harder] < payoffs.us[:, practice, now]))
