"""The question with what chance a bill on immigration passes the House and the Senate.

Members' positions are known before the Congress, their votes on earlier immigration bills before the day asked for, and
what a bill is about from a coding of the record. A chance is one of passing *if it is put to the vote* in all three
questions; what leaders bring to the floor has no data here. The answer describes and recommends nothing.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vado.answer import Answer, Chart, cited, rows_of
from vado.errors import BadValueError, UnknownNameError
from vado.ledger.dates import Day, day
from vado.politics import chambers, congress_record, passage
from vado.politics.chambers import Absences
from vado.politics.congress_record import BASE_RATE, CEILING, MODEL, RULES, SCHEMES, Record
from vado.politics.legalization import PROGRAMMES, regularized, regularized_chart
from vado.politics.members import CHAMBERS, SHRINK, Positions, first_day, last_day
from vado.politics.roll_calls import ballots, directed
from vado.provenance import made_by
from vado.seeds import check_seed

if TYPE_CHECKING:
    from vado.ledger.ledger import Ledger

CONGRESS = 117
DRAWS = 4000
MOST_DRAWS = 20_000
#: The failed cloture on the compromise of 2007.
S1639 = "s235-110.2007"


@dataclass(frozen=True)
class Asked:
    """A sort of bill that can be asked for.

    Parameters
    ----------
    title
        For people.
    direction
        1 where a yea expands status, -1 where it restricts.
    kind, mover
        As :mod:`vado.politics.roll_calls` codes them.
    """

    title: str
    direction: int
    kind: str
    mover: str


BILLS: dict[str, Asked] = {
    "legalization": Asked("a broad legalization put forward by Democrats", 1, "legalization", "D"),
    "compromise": Asked("a broad legalization with enforcement put forward by both parties", 1, "legalization", "both"),
    "dreamers": Asked("status for those who came as children, put forward by Democrats", 1, "dreamers", "D"),
    "farm_workers": Asked("status for farm workers put forward by both parties", 1, "farm_workers", "both"),
    "legal_immigration": Asked("more legal immigration put forward by both parties", 1, "legal_immigration", "both"),
    "enforcement": Asked("more enforcement put forward by Republicans", -1, "enforcement", "R"),
    "border_and_asylum": Asked(
        "a bill of border and asylum limits put forward by both parties", -1, "enforcement", "both"
    ),
    "executive_action": Asked("a bar to executive action put forward by Republicans", -1, "executive_action", "R"),
}


def congress(
    ledger: Ledger | None = None,
    *,
    bill: str = "legalization",
    congress: int = CONGRESS,
    as_of: Day | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    command: str = "vado.congress()",
) -> Answer:
    """Say with what chance a bill passes both chambers, and how well such chances did on bills not seen.

    Parameters
    ----------
    ledger
        Default: the ledger that ships.
    bill
        A key of :data:`BILLS`.
    congress
        The Congress, by number.
    as_of
        The day whose knowledge is used: roll calls up to it, positions of earlier Congresses. A day after the end of
        the Congress stands for its last day; default that, or the ledger's last roll call where it is earlier.
    draws
        Of the model, of the votes, of every roll call of the record and of people.
    seed
        Of everything random.
    command
        What the answer says it was made by.

    Returns
    -------
    Answer
        Tables ``chambers``, ``yeas``, ``pivotal``, ``members_by_party``, ``record``, ``roll_calls``, ``spreads``, and
        where they can be made ``s1639`` and ``legalization``.

    Raises
    ------
    UnknownNameError
        For a sort of bill that is not there.
    BadValueError
        For a Congress without members, a day before it, or too few roll calls by then.
    """
    from vado.ledger.ledger import open_ledger

    if bill not in BILLS:
        raise UnknownNameError("bill", bill, BILLS)
    if not 1 <= draws <= MOST_DRAWS:
        raise BadValueError(f"draws must be from 1 to {MOST_DRAWS:,}, not {draws}")
    ledger = ledger or open_ledger()
    check_seed(seed)
    asked, seen = BILLS[bill], _seen(ledger, congress, as_of)
    every = ledger.read("roll_calls", as_of=seen)
    votes = ledger.read("votes")
    votes = votes[votes["vote_id"].isin(every["vote_id"])]
    members = ledger.read("members")
    positions = Positions(members[members["congress"] <= congress])
    calls = directed(every)
    if calls["family"].nunique() < 2:
        raise BadValueError(f"fewer than two immigration bills were voted on by {seen}; use a later date")
    frame = ballots(calls, votes, positions)
    fitted = passage.fit(frame)
    sitting = {
        chamber: positions.place(positions.sitting(congress, chamber, every, votes), congress) for chamber in CHAMBERS
    }
    put = chambers.put(sitting, congress, asked.direction, asked.kind, asked.mover)
    required = {question.name: question.required for question in chambers.QUESTIONS}
    random = np.random.default_rng(seed)
    tallies = chambers.tally(fitted, put, required, Absences.of(frame), draws, random)
    record = congress_record.record(frame, calls, draws=draws, seed=seed)

    ids = ";".join(cited(frame.assign(source_id=calls["source_id"].iloc[0]), members))
    tables = {
        "chambers": pd.DataFrame(chambers.chamber_rows(tallies)),
        "yeas": pd.DataFrame(chambers.yea_rows(tallies)),
        "pivotal": chambers.pivots(put, tallies),
        "members_by_party": pd.DataFrame(chambers.party_rows(put, tallies)),
        "record": record.table(),
        "roll_calls": _roll_calls(calls, record),
        "spreads": _spreads(fitted),
    }
    if S1639 in set(record.outcomes["vote_id"]):
        tables["s1639"] = _one_vote(record, S1639)
    tables = {name: table.assign(source_id=ids) for name, table in tables.items()}
    caveats, assumed = _caveats(calls, sitting, seen), _assumed()
    if bill in PROGRAMMES:
        try:
            people, used = regularized(ledger, bill, congress, chambers.passes(tallies), as_of=seen, seed=seed)
            tables["legalization"] = people
            assumed += [dict(item) for one in used for item in one.assumed if dict(item) not in assumed]
            caveats.append(
                "People are those that the bill's own publisher had in mind; vado stock takes other populations. A "
                "bill is assumed to be law at the end of the Congress."
            )
        except BadValueError as reason:
            caveats.append(f"How many people it would regularize is left out: {reason}.")
    else:
        caveats.append("No programme in the ledger says how many people such a bill would regularize.")
    return Answer(
        question=f"With what chance does {asked.title} pass both chambers of Congress {congress}?",
        as_of=seen,
        summary=_summary(tables, asked, congress),
        tables=tables,
        charts=_charts(tables),
        sources=rows_of(ledger.sources(cited(*tables.values()))),
        assumed=assumed,
        caveats=caveats,
        made_by=made_by(command, ledger, seed),
    )


def _seen(ledger: Ledger, congress: int, as_of: Day | None) -> dt.date:
    """Return the day whose knowledge is used."""
    known = ledger.read("members")["congress"]
    first, last = int(known.min()) + 1, int(known.max())
    if not first <= congress <= last:
        raise BadValueError(f"congress must be from {first} to {last}, whose members the ledger has, not {congress}")
    if as_of is None:
        newest = ledger.read("roll_calls")["date"].max()
        return min(last_day(congress), pd.Timestamp(newest).date())
    asked = day(as_of, "as_of")
    if asked < first_day(congress):
        raise BadValueError(
            f"Congress {congress} begins on {first_day(congress)}, after {asked}; who would sit in it was not known"
        )
    return min(asked, last_day(congress))


def _roll_calls(calls: pd.DataFrame, record: Record) -> pd.DataFrame:
    """Return every roll call used, with its coding and what was predicted of it."""
    columns = ["vote_id", "date", "chamber", "label", "family", "kind", "mover", "yea_direction", "majority_required"]
    table = calls[[*columns, "yea", "nay", "carried", "doubt"]]
    for scheme, short in zip(SCHEMES, ("left_out", "forward"), strict=True):
        own = record.outcomes[record.outcomes["scheme"] == scheme] if len(record.outcomes) else record.outcomes
        own = own[["vote_id", "median_yeas", "low_90", "high_90", "votes_right", MODEL]]
        named = {name: f"{name}_{short}" for name in own.columns if name not in ("vote_id", MODEL)}
        table = table.merge(own.rename(columns={**named, MODEL: f"chance_{short}"}), on="vote_id", how="left")
    return table


def _spreads(fitted: passage.Fit) -> pd.DataFrame:
    """Return how much the random effects vary, in logits."""
    rows = [
        {"effect_of": name.split(":")[0], "on": [*name.split(":"), "level"][1], "standard_deviation": value}
        for name, value in fitted.spreads.items()
    ]
    return pd.DataFrame(rows).replace({"effect_of": {"vote_id": "roll call", "family": "bill"}}).assign(unit="logit")


def _one_vote(record: Record, vote: str) -> pd.DataFrame:
    """Return one roll call: yeas predicted and actual by side, and the share of votes that each rule gets right."""
    rows: list[dict[str, Any]] = []
    for row in record.outcomes[record.outcomes["vote_id"] == vote].to_dict("records"):
        scheme = row["scheme"]
        votes = record.votes[(record.votes["vote_id"] == vote) & (record.votes["scheme"] == scheme)]
        right = {
            f"right_{name.replace(' ', '_')}": float(((votes[name] > 0.5) == (votes["open"] > 0.5)).mean())
            for name in (MODEL, *RULES, CEILING)
        }
        base = {"scheme": scheme, "chance": row[MODEL], **right}
        for who, name in (("left", "Democrats and independents"), ("right", "Republicans")):
            rows.append({"party": name, "actual_yeas": row[f"{who}_actual"], "voting": row[f"{who}_voting"]})
            rows[-1] |= {"median_yeas": row[f"{who}_yeas"], "low_90": row[f"{who}_low_90"]}
            rows[-1] |= {"high_90": row[f"{who}_high_90"], **base}
        rows.append({"party": "all", "actual_yeas": row["actual_yeas"], "voting": len(votes)})
        rows[-1] |= {"median_yeas": row["median_yeas"], "low_90": row["low_90"], "high_90": row["high_90"], **base}
    return pd.DataFrame(rows)


def _summary(tables: dict[str, pd.DataFrame], asked: Asked, congress: int) -> list[str]:
    rows = {str(row["question"]): row for row in rows_of(tables["chambers"])}
    chance = {name: row["chance"] for name, row in rows.items()}
    cloture, house = rows["Senate cloture"], rows["House passage"]
    said = [
        f"If put to the vote in Congress {congress}, {asked.title} passes the House with a chance of "
        f"{chance['House passage']:.2f} and the Senate with one of {chance['Senate, both questions']:.2f} (60 votes "
        f"for cloture); both, {chance['both chambers']:.2f}.",
        f"Yeas for cloture: {cloture['median_yeas']:.0f} (90 % interval {cloture['low_90']:.0f} to "
        f"{cloture['high_90']:.0f}); in the House {house['median_yeas']:.0f} ({house['low_90']:.0f} to "
        f"{house['high_90']:.0f}) with {house['needed']:.0f} needed if all vote.",
    ]
    record = tables["record"]
    base = record[record["predictor"] == BASE_RATE].set_index("scheme")["outcomes_right"].to_dict()
    for row in record[record["predictor"] == MODEL].to_dict("records"):
        said.append(
            f"On votes not seen, {row['scheme']}: {100 * row['votes_right']:.1f} % of members' votes right, "
            f"{row['gain']:+.1f} points against the better of party line and one cut point "
            f"({row['gain_over_best']:+.1f} against the best of four rules); "
            f"{100 * row['outcomes_right']:.0f} % of {row['outcomes']:.0f} outcomes "
            f"(95 % interval {100 * row['low_95']:.0f} to {100 * row['high_95']:.0f}), party line "
            f"{100 * row['party_line_outcomes_right']:.0f} %, base rate {100 * base[row['scheme']]:.0f} %"
            f"{_beaten(row['outcomes_right'], row['party_line_outcomes_right'])}."
        )
    return said


def _beaten(model: float, party_line: float) -> str:
    """Return a clause where the model gets no more outcomes right than the party line."""
    return "" if model > party_line else ": on outcomes the model does not beat the party line"


def _charts(tables: dict[str, pd.DataFrame]) -> list[Chart]:
    charts = [
        *(
            Chart(
                kind="line",
                table="yeas",
                title=f"Distribution of yeas in the {chamber} if the question is put",
                columns={"x": "yeas", "y": "chance", "color": "question"},
                where={"chamber": chamber},
                note=note,
            )
            for chamber, note in (
                ("House", "Chance of each step of ten yeas; a majority of all members is 218."),
                ("Senate", "Chance of each step of two yeas; cloture needs 60."),
            )
        ),
        Chart(
            kind="forest",
            table="members_by_party",
            title="Expected yeas by party, 90 % interval",
            columns={"y": "question", "x": "expected_yeas", "low": "low_90", "high": "high_90", "color": "party"},
            unit="yeas",
        ),
    ]
    for scheme in SCHEMES:
        if scheme in set(tables["record"]["scheme"]):
            charts.append(
                Chart(
                    kind="bar",
                    table="record",
                    title=f"Share of members' votes right, {scheme}",
                    columns={"x": "predictor", "y": "votes_right"},
                    where={"scheme": scheme},
                )
            )
    if "legalization" in tables:
        charts.append(regularized_chart())
    return charts


def _caveats(calls: pd.DataFrame, sitting: dict[str, pd.DataFrame], seen: dt.date) -> list[str]:
    doubted = int((calls["doubt"] != "").sum())
    listed = {
        chamber: f"those on the list of {people['listed'].iloc[0]:%Y-%m-%d}"
        if people["listed"].notna().any()
        else "one a seat from the table of members, the one who sat first"
        for chamber, people in sitting.items()
    }
    return [
        f"{len(calls)} roll calls on {calls['family'].nunique()} bills by {seen}: few bills, and those that leaders "
        "brought to the floor. The chance is one if it is put to the vote; of agendas there is no data.",
        f"Which way a yea points, what a bill is about and who put it forward is Vado's own coding; {doubted} "
        "directions are doubted, with reasons in the table roll_calls.",
        "Members are positions: a name, a district's interest, a deal or a retirement is not in the model.",
        "What a bill of that sort would say is not known; that is the spread between bills, in the table spreads.",
        f"Who sits: House, {listed['House']}; Senate, {listed['Senate']}.",
        "Reconciliation, signature and veto, committees, amendments and conference are left out; a tie fails.",
        "The terms of the model were chosen after some forty variants were scored on this very record, so it flatters; "
        "coefficients and variances were estimated within each fold. One bill left out lets members' later votes "
        "speak; forward in time does not.",
        "It describes and recommends nothing.",
    ]


def _assumed() -> list[dict[str, Any]]:
    entries = [
        ("congress.prior", passage.PRIOR, "logit", "standard deviation of a coefficient before any vote"),
        ("congress.prior_main", passage.PRIOR_MAIN, "logit", "the same of level, side and first dimension"),
        ("congress.shrink", SHRINK, "members", "weight of the party's mean in a newcomer's position"),
        ("congress.least_bills", congress_record.LEAST_BILLS, "bills", "before the record forward in time begins"),
    ]
    return [{"name": name, "value": value, "unit": unit, "note": note} for name, value, unit, note in entries]
