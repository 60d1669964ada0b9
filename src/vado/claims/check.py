"""The question whether the numbers of a text are right: every figure and ranking, held against the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import pandas as pd

from vado.answer import Answer, Chart, cited, rows_of
from vado.claims.article import Article, read
from vado.claims.figure import Claim, Credit, Figure, Period, Reading
from vado.claims.rivals import NO_SOURCE, NOT_COMPARABLE, OUTSIDE
from vado.claims.tables import (
    TEXT,
    Checked,
    figures_table,
    marked_table,
    rivals_table,
    rows_table,
    source_of,
    summary_of,
)
from vado.claims.verdict import Verdict
from vado.errors import BadValueError
from vado.ledger.dates import Day, day
from vado.provenance import made_by

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from vado.claims.evidence import Evidence
    from vado.claims.model import Models
    from vado.ledger.ledger import Ledger
#: No text is older that speaks of what the ledger holds.
FIRST_YEAR = 1950
QUESTION = "Are the numbers in this text right?"
#: The two sides of a poll, which a sentence with both may be misread by.
SIDES = {"approval": "disapproval", "disapproval": "approval"}
#: Confidence of a reading that the figure's own digits settle.
SETTLED = 0.9
#: A claim without a figure is judged only where its measure is read at least so surely.
LEAST_OF_CLAIM = 0.5
UNSTATED = Period(None, None, "unstated")
LIBRARIES = ("numpy", "pandas", "duckdb", "spacy", "text2num")
CAVEATS = (
    "It judges figures, never people or opinions; a figure that the ledger cannot judge is neither right nor wrong.",
    "What a figure measures, when, and who is credited with it are read by rules from the words; a confidence stands "
    "beside each measure, and below a limit no comparison is made.",
    "An encounter, a detention or a return is an event: one person can be counted several times.",
    "The ledger holds figures as they were last revised unless --as-of names an earlier day; first reports differed.",
)


def check(
    text: str | bytes,
    ledger: Ledger | None = None,
    *,
    date: Day | None = None,
    as_of: Day | None = None,
    keep_text: bool = False,
    command: str = "vado.check()",
) -> Answer:
    """Hold every checkable figure and ranking of an English text against the ledger.

    Parameters
    ----------
    text
        The text, plain or HTML, as words or as bytes in any usual encoding.
    ledger
        The ledger to hold it against; None for the packaged one.
    date
        The day of the text; None to read it from the text.
    as_of
        Leave out of the ledger what was published later; None for all.
    keep_text
        Whether the answer keeps the text, marked up by paragraph, in a table ``marked``; by default nothing of it is
        kept but the words of each figure and claim.
    command
        What the answer says it was made by.

    Returns
    -------
    Answer
        Table ``figures``: a row a figure or claim, with the words, value, bound, unit, measure, date, speaker, outlet,
        verdict and reason. ``rivals``: what the ledger's sources say of each. ``rows``: the ledger's rows behind a
        verdict. ``no_response``: who is said not to have answered the author. ``marked`` with ``keep_text``.

    Raises
    ------
    BadValueError
        For an empty text, one above the size limit, or a date that is none.
    BadFileError
        If the libraries that read language are not installed.
    """
    from vado.forecast.evidence import open_default

    ledger = open_default(ledger)
    given = day(date, "date") if date is not None else None
    if given is not None and given.year < FIRST_YEAR:
        raise BadValueError(f"date is {given}; give the day of the text, {FIRST_YEAR} or later")
    article = read(text, date=given)
    known = day(as_of, "as_of") if as_of is not None else None
    if article.language != "en":
        return _answer(ledger, article, [], [], known, command, keep_text)
    from vado.claims.language import parse

    doc = parse(article.text)
    found, no_response = _examined(ledger, doc, article, known)
    return _answer(ledger, article, found, no_response, known, command, keep_text)


def example() -> str:
    """Return the text that ships as an example; the outlet and the persons in it are invented."""
    return (files(__package__) / "example.txt").read_text(encoding="utf-8")


def _examined(ledger: Ledger, doc: Doc, article: Article, as_of: dt.date | None) -> tuple[list[Checked], list[str]]:
    """Return every figure and claim of a text with its verdict, in order, and who did not respond."""
    from vado.claims.continued import continued
    from vado.claims.credit import Credits
    from vado.claims.dates import period
    from vado.claims.figures import figures
    from vado.claims.model import Models
    from vado.claims.qualitative import claims
    from vado.claims.reading import of_claim, readings

    credits = Credits(doc)
    models = Models(ledger, as_of, article.date)
    stated = figures(doc)
    periods = [period(doc, one.start, one.end, article.date) for one in stated]
    credited = [credits.of(one.start, one.end) for one in stated]
    read_as = readings(doc, stated, periods, credited, article.date)
    filled = continued(doc, stated, [first for first, *_ in read_as], credited)
    if filled != credited:
        # Whose poll or estimate it is narrows what a figure is held against.
        credited, read_as = filled, readings(doc, stated, periods, filled, article.date)
    found = [
        _judged(ledger, models, article, as_of, doc, *each)
        for each in zip(stated, read_as, periods, credited, strict=True)
    ]
    for claim in claims(doc, stated):
        when = period(doc, claim.start, claim.end, article.date)
        reading = of_claim(doc, claim, when, article.date)
        if reading.measure is not None and reading.confidence >= LEAST_OF_CLAIM:
            found.append(_claimed(ledger, article, as_of, claim, reading, when, credits.of(claim.start, claim.end)))
    return sorted(found, key=lambda one: (one.stated.start, one.stated.end)), credits.no_response()


def _judged(
    ledger: Ledger,
    models: Models,
    article: Article,
    as_of: dt.date | None,
    doc: Doc,
    figure: Figure,
    candidates: tuple[Reading, ...],
    period: Period,
    credit: Credit,
) -> Checked:
    """Return the verdict on a figure by its likeliest reading, or by the one that its own digits settle."""
    from vado.claims.agreement import significant_digits
    from vado.claims.caution import fiscal_year_spoken_of
    from vado.claims.verdict import SETTLING_DIGITS

    first, *others = candidates
    checked = _by_reading(ledger, article, as_of, doc, figure, first, period, credit)
    if first.measure in SIDES and not checked.agrees:
        turned = replace(first, measure=SIDES[first.measure])
        against = _by_reading(ledger, article, as_of, doc, figure, turned, period, credit)
        return _doubted(checked, against) if against.agrees else checked
    if checked.agrees or figure.unit != "count":
        return _with_model(models, figure, checked)
    fiscal = fiscal_year_spoken_of(doc, figure, period)
    tried = [(first, fiscal)] if fiscal is not None and first.measure is not None else []
    for reading, when in [*tried, *((reading, period) for reading in others)]:
        other = _by_reading(ledger, article, as_of, doc, figure, reading, when, credit)
        if not other.agrees:
            continue
        if reading is first or significant_digits(figure) >= SETTLING_DIGITS:
            # Four digits do not agree by chance: they say what the words left open.
            sure = reading if reading is first else replace(reading, confidence=SETTLED, because="its digits")
            return _with_model(models, figure, replace(other, reading=sure))
        checked = _doubted(checked, other)
    return _with_model(models, figure, checked)


def _doubted(checked: Checked, other: Checked) -> Checked:
    """Return a contradiction as no comparison where the figure agrees with what it may mean as well."""
    if checked.verdict.verdict != OUTSIDE:
        return checked
    reason = f"{checked.verdict.reason.rstrip('.')}; but {_uncapitalised(other.verdict.reason)}"
    return replace(checked, verdict=replace(checked.verdict, verdict=NOT_COMPARABLE, reason=reason))


def _uncapitalised(reason: str) -> str:
    """Return a sentence as it goes on after another, which it does as it stands where it begins with a name."""
    return reason if reason.split(" ")[0].isupper() or reason[:3] == "US " else reason[0].lower() + reason[1:]


def _with_model(models: Models, figure: Figure, checked: Checked) -> Checked:
    if checked.verdict.verdict != NO_SOURCE or checked.reading.measure == "sw_encounters":
        said = models.says(figure, checked.reading, checked.period)
        return replace(checked, verdict=replace(checked.verdict, model=said))
    return checked


def _by_reading(
    ledger: Ledger,
    article: Article,
    as_of: dt.date | None,
    doc: Doc,
    figure: Figure,
    reading: Reading,
    period: Period,
    credit: Credit,
) -> Checked:
    from vado.claims.caution import cautious, is_own
    from vado.claims.evidence import gather
    from vado.claims.verdict import judge

    if reading.measure is None:
        reason = "None of the ledger's measures is what these words count."
        return Checked(figure, reading, period, credit, Verdict(NO_SOURCE, reason))
    evidence: Evidence = gather(ledger, figure, reading, period, article.date, as_of)
    current = evidence.kind in {"estimates", "polls"} or reading.measure in {"approval", "disapproval"}
    if current and not is_own(doc, figure, period):
        # An estimate or a poll is quoted for what it says of now, whatever the sentence before it was about.
        period = UNSTATED
        evidence = gather(ledger, figure, reading, period, article.date, as_of)
    verdict = cautious(doc, figure, reading, period, evidence, judge(figure, reading, period, evidence))
    return Checked(figure, reading, period, credit, verdict, evidence.frame)


def _claimed(
    ledger: Ledger,
    article: Article,
    as_of: dt.date | None,
    claim: Claim,
    reading: Reading,
    period: Period,
    credit: Credit,
) -> Checked:
    from vado.claims.qualitative_evidence import qualitative

    verdict = qualitative(ledger, claim, reading, period, article.date, as_of)
    hidden = _cannot_show(ledger, claim, reading, period, article, as_of)
    if hidden:
        verdict = replace(verdict, trap=f"{verdict.trap} {hidden}".strip())
    return Checked(claim, reading, period, credit, verdict)


def _cannot_show(
    ledger: Ledger, claim: Claim, reading: Reading, period: Period, article: Article, as_of: dt.date | None
) -> str:
    """Return why a claim's further words are about people whom its series cannot show by construction, if they are."""
    from vado.claims.flows import part_of
    from vado.claims.question import Question
    from vado.claims.rivals import Obstacle
    from vado.claims.scope import nationalities
    from vado.claims.shelf import shelf

    others = tuple(code for code in nationalities(claim.words) if code not in reading.nationalities)
    if not others or reading.measure not in shelf(ledger, as_of).measures:
        return ""
    figure = Figure(claim.start, claim.end, "", claim.words, 0.0, "exact", "count", 1.0)
    about = replace(reading, nationalities=others, attributes={})
    found = part_of(Question(shelf(ledger, as_of), figure, about, period, article.date))
    return found.reason[0].upper() + found.reason[1:] + "." if isinstance(found, Obstacle) else ""


