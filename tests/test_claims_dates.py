"""Which days a phrase names, and which phrase dates a figure: known answers, a table of texts, annotated passages."""

import datetime as dt
import itertools
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vado.claims.article import read
from vado.claims.dates import period, phrases
from vado.claims.figure import Period
from vado.claims.language import parse

PASSAGES = Path(__file__).parent / "passages"
TUESDAY = dt.date(2021, 11, 16)


def days(found: Period) -> str:
    """Return a period as FIRST/LAST, as one day, or as ``unstated``."""
    if found.start is None and found.end is None:
        return "unstated"
    return str(found.start) if found.start == found.end else f"{found.start or ''}/{found.end or ''}"


#: Phrases of a text of 16 November 2021, a Tuesday.
PHRASES = """
September 2021                            month        2021-09-01/2021-09-30
in September                              month        2021-09-01/2021-09-30
in December                               month        2020-12-01/2020-12-31
September of last year                    month        2020-09-01/2020-09-30
Sept. 18                                  day          2021-09-18
18 September                              day          2021-09-18
Dec. 31                                   day          2020-12-31
on 1 January 2018                         day          2018-01-01
Monday, Sept. 20                          day          2021-09-20
2021/11/05                                day          2021-11-05
11/5/2021                                 day          2021-11-05
the week of Sept. 20                      week         2021-09-20/2021-09-26
the week ending Sept. 25                  range        2021-09-19/2021-09-25
September 15 to 18                        range        2021-09-15/2021-09-18
Nov. 9-12                                 range        2021-11-09/2021-11-12
9–24 September 2021                       range        2021-09-09/2021-09-24
from June 23 to Monday                    range        2021-06-23/2021-11-15
between January and October 2021          months       2021-01-01/2021-10-31
from January to August                    months       2021-01-01/2021-08-31
December-January                          months       2020-12-01/2021-01-31
October 2020 through September 2021       months       2020-10-01/2021-09-30
in March and April                        months       2021-03-01/2021-04-30
this year through August                  range        2021-01-01/2021-08-31
the first nine months of 2021             months       2021-01-01/2021-09-30
the last three months of 2020             months       2020-10-01/2020-12-31
the second half of 2020                   months       2020-07-01/2020-12-31
the first eight months                    months       2021-01-01/2021-08-31
the 12 months through September           range        2020-10-01/2021-09-30
the year to June 2021                     range        2020-07-01/2021-06-30
year ended September 30, 2020             range        2019-10-01/2020-09-30
2021                                      year         2021-01-01/2021-12-31
calendar 2022                             year         2022-01-01/2022-12-31
2019-20                                   range        2019-01-01/2020-12-31
the 1990s                                 range        1990-01-01/1999-12-31
the fiscal year that ended in September   fiscal_year  2020-10-01/2021-09-30
the fiscal year just past                 fiscal_year  2020-10-01/2021-09-30
fiscal 2021                               fiscal_year  2020-10-01/2021-09-30
FY2021                                    fiscal_year  2020-10-01/2021-09-30
FY ’21                                    fiscal_year  2020-10-01/2021-09-30
fiscal year 2021                          fiscal_year  2020-10-01/2021-09-30
the 2012 budget year                      fiscal_year  2011-10-01/2012-09-30
last fiscal year                          fiscal_year  2020-10-01/2021-09-30
this fiscal year so far                   fiscal_year  2021-10-01/2021-11-16
fiscal 2014 to 2019                       range        2013-10-01/2019-09-30
the last two fiscal years                 range        2019-10-01/2021-09-30
first quarter of fiscal 2020              quarter      2019-10-01/2019-12-31
the third quarter                         quarter      2021-07-01/2021-09-30
Q3 2020                                   quarter      2020-07-01/2020-09-30
since October                             since        2021-10-01/2021-11-16
since the middle of October               since        2021-10-15/2021-11-16
since President Biden took office         since        2021-01-20/2021-11-16
from before 2010                          before       /2009-12-31
pre-2010                                  before       /2009-12-31
until 2019                                before       /2019-12-31
by the end of 2020                        day          2020-12-31
the end of June                           day          2021-06-30
mid-September                             range        2021-09-11/2021-09-20
early October                             range        2021-10-01/2021-10-10
late 2020                                 months       2020-09-01/2020-12-31
the autumn of 2021                        months       2021-09-01/2021-11-30
last winter                               months       2020-12-01/2021-02-28
yesterday                                 day          2021-11-15
today                                     day          2021-11-16
overnight                                 range        2021-11-15/2021-11-16
on Thursday                               day          2021-11-11
last Tuesday                              day          2021-11-09
Tuesday                                   day          2021-11-16
last weekend                              range        2021-11-13/2021-11-14
this month                                month        2021-11-01/2021-11-16
early this month                          range        2021-11-01/2021-11-10
earlier this month                        month        2021-11-01/2021-11-16
last month                                month        2021-10-01/2021-10-31
last week                                 week         2021-11-08/2021-11-14
last year                                 year         2020-01-01/2020-12-31
the past year                             range        2020-11-17/2021-11-16
over the past 12 months                   range        2020-11-17/2021-11-16
so far this year                          year         2021-01-01/2021-11-16
two weeks ago                             week         2021-11-01/2021-11-07
three years ago                           year         2018-01-01/2018-12-31
"""

