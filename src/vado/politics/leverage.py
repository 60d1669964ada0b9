"""The question what each government can get from the other: approval, Congress, the bargain, and the loop they close.

The answer puts the finished parts together for one day: the plain forecast, the average of polls and the load's effect
on it, the chance that a legalization passes, what the corridor gives for each action, the bargain, and the loop over
the months ahead with each of its links cut in turn. It describes and recommends nothing.

References
----------
K. M. Greenhill, Weapons of Mass Migration (Cornell, 2010). F. B. Adamson and G. Tsourapas, Migration diplomacy in world
politics, International Studies Perspectives 20 (2019) 113-128. N. Saltalamacchia, Migration diplomacy in Mexico-United
States relations: decision-making under asymmetric structures (Cambridge University Press, 2026).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.answer import Answer, Chart, cited
from vado.errors import BadValueError, UnknownNameError
from vado.forecast.evidence import cite, ensemble_assumed, joined_ids, open_default, season_assumed
from vado.forecast.members import Settings
from vado.forecast.rolling import check_months
from vado.forecast.targets import MEASURE
from vado.ledger.dates import Day, day
from vado.policy.outcomes import ASSUMED as OUTCOMES_ASSUMED
from vado.politics import chambers, deals, passage
from vado.politics.action_flows import action_flows
from vado.politics.approval_model import SETTINGS
from vado.politics.assumptions import ANSWERS, which_matters
from vado.politics.average import REACH, Average, average, passes
from vado.politics.bargain import Bargain
from vado.politics.bargain_parameters import assumed
from vado.politics.cases import assumed as cases_assumed
from vado.politics.cases import cases
from vado.politics.chambers import Absences
from vado.politics.congress import BILLS, DRAWS
from vado.politics.contributions import (
    ALL_LINKS,
    APPROVAL,
    AS_ASKED,
    ENCOUNTERS,
    NOT_DISTINGUISHABLE,
    contributions,
    loop_table,
)
from vado.politics.legalization import PROGRAMMES, regularized, regularized_chart
from vado.politics.links import LINKS, links_table, parse
from vado.politics.load import NAMED_CONFOUNDERS, LoadEffect, load_effect
from vado.politics.loop import Loop, approval_courses
from vado.politics.members import CHAMBERS, SHRINK, Positions, first_day
from vado.politics.paths import MEMORY, courses, forecast_beside
from vado.politics.roll_calls import ballots, directed
from vado.politics.uses import uses
from vado.provenance import made_by
from vado.seeds import check_seed

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

#: Members that can be asked for.
FEWEST, MOST = 20, 1000
#: Members of the corridor's ensemble, points of the Sobol design, and months ahead by default.
CORRIDOR_MEMBERS, SOBOL_BASE, MONTHS = 40, 256, 6
#: Days to which a poll or a count may be old on the default day.
DEFAULT_REACH = 30
LAST_DAY = "the last day on which a poll and a month of encounters are known that are no older than 30 days"
#: Inputs that a chart of indices shows, and months known that stand before a fan.
FIRST_INPUTS, MONTHS_SHOWN = 8, 24
#: Whose indices the chart and the sentence are of.
INDEXED = ANSWERS["deal"][0]

CAVEATS = (
    "It describes and recommends nothing: it does not search for the best offer or threat, and what a policy does to "
    "the people concerned stands in the same tables.",
    "What it cannot know: approval of a president's work on immigration, who sets an agenda in Congress, what two "
    "governments say to each other in private, and what either of them is really willing to give. None has data.",
    "Nearly all of what the governments are taken to value is assumed, with wide ranges that were written before the "
    "cases were run (four of them were changed after a first look at November 2021, before any case); intervals hold "
    "these ranges, and not that the game itself may be the wrong one.",
    "These ranges, the money sent home and the cost of a stop among them, and the levels of removal flights are of "
    "2021 and serve earlier days and the cases too.",
    "The indices of what matters most hold the load, approval and the chance of passage at their means.",
    "Each month is bargained anew with the same two governments; nobody learns, bluffs, or is voted out.",
    "The change that enforcement brings is the corridor's mean over the months, and comes whole after its lag.",
    "Approval walks by the day-to-day drift of the average of polls, in which what the load did in the past is still "
    "included: a little of it is counted twice.",
    "The worth of a legalization to either government is that of any: it does not follow the number of people that "
    "the bill asked for would reach.",
    "People wait, return and die in counts of the corridor: waiting for a hearing is counted in full in the month in "
    "which it begins, up to all who are met or stopped in that month on all its days; deaths are recorded ones.",
)


@dataclass(frozen=True)
class _Congress:
    """Whether the bill passes by draw, the rows of the chambers, and what they rest on."""

    passed: npt.NDArray[np.bool_]
    rows: pd.DataFrame
    number: int


def leverage(
    ledger: Ledger | None = None,
    *,
    as_of: Day | None = None,
    months: int = MONTHS,
    members: int = 300,
    links: Sequence[str] = (),
    bill: str = "legalization",
    seed: int = 1,
    cache: bool = True,
    command: str = "vado.leverage()",
    progress: Callable[[str], None] | None = None,
) -> Answer:
    """Say what each government can get from the other on a day, and what closing the loop changes.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    as_of
        The day whose knowledge is used; default :func:`last_day_known`.
    months
        Months ahead of the last month known, 1 to 12.
    members
        Of the loop, each with its own course of the forecast, of approval and of what is assumed.
    links
        How links stand, as ``NAME=MODE``; see :func:`vado.politics.links.parse`.
    bill
        What the US government can press Congress for: a key of :data:`vado.politics.legalization.PROGRAMMES`.
    seed
        Of everything random.
    cache
        Whether fits and runs of the corridor are kept, and used again.
    command
        What to say made the answer.
    progress
        Called with a line before each step.

    Returns
    -------
    Answer
        Tables ``loop`` (by month), ``links`` (what each contributes), ``link_settings``, ``bargain`` (who gains),
        ``chances``, ``deals``, ``patience``, ``threats``, ``uses``, ``assumptions`` (Sobol indices), ``cases``,
        ``legalization``, ``congress``, ``approval`` and ``observed``.

    Raises
    ------
    UnknownNameError
        For a link or bill that does not exist.
    BadValueError
        For a day without polls or counts, or a number or mode outside what is allowed.
    """
    standing = parse(links)
    if bill not in PROGRAMMES:
        raise UnknownNameError("bill that regularizes people", bill, PROGRAMMES)
    if isinstance(members, bool) or not isinstance(members, int) or not FEWEST <= members <= MOST:
        raise BadValueError(f"members is {members!r}; choose a whole number from {FEWEST} to {MOST:,}")
    check_seed(seed)
    check_months(months)
    tell = progress or (lambda line: None)
    ledger = open_default(ledger)
    seen = day(as_of, "as_of") if as_of is not None else last_day_known(ledger)
    tell("Approval, and what the border's load does to it ...")
    level = _approval(ledger, seen)
    effect = load_effect(ledger, seen)
    tell("The chance of passage ...")
    passing = _congress(ledger, seen, bill, seed)
    tell("The plain forecast and what the corridor gives for each action ...")
    plain, flows = forecast_beside(
        ledger,
        seen,
        months,
        Settings(progress=tell, cache=cache),
        lambda: action_flows(
            ledger, as_of=seen, months=months, members=CORRIDOR_MEMBERS, seed=seed, cache=cache, progress=tell
        ),
    )
    tell("The bargain ...")
    # Everything the bargain is asked with has its sources in the bargain's tables.
    grounds = [flows.source_id, level.source_id, *cited(effect.variants), *cited(passing.rows)]
    flows = replace(flows, source_id=joined_ids([plain.source_ids, *grounds]))
    loop = Loop(
        plain=plain,
        courses=courses(plain, members, seed),
        approval=approval_courses(level.mean, level.sd, seen, plain, members, seed),
        bargain=Bargain(flows, effect, draws=members, seed=seed),
        chance=float(passing.passed.mean()),
        as_of=seen,
    )
    bargain, outcome = loop.first(standing)
    ids = bargain.flows.source_id
    tables: dict[str, pd.DataFrame] = {
        "loop": loop_table(loop, standing, ids),
        "links": contributions(loop, standing, ids, tell),
        "link_settings": links_table(standing).assign(source_id=ids),
        "bargain": deals.who_gains(outcome),
        "chances": deals.chances(outcome),
        "deals": deals.deals(outcome),
        "patience": deals.patience(outcome),
        "threats": deals.threats(outcome),
        "uses": uses(outcome),
    }
    tell("Which assumption matters most ...")
    situation = outcome.payoffs.situation
    tables["assumptions"] = _ranked(
        which_matters(
            flows,
            bargain.effect,
            load=float(np.mean(situation.load)),
            approval=float(np.mean(situation.approval)),
            chance=float(np.mean(situation.chance)),
            base=SOBOL_BASE,
            seed=seed,
            grid=outcome.payoffs.grid,
        )
    )
    tell("The cases ...")
    tables["cases"] = cases(ledger, as_of=seen, seed=seed)
    number = len(tables["cases"])
    caveats, given = list(CAVEATS), _assumed()
    given += [*assumed(loop.bargain.parameters), *(cases_assumed() if number else [])]
    try:
        people, used = regularized(ledger, bill, passing.number, passing.passed, as_of=seen, seed=seed)
        tables["legalization"] = people
        given += [dict(item) for one in used for item in one.assumed if dict(item) not in given]
    except BadValueError as reason:
        caveats.append(f"How many people a legalization would regularize is left out: {reason}.")
    tables["congress"] = passing.rows
    tables["approval"] = _approval_table(level, effect)
    tables["observed"] = plain.history.tail(MONTHS_SHOWN).reset_index(drop=True)
    if as_of is None:
        caveats.insert(0, f"No day was given: {seen} is {LAST_DAY}.")
    caveats.insert(
        1, f"n = {number} cases, chosen because they are famous: direction only, no share of hits; they test nothing."
    )
    caveats.append(
        f"Approval and encounters both move with {NAMED_CONFOUNDERS}; the load's effect is no designed experiment."
    )
    return Answer(
        question="What can each government get from the other, and what does it change that each answers the other?",
        as_of=seen,
        summary=_summary(tables, loop, effect, passing, number),
        tables=tables,
        charts=_charts(tables),
        sources=cite(ledger, *tables.values()),
        assumed=given,
        caveats=caveats,
        made_by=made_by(command, ledger, seed),
    )


def last_day_known(ledger: Ledger) -> dt.date:
    """Return :data:`LAST_DAY`, which is the default."""
    polls: dt.date = max(frame["end"].max().date() for frame in passes(ledger).frames.values())
    counts: dt.date = pd.Timestamp(ledger.observe(MEASURE)["published"].max()).date()
    return min(polls, counts) + dt.timedelta(days=DEFAULT_REACH)


def _approval(ledger: Ledger, seen: dt.date) -> Average:
    known = passes(ledger)
    first = min(frame["published"].min().date() for frame in known.frames.values())
    last = max(frame["end"].max().date() for frame in known.frames.values())
    if not first <= seen <= last + dt.timedelta(days=REACH):
        raise BadValueError(
            f"as_of {seen}: no polls of a president's approval are known within {REACH} days of it; those of the "
            f"ledger end on {last}, so choose a day up to {last + dt.timedelta(days=REACH)}"
            if seen > last
            else f"as_of {seen}: no polls of a president's approval had been published; the first was on {first}"
        )
    return average(ledger, seen, as_of=seen)


def _congress(ledger: Ledger, seen: dt.date, bill: str, seed: int) -> _Congress:
    """Return whether a bill passes the Congress that sits on a day, in each draw, if it is put to the vote."""
    number = (seen.year - 1789) // 2 + 1
    number -= first_day(number) > seen
    asked = BILLS[bill]
    every = ledger.read("roll_calls", as_of=seen)
    votes = ledger.read("votes")
    votes = votes[votes["vote_id"].isin(every["vote_id"])]
    members = ledger.read("members")
    positions = Positions(members[members["congress"] <= number])
    calls = directed(every)
    if calls["family"].nunique() < 2 or number not in set(members["congress"]):
        raise BadValueError(f"as_of {seen}: too few roll calls or no members of Congress {number}; use another day")
    frame = ballots(calls, votes, positions)
    sitting = {
        chamber: positions.place(positions.sitting(number, chamber, every, votes), number) for chamber in CHAMBERS
    }
    put = chambers.put(sitting, number, asked.direction, asked.kind, asked.mover)
    required = {question.name: question.required for question in chambers.QUESTIONS}
    random = np.random.default_rng(seed)
    tallies = chambers.tally(passage.fit(frame), put, required, Absences.of(frame), DRAWS, random)
    ids = ";".join(cited(frame.assign(source_id=calls["source_id"].iloc[0]), members))
    rows = pd.DataFrame(chambers.chamber_rows(tallies)).assign(bill=asked.title, congress=number, source_id=ids)
    return _Congress(chambers.passes(tallies), rows, number)


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the indices with their rank, and which inputs a chart shows."""
    rank = table.groupby("answer", sort=False).cumcount() + 1
    return table.assign(rank=rank, among_the_first=np.where(rank <= FIRST_INPUTS, "yes", "no"))


