"""Whether a folder may be replaced by a report, which is asked before anything is computed for it."""

from __future__ import annotations

from pathlib import Path

from vado.errors import BadFileError
from vado.report.names import CHARTS, GENERATOR, JSON, PAGE, TABLES, WORKBOOK


def check_replaceable(target: Path) -> None:
    """Refuse to replace anything but a report of ours: the folder may be somebody's home.

    Raises
    ------
    BadFileError
        If the path is a file, or the folder holds anything that is no part of a report by Vado.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise BadFileError(f"{target} is a file; name a folder for the report")
    foreign = sorted({entry.name for entry in target.iterdir()} - {PAGE, WORKBOOK, JSON, TABLES, CHARTS})
    page = target / PAGE
    if foreign:
        raise BadFileError(f"{target} holds {foreign[0]!r}, which is no part of a report; name another folder")
    if any(target.iterdir()) and not (page.is_file() and GENERATOR in page.read_text("utf-8", "replace")[:5000]):
        raise BadFileError(f"{target} holds files but no report by Vado; name another folder")
