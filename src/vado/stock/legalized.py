"""The question how many people a law would regularize, year by year, and on whose figures that rests.

People regularized = residents x eligible share x take-up x share granted, spread over the years after enactment. The
eligible share is a bill's published number of eligible people over the population that its publisher had in mind, so
that another estimate of the population changes the result. Take-up and grants come from a precedent, and precedents
are rivals that are not averaged:

- ``irca_1986``, the law of 1986. Its applicants under the general programme, over the residual count of residents,
  bound take-up from below (residents who came after the cut-off count as refusers); all its applicants, over the same
  count, bound it from above (agricultural workers need not have been residents).
- ``daca``, deferred action from 2012: accepted requests over those who ever could have asked, and over those who could
  have asked at once.
- ``irca_1986_expected``: applicants over the number that was expected before the law. It is above one, and so no
  take-up but the error of an expectation; its one source argues a case.

How fast is read off the permanent residents admitted in excess of the years before the law of 1986, moved to the first
lawful status. Nobody published most of the spread: such parameters are marked ``assumed``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from vado.errors import BadValueError, UnknownNameError
from vado.ledger.dates import Day, day
from vado.stock.implied import joined

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

Floats = npt.NDArray[np.float64]

PRECEDENTS = ("irca_1986", "daca", "irca_1986_expected")

#: "Most of" is all that is printed of the part of residents whom a broad bill leaves in.
BROAD_SHARE = (0.8, 1.0)
#: Years from first lawful status to permanent residence under the law of 1986; grants are dated 1987 to 1990.
YEARS_TO_PERMANENT = 2
#: Fiscal years of the excess of permanent residents, and those that it is measured against.
EXCESS_YEARS = (1989, 1990, 1991, 1992)
BEFORE_YEARS = (1985, 1986, 1987, 1988)
#: How firmly a new law keeps to the pace of 1986: the sum of the weights of a Dirichlet distribution.
PACE_WEIGHT = 20.0
#: No law can reach more people than live here; a population beyond this is a mistake of units.
MOST_PEOPLE = 3.5e8
MOST_DRAWS = 1_000_000

INTERVALS = (50, 80, 95)


@dataclass(frozen=True)
class Programme:
    """A law or a bill, by the names that its figures have in the ledger.

    Parameters
    ----------
    name, title
        For arguments and for people.
    year
        Year in which it became law, or would have.
    eligible
        Parameters whose sum is the number of eligible people.
    eligible_at_least
        Parameters whose sum bounds it from below; empty for the sum itself, or for a broad bill's share.
    base
        Parameter that is the population its publisher had in mind; empty for the residual count before the law of 1986.
    broad
        Whether ``eligible`` is the whole population, of which "most" are eligible.
    score
        Parameter with an official or later number of people who gained or would gain status; empty where none is known.
    score_note
        What that number is.
    """

    name: str
    title: str
    year: int
    eligible: tuple[str, ...]
    base: str
    eligible_at_least: tuple[str, ...] = ()
    broad: bool = False
    score: str = ""
    score_note: str = "no number of people by the Congressional Budget Office is in the ledger"


_MPI_BASE = "citizenship_act_2021_eight_year_path"
_PROGRAMMES = (
    Programme(
        "irca_1986",
        "Immigration Reform and Control Act of 1986",
        1986,
        ("irca_eligible_expected_before",),
        "",
        score="irca_granted_total",
        score_note="granted in fact; the eligible are those who were expected before the law",
    ),
    Programme(
        "s744_2013",
        "S.744 of 2013",
        2013,
        ("s744_2013_unauthorized_population",),
        "s744_2013_unauthorized_population",
        broad=True,
        score="s744_2013_legal_status",
        score_note="Congressional Budget Office, would gain legal status",
    ),
    Programme(
        "daca",
        "Deferred Action for Childhood Arrivals, 2012",
        2012,
        ("daca_eligible_immediately", "daca_eligible_with_education", "daca_eligible_aging_in"),
        _MPI_BASE,
        eligible_at_least=("daca_eligible_immediately",),
        score="daca_initial_requests_approved",
        score_note="approved in fact to fiscal 2020; deferred action is no legal status",
    ),
    Programme(
        "hr6_2021",
        "H.R.6, American Dream and Promise Act of 2021",
        2021,
        ("hr6_2021_dreamers_conditional", "hr6_2021_tps_ded"),
        _MPI_BASE,
        score="hr2820_2019_legal_status",
        score_note="Congressional Budget Office on its predecessor of 2019 without temporary protection: more than",
    ),
    Programme(
        "citizenship_act_2021",
        "US Citizenship Act of 2021, eight-year path",
        2021,
        (_MPI_BASE,),
        _MPI_BASE,
        broad=True,
    ),
    Programme(
        "citizenship_act_2021_immediate_path",
        "US Citizenship Act of 2021, immediate path",
        2021,
        ("citizenship_act_2021_immediate_path",),
        _MPI_BASE,
        eligible_at_least=("citizenship_act_2021_dreamers_and_tps", "citizenship_act_2021_farmworkers"),
    ),
    Programme(
        "hr5376_2021",
        "H.R.5376 of 2021, parole for those here since 2010",
        2021,
        ("hr5376_2021_parole_recipients",),
        _MPI_BASE,
        score="hr5376_2021_parole_recipients",
        score_note="Congressional Budget Office, recipients of parole",
    ),
)


@dataclass(frozen=True)
class Legalized:
    """People regularized under one programme.

    Parameters
    ----------
    programme
        The law or bill.
    years
        Calendar years of grants, shape (year,).
    people
        People who gain a first lawful status in each year, shape (draw, year) [persons].
    table
        A row a year and kind (``in the year``, ``so far``): median and intervals [persons].
    parameters
        A row a parameter used: value, low, high, unit, status, note, source_id.
    scores
        The official or later number beside the modelled total, and the take-up of each precedent.
    take_up
        The precedent used.
    """

    programme: Programme
    years: tuple[int, ...]
    people: Floats
    table: pd.DataFrame
    parameters: pd.DataFrame
    scores: pd.DataFrame
    take_up: str

    @property
    def assumed(self) -> list[Mapping[str, Any]]:
        """The parameters that nobody published, as an answer lists them."""
        rows = self.parameters[self.parameters["status"] == "assumed"]
        return [
            {"name": f"legalized.{r['name']}", "value": f"{r['low']:g} to {r['high']:g}", "unit": r["unit"]}
            | {"note": r["note"]}
            for r in rows.to_dict("records")
        ]

    def total(self) -> Floats:
        """Return the people regularized over all years, shape (draw,) [persons]."""
        return np.asarray(self.people.sum(axis=1), dtype=np.float64)


def programmes() -> dict[str, str]:
    """Return the programmes that can be asked for, name → title."""
    return {programme.name: programme.title for programme in _PROGRAMMES}


def legalized(
    ledger: Ledger,
    *,
    programme: str = "citizenship_act_2021",
    population: npt.ArrayLike | None = None,
    take_up: str = "irca_1986",
    as_of: Day | None = None,
    draws: int = 2000,
    seed: int = 1,
) -> Legalized:
    """Return how many people a programme would regularize, by year after enactment.

    Parameters
    ----------
    ledger
        Where every figure is read.
    programme
        One of :func:`programmes`.
    population
        Residents who are unauthorized at enactment, shape (draw,) or one number [persons]; drawn from with
        replacement. None for the number that the bill's own publisher had in mind.
    take_up
        The precedent for take-up and grants, one of :data:`PRECEDENTS`.
    as_of
        Leave out what was published later.
    draws, seed
        Number of draws and the seed of them.

    Returns
    -------
    Legalized
        By year, with parameters and scores.

    Raises
    ------
    UnknownNameError
        If there is no such programme or precedent.
    BadValueError
        If a figure that is needed had not been published, or the population or the draws make no sense.
    """
    law = next((known for known in _PROGRAMMES if known.name == programme), None)
    if law is None:
        raise UnknownNameError("programme", programme, programmes())
    if take_up not in PRECEDENTS:
        raise UnknownNameError("precedent of take-up", take_up, PRECEDENTS)
    if not 1 <= draws <= MOST_DRAWS:
        raise BadValueError(f"draws must be from 1 to {MOST_DRAWS:,}, not {draws}")
    figures = _Figures(ledger, as_of)
    residents = _population(population)
    base, base_source = figures.base(law)
    eligible = _eligible(law, figures, base, base_source)
    ask, grant = figures.precedent(take_up)
    shares, pace_source = _pace(ledger, as_of)
    random = np.random.default_rng(seed)
    # The population has a stream of its own, so that another one leaves all shares as they were.
    drawn = np.random.default_rng([seed, law.year])
    people = np.full(draws, base) if residents is None else drawn.choice(residents, draws)
    could, asked, given_part = (random.uniform(row["low"], row["high"], draws) for row in (eligible, ask, grant))
    # More people than live here cannot apply, whatever an expectation of 1986 was wrong by.
    granted = np.minimum(people * could * asked, people) * given_part
    by_year = granted[:, None] * random.dirichlet(PACE_WEIGHT * shares, draws)
    keeps = "how firmly the pace of 1986 is kept"
    lag = "from first lawful status to permanent residence in 1986; moves the pace"
    last = [
        _fixed("years_to_permanent", YEARS_TO_PERMANENT, "years", "assumed", lag, pace_source),
        _fixed("pace_weight", PACE_WEIGHT, "", "assumed", keeps, pace_source),
    ]
    given = _fixed("population", base, "persons", "quoted", "that the score's publisher had in mind", base_source)
    if residents is not None:
        low, high = np.quantile(residents, [0.025, 0.975])
        given = _row("population", low, high, "persons", "given", "95 % of the draws given", base_source)
    admitted = "of grants, from permanent residents admitted after 1986"
    paces = [
        _fixed(f"pace_year_{n + 1}", share, "share", "derived", admitted, pace_source) for n, share in enumerate(shares)
    ]
    parameters = pd.DataFrame([given, eligible, ask, grant, *paces, *last])
    ids = joined(*parameters["source_id"])
    years = tuple(law.year + 1 + n for n in range(len(shares)))
    table, scores = _table(years, by_year, ids), _scores(law, figures, granted, ids)
    return Legalized(law, years, by_year, table, parameters, scores, take_up)


class _Figures:
    """The figures known on a day, each with its source."""

    def __init__(self, ledger: Ledger, as_of: Day | None) -> None:
        self.rows = ledger.parameters(as_of=as_of)
        self.until = f" by {day(as_of, 'as_of')}" if as_of is not None else ""
        counts = ledger.observe("unauthorized_population", as_of, series="CRS_Passel_CPS")
        self.before = counts[counts["period_end"].dt.year == 1986]

    def known(self, name: str) -> pd.DataFrame:
        rows = self.rows[self.rows["name"] == name]
        if rows.empty:
            raise BadValueError(f"no figure for {name!r} had been published{self.until}; use a later date")
        return rows

    def ends(self, name: str, bounds: bool = False) -> tuple[float, float, str]:
        """Return the lowest and highest rival of a parameter, and their sources; with ``bounds`` upper bounds alone.

        One bill's official score and the number of its eligible people share a name; only the latter is a bound.
        """
        rows = self.known(name)
        rows = rows[rows["high"].notna()] if bounds else rows
        if rows.empty:
            raise BadValueError(f"no number of eligible people for {name!r} had been published{self.until}")
        values = rows["value"].fillna(rows["high"]).fillna(rows["low"])
        return float(values.min()), float(values.max()), joined(*rows["source_id"])

    def base(self, law: Programme) -> tuple[float, str]:
        """Return the population that a bill's publisher had in mind."""
        if law.base:
            _, value, source = self.ends(law.base)
            return value, source
        return self.residents_1986()

    def residents_1986(self) -> tuple[float, str]:
        if self.before.empty:
            raise BadValueError(f"no count of residents before the law of 1986 had been published{self.until}")
        return float(self.before["value"].iloc[0]), joined(*self.before["source_id"])

    def precedent(self, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return take-up and share granted of a precedent, as rows of parameters."""
        if name == "daca":
            asked, _, one = self.ends("daca_initial_requests_accepted")
            approved, _, two = self.ends("daca_initial_requests_approved")
            first, _, three = self.ends("daca_eligible_immediately")
            more = [self.ends(f"daca_eligible_{n}") for n in ("with_education", "aging_in")]
            ever = first + sum(value for value, _, _ in more)
            note = "accepted requests over those ever eligible, and over those eligible at once"
            ids = joined(one, three, *(source for _, _, source in more))
            grant = approved / asked
            return (
                _row("take_up", asked / ever, asked / first, "share", "derived", note, ids),
                _fixed("granted", grant, "share", "derived", "approved over accepted requests", joined(one, two)),
            )
        total_low, total_high, one = self.ends("irca_applicants_total")
        general_low, general_high, two = self.ends("irca_applicants_general")
        all_granted, _, three = self.ends("irca_granted_total")
        general_granted, _, four = self.ends("irca_granted_general")
        grants = sorted((all_granted / total_high, general_granted / general_low, general_granted / general_high))
        note = "granted over applicants of the law of 1986, both programmes and the general one"
        ids = joined(one, two, three, four)
        granted = _row("granted", grants[0], grants[-1], "share", "derived", note, ids)
        if name == "irca_1986":
            residents, five = self.residents_1986()
            note = "general applicants, and all applicants, of 1986 over the residual count of residents before"
            ends = (general_low / residents, min(1.0, total_high / residents))
            return _row("take_up", *ends, "share", "derived", note, joined(one, two, five)), granted
        expected_low, expected_high, six = self.ends("irca_eligible_expected_before")
        note = "all applicants of 1986 over the eligible who were expected; above one is an error of expectation"
        ends = (total_low / expected_high, total_high / expected_low)
        return _row("take_up", *ends, "ratio", "derived", note, joined(one, six)), granted


def _eligible(law: Programme, figures: _Figures, base: float, base_source: str) -> dict[str, Any]:
    """Return the eligible share of the population, with its range."""
    if law.broad:
        low, high = BROAD_SHARE
        note = "most of those here are eligible; no number is printed"
        return _row("eligible_share", low, high, "share", "assumed", note, base_source)
    most = [figures.ends(name, bounds=name == law.score) for name in law.eligible]
    least = [figures.ends(name) for name in law.eligible_at_least]
    high = sum(end for _, end, _ in most) / base
    low = sum(end for end, _, _ in least) / base if least else sum(end for end, _, _ in most) / base
    note = "published number of eligible people over the population that its publisher had in mind"
    ids = joined(base_source, *(source for _, _, source in (*most, *least)))
    return _row("eligible_share", min(low, high), high, "share", "derived", note, ids)


def _population(population: npt.ArrayLike | None) -> Floats | None:
    if population is None:
        return None
    residents = np.atleast_1d(np.asarray(population, dtype=np.float64))
    if residents.ndim != 1 or not residents.size or not np.isfinite(residents).all():
        raise BadValueError("population must be a number or a list of numbers, one a draw")
    if residents.min() <= 0 or residents.max() > MOST_PEOPLE:
        raise BadValueError(f"population must be above 0 and at most {MOST_PEOPLE:,.0f} persons")
    return residents


def _pace(ledger: Ledger, as_of: Day | None) -> tuple[Floats, str]:
    """Return the share of grants in each year after a law, from the excess of permanent residents after 1986.

    Returns
    -------
    tuple of array, str
        Shares that sum to one, shape (year,), and the sources.
    """
    rows = ledger.observe("lpr_admissions", as_of, series="yearbook_2013")
    yearly = rows.groupby(rows["period_end"].dt.year)["value"].sum()
    needed = [*BEFORE_YEARS, *EXCESS_YEARS]
    if not set(needed) <= set(yearly.index):
        raise BadValueError("permanent residents admitted in 1985 to 1992 had not been published; use a later date")
    excess = np.maximum(yearly.loc[list(EXCESS_YEARS)].to_numpy(float) - yearly.loc[list(BEFORE_YEARS)].mean(), 0.0)
    # The excess begins in 1989; YEARS_TO_PERMANENT back that is 1987, the first year after enactment.
    shown = rows[rows["period_end"].dt.year.isin(needed)]
    return excess / excess.sum(), joined(*shown["source_id"])


def _table(years: Sequence[int], by_year: Floats, ids: str) -> pd.DataFrame:
    rows = []
    for kind, people in (("in the year", by_year), ("so far", by_year.cumsum(axis=1))):
        for n, year in enumerate(years):
            row: dict[str, Any] = {"year": year, "year_after": n + 1, "kind": kind}
            row |= {"median": float(np.median(people[:, n]))}
            for part in INTERVALS:
                low, high = np.quantile(people[:, n], [0.5 - part / 200, 0.5 + part / 200])
                row |= {f"low_{part}": float(low), f"high_{part}": float(high)}
            rows.append(row | {"unit": "persons", "source_id": ids})
    return pd.DataFrame(rows)


def _scores(law: Programme, figures: _Figures, granted: Floats, ids: str) -> pd.DataFrame:
    """Return the modelled total beside the official or later number, which nothing here is fitted to."""
    low, middle, high = np.quantile(granted, [0.1, 0.5, 0.9])
    rows: list[dict[str, Any]] = [
        {"what": "modelled, all years", "persons": middle, "low_80": low, "high_80": high, "note": "", "source_id": ids}
    ]
    if law.score:
        known = figures.rows[figures.rows["name"] == law.score]
        for row in known.to_dict("records"):
            value = next(row[k] for k in ("value", "low", "high") if not pd.isna(row[k]))
            # What is an upper bound on the eligible is no score.
            if law.score in law.eligible and not pd.isna(row["high"]):
                continue
            said = {"what": law.score, "persons": value, "note": law.score_note, "source_id": row["source_id"]}
            rows.append(said | {"inside_80": bool(low <= value <= high)})
    table = pd.DataFrame(rows)
    if not law.score:
        table["note"] = law.score_note
    return table


def _row(name: str, low: float, high: float, unit: str, status: str, note: str, source: str) -> dict[str, Any]:
    values = {"value": (low + high) / 2, "low": low, "high": high}
    return {"name": name, **values, "unit": unit, "status": status, "note": note, "source_id": source}


def _fixed(name: str, value: float, unit: str, status: str, note: str, source: str) -> dict[str, Any]:
    return _row(name, value, value, unit, status, note, source)