def _approval_table(level: Average, effect: LoadEffect) -> pd.DataFrame:
    rows = [
        (f"approval of {level.president}", "%", level.mean, level.low, level.high, f"{level.polls} polls in 14 days"),
        ("disapproval", "%", level.disapprove, level.disapprove_low, level.disapprove_high, ""),
        (
            "change of approval when encounters double",
            "points",
            effect.mean,
            effect.low,
            effect.high,
            f"{effect.verdict}; {effect.months} months, {effect.as_large} of {effect.placebos} placebos as large",
        ),
    ]
    table = pd.DataFrame(rows, columns=["what", "unit", "mean", "low_90", "high_90", "note"])
    ids = [level.source_id, level.source_id, joined_ids(cited(effect.variants))]
    return table.assign(day=pd.Timestamp(level.day), source_id=ids)


def _assumed() -> list[dict[str, Any]]:
    entries = [
        ("loop.memory", MEMORY, "", "correlation of a course's ranks from month to month, as of a random walk"),
        ("loop.approval_drift", SETTINGS.drift, "points/day", "daily change of approval; fitted to polls of 2017-2019"),
        *((f"loop.lag.{link.name}", link.lag, "months", link.reason) for link in LINKS.values()),
        ("congress.prior", passage.PRIOR, "logit", "standard deviation of a coefficient before any vote"),
        ("congress.prior_main", passage.PRIOR_MAIN, "logit", "the same of level, side and first dimension"),
        ("congress.shrink", SHRINK, "members", "weight of the party's mean in a newcomer's position"),
    ]
    own = [{"name": name, "value": value, "unit": unit, "note": note} for name, value, unit, note in entries]
    return [*own, *(dict(item) for item in (*OUTCOMES_ASSUMED, *season_assumed(), *ensemble_assumed()))]