def _answer(
    ledger: Ledger,
    article: Article,
    found: Sequence[Checked],
    no_response: Sequence[str],
    as_of: dt.date | None,
    command: str,
    keep_text: bool,
) -> Answer:
    rivals = rivals_table(found)
    rows = rows_table(found)
    tables: dict[str, pd.DataFrame] = {"figures": figures_table(found)}
    if not rivals.empty:
        tables["rivals"] = rivals
    if not rows.empty:
        tables["rows"] = rows
    if no_response:
        tables["no_response"] = pd.DataFrame({"who": list(no_response), "source_id": TEXT})
    charts: list[Chart] = []
    if keep_text:
        tables["marked"] = marked_table(article.text, found)
        charts.append(
            Chart(
                kind="text",
                table="marked",
                title=article.title or "The text",
                columns={"paragraph": "paragraph", "text": "text", "mark": "mark", "note": "note"},
                note="Marked: what was checked, with its number in the table and the verdict.",
            )
        )
    ids = set(cited(*tables.values())) - {TEXT}
    return Answer(
        question=QUESTION,
        as_of=as_of or _last_known(ledger),
        summary=summary_of(article, found, no_response),
        tables=tables,
        charts=charts,
        sources=[source_of(article), *rows_of(ledger.sources(sorted(ids)))],
        assumed=[],
        caveats=CAVEATS,
        made_by=made_by(command, ledger, libraries=LIBRARIES),
    )


def _last_known(ledger: Ledger) -> dt.date:
    """Return the last day on which something in the ledger was published, by its two most revised measures."""
    days = [
        ledger.observe(name)["published"].max() for name in ("unauthorized_population", "comar_asylum_applications")
    ]
    last: dt.date = max(days).date()
    return last
