"""Words by which a text tells persons, organisations, outlets and documents, and the nouns of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text, as a set.

    >>> sorted(word_set("said told"))
    ['said', 'told']
    """
    return frozenset(text.split())


#: Words that make a name one of an organisation.
ORGANISATION_WORDS = word_set(
    "department agency administration bureau office center centre institute institution university college school "
    "patrol service services protection enforcement commission council committee coalition association foundation "
    "organization organisation network project group mission ministry police union federation alliance authority "
    "authorities board bank fund court congress senate house parliament assembly chamber customs consulate embassy "
    "secretariat directorate division command guard corps party society league initiative program programme "
    "laboratory lab survey surveys poll polls polling research forum watch front movement clinic shelter hospital "
    "diocese church charities relief rescue company corporation corp inc llc ltd unit task force board firm nations "
    "partnership trust registry observatory consortium cooperative voters physicians doctors lawyers farmers growers "
    "citizens fbi security eurostat frontex gallup quinnipiac monmouth pew ipsos yougov rasmussen marist rand brookings"
)
#: Words that make a name one of a newspaper, station, programme or wire.
OUTLET_WORDS = word_set(
    "times post news ledger tribune herald radio tv television report gazette journal chronicle standard observer "
    "courier register star sun globe mail mirror telegraph guardian independent examiner press dispatch sentinel "
    "bulletin daily weekly magazine review today wire newswire monitor voz diario periodico prensa hora reforma "
    "universal telemundo univision reuters ap afp bloomberg bbc cnn nbc cbs abc npr pbs msnbc fox axios politico "
    "breitbart newsweek economist podcast broadcasting record argus advocate beacon banner enterprise inquirer "
    "leader messenger mercury newspaper newspapers echo reporter outlook monocle c-span newshour nacional presse welt "
    "spiegel"
)
#: Titles and callings that stand before a person's name.
TITLES = word_set(
    "mr mrs ms miss dr prof professor president vice-president secretary undersecretary minister premier chancellor "
    "gov governor mayor alcalde sen senator rep representative reps sens congressman congresswoman deputy judge "
    "justice sheriff chief commissioner director superintendent colonel col general gen captain capt lt lieutenant sgt "
    "sergeant major commander agent officer attorney lawyer counsel pastor rev reverend father fr sister bishop "
    "archbishop cardinal rabbi imam ambassador consul spokesman spokeswoman spokesperson chairman chairwoman chair "
    "chairperson speaker councilman councilwoman councilmember councillor alderman trustee king queen prince princess "
    "pope sir dame lord lady doña dona señor señora activist analyst economist sociologist demographer researcher "
    "historian strategist pollster organizer organiser farmer rancher coach reader columnist editor host author "
    "filmmaker photographer physician nurse teacher principal coordinator administrator manager clerk warden "
    "prosecutor advocate volunteer doctor engineer"
)
#: Short titles and the callings that they stand for.
TITLED = {
    "rep": {"congressman", "congresswoman", "representative", "lawmaker", "legislator"},
    "sen": {"senator", "lawmaker", "legislator"},
    "gov": {"governor"},
    "gen": {"general", "commander"},
    "dr": {"doctor", "physician"},
    "prof": {"professor", "scholar"},
    "rev": {"reverend", "pastor", "minister"},
    "sister": {"nun"},
}
FEMALE = word_set("spokeswoman congresswoman chairwoman councilwoman mrs ms miss sister mother doña señora she")
MALE = word_set("spokesman congressman chairman councilman mr father brother señor he")

#: Nouns for polls, for sets of figures and for other documents.
POLLS = word_set("poll survey polling reading")
DATA = word_set(
    "data figure statistic number count tally estimate table series dashboard database record projection calculation "
    "reckoning census total headcount register ledger forecast yearbook tracker book approximation toll breakdown "
    "bulletin spreadsheet sheet chart graph notebook logbook"
)
DOCUMENTS = word_set(
    "report study analysis paper statement document release memo letter brief briefing article review filing "
    "disclosure announcement assessment audit update newsletter fact-sheet factsheet pamphlet leaflet summary story "
    "dispatch post tweet testimony message email presentation publication website site page account notice "
    "communique communiqué clip video recording volume"
)
WRITTEN = POLLS | DATA | DOCUMENTS
#: What a speaker puts forward: "X's claim that", "an assertion by X that".
ASSERTIONS = word_set("claim assertion remark statement estimate contention allegation boast comment view warning")
#: Nouns of :data:`DATA` that as often mean the number itself as a document.
BARE = word_set("figure number total count tally estimate")

