"""The names of a report's files: one list, so that what the page says is beside it lies beside it."""

from __future__ import annotations

from collections.abc import Sequence

from vado.answer import Answer
from vado.report.values import slug

PAGE, WORKBOOK, JSON = "report.html", "tables.xlsx", "answers.json"
TABLES, CHARTS = "tables", "charts"
#: What stands in the head of each report's page, and shows that a folder may be replaced.
GENERATOR = '<meta name="generator" content="Vado">'


def answer_slugs(answers: Sequence[Answer]) -> list[str]:
    """Return a short name an answer, distinct within the report: its number and the words of its question."""
    return [f"{number}-{slug(answer.question, 24)}" for number, answer in enumerate(answers, 1)]


def table_stems(answer_slug: str, answer: Answer) -> dict[str, str]:
    """Return table → name of its file without ending, distinct even where tables differ only in case or signs."""
    stems: dict[str, str] = {}
    for table in answer.tables:
        stem = f"{answer_slug}-{slug(table)}"
        stems[table] = stem if stem not in stems.values() else f"{stem}-{len(stems) + 1}"
    return stems


def chart_stem(answer_slug: str, number: int) -> str:
    """Return the name of a chart's pictures without ending; charts count from 1."""
    return f"{answer_slug}-{number}"