def _summary(
    tables: Mapping[str, pd.DataFrame], loop: Loop, effect: LoadEffect, passing: _Congress, number: int
) -> list[str]:
    last, links = tables["loop"].iloc[-1], tables["links"]
    together = {row["outcome"]: row for row in links[links["link"] == ALL_LINKS].to_dict("records")}
    alone = links[~links["link"].isin([ALL_LINKS, AS_ASKED]) & links["outcome"].isin([ENCOUNTERS, APPROVAL])]
    clear = sorted(set(alone.loc[alone["verdict"] != NOT_DISTINGUISHABLE, "link"]))
    gains = tables["bargain"].set_index("government")["mean_gain"].tolist()
    share = float(tables["chances"]["share_of_draws"].iloc[0])
    said = [
        f"{last['target_end_date']:%B %Y}: {last['median']:,.0f} encounters with the loop closed (90 % interval "
        f"{last['low_90']:,.0f} to {last['high_90']:,.0f}), {last['plain_median']:,.0f} by the plain forecast; "
        f"approval {last['approval']:.1f} % ({last['approval_low_90']:.1f} to {last['approval_high_90']:.1f}).",
        f"All links together change encounters over the months by {_change(together[ENCOUNTERS], 0)} and approval "
        f"at the end by {_change(together[APPROVAL], 2)} points. Of single links "
        f"{', '.join(clear) if clear else 'none'} can be told from zero in either.",
        f"There is a deal in {100 * share:.0f} of 100 draws, worth {gains[0]:,.1f} million USD a month to the United "
        f"States and {gains[1]:,.1f} to Mexico on average over all draws; a legalization put to the vote passes with a "
        f"chance of {loop.chance:.3f} in Congress {passing.number}; when encounters double, approval moves by "
        f"{effect.mean:+.2f} points (90 % interval {effect.low:+.2f} to {effect.high:+.2f}: {effect.verdict})"
        f"{_open_sign(effect)}.",
    ]
    first = tables["assumptions"]
    first = first[(first["answer"] == INDEXED) & (first["rank"] <= 3)]
    inputs = "; ".join(f"{row['input']} ({row['total']:.2f})" for row in first.to_dict("records"))
    told = f"Whether there is a deal would change most with (total Sobol index): {inputs}." if inputs else ""
    said.append(f"{told} What happened before is n = {number} cases, and tests nothing.".strip())
    return said


