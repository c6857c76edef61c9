"""The screening before a clearance: what rules a client out, what takes the prescriber's words, what is asked anew."""

from datetime import date
from typing import Any
from unittest.mock import patch

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.course_fold import evolve_course
from telekap.care.errors import Malformed
from telekap.care.facts import Entry
from telekap.care.instant import DAY, MINUTE
from telekap.care.screening import ITEMS, MEDICINES, Rule, changed
from telekap.care.session import State
from telekap.care.telling import tell
from telekap.care.view_course import course_view
from telekap.care.world import Screening
from telekap.demo.answers import WELL_SCREENED
from tests import cast
from tests.cast import ADA, NOON, PEOPLE, SAM, Story, replace, told

ABSOLUTE = [
    "minor", "aneurysm", "brain_bleed", "hypersensitivity", "psychosis", "pressure_uncontrolled", "heart",
    "intracranial", "eye_pressure", "thyroid", "breathing", "liver_severe", "pregnancy", "substance_use",
    "suicide_risk", "support_missing", "room", "line", "maoi",
]  # fmt: skip
"""Written down from the list of what is absolute, not from the table."""
RELATIVE = [
    "pressure_treated", "older", "bipolar", "seizures", "family_psychosis", "personality", "eye_pressure_cleared",
    "liver_moderate", "sleep_apnoea", "urinary", "hard_before", "kidney", "anaesthesia", "suicide_attempt", "alone",
    "sedatives", "benzodiazepine_much",
    "stimulants", "enzymes", "cannabis", "psychedelics", "thyroid_theophylline",
]  # fmt: skip
KNOWN = {"minor", "older", "support_missing"}
"""What the record of the cast answers by itself."""
NOTED = ["lamotrigine", "naltrexone"]

SIGNED = c.SignClearance(sessions=2, days=20, gap_h=168, states=("CA",))
REINSTATED = c.ReinstateClearance(reason="Spoken to Sam.")
IKE = "ike"
"""Another prescriber of the clinic."""


def screened(words: dict[str, Any] | None = None, **answers: str) -> c.RecordScreening:
    """Everything no, but for these."""
    return c.RecordScreening(answers={**WELL_SCREENED, **answers}, words=words or {})


def course(person: str = ADA, *commands: c.RecordScreening) -> Story:
    """A course in which nothing is cleared yet and these screenings were recorded."""
    story = Story()
    story.course = replace(story.course, clearance=None, clearances_signed=0, screening=None, screening_signed=None)
    for command in commands:
        story.on_course(person, command)
    return story


def shown(story: Story) -> dict[str, Any]:
    return course_view(story.course, (story.session,), story.world, ADA, story.now)


def waits(story: Story) -> list[str]:
    """What keeps a clearance from being signed."""
    return [one["sentence"] for one in shown(story)["screening"]["waits"]]


# --- the table


def test_the_table_is_the_list_of_the_law() -> None:
    assert {rule: [one.code for one in ITEMS.values() if one.rule is rule] for rule in Rule} == {
        Rule.ABSOLUTE: ABSOLUTE,
        Rule.RELATIVE: RELATIVE,
        Rule.NOTE: NOTED,
    }
    assert len(ITEMS) == len(ABSOLUTE) + len(RELATIVE) + len(NOTED), "no code twice"
    assert all(item.title and item.source for item in ITEMS.values())
    assert "maoi" in {item.code for item in MEDICINES}


# --- what a signature asks for


def test_nothing_is_signed_without_a_screening_and_everything_may_be_after_one_with_nothing_in_it() -> None:
    story = course()
    assert story.refused_on_course(ADA, SIGNED) == {"screening"}

    story.on_course(ADA, screened())
    story.on_course(ADA, SIGNED)

    assert story.course.clearance is not None and story.course.clearance.status == "active"


@pytest.mark.parametrize("said", ["yes", "unknown"])
@pytest.mark.parametrize("code", ABSOLUTE)
def test_each_absolute_row_alone_refuses_whatever_is_said_about_it(code: str, said: str) -> None:
    story = course()
    if code == "support_missing":
        story.course = replace(story.course, trained=frozenset())
    story.on_course(ADA, screened({code: "All is watched."}, **{code: said}))

    assert story.refused_on_course(ADA, SIGNED) == {code}


