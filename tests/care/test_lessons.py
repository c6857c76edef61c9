"""What the adult at home learns, reads off the screen and carries on the card: training is four right answers."""

from dataclasses import replace

import pytest

from telekap.care import commands as c
from telekap.care import facts as f
from telekap.care.check_in_forms import form_of
from telekap.care.checkins import PAIRING, presence_code
from telekap.care.errors import Malformed, Refused
from telekap.care.finding import Look
from telekap.care.gates import gate
from telekap.care.lessons import CARDS, QUESTIONS, REMEMBERED, RIGHT
from telekap.care.people import Role
from telekap.care.protocol import PlanRow
from telekap.care.views import view
from tests.care.chapters import seen, strings
from tests.cast import ADA, ANA, BEN, KIM, SAM, Story, shipped, told

ANSWERS = {name: right for name, (right, _) in RIGHT.items()}

HOME = {
    "street": "1200 Market Street", "unit": "Apt 5", "city": "San Francisco", "state": "CA", "zip": "94102",
    "way_in": "Door code 44",
}  # fmt: skip


def untrained(chapter: str = "arrived") -> Story:
    """Ben has not learned this course's part."""
    story = told(chapter)
    story.course = replace(story.course, trained=frozenset())
    return story


def shown(story: Story, person: str, role: Role) -> dict[str, object]:
    """The view of one person."""
    return view(story.session, story.world, person, role, story.now)


def test_four_right_answers_are_this_courses_training_and_open_the_gate() -> None:
    story = untrained()
    row = next(one for one in shown(story, ANA, Role.THERAPIST)["gates"] if one["gate"] == "support_person")
    assert "has not learned" in row["sentence"]

    story.do(BEN, c.LearnLessons(values=ANSWERS))

    assert story.course.trained == {BEN}
    assert shown(story, BEN, Role.SUPPORT)["learning"] is None
    row = next(one for one in shown(story, ANA, Role.THERAPIST)["gates"] if one["gate"] == "support_person")
    assert "has not learned" not in row["sentence"]


def test_learning_twice_trains_once() -> None:
    story = untrained()
    story.do(BEN, c.LearnLessons(values=ANSWERS))
    version = story.course.version
    story.do(BEN, c.LearnLessons(values=ANSWERS))
    assert story.course.version == version


@pytest.mark.parametrize("name", RIGHT)
def test_one_wrong_answer_names_the_card_and_trains_nobody(name: str) -> None:
    story = untrained()
    field = next(field for field in QUESTIONS if field.name == name)
    for choice in field.choices:
        if choice.value == RIGHT[name][0]:
            continue
        with pytest.raises(Refused) as refused:
            story.do(BEN, c.LearnLessons(values={**ANSWERS, name: choice.value}))
        (reason,) = refused.value.reasons
        assert reason.code == f"lesson_{name}" and f"card {RIGHT[name][1]}" in reason.sentence
    assert story.course.trained == frozenset()


def test_a_question_left_out_trains_nobody() -> None:
    story = untrained()
    with pytest.raises(Malformed):
        story.do(BEN, c.LearnLessons(values={"look": "quarter"}))
    assert story.course.trained == frozenset()


@pytest.mark.parametrize("person", [SAM, ANA, ADA, KIM])
def test_nobody_learns_for_the_support_person(person: str) -> None:
    story = untrained()
    assert story.refused(person, c.LearnLessons(values=ANSWERS)) == {"role"}
    assert story.course.trained == frozenset()


def test_every_question_points_at_a_card_and_no_place_is_always_right() -> None:
    assert {field.name for field in QUESTIONS} == set(RIGHT) and len(CARDS) == 6
    places = {[choice.value for choice in field.choices].index(RIGHT[field.name][0]) for field in QUESTIONS}
    assert len(places) > 1
    assert all(1 <= card <= len(CARDS) for _, card in RIGHT.values())


def as_signed(**changes: object) -> Story:
    """Untrained Ben under a clinic's own protocol: another number on site, and another plan."""
    story = untrained()
    story.protocol = replace(story.protocol, **changes)  # type: ignore[arg-type]
    return story


def test_the_lessons_teach_the_plan_and_the_number_that_were_signed() -> None:
    every_ten = tuple(
        PlanRow(f"t{minute}", minute, ("look_in",), (), 10 if minute == 20 else None) for minute in (10, 20)
    )
    story = as_signed(plan=every_ten, words={**shipped().words, "emergency.number": "112"})

    learning = shown(story, BEN, Role.SUPPORT)["learning"]
    said = " ".join(strings(learning))

    assert "Every 10 minutes. Your phone tells you." in said and "call 112 from this phone" in said
    assert "911" not in said and "15 minutes" not in said
    hint = next(one.hint for one in gate("support_person").forms[Role.THERAPIST] if one.name == "four_points")
    assert Look(story.session, story.world, story.now).say(hint).startswith("Read along: look every 10 minutes")


