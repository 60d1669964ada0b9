"""Who is credited with each figure of texts in many wordings, which name stands for which, and who kept silent."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.claims.article import read
from vado.claims.credit import Credits
from vado.claims.figure import ARTICLE
from vado.claims.language import parse
from vado.claims.names import Names

ARTICLES = Path(__file__).parents[2] / "shared" / "articles"

#: Texts, each with its figures in order, as "number = speaker > outlet".
TEXTS = {
    "verb after, surname, title": (
        "About 62,000 people were stopped in July, the head of the sector, Brian Hastings, told "
        'reporters. "We have never seen 9,000 in a week," he said. Hastings put the number of children at'
        " 14,000.\n\n"
        "The mayor of McAllen, Javier Villalobos, disagreed. Villalobos said 7,000 had come. The mayor "
        "added that 1,500 of them were ill.",
        [
            "62,000 = Brian Hastings",
            "9,000 = Brian Hastings",
            "14,000 = Brian Hastings",
            "7,000 = Javier Villalobos",
            "1,500 = Javier Villalobos",
        ],
    ),
    "spokeswoman, agency, acronym": (
        "The National Institute of Migration (INM) said Monday it had detained 41,000 people. A spokesman"
        " for the institute told Radio Fórmula that 3,200 were minors. Marta Lund, a spokeswoman for the "
        "city, said 90 slept here.",
        [
            "41,000 = National Institute of Migration",
            "3,200 = National Institute of Migration > Radio Fórmula",
            "90 = Marta Lund",
        ],
    ),
    "poll, then percentages without a verb of saying": (
        "Fifty-two percent of voters disapprove, according to a Quinnipiac University poll released "
        "Wednesday. Another 41 percent approve. A year ago, Gallup had him at 56 percent.",
        [
            "Fifty-two percent = Quinnipiac University",
            "41 percent = Quinnipiac University",
            "56 percent = Gallup",
        ],
    ),
    "report and it": (
        "In a report published Thursday, the Migration Policy Institute (MPI) found that 5.5 million "
        "lived there. It also counted 1.2 million children. MPI's figures for Hondurans are lower: "
        "525,000.",
        [
            "5.5 million = Migration Policy Institute",
            "1.2 million = Migration Policy Institute",
            "525,000 = Migration Policy Institute",
        ],
    ),
    "statement within a statement": (
        "Jim Ortega, who leads the coalition, said in an interview with KSAT 12 that volunteers had fed "
        "2,500 people. He said that the Border Patrol had counted 15,000 at the peak.",
        [
            "2,500 = Jim Ortega > KSAT 12",
            "15,000 = Border Patrol",
        ],
    ),
    "copula, rival estimates": (
        "A widely cited figure of 10.5 million is the Pew Research Center's estimate. Researchers at "
        "Yale, by contrast, calculated 22 million. FAIR, a group that favors less immigration, says the "
        "number is 14.5 million. Some officials put it closer to 12 million.",
        [
            "10.5 million = Pew Research Center",
            "22 million = Yale",
            "14.5 million = FAIR",
            "12 million = Some officials",
        ],
    ),
    "verb left out": (
        "The Red Cross puts the dead at 40, the county fire department at 52. The department's report "
        "says half were children.",
        [
            "40 = Red Cross",
            "52 = county fire department",
            "half = county fire department",
        ],
    ),
    "quotations after, before and between": (
        "“There were 400 people in a room built for 80,” said Dr. Amelia Fuentes, a pediatrician. “Of "
        "those, maybe 250 were under ten.”\n\n"
        "“The number is 1.4 million,” Rep. Chip Roy shot back. Idris paints it darkly: “Seven in ten "
        "disapprove.”",
        [
            "400 = Amelia Fuentes",
            "250 = Amelia Fuentes",
            "1.4 million = Chip Roy",
            "Seven in ten = Idris",
        ],
    ),
    "quotation over two paragraphs": (
        "Standing at the gate, Mayor Ines Vogel described the spring:\n\n"
        '"In April buses brought 133,000 people here.\n\n'
        '"And by train? Fifty thousand."\n\n'
        "Bo Lindqvist replied that he knew of 11,127.",
        [
            "133,000 = Ines Vogel",
            "Fifty thousand = Ines Vogel",
            "11,127 = Bo Lindqvist",
        ],
    ),
    "block after a colon": (
        "Sheriff Mark Dannels wrote in a letter to the governor:\n\n"
        "Our cameras saw 41,000 people last year.\n\n"
        "We caught fewer than 12,000 and I am asking for help.\n\n"
        "The governor's office said it had sent 1,200 soldiers.\n\n"
        "Some 4,000 people live in the county seat.",
        [
            "41,000 = Mark Dannels",
            "12,000 = Mark Dannels",
            "1,200 = governor's office",
            "4,000 = article",
        ],
    ),
    "interview": (
        "Q: How many are in the camp?\n\n"
        "A: We have 1,100 tonight.\n\n"
        "Q: The government says 3,000.\n\n"
        "A: I don't know where they get that.\n\n"
        "This interview with Sister Norma Lopez, director of a shelter, was edited.",
        [
            "1,100 = Norma Lopez",
            "3,000 = government",
        ],
    ),
    "transcript": (
        "MODERATOR: How many, Senator?\n\n"
        "CRUZ: Two million came. The Border Patrol told me that 400,000 got away.\n\n"
        "DURBIN: The figure is 1.7 million.\n\n"
        "Sens. Ted Cruz and Dick Durbin debated on Tuesday.",
        [
            "Two million = Ted Cruz",
            "400,000 = Border Patrol",
            "1.7 million = Dick Durbin",
        ],
    ),
    "outlets": (
        "As the Laredo Morning Times first reported, about 300 were flown out. “It is 13,600,” Eric Adams"
        " told CNN’s “State of the Union” on Sunday. Speaking to the Houston Beacon, Alma Reyes said that"
        " 800 sleep in the square. She told a hearing that 90 were ill.",
        [
            "300 = Laredo Morning Times > Laredo Morning Times",
            "13,600 = Eric Adams > CNN’s State of the Union",
            "800 = Alma Reyes > Houston Beacon",
            "90 = Alma Reyes",
        ],
    ),
    "presidents of two lands": (
        "Honduran President Xiomara Castro and Guatemalan President Alejandro Giammattei met. The "
        "Honduran president said 240,000 had left. The Guatemalan president answered that 80,000 had been"
        " returned.",
        [
            "240,000 = Xiomara Castro",
            "80,000 = Alejandro Giammattei",
        ],
    ),
    "data owned, data of nobody": (
        "Figures released by the interior ministry show 12,000 arrivals. Statistics that the Red Cross "
        "keeps put them at 15,000.\n\n"
        "Court filings show 832 children were held. Migrants made up 61 percent, CBP's data show. By the "
        "sheriff's count there were 500.",
        [
            "12,000 = interior ministry",
            "15,000 = Red Cross",
            "832 = article",
            "61 percent = CBP",
            "500 = sheriff",
        ],
    ),
    "list with a line of source": (
        "KEY FIGURES\n\n- Encounters in May: 239,416\n- Children: 14,699\n\nSource: U.S. Customs and Border Protection",
        [
            "239,416 = U.S. Customs and Border Protection",
            "14,699 = U.S. Customs and Border Protection",
        ],
    ),
    "an item names its own source": (
        "This week:\n\n"
        "- Panama: its migration service logged 41,870 crossings. More than half were children.\n- "
        "Colombia: a ferry's captain, Iris Montoya, claims 150,000 transits.",
        [
            "41,870 = migration service",
            "half = migration service",
            "150,000 = Iris Montoya",
        ],
    ),
    "nobody is credited": (
        "The caravan left at dawn. By noon some 3,000 people were walking. Police stood aside. Border "
        'Patrol agents stopped 1,200 on Monday. "We are hungry," said Marisol Funes, 29. Two hundred '
        "turned back.",
        [
            "3,000 = article",
            "1,200 = article",
            "Two hundred = article",
        ],
    ),
    "a claim that somebody makes": (
        'Activist Mirko Danner\'s remark that "40,000 were flown out" is false. So is the assertion by the'
        " group Puente Libre that it was 200,000. I was told by a ferryman that 133,000 had passed.",
        [
            "40,000 = Mirko Danner",
            "200,000 = Puente Libre",
            "133,000 = ferryman",
        ],
    ),
    "agency resumed by description": (
        "Frontex counted 330,000 crossings, 64 percent more than before. The agency attributed 45 percent"
        " of them to one route. Doctors Without Borders treated many; 1,100 were children, the aid group "
        "said.",
        [
            "330,000 = Frontex",
            "64 percent = Frontex",
            "45 percent = Frontex",
            "1,100 = Doctors Without Borders",
        ],
    ),
    "labels and parts of a fact check": (
        "CLAIM: Eight million people crossed in a year.\n\nVERDICT: False. Border Patrol recorded 1.66 million.\n\n"
        "Mayor Sue Arroyo outside city hall: 430 arrived by bus. The buses left at six.",
        [
            "Eight million = article",
            "1.66 million = Border Patrol",
            "430 = Sue Arroyo",
        ],
    ),
    "testimony": (
        "Written testimony of Deputy Commissioner Hal Brimley\n\nMembers, we took in 104,000 people last month. In May "
        "it was 133,000.\n\nThe Government Accountability Office found that 12 percent were held too long.",
        [
            "104,000 = Hal Brimley",
            "133,000 = Hal Brimley",
            "12 percent = Government Accountability Office",
        ],
    ),
    "verbs taken for nouns, credits behind": (
        "Officers turned back 41,300 people, numbers from the Department of Homeland Security suggest. A taxi driver "
        "guesses that 600 slept there. About 22,000 were sent home. That is according to the Red Cross. Agua Viva "
        "announced that 312 bodies had been found, drawing on records kept by the medical examiner.",
        [
            "41,300 = Department of Homeland Security",
            "600 = taxi driver",
            "22,000 = Red Cross",
            "312 = medical examiner",
        ],
    ),
    "inverted and verbless": (
        "The total, says the migration institute, is 33,000. “Ten thousand a day,” Sen. Ruth Abell on a podcast.",
        [
            "33,000 = migration institute",
            "Ten thousand = Ruth Abell",
        ],
    ),
    "an agency's own acts, and officials of whom a named agency is one": (
        "U.S. officials expelled 92,000 people in July, the Department of Homeland Security reported.\n\nMexico’s "
        "National Migration Institute detained 41,000 foreigners in June. Some 2,000 of them were minors.\n\n"
        "Nearly half were Hondurans. Agents here stopped 70.",
        [
            "92,000 = Department of Homeland Security",
            "41,000 = National Migration Institute",
            "2,000 = National Migration Institute",
            "half = National Migration Institute",
            "70 = article",
        ],
    ),
    "told on in the past perfect": (
        "Ana Ruiz, a spokeswoman for the sector, said agents made 38,446 arrests in June. In May they had made 37,500. "
        "The station has 300 agents. Then 40 were sent home.",
        ["38,446 = Ana Ruiz", "37,500 = Ana Ruiz", "300 = article", "40 = article"],
    ),
    "the writer's own count": (
        'CBP lists 608,000 Mexicans. By my own arithmetic, that leaves 1.1 million others. User "Dad44" wrote that 900 '
        "came.",
        ["608,000 = CBP", "1.1 million = article", "900 = Dad44"],
    ),
    "pointed to, cited for, learned from": (
        "Strategist Cole Dunn waved it away. He pointed to Gallup: there, he claimed, 57 percent approved. Ms. Farrow "
        "cites the Pew Research Center for 10.5 million residents. As Le Courrier learned from the prefecture, 1,640 "
        "people crossed.",
        ["57 percent = Gallup", "10.5 million = Pew Research Center", "1,640 = prefecture > Le Courrier"],
    ),
    "tables that somebody offers": (
        "The sociologist Hernan Paz told the magazine Aduana so, and offered the tables of the interior ministry:\n\n"
        '"Some 145,000 came by air. By my own count 25,000 stayed."',
        ["145,000 = interior ministry > Aduana", "25,000 = Hernan Paz > Aduana"],
    ),
    "a hearer called by name, a speaker told of apart": (
        "Dana, the head of the patrol, Raul Ortega, stood and gave a number: 12,662 people. He said 3,300 had left. "
        '"So much," our colleague Matteo Brusa objects, who puts the share at 35 percent.',
        ["12,662 = Raul Ortega", "3,300 = Raul Ortega", "35 percent = Matteo Brusa"],
    ),
    "a second clause after one beside its content": (
        "The district enrolled 418 children, Superintendent Lorna Whitt told trustees, and the health department has "
        "vaccinated 1,900 people. The Senate confirmed her by 51-47.",
        ["418 = Lorna Whitt", "1,900 = health department", "51-47 = article"],
    ),
    "an article begins its phrase, and a place only says where": (
        "Frontex says 9,100 came. On the Western Balkan route the agency counted 4,210 detections. The "
        "Yuma Sector recorded 7,300, according to CBP, and stops under Title 42 made up 31 percent, its data show.",
        ["9,100 = Frontex", "4,210 = Frontex", "7,300 = CBP", "31 percent = CBP"],
    ),
    "a part of a ministry, an aside, a calling": (
        "The ministry's statistics unit lists 12,400 returns. The unit shows 900 deaths. Peru's asylum commission, "
        "CEPR, received 8,800 requests. In Piura, a city official, Ana Holt, said the town's shelter had treated 640 "
        "travelers. The plan got further, but its 52-44 tally fell short.",
        [
            "12,400 = ministry's statistics unit",
            "900 = ministry's statistics unit",
            "8,800 = CEPR",
            "640 = Ana Holt",
            "52-44 = article",
        ],
    ),
}


def credits_of(text: str) -> Credits:
    return Credits(parse(text))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_each_figure_has_its_speaker_and_outlet(text: tuple[str, list[str]]) -> None:
    words, figures = text
    credits, at = credits_of(words), 0
    for figure in figures:
        number, credited = figure.split(" = ")
        speaker, _, outlet = credited.partition(" > ")
        at = words.index(number, at)
        credit = credits.of(at, at + len(number))
        assert (credit.speaker, credit.outlet) == (speaker, outlet or None), number


def test_who_passed_it_on_is_kept_and_only_then() -> None:
    text = (
        "Ruiz said CBP had counted 17,638 Haitians. “Gallup found 41 percent,” Ana Holt said. Ruiz said 5,000 had left."
    )
    credits = credits_of(text)
    found = [credits.of(text.index(n), text.index(n) + len(n)) for n in ("17,638", "41 percent", "5,000")]
    assert [(c.speaker, c.relayed_by, c.quoted) for c in found] == [
        ("CBP", "Ruiz", False),
        ("Gallup", "Ana Holt", True),
        ("Ruiz", None, False),
    ]


def test_the_role_tells_a_person_from_an_agency_a_poll_and_a_document() -> None:
    text = "Ana Holt said 11 came. CBP said 12 came. A Gallup poll found 13 percent. A report by Pew says 14 million."
    credits = credits_of(text)
    roles = [credits.of(text.index(n), text.index(n) + 2).role for n in ("11", "12", "13", "14")]
    assert roles == ["person", "organisation", "poll", "document"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "The White House did not respond. A lawyer, Peter Schey, and the local union could not be reached.",
            ["White House", "Peter Schey", "local union"],
        ),
        (
            "Payan declined to comment. Tony Payan leads a center. Calls to the Honduran embassy were not returned.",
            ["Tony Payan", "Honduran embassy"],
        ),
        ("CBP said 5,000 came. The agency gave no answer on the rest.", ["CBP"]),
        ("Ruiz said that the ministry does not comment on polls.", []),
    ],
)
def test_who_gave_no_answer(text: str, names: list[str]) -> None:
    assert credits_of(text).no_response() == names


@pytest.mark.parametrize(
    ("text", "short", "full"),
    [
        ("U.S. Customs and Border Protection (CBP) spoke. CBP said so.", "CBP", "U.S. Customs and Border Protection"),
        ("Mexico’s President Andres Manuel Ruiz (AMR) came. Then AMR left.", "AMR", "Andres Manuel Ruiz"),
        ("Andres Manuel Ruiz came. AMLO, as Ruiz is known, left.", "AMLO", "Andres Manuel Ruiz"),
        ("The Department of Homeland Security met. DHS agreed.", "DHS", "Department of Homeland Security"),
        ("Researchers at the Pew Research Center met. Pew agreed.", "Pew", "Pew Research Center"),
        ("The Bipartisan Policy Center met. CBP agreed.", "CBP", "CBP"),
    ],
)
def test_a_short_name_stands_for_the_fullest_of_the_text(text: str, short: str, full: str) -> None:
    names = Names(parse(text))
    assert {names.full(mention) for mention in names.mentions if mention.text == short} == {full}


PIECES = [piece for words, _ in TEXTS.values() for piece in words.split(" ")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, '"', "“", "”", ":", ";", "\n\n", "\n- ", "Q: ", "Source: "]), max_size=40))
def test_any_order_of_words_is_read_and_a_speaker_stands_in_the_text(pieces: list[str]) -> None:
    text = " ".join(pieces)
    credits = credits_of(text)
    credits.no_response()
    for at in range(0, len(text), 40):
        credit = credits.of(at, at + 1)
        known = set(text.lower().replace("\n", " ").split()) | {"article"}
        words = credit.speaker.lower().replace("’s", "").split()
        assert words
        assert all(any(word.strip(".,") in one for one in known) for word in words)


@pytest.mark.shared
def test_the_article_of_november_2021() -> None:
    files = sorted(ARTICLES.glob("000_*.txt"))
    if not files:
        pytest.skip("the article is not beside this checkout")
    text = read(files[0].read_bytes()).text
    credits, at, found = credits_of(text), 0, []
    for number in ("11 million", "11 million", "30 million", "18,000", "30,000", "38 percent"):
        at = text.index(number, at + 1)
        credit = credits.of(at, at + len(number))
        found.append((credit.speaker, credit.outlet))
    assert found == [
        ("Andres Manuel Lopez Obrador", None),
        ("Department of Homeland Security", None),
        ("some analysts", None),
        ("Tony Payan", "abc27’s Border Report"),
        (ARTICLE, None),
        ("USA TODAY/Suffolk University Poll", None),
    ]
    assert credits.no_response() == ["Mexican government", "White House"]