@pytest.mark.parametrize("said", ["yes", "unknown"])
@pytest.mark.parametrize("code", RELATIVE)
def test_each_relative_row_alone_waits_for_the_prescribers_words(code: str, said: str) -> None:
    story = course(ADA, screened({code: "   "}, **{code: said}))
    assert story.refused_on_course(ADA, SIGNED) == {code}

    story.on_course(ADA, screened({code: "Steady for a year. Pulse is looked at more often."}, **{code: said}))
    story.on_course(ADA, SIGNED)


@pytest.mark.parametrize("code", NOTED)
def test_what_is_only_noted_is_shown_and_keeps_nobody(code: str) -> None:
    story = course(ADA, screened(**{code: "yes"}))
    story.on_course(ADA, SIGNED)

    (found,) = shown(story)["screening"]["last"]["against"]
    assert (found["code"], found["said"]) == (code, "yes")


@pytest.mark.parametrize(("days", "more", "old"), [(30, -1, False), (30, 0, False), (30, 1, True)])
def test_no_signature_rests_on_a_screening_older_than_the_protocol_says(days: int, more: int, old: bool) -> None:
    story = course(ADA, screened())
    story.skip(days * DAY + more)

    assert shown(story)["screening"]["last"]["old"] is old
    if old:
        assert story.refused_on_course(ADA, SIGNED) == {"screening"}
        story.on_course(ADA, screened())
    story.on_course(ADA, SIGNED)


def test_a_row_that_is_new_since_the_screening_is_asked_before_the_next_signature() -> None:
    story = course(ADA, screened())
    before = story.course.screening
    assert before is not None
    answers = {code: said for code, said in before.answers.items() if code != "heart"}
    story.course = replace(story.course, screening=replace(before, answers=answers))

    assert story.refused_on_course(ADA, SIGNED) == {"screening"}
    assert "Unstable heart disease" in shown(story)["screening"]["waits"][0]["sentence"]


# --- what the record knows already


def born(birth: date | None) -> dict[str, Any]:
    return {**PEOPLE, SAM: replace(PEOPLE[SAM], birth=birth)}


@pytest.mark.parametrize(
    ("birth", "refused"),
    [
        (date(2008, 6, 16), {"minor"}),
        (date(2008, 6, 15), set()),
        (date(1966, 6, 16), set()),
        (date(1966, 6, 15), {"older"}),
        (date(1940, 1, 1), {"older"}),
    ],
)
def test_the_age_is_the_records_own_answer_one_day_below_and_at_each_limit(birth: date, refused: set[str]) -> None:
    asked = {code: said for code, said in WELL_SCREENED.items() if code not in ("minor", "older")}
    story = course()
    said = {code: "yes" if code in refused else "no" for code in ("minor", "older")} | {"support_missing": "no"}
    with patch.object(cast, "PEOPLE", born(birth)):
        story.on_course(ADA, c.RecordScreening(answers=asked, words={}))
        assert {one["code"]: one["known"] for one in shown(story)["screening"]["items"] if one["known"]} == said
        if refused:
            assert story.refused_on_course(ADA, SIGNED) == refused
        else:
            story.on_course(ADA, SIGNED)


def test_what_the_record_knows_outweighs_a_no() -> None:
    story = course()
    with patch.object(cast, "PEOPLE", born(date(2010, 1, 1))):
        story.on_course(ADA, screened(minor="no"))
        assert story.course.screening is not None and story.course.screening.answers["minor"] == "yes"
        assert story.refused_on_course(ADA, SIGNED) == {"minor"}
        assert "Sam Rivera is not 18 yet." in waits(story)


def test_an_age_that_is_not_on_file_is_asked_and_not_taken_for_a_no() -> None:
    asked = {code: said for code, said in WELL_SCREENED.items() if code != "minor"}
    story = course()
    with patch.object(cast, "PEOPLE", born(None)):
        with pytest.raises(Malformed, match="Younger than 18: not answered"):
            story.on_course(ADA, c.RecordScreening(answers=asked, words={}))
        story.on_course(ADA, screened(minor="unknown"))
        assert story.refused_on_course(ADA, SIGNED) == {"minor"}
        assert "Not at home: Younger than 18, not known." in waits(story)


def test_a_yes_about_the_age_that_the_date_of_birth_denies_is_no_wrong_date() -> None:
    assert "Not at home: Younger than 18." in waits(course(ADA, screened(minor="yes")))


def test_who_turns_60_after_the_screening_is_asked_about_before_the_signature() -> None:
    with patch.object(cast, "PEOPLE", born(date(1966, 6, 20))):
        story = course(ADA, screened())
        story.skip(6 * DAY)
        assert story.refused_on_course(ADA, SIGNED) == {"older"}