def _open_sign(effect: LoadEffect) -> str:
    """Return a clause where the effect's interval holds zero."""
    return "" if effect.distinguishable else ", an effect that may be zero or of the other sign"


def _change(row: Mapping[Any, Any], digits: int) -> str:
    text = f"{row['mean']:+,.{digits}f} (90 % of members {row['low_90']:+,.{digits}f} to {row['high_90']:+,.{digits}f}"
    return f"{text}: {row['verdict']})" if row["verdict"] == NOT_DISTINGUISHABLE else f"{text})"


def _charts(tables: Mapping[str, pd.DataFrame]) -> list[Chart]:
    charts = [
        Chart(
            kind="fan",
            table="loop",
            title=title,
            columns={
                "x": "target_end_date",
                "median": f"{prefix}median",
                **{f"{end}_{share}": f"{prefix}{end}_{share}" for share in (50, 90) for end in ("low", "high")},
            },
            overlay="observed",
            unit="encounters",
        )
        for title, prefix in (
            ("Encounters at the southwest border with the loop closed", ""),
            ("The same by the plain forecast", "plain_"),
        )
    ]
    charts.append(
        Chart(
            kind="line",
            table="loop",
            title="Approval of the president with the loop closed, median and 90 % interval",
            columns={"x": "target_end_date", "y": "approval", "low": "approval_low_90", "high": "approval_high_90"},
            unit="%",
        )
    )
    charts += [
        Chart(
            kind="forest",
            table="links",
            title=f"What each link contributes to {outcome}, mean and 90 % interval over members",
            columns={"y": "link", "x": "mean", "low": "low_90", "high": "high_90"},
            where={"outcome": outcome},
            unit=unit,
            note="The loop with the link less the loop with it cut.",
        )
        for outcome, unit in ((ENCOUNTERS, "encounters"), (APPROVAL, "points"))
    ]
    if INDEXED in set(tables["assumptions"]["answer"]):
        charts.append(
            Chart(
                kind="bar",
                table="assumptions",
                title=f"What matters most for the answer: {INDEXED} (total Sobol index)",
                columns={"y": "input", "x": "total"},
                where={"answer": INDEXED, "among_the_first": "yes"},
                note="An input's share of the spread, alone and together with others.",
            )
        )
    charts.append(
        Chart(
            kind="bar",
            table="uses",
            title="Uses of control over who passes: share of draws in each region",
            columns={"x": "use", "y": "share_of_draws"},
            note="Changes of counts in the table are against the practice of the day.",
        )
    )
    if "legalization" in tables:
        charts.append(regularized_chart())
    return charts