def test_a_plan_with_unequal_gaps_is_taught_with_both() -> None:
    uneven = (PlanRow("t15", 15, ("look_in",), ()), PlanRow("t25", 25, ("look_in",), (), 10))

    said = " ".join(strings(shown(as_signed(plan=uneven), BEN, Role.SUPPORT)["learning"]))

    assert "Every 10 to 15 minutes." in said


def test_everything_the_support_person_reads_has_its_names_and_figures() -> None:
    for chapter in ("arrived", "minute 14", "floor", "discharged"):
        found = [one for one in strings(shown(untrained(chapter), BEN, Role.SUPPORT)) if "{" in one]
        assert not found, (chapter, found)


def test_a_refused_lesson_names_people_and_figures_too() -> None:
    with pytest.raises(Malformed) as refused:
        untrained().do(BEN, c.LearnLessons(values={**ANSWERS, "call": "nobody"}))

    assert "Sam does not wake up. Who calls 911?" in str(refused.value)


def test_only_who_has_to_learn_is_shown_the_lessons() -> None:
    story = untrained()
    assert len(shown(story, BEN, Role.SUPPORT)["learning"]["cards"]) == 6
    assert "learning" not in shown(story, SAM, Role.CLIENT) and "learning" not in shown(story, ANA, Role.THERAPIST)


def test_the_pairing_code_stands_on_the_clients_screen_until_the_support_person_reads_it_right() -> None:
    story = told("arrived")
    code = presence_code("key", story.session.id, PAIRING)
    assert (shown(story, SAM, Role.CLIENT)["code"], shown(story, SAM, Role.CLIENT)["code_for"]) == (code, PAIRING)
    for person, role in ((BEN, Role.SUPPORT), (ANA, Role.THERAPIST)):
        assert shown(story, person, role)["code"] is None

    wrong = f"{(int(code) + 1) % 1000:03d}"
    (said,) = story.do(BEN, c.ReadPairingCode(code=wrong))
    assert said == f.PairingCodeRead(right=False)
    assert not shown(story, BEN, Role.SUPPORT)["paired"]

    story.do(BEN, c.ReadPairingCode(code=f" {code[0]} {code[1:]}"))
    assert shown(story, BEN, Role.SUPPORT)["paired"]
    assert shown(story, SAM, Role.CLIENT)["code"] is None


def test_a_new_support_person_has_not_read_the_code() -> None:
    story = told("arrived")
    story.do(BEN, c.ReadPairingCode(code=presence_code("key", story.session.id, PAIRING)))
    story.do(ANA, c.ReplaceSupport(person="lou", phone_tested=True))
    assert not shown(story, "lou", Role.SUPPORT)["paired"]
    assert shown(story, SAM, Role.CLIENT)["code_for"] == PAIRING


def test_the_card_says_what_a_crew_asks_and_the_client_never_reads_it() -> None:
    story = told("minute 14")
    story.on_course(KIM, c.NoteForEmergency(medicines="Sertraline 50 mg", allergies="none"))
    story.do(BEN, c.TakeReading(values={"sbp": 30, "dbp": 90}))  # not usable: the card keeps what was measured well

    card = shown(story, BEN, Role.SUPPORT)["emergency"]

    assert card["dose"] == {"mg": 100, "form": "lozenge", "t0": story.session.t0.utc}
    assert (card["medicines"], card["allergies"]) == ("Sertraline 50 mg", "none")
    assert card["dispatch"] == "+14155550190" and card["way_in"]
    assert card["vitals"] is None or card["vitals"].get("sbp") != 30
    assert set(shown(story, SAM, Role.CLIENT)["emergency"]) == {"number", "address", "script"}


@pytest.mark.parametrize(
    ("unit", "read"), [("5", "unit 5"), ("#4b", "unit 4b"), ("B2", "unit B2"), ("Apt 5", "Apt 5"), ("house", "house")]
)
def test_a_unit_without_its_word_gets_one_for_whoever_reads_the_card_out(unit: str, read: str) -> None:
    story = told("minute 14")
    story.do(BEN, c.AnswerGate(gate="location", values=HOME | {"unit": unit}))
    assert f", {read}, " in shown(story, ADA, Role.PRESCRIBER)["emergency"]["address"]


def test_the_card_keeps_the_way_in_of_both_until_one_names_another_address() -> None:
    story = told("minute 14")
    story.do(BEN, c.AnswerGate(gate="location", values=HOME))
    story.do(SAM, c.AnswerGate(gate="location", values=HOME | {"unit": "apartment 5", "way_in": "I open"}))
    assert shown(story, ANA, Role.THERAPIST)["emergency"]["way_in"] == "Sam: I open. Ben: Door code 44."

    story.do(SAM, c.AnswerGate(gate="location", values=HOME | {"street": "9 Elm Road", "way_in": "No door code"}))
    assert shown(story, ANA, Role.THERAPIST)["emergency"]["way_in"] == "No door code"


