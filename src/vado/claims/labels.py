"""Names that stand before what they say without saying it: as labels, or pointed to.

"Chief Ortiz at the podium: 12,662", "Lower: Gallup. 41 percent", "he pointed to Gallup: 57 percent".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vado.claims.antecedents import Source
from vado.claims.names import Mention
from vado.claims.quotation import SECTIONS
from vado.claims.source_words import ORGANISATION_WORDS, TITLES, bare, word_set
from vado.claims.sources import Sources

if TYPE_CHECKING:
    from spacy.tokens import Token

#: Tags of finite verbs: a label has none.
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
#: Verbs by which somebody points to a source: with "to" and a colon, and with "for" and a number.
_POINTS = frozenset({"point", "refer", "appeal", "turn"})
_CITES = frozenset({"cite", "quote", "credit", "invoke"})
#: Words of a label that says where a vote was or what a part of the text is, rather than who says so.
_NO_LABEL = SECTIONS | word_set("house senate congress parliament court")


class Labels:
    """Finds the names that stand as labels.

    Parameters
    ----------
    sources
        The text's sources.
    """

    def __init__(self, sources: Sources) -> None:
        self.sources, self.doc, self.names = sources, sources.doc, sources.names
        self.bounds = sources.phrases.bounds

    def at(self, i: int) -> tuple[Source, int] | None:
        """Return whose label ends at word ``i``, a colon or a full stop, and the word before which their words end.

        Parameters
        ----------
        i
            The word.

        Returns
        -------
        tuple or None
            The source and the end; None where no label ends there.
        """
        token, (opening, closing) = self.doc[i], self.bounds[i]
        if token.text == ":":
            mention = self._alone(opening, i, first=True)
            return (self.sources.antecedents.named(mention), closing) if mention else None
        last = token.text == "." and i + 1 < len(self.doc) and closing <= i + 2 and i - opening <= 6
        mention = self._alone(opening, i, first=False) if last and "\n" not in self.doc[closing - 1].text else None
        if mention is None or opening == 0 or self.names.kind(mention) != "organisation":
            return None
        end = self.bounds[closing][1] if closing < len(self.doc) else closing
        numbers = any(t.like_num for t in self.doc[closing:end][:3])
        return (self.sources.antecedents.named(mention), end) if numbers else None

    def pointed_to(self, token: Token) -> tuple[Source, int] | None:
        """Return the source to which a verb points, and the word from which on its figures stand.

        Parameters
        ----------
        token
            The verb: "pointed to Gallup: there, he claimed, …", "cites Pew for 10.5 million".

        Returns
        -------
        tuple or None
            The source and the word; None where the verb points to none.
        """
        verb, i, end = token.lemma_.lower(), token.i, self.bounds[token.i][1]
        words = self.doc[i + 1 : end]
        if verb in _POINTS and words and words[0].lower_ == "to":
            colon = next((t.i for t in words if t.text == ":"), None)
            source = self.sources.after(i + 2, end) if colon is not None else None
            agency = source is not None and source.role not in {"person", "article"}
            return (source, colon) if source and agency and colon is not None else None
        mention = self.names.at(i + 1) or self.names.at(i + 2) if verb in _CITES and len(words) > 1 else None
        if mention is None or self.doc[mention.end : mention.end + 1].text != "for":
            return None
        stated = any(t.like_num and t.ent_type_ != "DATE" for t in self.doc[mention.end : min(mention.end + 6, end)])
        return (self.sources.antecedents.named(mention), mention.end) if stated else None

    def heard_from(self, token: Token) -> tuple[Source, int] | None:
        """Return the body from which an outlet learned something, and the word at which the outlet's name begins.

        Parameters
        ----------
        token
            The verb: "as Le Courrier learned from the prefecture".

        Returns
        -------
        tuple or None
            The body and the word; None where nothing was learned from one.
        """
        i, end = token.i, self.bounds[token.i][1]
        outlet = self.names.at(i - 1) if i else None
        heard = token.lemma_.lower() in {"learn", "hear", "obtain"} and self.doc[i + 1 : i + 2].text == "from"
        if not heard or outlet is None or self.names.kind(outlet) == "person":
            return None
        source = self.sources.after(i + 2, end)
        return None if source is None or source.role in {"person", "article"} else (source, outlet.start)

    def _alone(self, low: int, high: int, *, first: bool) -> Mention | None:
        """Return the name of a person or body that stands without a verb at the head, or the end, of these words."""
        words = self.doc[low:high]
        if any(t.tag_ in FINITE or t.pos_ == "AUX" for t in words if self.names.at(t.i) is None):
            return None
        named = [m for m in map(self.names.at, range(low, high)) if m]
        mention = (named[0] if first else named[-1]) if named else None
        if mention is None or self.names.kind(mention) == "place" or _NO_LABEL.intersection(mention.parts):
            return None
        if not self._sure(mention):
            return None
        if not first:
            return mention if mention.end == high and (mention.start > low or self.doc[low - 1].text == ":") else None
        ahead = " ".join(t.lower_ for t in self.doc[low : mention.start] if t.is_alpha and len(t) > 1)
        clock = all(bare(t.text) in {"am", "pm", *TITLES} or not t.is_alpha for t in self.doc[low : mention.start])
        follows = self.doc[mention.end]
        opens = follows.text in {":", ",", "("} or follows.pos_ in {"ADP", "ADV"}
        titled = bool(mention.title) and mention.title.lower().startswith(ahead)
        return mention if opens and high - mention.end <= 10 and (clock or not ahead or titled) else None

    def _sure(self, mention: Mention) -> bool:
        """Whether a name at the head of a line is one, and no heading's capital: "Encounters in May: 239,416"."""
        last = self.doc[mention.end - 1]
        if mention.title or ORGANISATION_WORDS.intersection(mention.parts) or (last.text.isupper() and len(last) > 1):
            return True
        if len(mention.parts) > 1:
            return last.tag_ not in {"NNS", "NNPS"}
        again = sum(self.names.full(m) == self.names.full(mention) for m in self.names.mentions)
        return again > 1 and last.tag_ not in {"NNS", "NNPS"}