#: Nouns for organisations.
ORGANISATIONS = (ORGANISATION_WORDS - word_set("house research poll polls survey surveys unit inc")) | word_set(
    "government tank ngo nonprofit charity campaign consultancy pollster publisher hall prefecture"
)
#: Nouns for outlets, where no name stands beside them: "a radio here said".
MEDIA = word_set("radio station newspaper broadcaster tabloid channel daily weekly")
#: A count that the writer made: "by my own arithmetic".
OWN_COUNT = re.compile(r"\b[Bb]y (?:my|our) (?:own )?(?:\w+ )?\w+")
#: Words of size, by which a group is one of people and no body: "a large group".
SIZES = word_set("large larger largest small smaller big bigger huge whole growing new second first next mixed")
#: Nouns for places that speak through those who govern them.
PLACES = word_set("city county state town municipality province country")
#: Organisations of a kind: "the union" is no agency named before.
OF_A_KIND = PLACES | word_set(
    "union court government hospital university college school church police party embassy consulate bank campaign "
    "parliament congress senate house society company prefecture hall"
)
#: Organisations that "the agency" does not mean.
NO_AGENCY = word_set("congress senate house court parliament party university college hall")
#: Nouns that, with an adjective, can stand for an organisation named just before: "the aid group".
KINDS = word_set("group agency organization organisation nonprofit charity firm body watchdog outfit")
#: Nouns for those who speak for the organisation that they belong to.
SPEAK_FOR = word_set(
    "official officer agent trooper guard researcher staff representative author demographer pollster analyst host"
)
#: Nouns for those whom others count or ask, or who write the text itself: no sources.
NOT_ASKED = word_set(
    "reporter journalist correspondent commentator respondent voter adult american people person migrant man woman "
    "child minor editor passenger customer"
)
#: Nouns by which news refer again to a person just named.
STAND_INS = word_set("official lawmaker legislator politician scholar expert man woman leader executive author")

#: Nouns for people that no ending gives away, and nouns with such an ending that name no person.
_PEOPLE = word_set(
    "official expert authority aide ally critic activist witness resident neighbor neighbour migrant group parent "
    "mother father son daughter brother sister nephew niece uncle aunt cousin wife husband friend boss host guide "
    "student agent president nun priest monk chief head staff staffer source deputy guard scholar academic police "
    "delegate candidate diplomat bureaucrat steward consultant assistant lieutenant sergeant attendant merchant "
    "contact counterpart colleague intern lobbyist rival democrat republican lawmaker people voter respondent"
)
_THINGS = word_set(
    "number shelter center counter border order river winter summer paper newspaper newsletter letter quarter matter "
    "power water weather cover offer answer figure register poster banner tracker ledger folder chapter charter "
    "computer corner dinner disaster door error factor floor sector honor labor monitor mirror october september "
    "november december carrier barrier trailer odor humor rumor tenor vector flyer flier header master encounter "
    "filter meter wonder ever never over under after either neither rather whether however another other later closer "
    "higher lower fewer remainder transfer tier cluster roster tower timber theater theatre chamber list trust radar"
)
_ENDINGS = ("man", "men", "woman", "women", "person", "people", "ist", "er", "or", "ian", "eer")


def bare(word: str) -> str:
    """Return a word in small letters without its full stops.

    >>> bare("U.S.")
    'us'
    """
    return word.lower().replace(".", "").replace("’", "'")


def is_person_noun(word: str) -> bool:
    """Whether a noun names a person or persons by calling, rank or kin.

    >>> [word for word in ("deputy", "researchers", "border", "rancher", "tally", "economist") if is_person_noun(word)]
    ['deputy', 'researchers', 'rancher', 'economist']
    """
    word = bare(word)
    one = word[:-3] + "y" if word.endswith("ies") else word[:-1] if word.endswith("s") else word
    if {word, one} & _THINGS:
        return False
    if {word, one} & (_PEOPLE | TITLES):
        return True
    return any(len(form) > 4 and form.endswith(_ENDINGS) for form in (word, one))


def lemma(token: Token) -> str:
    """Return a word's dictionary form in small letters, whatever part of speech the model gave it."""
    word: str = {"datum": "data"}.get(token.lemma_.lower(), token.lemma_.lower())
    if word.endswith("s") and word not in ORGANISATIONS and word[:-1] in WRITTEN | ORGANISATIONS:
        return word[:-1]
    return word