@pytest.mark.parametrize(
    ("client", "adult", "read"),
    [
        ("Code 2580 at the gate, second floor, no lift", "Gate code 2580; 2nd floor",
         "Ben: Gate code 2580, 2nd floor. Sam: no lift."),
        ("Loud dog. Second floor", "second floor. Code 2580", "Ben: second floor, Code 2580. Sam: Loud dog."),
        ("Door code 44", "not door code 44", "Ben: not door code 44. Sam: Door code 44."),
        ("Front door, front door", "front door.", "front door"),
    ],
)  # fmt: skip
def test_the_card_says_each_thing_about_the_way_in_once_and_whose_words_they_are(
    client: str, adult: str, read: str
) -> None:
    story = told("minute 14")
    story.do(SAM, c.AnswerGate(gate="location", values=HOME | {"way_in": client}))
    story.do(BEN, c.AnswerGate(gate="location", values=HOME | {"way_in": adult}))
    assert shown(story, ANA, Role.THERAPIST)["emergency"]["way_in"] == read


FILLING = "a an and are at by in is it of on our s the then there to with"
FIGURES = "1 one first,2 two second,3 three third,4 four fourth,5 five fifth,6 six sixth,7 seven seventh,8 eight eighth"
SAME = (
    *((f"Door {word} left", "Door left") for word in FILLING.split()),
    *((f"{word} bell", f"{n} bell") for n, *words in map(str.split, FIGURES.split(",")) for word in words),
    *((f"{n} bell", f"{n[:-2]} bell") for n in ("1st", "2nd", "3rd", "11th")),
    ("nine steps", "9 steps"),
)
"""One thing said in two ways."""


def test_words_that_change_no_direction_and_two_spellings_of_a_figure_are_said_once() -> None:
    story = told("minute 14")
    for client, adult in SAME:
        story.do(SAM, c.AnswerGate(gate="location", values=HOME | {"way_in": client}))
        story.do(BEN, c.AnswerGate(gate="location", values=HOME | {"way_in": adult}))
        assert shown(story, ANA, Role.THERAPIST)["emergency"]["way_in"] == adult, client


@pytest.mark.parametrize("person", [SAM, BEN])
def test_only_the_clinic_writes_on_the_card(person: str) -> None:
    story = told("arrived")
    with pytest.raises(Refused):
        story.on_course(person, c.NoteForEmergency(medicines="", allergies=""))
    assert story.course.allergies == ""


def test_the_view_carries_the_adults_signature_over_any_reload() -> None:
    story = told("floor")
    assert shown(story, BEN, Role.SUPPORT)["discharge"]["signed"] is None
    assert [card["title"] for card in shown(story, BEN, Role.SUPPORT)["tonight"]][-1] == "Call 911"
    story.countersign()
    signed = shown(story, BEN, Role.SUPPORT)["discharge"]["signed"]
    assert signed == {"at": story.now.utc, "name": "Ben Ortiz"}
    assert shown(told("minute 14"), BEN, Role.SUPPORT)["tonight"] == []


def test_who_read_the_figures_off_the_clients_screen_is_there_before_any_answer() -> None:
    story = told("arrived")
    unasked = tuple(answer for answer in story.session.answers if answer.person != BEN)
    story.session = replace(story.session, answers=unasked)
    seen = next(one for one in shown(story, SAM, Role.CLIENT)["people"] if one["role"] == "support")
    assert not seen["there"]
    story.do(BEN, c.ReadPairingCode(code=presence_code("key", story.session.id, PAIRING)))
    seen = next(one for one in shown(story, SAM, Role.CLIENT)["people"] if one["role"] == "support")
    assert seen["there"]


def test_before_anything_else_the_adult_promises_to_be_of_age_sober_to_stay_and_to_be_reached() -> None:
    story = told("arrived")

    assert [*view(story.session, story.world, BEN, Role.SUPPORT, story.now)["promise"]] == [
        "I am 18 or older, and sober.",
        "I stay until Ana says so, and 4 hours more.",
        "This phone stays with me, charged and loud.",
    ]


@pytest.mark.parametrize(("asked", "line"), REMEMBERED.items())
def test_what_is_called_to_mind_stands_on_a_card_and_follows_an_answer_that_can_be_given(
    asked: tuple[str, str], line: str
) -> None:
    name, value = asked
    (field,) = [one for one in form_of(("look_in",), "Sam", at_the_bed=True) if one.name == name]

    assert any(line in card.lines for card in CARDS)
    assert value in {choice.value for choice in field.choices}
    told_at = {role: seen(told("dosed"), role).get("remembered") for role in Role}
    shown = {"field": name, "value": value, "line": line}
    assert shown in told_at.pop(Role.SUPPORT) and not any(told_at.values()), "whoever answers there, and nobody else"