def test_a_trained_support_person_is_not_asked_about_twice() -> None:
    story = course()
    asked = {code: said for code, said in WELL_SCREENED.items() if code != "support_missing"}
    story.on_course(ADA, c.RecordScreening(answers=asked, words={}))

    story.course = replace(story.course, trained=frozenset())
    with pytest.raises(Malformed, match="sober adult"):
        story.on_course(ADA, c.RecordScreening(answers=asked, words={}))


# --- recording


@pytest.mark.parametrize("code", [one for one in (*ABSOLUTE, *RELATIVE, *NOTED) if one not in KNOWN])
def test_every_row_has_its_own_answer_or_nothing_is_recorded(code: str) -> None:
    story = course()
    before = story.course
    with pytest.raises(Malformed) as no:
        story.on_course(ADA, c.RecordScreening(answers={k: v for k, v in WELL_SCREENED.items() if k != code}, words={}))

    assert no.value.field == code
    assert story.course is before


@pytest.mark.parametrize(
    ("answers", "words", "field"),
    [
        ({**WELL_SCREENED, "heart": "maybe"}, {}, "heart"),
        ({**WELL_SCREENED, "heart": True}, {}, "heart"),
        ({**WELL_SCREENED, "teeth": "no"}, {}, "answers"),
        (WELL_SCREENED, {"teeth": "x"}, "words"),
        (WELL_SCREENED, {"alone": 3}, "words"),
        (WELL_SCREENED, {"alone": "x" * 2_001}, "words"),
    ],
)
def test_what_is_no_answer_changes_nothing(answers: dict[str, Any], words: dict[str, Any], field: str) -> None:
    story = course()
    before = story.course
    with pytest.raises(Malformed) as no:
        story.on_course(ADA, c.RecordScreening(answers=answers, words=words))

    assert no.value.field == field
    assert story.course is before


def test_another_prescriber_may_screen_and_the_one_of_the_course_signs_on_it() -> None:
    story = course(IKE, screened(bipolar="yes", words={"bipolar": "Steady on lithium. Sees Dr Lund each week."}))
    story.on_course(ADA, SIGNED)

    last = shown(story)["screening"]["last"]
    assert last["by"] == "Dr Ike Adeyemi" and last["at"] == story.now.utc
    assert [(one["code"], one["words"]) for one in last["against"]] == [
        ("bipolar", "Steady on lithium. Sees Dr Lund each week.")
    ]


def test_a_screening_is_told_in_a_sentence_of_what_speaks_against() -> None:
    def sentence(command: c.RecordScreening) -> str:
        story = course()
        fact = story.on_course(ADA, command)[0]
        return tell(Entry(9, story.now, ADA, "", story.now.utc, fact), story.session, story.world)

    assert sentence(screened()) == "Screened. Nothing speaks against it."
    assert sentence(screened(heart="unknown", alone="yes")) == (
        "Screened. Unstable heart disease, heart failure, or a recent heart attack or stroke: not known;"
        " Lives alone otherwise: yes."
    )
    later = Entry(9, NOON, ADA, "", NOON.utc, f.ScreeningRecorded(answers={"asked_no_more": "yes"}, words={}))
    assert tell(later, course().session, course().world) == "Screened. Nothing speaks against it."


# --- what it does to a clearance that holds


def leads(story: Story) -> dict[str, str]:
    """Row → what is said before it is recorded."""
    return {one["code"]: one["leads"] for one in shown(story)["screening"]["items"]}


def test_what_an_answer_leads_to_is_said_before_it_is_recorded() -> None:
    lobby, dosed, none = Story(), told("dosed"), course()
    suspends = "When this is recorded, the clearance is suspended at once."

    for code in ABSOLUTE:
        assert leads(lobby)[code].startswith(f"{suspends} A session goes on: its lobby is open: it is stood")
        assert leads(dosed)[code].startswith(f"{suspends} A session goes on: it is under watch")
        assert leads(none)[code] == "With this no clearance can be signed."
    for code in (*RELATIVE, *NOTED):
        assert leads(lobby)[code] == leads(none)[code] == ""
    assert shown(lobby)["screening"]["speaks"] == ["unknown", "yes"]

    lobby.on_course(ADA, screened(aneurysm="unknown"))
    assert leads(lobby)["heart"] == "With this no clearance can be signed.", "it is suspended already"


