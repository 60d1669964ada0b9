"""Approval polls, members of Congress, roll calls and votes, and facts of migration diplomacy."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from ledger_build.draft import Draft, Row, Source, as_rows
from ledger_build.facts import Facts, Reading, joined, reading
from ledger_build.periods import last_of_month, span

APPROVAL = {
    "politics/approval_polls_biden_2021_2023.csv": (
        "Joe Biden",
        "fivethirtyeight_biden",
        "PMCformosa/DATA607_2023_Assignment1@343b352",
    ),
    "politics/approval_polls_trump_2017_2021.csv": (
        "Donald Trump",
        "fivethirtyeight_trump",
        "simonw/fivethirtyeight-polls@c0bd050",
    ),
}
ISSUES = "politics/immigration_issue_polls.csv"
MEMBERS = "politics/voteview_members_099_118.csv"
ROLL_CALLS = "politics/immigration_rollcalls.csv"
VOTES = "politics/immigration_rollcall_votes.csv"
IRCA = "politics/irca_1986_aggregate_votes.csv"
DIPLOMACY = "politics/migration_diplomacy_facts.csv"

_POLL_LAG = dt.timedelta(days=3)
_TOPICS = {
    "Biden handling immigration": ("Joe Biden", "immigration"),
    "Biden handling unaccompanied children at border": ("Joe Biden", "unaccompanied children at the border"),
    "Biden handling unaccompanied children/immigration": ("Joe Biden", "unaccompanied children and immigration"),
    "Biden handling immigration situation at Mexico border": ("Joe Biden", "immigration at the border with Mexico"),
    "support building border wall": ("border wall", "immigration"),
}
_POPULATIONS = {"adults": "a", "rv": "rv"}


def add_politics(draft: Draft) -> None:
    """Add all politics files."""
    for file, (subject, source, copy) in APPROVAL.items():
        _approval(draft, file, subject, source, copy)
    _issue_polls(draft)
    _members(draft)
    _roll_calls(draft)
    _irca(draft)
    _diplomacy(draft)


def _approval(draft: Draft, file: str, subject: str, source: str, copy: str) -> None:
    draft.add_source(
        Source(
            source,
            "FiveThirtyEight",
            f"President approval polls, {subject}",
            "survey",
            licence="CC BY 4.0",
            note=f"Copy: {copy}. One row a question and population: one poll can have several rows and tracking polls "
            "overlap, so choose one row a poll before averaging. Days of publication are assumed.",
        )
    )
    rows = draft.read(file)
    end = pd.to_datetime(rows["end_date"])
    frame = pd.DataFrame(
        {
            **{name: rows[name] for name in ("poll_id", "question_id", "pollster", "sponsors", "methodology", "url")},
            "subject": subject,
            "topic": "overall",
            "start_date": pd.to_datetime(rows["start_date"]),
            "end_date": end,
            "sample_size": pd.to_numeric(rows["sample_size"]),
            "population": rows["population"],
            "tracking": rows["tracking"].eq("TRUE"),
            "partisan": rows["partisan"],
            "approve": pd.to_numeric(rows["approve"]),
            "disapprove": pd.to_numeric(rows["disapprove"]),
            "source_id": source,
            "published": end + pd.Timedelta(_POLL_LAG),
            "published_is_assumed": True,
        }
    )
    draft.add(file, "polls", as_rows(frame))


def loose_day(text: str, last: bool) -> dt.date:
    """Return a day from wording such as ``2021-03 late``, ``2021-09/10`` or ``2021-04-05 release``.

    >>> loose_day("2021-09/10", last=True)
    datetime.date(2021, 10, 31)
    """
    if found := re.match(r"(\d{4})-(\d{2})-(\d{2})", text):
        return dt.date(*map(int, found.groups()))
    if found := re.match(r"(\d{4})-(\d{2})(?:/(\d{2}))?(.*)", text):
        year, month, later, rest = found.groups()
        if last:
            return last_of_month(int(year), int(later or month))
        return dt.date(int(year), int(month), 21 if "late" in rest else 1)
    raise ValueError(f"{ISSUES}: cannot read the date {text!r}")


def _issue_polls(draft: Draft) -> None:
    rows: list[Row] = []
    for number, row in enumerate(draft.records(ISSUES), start=1):
        if row["question"] == "overall approval":
            draft.leave_out(ISSUES, "overall approval by Suffolk is in the list of approval polls", 1)
            continue
        subject, topic = _TOPICS[row["question"]]
        end = loose_day(row["end_date"], last=True)
        released = bool(re.search("release|post", row["end_date"]))
        exact = bool(re.match(r"\d{4}-\d{2}-\d{2}$", row["end_date"]))
        pollster = row["pollster"].strip("()")
        rows.append(
            {
                "poll_id": f"issue_2021_{number:02d}",
                "question_id": f"issue_2021_{number:02d}",
                "subject": subject,
                "topic": topic,
                "pollster": "not named" if "not named" in pollster else pollster,
                "start_date": loose_day(row["start_date"], last=False) if row["start_date"] else None,
                "end_date": end,
                "sample_size": float(row["sample_size"]) if row["sample_size"] else None,
                "population": _POPULATIONS[row["population"]],
                "tracking": False,
                "approve": float(row["approve"]) if row["approve"] else None,
                "disapprove": float(row["disapprove"]) if row["disapprove"] else None,
                "source_id": draft.mention(row["source_page"]),
                "published": end if released else end + _POLL_LAG,
                "published_is_assumed": not released,
                "note": joined(
                    None if exact else f"dates as stated: {row['start_date'] or '?'} to {row['end_date']}",
                    f"seen as {row['seen_as']}",
                    row["note"],
                ),
            }
        )
    draft.add(ISSUES, "polls", rows)


def _members(draft: Draft) -> None:
    draft.add_source(
        Source(
            "voteview_members",
            "Voteview (UCLA)",
            "HSall_members, members' ideology",
            "academic",
            published="about July 2024",
            note="Copy: CosmicOutlaw/phillomenal@7318c79, data/HSall_members.rda. DW-NOMINATE is one value a career, "
            "so it uses votes later than those predicted; Nokken-Poole is estimated within a Congress. Lists "
            "everyone who served, not the chamber on one day.",
        )
    )
    rows = draft.read(MEMBERS)
    numbers = {name: pd.to_numeric(rows[name]) for name in ("nominate_dim1", "nominate_dim2")}
    numbers |= {name: pd.to_numeric(rows[name]) for name in ("nokken_poole_dim1", "nokken_poole_dim2")}
    frame = pd.DataFrame(
        {
            "congress": rows["congress"].astype(int),
            "chamber": rows["chamber"],
            "member_id": rows["icpsr"],
            "bioguide_id": rows["bioguide_id"],
            "name": rows["bioname"],
            "state": rows["state_abbrev"],
            "district": rows["district_code"].where(rows["chamber"].eq("House"), ""),
            "party": rows["party"],
            **numbers,
            "votes_cast": pd.to_numeric(rows["nominate_number_of_votes"]),
            "source_id": "voteview_members",
        }
    )
    draft.add(MEMBERS, "members", as_rows(frame))
    draft.leave_out("politics/voteview_members_117.csv", "all rows are in the file of the 99th to 118th Congress", 559)


def _roll_calls(draft: Draft) -> None:
    draft.add_source(
        Source(
            "congress_roll_calls",
            "Clerk of the House; US Senate",
            "Roll call votes on immigration bills, 1989-2025",
            "official_statistics",
            licence="US federal government records",
            note="Copy: Hear-Ye/congress-data@195d3f2, made with the unitedstates/congress programs. The direction "
            "of a yea is Vado's own coding, not a published one; votes on cloture mix substance and procedure.",
        )
    )
    rows: list[Row] = []
    for row in draft.records(ROLL_CALLS):
        rows.append(
            {
                **{name: row[name] for name in ("vote_id", "chamber", "bill", "label", "category", "result")},
                "congress": int(row["congress"]),
                "date": row["date"],
                "question": joined(row["question"], row["amendment_purpose"]),
                "majority_required": row["majority_required"],
                **{name: int(row[name]) for name in ("yea", "nay", "present", "not_voting")},
                "yea_direction": int(row["yea_direction_coded"]),
                "source_id": "congress_roll_calls",
                "url": row["source_url"],
            }
        )
    draft.add(ROLL_CALLS, "roll_calls", rows)
    votes = draft.read(VOTES)
    kept = votes[["vote_id", "bioguide_id", "party", "state", "vote"]].assign(
        name=votes["display_name"], source_id="congress_roll_calls"
    )
    draft.add(VOTES, "votes", as_rows(kept))


def _irca(draft: Draft) -> None:
    rows: list[Row] = []
    for row in draft.records(IRCA):
        start, _, precision = span(row["date"])
        delegation = "_california_delegation" if "delegation" in row["bill"] else ""
        source = draft.mention(row["source_page"], kind="official_statement")
        rows += [
            {
                "subject": "irca_1986",
                "jurisdiction": "USA",
                "title": f"{row['bill']}, {row['chamber']}, {row['type']}",
                "event": f"vote_{row['chamber'].lower()}_{row['type']}{delegation}",
                "date": start,
                "date_precision": precision,
                "value": float(row[side]),
                "unit": f"{side}s",
                "value_type": "reported",
                "source_id": source,
                "note": row["note"],
            }
            for side in ("yea", "nay")
        ]
    draft.add(IRCA, "events", rows)


_SLUGS = {
    "Greenhill 2010 Weapons of Mass Migration": "coercive_engineered_migration",
    "Adamson & Tsourapas 2018/19 (Int Studies Perspectives eky015)": "migration_diplomacy_typology",
    "Tsourapas 2019 (J Global Security Studies ogz016)": "refugee_rent_seeking",
    "Sahin-Mencutek & Tsourapas 2023": "refugee_rent_seeking",
    "Libya-EU": "libya_eu",
    "EU-Turkey Statement": "eu_turkey_statement",
    "US-Mexico tariff deal 2019": "us_mexico_agreement_2019",
    "Mexico enforcement 2021": "mexico_enforcement_2021",
}
#: Variables of two kinds that become parameters: name, unit, value, low.
_SHARES = {
    "attempts at coercive engineered migration": ("coercive_migration_attempts", "cases", None, 56.0),
    "achieved at least some objectives": ("coercive_migration_share_some_aims", "share", 0.75, None),
    "achieved all or most objectives": ("coercive_migration_share_most_aims", "share", None, 0.5),
}
#: Cells with several numbers, read by hand: variable to (value, unit, what it is of).
_SEVERAL = {
    "deaths in Aegean": (
        (1175.0, "persons", "in the 20 months before"),
        (130.0, "persons", "in the two years after"),
        (310.0, "persons", "in the three years after"),
    ),
    "payment": ((6.0, "billion EUR", "two parts of three"),),
}
_QUOTED_DETENTIONS = {
    "Mexico detentions, year (as first published)": (
        ("2021-01", "2021-10", 228_115.0, "first_report"),
        ("2021-01", "2021-11", 256_526.0, "first_report"),
    ),
    "Mexico detentions per year": (
        ("2017", "2017", 93_846.0, "quoted_annual"),
        ("2018", "2018", 131_445.0, "quoted_annual"),
        ("2019", "2019", 182_940.0, "quoted_annual"),
        ("2020", "2020", 82_369.0, "quoted_annual"),
        ("2005", "2005", 240_269.0, "quoted_annual"),
        ("2015", "2015", 198_000.0, "quoted_annual"),
    ),
}


def _diplomacy(draft: Draft) -> None:
    facts = Facts(draft, DIPLOMACY)
    events: list[Row] = []
    parameters: list[Row] = []
    for row in draft.records(DIPLOMACY):
        variable = row["variable"]
        if row["seen_as"] == "data file":
            draft.leave_out(DIPLOMACY, "monthly sums of flows that are here in full", 1)
            continue
        if not row["date"]:
            draft.leave_out(DIPLOMACY, "a statement without date or number", 1)
            continue
        source = draft.mention(row["source"], kind="academic" if row["seen_as"] == "abstract" else "press")
        if variable in _SHARES:
            parameters.append(_share(row, source))
        elif variable in _QUOTED_DETENTIONS:
            for first, last, value, series in _QUOTED_DETENTIONS[variable]:
                _quoted(facts, "mx_events", series, first, last, value, source, row["source"], row["note"])
        elif variable == "deportations Jan-Oct":
            value = float(row["value"])
            _quoted(
                facts, "mx_returns", "first_report", "2021-01", "2021-10", value, source, row["source"], row["note"]
            )
        else:
            events += _happenings(row, source)
    facts.finish()
    draft.add(DIPLOMACY, "events", events)
    draft.add(DIPLOMACY, "parameters", parameters)


def _share(row: Row, source: str) -> Row:
    name, unit, value, low = _SHARES[row["variable"]]
    return {
        "name": name,
        "unit": unit,
        "value": value,
        "low": low,
        "source_id": source,
        "status": "quoted",
        "published": dt.date(2021, 8, 13) if "2021/08/13" in row["source"] else dt.date(2010, 12, 31),
        "published_is_assumed": "2021/08/13" not in row["source"],
        "note": joined(f'printed "{row["value"]}"', row["note"]),
    }


def _quoted(
    facts: Facts, measure: str, series: str, first: str, last: str, value: float, source: str, address: str, note: str
) -> None:
    facts.add(
        measure,
        series,
        Reading(value),
        start=span(first)[0],
        end=span(last)[1],
        source_id=source,
        address=address,
        note=note,
        vintage="published" if series == "first_report" else "as_quoted",
        place="MEX",
    )


def _happenings(row: Row, source: str) -> list[Row]:
    text = row["date"]
    until = None
    if re.match(r"^\d{4}-\d{4}$", text):
        text, until = text[:4], dt.date(int(text[5:]), 12, 31)
    start, _, precision = span(text)
    common = {
        "subject": _SLUGS[row["case"]],
        "jurisdiction": None,
        "title": row["case"],
        "event": re.sub(r"[^a-z0-9]+", "_", row["variable"].lower()).strip("_")[:60],
        "date": start,
        "date_end": until,
        "date_precision": precision,
        "value_type": "reported",
        "source_id": source,
    }
    if row["variable"] in _SEVERAL:
        return [
            {**common, "value": value, "unit": unit, "note": joined(what, row["note"])}
            for value, unit, what in _SEVERAL[row["variable"]]
        ]
    try:
        figure = reading(row["value"], "reported")
    except ValueError:
        return [{**common, "note": joined(row["value"], row["note"])}]
    return [{**common, "value": figure.value, "unit": row["unit"] or None, "note": row["note"]}]