NO_PHRASES = [
    *("in 2,021 people", "Room 2021", "Highway 2019", "they may go", "May they go", "to march on", "April Jones said"),
    *(
        "the last year before the pandemic",
        "the week before the vote",
        "a two-year-old",
        "Title 42",
        "2021 people",
        "$2021",
    ),
]

#: Texts with a figure in brackets: the article's date, and the days that the figure is about. ¶ ends a paragraph.
SENTENCES = """
2021-11-16 -> 2021-09-01/2021-09-30
CBP said on Thursday that agents recorded [17,638] encounters in September.

2021-11-16 -> 2021-11-11
The mayor said Thursday [8,200] people were in the camp.

2021-11-16 -> 2021-10-01/2021-10-31
Encounters rose from [164,837] in October to 179,253 in December.

2021-11-16 -> 2020-12-01/2020-12-31
Encounters rose from 164,837 in October to [179,253] in December.

2021-11-16 -> unstated
The total was up [20 percent] from May.

2021-11-16 -> 2021-09-01/2021-09-30
In September, agents met 192,001 migrants, up [20 percent] from May.

2021-11-16 -> 2021-09-01/2021-09-30
In September, agents met [192,001] migrants, up 20 percent from May.

2021-11-16 -> 2020-10-01/2021-09-30
Agents encountered [1.7 million] people in the fiscal year that ended Sept. 30, according to data released last
month.

2021-11-16 -> 2020-10-01/2021-09-30
According to data released last month, agents encountered [1.7 million] people in fiscal 2021.

2021-11-16 -> 2021-09-18
Some [14,872] people were under the bridge on Sept. 18, the Department of Homeland Security said on Monday.

2021-11-16 -> 2021-09-18
On Sept. 18, [14,872] people were under the bridge; by the 24th it was empty.

2021-11-16 -> 2021-09-01/2021-09-30
Mexico detained [41,580] people in September and 42,000 in October.

2021-11-16 -> 2021-10-01/2021-10-31
Mexico detained 41,580 people in September and [42,000] in October.

2021-11-16 -> 2021-10-01/2021-10-31
In September Mexico detained 41,580 people and in October [42,000].

2021-11-16 -> 2021-09-01/2021-09-30
In September Mexico detained [41,580] people and in October 42,000.

2021-11-16 -> 2021-01-01/2021-11-16
More than [100,000] people have crossed the Darién Gap so far this year, the government of Panama reported on
Tuesday.

2021-11-16 -> /2021-09-30
COMAR received [90,314] applications through September, more than in all of 2019.

2021-11-16 -> 2021-01-01/2021-09-30
Through the first nine months of 2021, COMAR received [90,314] applications, compared with 70,120 in all of
2019.

2021-11-16 -> 2019-01-01/2019-12-31
Through the first nine months of 2021, COMAR received 90,314 applications, compared with [70,120] in all of
2019.

2021-11-16 -> 2021-10-01/2021-10-19
A Gallup poll conducted Oct. 1-19 found [42%] of Americans approve of Biden.

2021-11-16 -> 2021-10-06
Biden's approval fell to [38%] in a Quinnipiac poll released on Oct. 6.

2021-11-16 -> 2021-03-18
The House voted [228-197] on March 18 to pass the bill.

2021-11-16 -> 2021-10-01/2021-10-31
The bill, which the House approved last month, [220 to 213], awaits action in the Senate.

2021-11-16 -> 2018-01-01/2018-12-31
DHS estimated in January 2021 that [11.4 million] unauthorized immigrants lived in the country in 2018.

2021-11-16 -> /2009-12-31
The 11 million figure is an estimate from before 2010, while [30 million] is a guess.

2021-11-16 -> /2009-12-31
The [11 million] figure for the U.S. is a DHS estimate from before 2010.

2021-11-16 -> 2021-09-01/2021-09-30
Agents met 192,001 migrants in September. Of those, [26 percent] had tried before.

2021-11-16 -> 2020-09-01/2020-09-30
Agents met 192,001 migrants in September, compared with [57,674] in the same month a year ago.

2021-11-16 -> 2020-09-01/2020-09-30
Agents met 192,001 migrants in September, against [57,674] a year earlier.

2021-11-16 -> 2021-08-01/2021-08-31
Agents met 192,001 migrants in September, down from [209,840] in August.

2021-11-16 -> 2021-08-01/2021-08-31
Agents met 192,001 migrants in September, down from [209,840] the month before.

2021-11-16 -> 2021-09-01/2021-09-30
Agents met [192,001] migrants in September, down from 209,840 the month before.

2021-11-16 -> 2021-10-01/2021-10-31
Last month, [12,000] children were held, officials told the Ledger on Sunday.

2021-11-16 -> 2021-10-01/2021-10-31
Officials told the Ledger on Sunday that [12,000] children were held last month.

2021-11-16 -> 2021-11-15
Yesterday the city counted [650] people at the shelter.

2021-11-16 -> 2021-11-15
As of Monday, [2,300] people were waiting.

2021-11-16 -> 2021-01-01/2021-10-31
Between January and October 2021, [121,737] people crossed the jungle.

2021-11-16 -> 2021-11-01/2021-11-07
Two weeks ago there were [3,000] in the caravan.

2021-11-16 -> 2020-11-17/2021-11-16
Over the past 12 months, [650] people died on the way.

2021-11-16 -> 2021-11-10
The agency logged [5,600] people on Wednesday afternoon, 8,200 on Thursday morning and 10,503 by Thursday
evening.

2021-11-16 -> 2021-11-11
The agency logged 5,600 people on Wednesday afternoon, [8,200] on Thursday morning and 10,503 by Thursday
evening.

2021-11-16 -> 2021-03-01/2021-03-31
Nearly [19,000] unaccompanied children arrived in March, a record, and about 16,500 in April.

2021-11-16 -> 2021-04-01/2021-04-30
Nearly 19,000 unaccompanied children arrived in March, a record, and about [16,500] in April.

2021-11-16 -> unstated
That was [9 percent] fewer than in August.

2021-11-16 -> 2021-09-20/2021-09-26
Returns to Haiti came to [7,600] in the week of Sept. 20.

2021-11-16 -> 2021-07-01/2021-09-30
In the third quarter, Mexico returned [25,000] people.

2021-11-16 -> 2020-01-01/2020-12-31
The number of Cubans grew [14 percent] from 2019 to 2020.

2021-11-16 -> 2019-10-01/2020-09-30
There were [400,651] apprehensions in fiscal year 2020, the report of Feb. 2021 says.

2021-11-16 -> 2020-01-01/2020-12-31
The report, published in July, counted [1,200] deaths in 2020.

2021-11-16 -> 2021-09-01/2021-09-30
"We had [60,000] Haitians in September alone," he said on Friday.

2021-11-16 -> 2021-10-01/2021-11-16
Since October, agents have made [164,837] stops.

2021-11-16 -> 2021-07-01/2021-07-31
It was the highest monthly total since 2000: [213,593] in July.

2021-11-16 -> 2021-07-01/2021-07-31
The [213,593] encounters in July were the most since 2000.

2021-11-16 -> 2021-09-01/2021-09-30
Of the 30,000 people who came to Del Rio in September, about [8,000] returned to Mexico.

2021-11-16 -> 2021-10-01/2021-10-31
The senator, who was elected in 2012, said [18,000] people had been released in October.

2021-11-16 -> 2017-10-01/2018-09-30
After the law changed in 2018, the agency issued [196,409] visas in fiscal 2018.

2021-11-16 -> 2020-12-31
By the end of 2020, [3.4 million] people were enrolled.

2021-11-16 -> 2017-01-01/2017-12-31
Pew put the number at [10.5 million] in 2017, down from a peak of 12.2 million in 2007.

2021-11-16 -> 2007-01-01/2007-12-31
Pew put the number at 10.5 million in 2017, down from a peak of [12.2 million] in 2007.

2021-11-16 -> 2021-09-01/2021-09-30
September's total of [192,001] includes 17,638 Haitians.

2021-11-16 -> 2021-09-01/2021-09-30
September's total of 192,001 includes [17,638] Haitians.

2021-11-16 -> 2021-10-23
The caravan left Tapachula on Oct. 23 with about [4,000] people.

2021-11-16 -> 2021-06-01/2021-06-30
Arrests in the Del Rio sector: [11,435] in June; 17,000 in July.

2021-11-16 -> 2021-07-01/2021-07-31
Arrests in the Del Rio sector: 11,435 in June; [17,000] in July.

2021-11-16 -> 2021-09-01/2021-09-30
In its monthly update on Friday, CBP reported [192,001] encounters for September.

2021-11-16 -> 2021-09-01/2021-09-30
Encounters in September: [192,001].

2021-11-16 -> 2020-10-01/2021-09-30
FY2021: [1,734,686] encounters.

2021-11-16 -> 2020-10-01/2021-09-30
The agency expelled [1.06 million] people under Title 42 in fiscal 2021, or 61 percent of all encounters.

2021-11-16 -> 2020-10-01/2021-09-30
The agency expelled 1.06 million people under Title 42 in fiscal 2021, or [61 percent] of all encounters.

2021-11-16 -> unstated
He said [15,000] people would come next month.

2021-11-16 -> 2021-11-13
"There are [15,000] people down there right now," the sheriff said Saturday.

2021-11-16 -> 2021-09-01/2021-09-30
On Friday, CBP released its September numbers: [192,001] encounters.

2021-11-16 -> 2021-09-01/2021-09-30
The September numbers, released on Friday, show [17,638] Haitians.

2021-11-16 -> 2019-05-01/2019-05-31
Apprehensions in May 2019 reached [132,856], the highest since 2006.

2021-11-16 -> 2020-01-01/2020-12-31
In 2020, Mexico received [41,303] requests for asylum; this year, it expects 130,000.

2021-11-16 -> 2018-10-01/2019-09-30
During the 2019 fiscal year, [851,508] apprehensions were made, more than double the year before.

2021-11-16 -> 2021-09-09/2021-09-24
Between Sept. 9 and Sept. 24, nearly [30,000] migrants came.

2021-11-16 -> 2021-11-13/2021-11-14
On Saturday and Sunday [1,500] people crossed.

2021-11-16 -> 2021-11-01/2021-11-07
[68%] of voters disapprove, according to a survey taken in the first week of November.

2021-11-16 -> 2013-06-27
The Senate passed it [68-32] on June 27, 2013, and the House never voted.

2021-11-16 -> 2020-01-01/2020-12-31
Last year, [70,000] came; this year, 129,000 have.

2021-11-16 -> 2021-01-01/2021-11-16
Last year, 70,000 came; this year, [129,000] have.

2021-11-16 -> 2021-08-01/2021-08-31
Enforcement data for October will be published next week. In August, agents had [209,840] encounters.

2022-05-20 -> 2022-04-01/2022-04-30
Agents stopped migrants [234,088] times in April, the highest monthly figure of the Biden presidency.

2022-05-20 -> 2022-04-01/2022-04-30
Customs officials said Wednesday that border agents stopped migrants [234,088] times last month, a 6 percent
increase over March.

2022-05-20 -> 2022-04-01/2022-04-30
Customs officials said Wednesday that border agents stopped migrants 234,088 times last month, a [6 percent]
increase over March.

2022-05-20 -> 2022-04-01/2022-04-30
CBP's April report, issued late Monday, listed [35,092] Cubans.

2022-05-20 -> 2022-04-01/2022-04-30
In April, the number of Cubans reached [35,092]. It had been 32,153 in March.

2022-05-20 -> 2022-03-01/2022-03-31
In April, the number of Cubans reached 35,092. It had been [32,153] in March.

2022-05-20 -> 2022-04-01/2022-04-30
In April, the number of Cubans reached 35,092. The number of Ukrainians was [20,118].

2022-05-20 -> 2022-03-01/2022-03-31
In April, the number of Cubans reached 35,092. It had been 32,153 in March. ¶ Colombians numbered [19,068] that
month.

2022-05-20 -> 2022-04-01/2022-04-30
The government let in 35,092 Cubans in April, up from 32,153 in March. Another [4,000] came by sea.

2022-05-20 -> 2021-10-01/2022-05-20
Since the start of the fiscal year in October, [1.3 million] encounters have been recorded.

2022-05-20 -> 2021-10-01/2022-05-20
So far this fiscal year, [1.3 million] encounters have been recorded, compared with 1.7 million in all of fiscal
2021.

2022-05-20 -> 2020-10-01/2021-09-30
So far this fiscal year, 1.3 million encounters have been recorded, compared with [1.7 million] in all of fiscal
2021.

2022-05-20 -> 2022-05-02/2022-05-22
Biden's approval rating stood at [41%] in a Gallup survey conducted May 2-22.

2022-05-20 -> 2022-05-18
In a Quinnipiac poll published Wednesday, [35%] of respondents approved of the president.

2022-05-20 -> 2022-05-19
The House passed the measure on Thursday by a vote of [220-203].

2022-05-20 -> 2022-05-19
By a vote of [220-203], the House on Thursday passed the measure.

2022-05-20 -> 2021-01-01/2021-12-31
The bill passed the House last year, [228-197], and has stalled in the Senate.

2022-05-20 -> 2007-01-01/2007-12-31
There were [12.2 million] unauthorized immigrants in 2007 and 10.5 million a decade later.

2022-05-20 -> 2022-05-19/2022-05-20
Overnight [800] people arrived at the shelter.

2022-05-20 -> 2022-01-01/2022-05-20
The shelter, opened in 2019, has taken in [9,000] people since January.

2022-05-20 -> 2022-01-01/2022-05-20
The shelter has taken in [9,000] people this year.

2022-05-20 -> 2021-01-01/2021-12-31
Mexico's refugee commission expects 130,000 claims this year after [131,448] in 2021.

2022-05-20 -> 2022-01-01/2022-05-31
The commission, known as COMAR, took [48,981] requests in the first five months of the year.

2022-05-20 -> 2021-09-18
At the peak of the camp on Sept. 18, 2021, [14,872] people slept under the bridge.

2022-05-20 -> 2021-09-20
On Sept. 18, 2021, the count was 14,872. Two days later it was [10,000].

2022-05-20 -> 2018-10-01/2019-09-30
In fiscal 2019, [977,509] encounters were recorded; the year before there were 521,090.

2022-05-20 -> 2017-10-01/2018-09-30
In fiscal 2019, 977,509 encounters were recorded; the year before there were [521,090].

2022-05-20 -> 1999-10-01/2000-09-30
The Border Patrol made [1,643,679] arrests in fiscal year 2000, the record until last year.

2022-05-20 -> 2020-12-01/2020-12-31
In December 2021, Mexico's agents detained 20,000 people, and a year earlier [8,000].

2022-05-20 -> 2022-04-01/2022-04-30
Darién crossings fell [15 percent] last month.

2022-05-20 -> 2021-05-01/2021-05-31
About [13,000] crossed the Darién in May 2021, five times as many as in May 2020.

2022-05-20 -> 2021-01-01/2021-12-31
The number of deaths rose to [650] in 2021 from 254 in 2020.

2022-05-20 -> 2020-01-01/2020-12-31
The number of deaths rose to 650 in 2021 from [254] in 2020.

2022-05-20 -> 2020-01-01/2020-12-31
The number of deaths rose from [254] the year before to 650 in 2021.

2022-05-20 -> 2022-04-01/2022-04-30
Of those detained in April, [55 percent] were Central Americans.

2022-05-20 -> 2020-03-01/2022-05-20
Title 42, in force since March 2020, has led to [1.9 million] expulsions.

2022-05-20 -> 2020-03-01/2022-05-20
Title 42 has led to [1.9 million] expulsions since March 2020.

2022-05-20 -> 2022-05-09/2022-05-15
"Last week we had [1,100] a day," Chief Jones told the Eagle on Monday.

2022-05-20 -> 2022-05-14/2022-05-20
Chief Jones wrote on Monday that agents in the sector had made [11,000] arrests during the past week.

2022-05-20 -> 2016-01-01/2016-12-31
In a 2018 study, researchers at Yale estimated that [22.1 million] people lived in the country in 2016.

2022-05-20 -> 2016-01-01/2016-12-31
The study put the population in 2016 at [22.1 million].

2022-05-20 -> 2016-01-01/2016-12-31
The 2016 population was [22.1 million], a study in 2018 said.

2022-05-20 -> 2018-01-01/2018-12-31
In 2010, the population was 11.6 million. By 2018 it had fallen to [11.4 million].

2022-05-20 -> 2018-01-01
On Jan. 1, 2018, [11.4 million] people lived in the US without papers.

2022-05-20 -> 2018-01-01/2018-01-31
As of January 2018, [11.4 million] people lived in the US without papers.

2022-05-20 -> 2021-09-01/2021-12-31
Returns of Haitians between September and December totaled [13,000].

2022-05-20 -> 2021-09-19/2021-09-30
From Sept. 19 through the end of the month, [57] flights left for Port-au-Prince.

2022-05-20 -> 2021-09-16/2021-09-30
The 57 flights in the last half of September carried [6,131] people.

2022-05-20 -> 2021-08-31
About [19,000] Haitians were in Tapachula at the end of August, UNHCR said in a September briefing.

2022-05-20 -> 2021-01-01/2021-12-31
Haitians filed [51,827] asylum claims in Mexico in 2021, by far the largest group; Hondurans filed 36,361.

2022-05-20 -> 2021-01-01/2021-12-31
Haitians filed 51,827 asylum claims in Mexico in 2021, by far the largest group; Hondurans filed [36,361].

2022-05-20 -> 2021-01-01/2021-12-31
Hondurans: [36,361] (2021)

2022-05-20 -> 2020-01-01/2020-12-31
2020: [41,303]; 2021: 131,448

2022-05-20 -> 2021-01-01/2021-12-31
2020: 41,303; 2021: [131,448]

2022-05-20 -> 2022-04-01/2022-04-30
April 2022: [234,088] encounters

2022-05-20 -> 2022-04-01/2022-04-30
| Month: April 2022 | Encounters: [234,088]

2022-05-20 -> 2022-04-01/2022-04-30
Encounters reached [234,088] (April 2022).

2022-05-20 -> 2022-05-14/2022-05-15
The agency counted [7,000] arrivals on the weekend of May 14-15.

2022-05-20 -> 2022-03-01/2022-03-31
He visited the border in March. There, he said, [2,000] people were waiting.

2022-05-20 -> unstated
He will visit the border in June. There, he said, [2,000] people are waiting.

2022-05-20 -> 2022-05-20
The crowd grew to [12,000] by Friday.

2022-05-20 -> 2021-09-24
When the bridge was cleared on Sept. 24, officials said [12,400] people had been released.

2022-05-20 -> 2021-01-01/2021-12-31
In calendar 2021, agents made [1.9 million] arrests.

2022-05-20 -> 2020-06-01/2020-06-30
About one in five of [2,000] households that were surveyed in June 2020 said so.

2023-01-25 -> 2022-04-01/2023-01-25
Texas Gov. Pat Lane said Tuesday that the state had bused [16,000] migrants to other cities since April.

2023-01-25 -> 2022-12-01/2022-12-31
Border agents recorded [251,487] encounters in December, the most ever in a month. Cubans and Nicaraguans
accounted for 77,000.

2023-01-25 -> 2022-12-01/2022-12-31
Border agents recorded 251,487 encounters in December, the most ever in a month. Cubans and Nicaraguans
accounted for [77,000].

2023-01-25 -> 2023-01-01/2023-01-07
After new rules took effect on Jan. 5, encounters with Cubans fell [97 percent] in the first weeks of the month.

2019-06-12 -> 2019-05-01/2019-05-31
MEXICO CITY — Mexico will send 6,000 troops. Its agents detained [23,679] migrants in May, more than in any
month in a decade.

2019-06-12 -> 2019-05-01/2019-05-31
The number of families, [84,542], was a record for the month of May.

2019-06-12 -> 2018-10-01/2019-06-12
In the eight months since October, agents apprehended [593,507] people.

2019-06-12 -> 2018-10-01/2019-05-31
In the first eight months of the fiscal year, agents apprehended [593,507] people, more than in any full year
since 2009.

2014-08-08 -> 2014-06-01/2014-06-30
The Border Patrol picked up [10,508] unaccompanied children in June and about half as many in July, officials
said on Thursday.

2014-08-08 -> 2013-10-01/2014-08-08
Since Oct. 1, more than [62,000] unaccompanied children have been caught, double last year's number.

2014-08-08 -> 2013-10-01/2014-07-31
From Oct. 1 to July 31, [62,998] unaccompanied children were caught.

2016-02-01 -> 2015-01-01/2015-12-31
In all, [1,255,600] people applied for asylum in the EU in 2015, more than twice as many as in 2014 (562,700).

2016-02-01 -> 2014-01-01/2014-12-31
In all, 1,255,600 people applied for asylum in the EU in 2015, more than twice as many as in 2014 ([562,700]).

2016-02-01 -> 2016-01-01/2016-01-31
Last month 67,000 people reached Greece by sea; [272] drowned.

2018-11-20 -> 2018-11-16
About 5,000 people left San Pedro Sula on Oct. 12. By last Friday, [2,700] had reached Tijuana, the mayor said.

2018-11-20 -> 2018-11-16
About 5,000 people left San Pedro Sula on Oct. 12. By last Friday, 2,700 had reached Tijuana, the mayor said. He
expects [10,000] in all.

2018-11-20 -> 2018-11-19/2018-11-20
President Trump's approval is at [43%] this week, Gallup reported, down from 44% the week before.

2018-11-20 -> 2018-11-12/2018-11-18
President Trump's approval is at 43% this week, Gallup reported, down from [44%] the week before.

2021-04-02 -> 2021-03-01/2021-03-31
Agents encountered 172,331 people last month, including [18,890] children without parents.

2021-04-02 -> 2021-03-30
On March 30, the government held [5,767] children in border stations. The legal limit is 72 hours.

2021-04-02 -> 2021-03-16
The government held 5,767 children on Tuesday, up from [3,500] two weeks earlier.

2021-04-02 -> 2021-04-01
Asked how many children were in custody, the spokesman said [18,000] as of Thursday morning.

2021-04-02 -> 2021-02-01/2021-02-28
Of the 101,000 people met in February, [72,113] were expelled.

2021-04-02 -> 2021-02-01/2021-02-28
Expulsions in February: [72,113], against 64,136 in January.

2021-04-02 -> 2021-01-01/2021-01-31
Expulsions in February: 72,113, against [64,136] in January.

2020-10-15 -> 2019-10-01/2020-09-30
The fiscal year closed two weeks ago with [400,651] apprehensions, CBP announced Wednesday.

2020-10-15 -> 2019-10-01/2020-09-30
In fiscal year 2020, which ended Sept. 30, [400,651] people were apprehended.

2013-07-01 -> 2013-06-24/2013-06-30
The Senate approved the bill [68-32] last week.

2013-07-01 -> 2011-01-01/2011-12-31
Pew estimated the population at [11.1 million] for 2011, and 12 million in 2007.

2022-10-05 -> 2021-08-01/2021-08-31
Venezuelans were stopped 25,361 times in August. In the same month of 2021 it was [6,301].

2022-10-05 -> 2021-08-01/2021-08-31
Venezuelans were stopped 25,361 times in August, four times as often as a year before, when there were [6,301]
such stops.

2022-10-05 -> 2021-10-06/2022-10-05
In the past year, at least [853] people have died crossing.

2022-10-05 -> 2021-10-01/2022-09-30
At least [853] people died crossing in the 12 months through September, the most since records began in 1998.

2022-10-05 -> 2022-09-30
Panama counted [151,582] people by the end of September.

2022-10-05 -> 2022-09-01/2022-09-30
"It was [38,399] in September alone," he said at a hearing in Panama City on Monday.

2022-10-05 -> 2022-07-01/2022-09-30
The group's report for the third quarter counts [1,200] cases.

2022-10-05 -> 2022-09-19/2022-09-25
Honduras saw [19,000] irregular entries in the week to Sept. 25, its institute wrote on Twitter.

2022-10-05 -> 2022-09-01/2022-09-30
Mexico returned 10,000 people in July and August; in September, it returned [7,500].

2022-10-05 -> 2022-07-01/2022-08-31
Mexico returned [10,000] people in July and August; in September, it returned 7,500.

2022-10-05 -> 2022-09-01/2022-09-16
The poll was taken Sept. 1 to Sept. 16 among 812 adults. It found that [42%] approve.

2022-10-05 -> 2022-10-04
A Reuters/Ipsos poll completed on Tuesday put approval at [40%].

2022-10-05 -> 2022-05-01/2022-05-31
Four in ten adults approved in the latest poll, finished on Tuesday; in May 2022, [36%] did.

2022-10-28 -> 2021-10-01/2022-09-30
The budget year that closed four weeks ago brought [2.4 million] encounters at the southern border.

2022-10-28 -> 2021-10-01/2022-09-30
In the year that just concluded for federal bookkeepers, agents counted [2.4 million] encounters.

2019-02-02 -> 2017-10-01/2018-09-30
During the fiscal year to last September, the patrol arrested [396,579] people.

2021-09-10 -> 2021-08-01/2021-08-31
Q: What was August like? ¶ A: Busy. We saw [12,000] people come through.

2023-07-14 -> 2023-01-01/2023-06-30
Panama says the year is breaking records: by the end of June, [196,000] people had come out of the jungle this year.

2021-10-25 -> 2021-09-01/2021-09-30
CBP logged 192,001 encounters in September. Some [26 percent] involved somebody who had been caught within
the past year.

2022-06-20 -> 2022-05-01/2022-05-31
CBP Releases May 2022 Monthly Operational Update ¶ WASHINGTON — U.S. Customs and Border Protection today put
out its numbers. ¶ The agency encountered [177,793] unique individuals.

2022-01-30 -> 2021-12-01/2021-12-31
December at a glance ¶ • Encounters: 178,840 ¶ • Expulsions: [78,589] ¶ • Children alone: 11,921

2022-05-20 -> 2021-05-20
A year ago today, the shelter had [300] guests.

2022-02-10 -> 2022-01-01/2022-01-31
The January figures came out on Wednesday. They show [153,941] encounters.

2022-02-10 -> unstated
The sheriff said on Wednesday that his deputies had arrested [40] smugglers.

2021-12-15 -> 2021-12-02/2021-12-07
A poll of 1,000 adults was conducted Dec. 2-7. ¶ [Forty-one percent] approve of the job he is doing.

2020-02-14 -> 2019-01-01/2019-12-31
Mexico's refugee office received 70,609 requests in 2019. In 2018 there had been 29,631. Hondurans filed [30,119].

2021-08-16 -> 2021-07-01/2021-07-31
Encounters totaled 212,672 in July, against 188,829 in June. Families made up [83,000] of them.

2022-08-03 -> unstated
Agents made 181,552 arrests in July. ¶ Some [1.9 million] cases await a judge.

2023-05-20 -> 2023-05-11/2023-05-20
Since Title 42 ended on May 11, agents have stopped [4,000] people a day.

2019-06-20 -> 2018-10-01/2019-05-31
Eight months into the fiscal year, through the end of May, [593,507] people had been picked up.

2023-10-23 -> 2022-10-01/2023-09-30
September closed the fiscal year. In those twelve months, [2.48 million] encounters were recorded.

2022-01-14 -> 2019-01-01/2019-12-31
Mexico's commission closed 2021 with 131,448 applications; its previous record, set in 2019, was [70,400].

2021-09-28 -> 2021-09-19/2021-09-28
Flights resumed on Sept. 19. Since then [3,936] people have been flown to Haiti.

2022-05-31 -> 2022-04-01/2022-04-30
Agents had 235,478 encounters in April. In April of last year there had been 178,795. Cubans made up [15
percent] of the total.

2022-11-04 -> 2021-10-01/2022-09-30
The federal fiscal year wrapped up on Sept. 30 with [2.38 million] stops, the ministry's tables say.

2020-01-31 -> 2019-10-01/2019-12-31
The opening quarter of fiscal 2020 saw [125,000] detentions.

2022-12-20 -> 2022-01-01/2022-11-30
Between New Year and the end of November, [238,000] people walked through the Darién.

2023-10-06 -> 2023-01-01/2023-09-30
In the first three quarters of 2023, [408,000] people came through the jungle.

2023-10-06 -> 2023-10-01/2023-10-06
So far in October, [9,000] have arrived at the camp.

2019-09-12 -> 2019-01-29/2019-09-12
Under the program, begun on Jan. 29, [42,000] have been sent back to Mexico since that date.

2021-09-24 -> 2020-10-01/2021-08-31
The fiscal-year total through August is [1.54 million].

2014-07-22 -> 2012-10-01/2013-06-30
From last October to the end of June, 57,525 children came alone; in the same nine months a year earlier,
[27,884] did.

2014-07-22 -> 2014-05-01/2014-06-30
May and June saw [21,000] children arrive.

2022-10-24 -> 2021-10-01/2022-09-30
Apprehensions topped [2.2 million] in the financial year that finished last month.

2022-10-24 -> 2022-09-01/2022-09-30
The last month of the fiscal year was its busiest autumn month: [227,547] encounters.

2023-08-21 -> 2023-08-01/2023-08-20
In the first twenty days of August, [52,000] people crossed.

2022-06-24 -> 2022-05-01/2022-05-31
In May, the department told the court, it released [95,318] migrants.

2022-06-24 -> 2022-05-01/2022-05-31
The agency published its figures for May. ¶ It met [177,793] people during the month.

2021-04-20 -> 2017-01-01/2018-12-31
One gives 11.4 million for January 2018, the other 10.5 million for 2017. Estimates for
those two years average [11 million].

2023-02-14 -> 2018-10-01/2020-09-30
In fiscal 2019 and 2020 together, [92 percent] of the visas went to Mexicans.

2014-10-21 -> 2012-10-01/2013-09-30
The government deported 616,792 in fiscal 2013. ¶ Removals numbered [438,421] that year.

2021-10-23 -> unstated
Haitians were met [17,638] times, against 7,569 in August.
"""