def test_what_rules_a_client_out_suspends_at_once_and_no_reason_gives_it_back() -> None:
    story = Story()

    story.on_course(ADA, screened(aneurysm="unknown"))

    given = story.course.clearance
    assert given is not None and (given.status, given.causes) == ("suspended", ("contraindication",))
    assert story.session.state is State.STOOD_DOWN
    assert story.refused_on_course(ADA, REINSTATED) == {"aneurysm"}
    story.on_course(ADA, screened())
    story.on_course(ADA, REINSTATED)


@pytest.mark.parametrize("code", [RELATIVE[0], NOTED[0]])
def test_what_rules_nobody_out_suspends_nothing(code: str) -> None:
    story = Story()

    story.on_course(ADA, screened(**{code: "yes"}))

    assert story.course.clearance is not None and story.course.clearance.status == "active"


def test_a_client_under_watch_stays_under_watch_when_a_screening_rules_them_out() -> None:
    story = told("dosed")

    story.on_course(ADA, screened(heart="yes"))

    assert story.course.clearance is not None and story.course.clearance.status == "suspended"
    assert story.session.state is State.DOSED


def test_a_clearance_is_given_back_without_a_new_screening_until_that_is_too_old() -> None:
    story = Story()
    story.on_course(ADA, c.SuspendClearance(reason="A call."))
    screening = story.course.screening
    assert screening is not None
    missing = {code: said for code, said in screening.answers.items() if code != "heart"}
    story.course = replace(story.course, screening=replace(screening, answers=missing))
    story.on_course(ADA, REINSTATED)  # a row that is new waits for the next signature

    story.on_course(ADA, c.SuspendClearance(reason="A call."))
    story.skip(30 * DAY + 1)
    assert story.refused_on_course(ADA, REINSTATED) == {"screening"}
    story.on_course(ADA, screened())
    story.on_course(ADA, REINSTATED)


def test_after_a_revocation_the_same_screening_carries_a_new_signature() -> None:
    story = Story()
    story.on_course(ADA, c.RevokeClearance(reason="A move."))

    story.on_course(ADA, SIGNED)

    assert story.course.clearance is not None and story.course.clearance.status == "active"


# --- records from before there was one


def test_a_clearance_signed_before_there_were_screenings_stays_and_the_next_signature_asks() -> None:
    story = Story()
    old = (
        f.CourseOpened(client=SAM, prescriber=ADA, therapist="ana"),
        f.ClearanceSigned(
            clearance="k2", sessions=2, starts=story.now.utc, until=story.now.utc + 20 * DAY, gap_h=168, states=("CA",)
        ),
    )
    story.course = cast.Course(id="course-1")
    for n, fact in enumerate(old, 1):
        story.course = evolve_course(story.course, Entry(n, story.now, ADA, "", story.now.utc, fact))

    assert story.course.clearance is not None and story.course.clearance.status == "active"
    assert shown(story)["clearance"]["status"] == "active" and shown(story)["screening"]["last"] is None
    assert story.refused_on_course(ADA, SIGNED) == {"screening"}
    story.on_course(ADA, screened())
    assert "A first screening was recorded." in [one["sentence"] for one in shown(story)["changes"]]
    story.on_course(ADA, SIGNED)


# --- what changed since the signature


def test_what_a_new_screening_says_otherwise_stands_among_what_changed_since_the_signature() -> None:
    story = course(ADA, screened({"alone": "A neighbour has a key."}, alone="yes"))
    story.on_course(ADA, SIGNED)
    assert shown(story)["changes"] == []

    story.skip(MINUTE)
    again = {"alone": "The neighbour moved; a sister calls.", "bipolar": "Not diagnosed; asked the GP."}
    story.on_course(ADA, screened(again, alone="yes", bipolar="unknown", lamotrigine="yes"))

    assert {one["sentence"] for one in shown(story)["changes"]} == {
        "Screening, Lives alone otherwise: the reason and what is done about it changed.",
        "Screening, Bipolar disorder: no → not known.",
        "Screening, Lamotrigine: no → yes.",
    }
    story.on_course(ADA, SIGNED)
    assert shown(story)["changes"] == []


def test_words_about_what_is_denied_are_no_change_and_a_row_asked_for_the_first_time_is_one() -> None:
    before = Screening({**WELL_SCREENED, "alone": "yes"}, {"alone": "A neighbour has a key."}, ADA, NOON, 1)
    same = replace(before, words={**before.words, "bipolar": "Asked, and no."})
    fewer = {code: said for code, said in before.answers.items() if code != "bipolar"}

    assert list(changed(before, same)) == []
    assert list(changed(replace(before, answers=fewer), before)) == ["Screening, Bipolar disorder: not asked → no."]
