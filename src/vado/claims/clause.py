"""A reporting clause: who is credited, by which word, and over which words of a text."""

from __future__ import annotations

from dataclasses import dataclass

from vado.claims.antecedents import Source

#: Strength of a document noun that stands in the sentence without any verb or preposition of credit.
FAINT = 3
#: Strength of an agency's own intake, and of what else only points to a source.
INTAKE = 2
#: Strength of the figures on which somebody's announcement rests: they come before the announcement.
FOUNDED = -1


@dataclass(frozen=True)
class Clause:
    """A reporting clause.

    Parameters
    ----------
    cue
        Word that reports.
    start, end
        Words that it covers, the end excluded.
    source
        Who is credited; its name is ``ARTICLE`` for a document that nobody owns.
    strength
        0 for an explicit credit, 1 for a count by somebody unnamed, 2 and :data:`FAINT` for what merely points to one.
    around
        Whether it covers what stands before the cue as well.
    told
        Word at which the one who was told begins; None where nobody is.
    """

    cue: int
    start: int
    end: int
    source: Source
    strength: int = 0
    around: bool = False
    told: int | None = None

    def covers(self, i: int) -> bool:
        """Whether the clause covers a word.

        Parameters
        ----------
        i
            Number of the word in the doc; the cue itself is never covered.
        """
        return self.start <= i < self.end and i != self.cue
