"""The tables of a ledger, as data: every column with its type and meaning.

The store creates its tables from :data:`TABLES`, the importer checks files against them, and the reference page
of the documentation prints them. Types are the names that DuckDB and PostgreSQL share.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column: its name, SQL type, meaning, and whether a row may leave it empty."""

    name: str
    type: str
    description: str
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """One table: its name, meaning, columns, and the columns that identify a row."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]


#: The columns that say what an observation is of (with the period, series and vintage they identify it).
DIMENSIONS = ("place", "nationality", "household", "legal_authority", "component", "attributes")

SOURCE_KINDS = ("official_statistics", "official_statement", "survey", "academic", "press")
MEASURE_KINDS = ("stock", "persons", "events", "share", "rate")
PARAMETER_STATUS = ("published", "quoted", "derived", "assumed")


def _text(name: str, description: str, optional: bool = False) -> Column:
    return Column(name, "VARCHAR", description, optional)


def _real(name: str, description: str, optional: bool = True) -> Column:
    return Column(name, "DOUBLE PRECISION", description, optional)


def _date(name: str, description: str, optional: bool = False) -> Column:
    return Column(name, "DATE", description, optional)


def _int(name: str, description: str, optional: bool = False) -> Column:
    return Column(name, "BIGINT", description, optional)


def _flag(name: str, description: str) -> Column:
    return Column(name, "BOOLEAN", description)


_SOURCE = _text("source_id", "the source, a row of `sources`")
_NOTE = _text("note", "what a user of this row must know", optional=True)
_PUBLISHED = _date("published", "first day on which the row could be read")
_ASSUMED = _flag("published_is_assumed", "true where `published` is period end plus the measure's lag")

OBSERVATIONS = Table(
    "observations",
    "Figures as their source gives them, at the finest split of that source; sums are computed, never stored.",
    (
        _text("measure", "what was measured, a row of `measures`"),
        _text("place", "a row of `places`; `ALL` where the source has no split"),
        _text("nationality", "ISO 3166 alpha-3 or the source's own code (`OOO` other); `ALL` without a split"),
        _text(
            "household",
            "single_adult, family_unit_individual, unaccompanied_minor, accompanied_minor; `ALL` without a split",
        ),
        _text("legal_authority", "title_8, title_42; `ALL` without a split"),
        _text("component", "USBP (between ports of entry), OFO (at ports); `ALL` without a split"),
        _text("attributes", "JSON object, keys sorted, of what only some sources split by; `{}` for none"),
        _date("period_start", "first day of the period"),
        _date("period_end", "last day of the period, itself included"),
        _real("value", "the figure; empty where a source prints only an interval"),
        _real("low", "lower end of the interval or bound"),
        _real("high", "upper end of the interval or bound"),
        _text("interval", "what low and high are: `90 % confidence`, `range of reports`, `lower bound`", True),
        _text("unit", "unit of value, low and high; equals the unit of the measure"),
        _text("series", "rows of one series may be set side by side; rows of two must not be joined"),
        _text("vintage", "which release of the series: `final`, or the day of the release"),
        _SOURCE,
        _PUBLISHED,
        _ASSUMED,
        _NOTE,
    ),
    ("measure", *DIMENSIONS, "period_start", "period_end", "series", "vintage"),
)

SOURCES = Table(
    "sources",
    "Where figures come from.",
    (
        _text("source_id", "short stable name"),
        _text("publisher", "the office, institute or outlet"),
        _text("title", "title of the publication or page"),
        _text("published", "date or period of publication, as far as known", optional=True),
        _text("url", "address, where one is known", optional=True),
        _text("licence", "as stated by the publisher, or `not stated`"),
        _text("kind", "one of " + ", ".join(SOURCE_KINDS)),
        _text("attributed_to", "whose figure it is, where it comes through someone else", optional=True),
        _NOTE,
    ),
    ("source_id",),
)

MEASURES = Table(
    "measures",
    "What can be measured, and what may be done with it.",
    (
        _text("measure", "name"),
        _text("title", "in words, in the terms of the statistical office"),
        _text("unit", "unit of its values"),
        _text("kind", "one of " + ", ".join(MEASURE_KINDS)),
        _text("additive_over", "dimensions (and `time`) over which values may be added, separated by commas"),
        _int("lag_days", "days from the end of a period to its publication, where the day is not known"),
        _flag("missing_is_zero", "true if a period without a row means zero"),
        _text("default_series", "the series that `observe` gives; empty where rivals stand side by side", True),
        _text("description", "what it counts and what it does not"),
        _text("traps", "what goes wrong when it is used without care", optional=True),
    ),
    ("measure",),
)

PARAMETERS = Table(
    "parameters",
    "Constants of models, with their rivals: several rows of one name are different answers to one question.",
    (
        _text("name", "what it is; the same for all rivals"),
        _text("unit", "unit"),
        _real("value", "central value"),
        _real("low", "lower end"),
        _real("high", "upper end"),
        _text("distribution", "shape between low and high, where stated", optional=True),
        _SOURCE,
        _text("status", "one of " + ", ".join(PARAMETER_STATUS)),
        _PUBLISHED,
        _ASSUMED,
        _NOTE,
    ),
    ("name", "source_id", "value", "low", "high", "note"),
)

POLLS = Table(
    "polls",
    "Questions asked in opinion polls, one row a question and population.",
    (
        _text("poll_id", "the poll; several questions may share it"),
        _text("question_id", "the question"),
        _text("subject", "who or what is approved of"),
        _text("topic", "`overall`, or the issue"),
        _text("pollster", "who asked"),
        _text("sponsors", "who paid, where stated", optional=True),
        _date("start_date", "first day of interviews", optional=True),
        _date("end_date", "last day of interviews"),
        _real("sample_size", "respondents"),
        _text("population", "a adults, rv registered voters, lv likely voters", optional=True),
        _text("methodology", "how people were reached", optional=True),
        _flag("tracking", "true for polls whose samples overlap"),
        _text("partisan", "party of the sponsor, where there is one", optional=True),
        _real("approve", "per cent"),
        _real("disapprove", "per cent"),
        _SOURCE,
        _text("url", "address of the poll", optional=True),
        _PUBLISHED,
        _ASSUMED,
        _NOTE,
    ),
    ("question_id", "population"),
)

MEMBERS = Table(
    "members",
    "Members of the US Congress, one row a member and Congress: public acts of legislators, the one named exception.",
    (
        _int("congress", "number of the Congress"),
        _text("chamber", "House, Senate or President"),
        _text("member_id", "Voteview's ICPSR number"),
        _text("bioguide_id", "id in the Biographical Directory", optional=True),
        _text("name", "name"),
        _text("state", "two letters"),
        _text("district", "House district", optional=True),
        _text("party", "D, R, I or the party's code"),
        _real("nominate_dim1", "DW-NOMINATE first dimension, constant over a career: it looks ahead"),
        _real("nominate_dim2", "second dimension"),
        _real("nokken_poole_dim1", "first dimension, estimated within this Congress"),
        _real("nokken_poole_dim2", "second dimension, estimated within this Congress"),
        Column("votes_cast", "DOUBLE PRECISION", "votes behind the estimate", True),
        _SOURCE,
    ),
    ("congress", "chamber", "member_id"),
)

ROLL_CALLS = Table(
    "roll_calls",
    "Recorded votes on immigration bills, one row a vote.",
    (
        _text("vote_id", "chamber, number and session"),
        _int("congress", "number of the Congress"),
        _text("chamber", "House or Senate"),
        _date("date", "day of the vote"),
        _text("bill", "bill", optional=True),
        _text("label", "what was voted on"),
        _text("category", "passage, cloture, amendment, …"),
        _text("question", "the question as put"),
        _text("majority_required", "1/2, 3/5 or 2/3"),
        _text("result", "as recorded"),
        _int("yea", "yeas"),
        _int("nay", "nays"),
        _int("present", "present, not voting yea or nay"),
        _int("not_voting", "absent"),
        _int("yea_direction", "+1 a yea expands status, -1 restricts, 0 mixed; Vado's own coding"),
        _SOURCE,
        _text("url", "the record", optional=True),
    ),
    ("vote_id",),
)

VOTES = Table(
    "votes",
    "How each member voted in `roll_calls`.",
    (
        _text("vote_id", "the roll call"),
        _text("bioguide_id", "the member"),
        _text("name", "name as recorded"),
        _text("party", "party as recorded"),
        _text("state", "two letters"),
        _text("vote", "Yea, Nay, Present or Not Voting"),
        _SOURCE,
    ),
    ("vote_id", "bioguide_id"),
)

EVENTS = Table(
    "events",
    "Dated happenings: policies announced, effective and ended; caravans; agreements between governments.",
    (
        _text("subject", "the policy, caravan or case; the rows of one subject are its history"),
        _text("jurisdiction", "ISO 3166 alpha-3 of the state that acts, or of the place", optional=True),
        _text("title", "name in words"),
        _text("event", "announced, effective, ended, court_stay, …"),
        _date("date", "day, or first day where only the month or year is known"),
        _date("date_end", "last day of what is stated, where it is a period", optional=True),
        _text("date_precision", "day, month or year"),
        _real("value", "number tied to the happening"),
        _text("unit", "its unit", optional=True),
        _text("value_type", "reported, approx, lower_bound, …", optional=True),
        _SOURCE,
        _NOTE,
    ),
    ("subject", "event", "date", "value", "source_id", "note"),
)

PLACES = Table(
    "places",
    "Where things are counted. A Border Patrol sector is an aggregate with its own key, not the town of that name.",
    (
        _text("place", "key"),
        _text("name", "name"),
        _text("kind", "sector, field_office, crossing, region, country, state, town"),
        _text("parent", "the place that this one is part of for counting (`swb` for the southwest border)", True),
        _text("country", "ISO 3166 alpha-3", optional=True),
        _real("latitude", "degrees north, WGS84"),
        _real("longitude", "degrees east, WGS84"),
        _real("population", "inhabitants, for towns"),
        _text("roles", "what happens there, separated by semicolons", optional=True),
        _flag("approximate", "true where the coordinates have no good source"),
        _SOURCE,
        _NOTE,
    ),
    ("place",),
)

QUARANTINE = Table(
    "quarantine",
    "Rows that a load could not take, kept whole with the reason.",
    (
        _text("file", "the file"),
        _int("line", "line in the file, the header being line 1"),
        _text("reason", "what is wrong and how to mend it"),
        _text("content", "the row as JSON"),
    ),
    ("file", "line"),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        OBSERVATIONS,
        SOURCES,
        MEASURES,
        PARAMETERS,
        POLLS,
        MEMBERS,
        ROLL_CALLS,
        VOTES,
        EVENTS,
        PLACES,
        QUARANTINE,
    )
}