@pytest.mark.parametrize("row", PHRASES.strip().splitlines(), ids=lambda row: row[:40].strip())
def test_the_days_of_a_phrase(row):
    words, kind, expected = row[:42].strip(), row[42:55].strip(), row[55:].strip()
    (found,) = [when for _, _, when in phrases(parse(words), TUESDAY)]
    assert (found.kind, days(found)) == (kind, expected)
    assert found.words in words


@pytest.mark.parametrize("words", NO_PHRASES)
def test_what_names_no_days(words):
    assert phrases(parse(words), TUESDAY) == []


@pytest.mark.parametrize("words", ["In September 17,638 came", "In June 26 percent were", "In June 12 people died"])
def test_a_count_after_a_month_is_no_day_of_it(words):
    (found,) = [when for _, _, when in phrases(parse(words), TUESDAY)]
    assert found.kind == "month"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("On Sept. 18, 2021 there were five. Two days later there were six.", "2021-09-20"),
        ("In September 2019 it was five. In the same month of 2018 it was six.", "2018-09-01/2018-09-30"),
        ("In fiscal 2019 it was five. The year before it was six.", "2017-10-01/2018-09-30"),
        ("In September it was five. The previous month it was six.", "2021-08-01/2021-08-31"),
        ("A year earlier it was five, and in March 2020 it was six.", "2020-03-01/2020-03-31"),
        ("In 2020 it was five. In March 2021 it was ten. That month six died.", "2021-03-01/2021-03-31"),
        ("From Sept. 19, 2019, through the end of the month it was six.", "2019-09-19/2019-09-30"),
    ],
)
def test_phrases_that_point_to_another(words, expected):
    assert days(phrases(parse(words), TUESDAY)[-1][2]) == expected


def test_without_the_articles_date_only_what_is_said_is_known():
    found = [when for _, _, when in phrases(parse("In May 2019 ten, in June twelve, last month eight."), None)]
    assert [(when.kind, days(when)) for when in found] == [
        ("month", "2019-05-01/2019-05-31"),
        ("month", "2019-06-01/2019-06-30"),
        ("month", "unstated"),
    ]


@pytest.mark.parametrize("block", SENTENCES.strip().split("\n\n"), ids=lambda block: " ".join(block.split()[3:12]))
def test_the_days_of_a_figure(block):
    head, body = block.split("\n", 1)
    published, expected = head.split(" -> ")
    text = body.replace("\n", " ").replace(" ¶ ", "\n\n")
    start, end = text.index("["), text.index("]") - 1
    doc = parse(text.replace("[", "", 1).replace("]", "", 1))
    assert days(period(doc, start, end, dt.date.fromisoformat(published))) == expected


@pytest.mark.parametrize(("name", "least"), [("worked_with", 0.93), ("more", 0.82), ("put_away", 0.9)])
def test_the_annotated_passages(name, least):
    if not (PASSAGES / f"{name}.yaml").exists():
        pytest.skip("the annotated passages are not there")
    right = every = 0
    for passage in yaml.safe_load((PASSAGES / f"{name}.yaml").read_text(encoding="utf-8")):
        published = dt.date.fromisoformat(str(passage["date"]))
        doc = parse(read(passage["text"], date=published).text)
        for figure in passage["figures"]:
            starts = [match.start() for match in re.finditer(re.escape(figure["text"]), doc.text)]
            start = starts[figure.get("occurrence", 1) - 1]
            found = period(doc, start, start + len(figure["text"]), published)
            right += (str(found.start), str(found.end)) == (str(figure["start"]), str(figure["end"]))
            every += 1
    assert right / every > least


WORDS = """since before until from to between and the first last six months of in on by May September 2021 1999 18 31
Feb. 17,638 percent 99 years earlier ago later that this next past previous fiscal year quarter week Thursday overnight
mid- early half end a said , . ; : — FY21 0 00 2068 winter 9-24 weekend"""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*WORDS.split(), "\n\n"]), min_size=1, max_size=30).map(" ".join),
    st.one_of(st.none(), st.dates(dt.date(1950, 1, 1))),
)
def test_any_words_give_whole_periods_in_order(text, published):
    doc = parse(text)
    found = phrases(doc, published)
    assert all(0 <= start < end <= len(text) for start, end, _ in found)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(found))
    every = [when for _, _, when in found]
    every += [period(doc, token.idx, token.idx + len(token), published) for token in doc if token.like_num]
    assert all(when.start <= when.end for when in every if when.start and when.end)
    assert all(when.kind == "unstated" or when.start or when.end or published is None for when in every)
