"""Clear, clear with limits, ask, refuse: and what client and therapist read of it."""

from datetime import date

import pytest

from telekap.care import commands as c
from telekap.care.gates import gate
from telekap.care.jurisdiction import Rule
from telekap.care.review import cleared
from tests.cast import ADA, ANA, CA, KIM, PEOPLE, SAM, Story, replace, shipped

LIMITED = c.SignClearance(
    sessions=1, days=20, gap_h=336, states=("CA", "OR"), max_mg=60, note="Call me if you start a new medicine."
)


@pytest.fixture(autouse=True)
def licensed_in_both_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada may sign for California and Oregon."""
    monkeypatch.setitem(PEOPLE, ADA, replace(PEOPLE[ADA], licensed=CA | {"OR:2029-12-31"}))


def test_what_is_shown_before_signing_is_what_is_read_afterwards() -> None:
    story = Story()
    shown = cleared(LIMITED, story.course, story.world, story.now)

    story.on_course(ADA, LIMITED)

    given = story.course.clearance
    assert given is not None
    assert (given.for_client, given.for_therapist) == (shown.for_client, shown.for_therapist)
    assert shown.protocol == story.world.protocol.digest, "under which protocol it was signed"
    assert given.for_client == (
        "Dr Okafor has cleared you for 1 session at home, until July 5, 2026."
        " Between two sessions there are at least 14 days. Call me if you start a new medicine."
    )
    assert given.for_therapist == (
        "Cleared for 1 session until July 5, 2026, at most 60 mg a session. 336 h between doses. In CA, OR only."
        " Call me if you start a new medicine."
    )


US = Rule("US", True, date(2026, 1, 1), date(2026, 12, 31), "waiver")


@pytest.mark.parametrize(
    ("rules", "last"),
    [
        ((US,), "July 5"),
        ((replace(US, until=date(2026, 6, 20)),), "June 20"),
        ((US, replace(US, where="OR", until=date(2026, 6, 25))), "June 25"),
        ((US, replace(US, where="NY", until=date(2026, 6, 25))), "July 5"),
        ((US, replace(US, starts=date(2025, 1, 1), until=date(2025, 12, 31))), "July 5"),
        ((US, replace(US, until=date(2026, 6, 20))), "July 5"),
        ((US, replace(US, where="OR", starts=date(2026, 6, 20), until=date(2026, 6, 25))), "July 5"),
        ((), "July 5"),
    ],
    ids=[
        "later",
        "federal",
        "a state named",
        "a state not named",
        "last year's",
        "one of two",
        "not begun",
        "none at all",
    ],
)
def test_a_clearance_ends_with_the_rules_in_force_in_its_states(rules: tuple[Rule, ...], last: str) -> None:
    story = Story()
    story.protocol = replace(shipped(), jurisdiction=rules)

    shown = cleared(LIMITED, story.course, story.world, story.now)

    assert f"until {last}, 2026" in shown.for_client


def test_a_limit_of_milligrams_shuts_the_gate_of_a_larger_order_and_refuses_a_new_one() -> None:
    story = Story()
    story.on_course(ADA, LIMITED)

    found = gate("clearance").finding(story.session, story.world, story.now)
    assert found.sentence == "The order is 100 mg; 60 is the most today."
    assert story.refused_on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=35, units=2, hold_min=12)) == {
        "ceiling"
    }
    story.on_course(ADA, c.SignOrder(form="lozenge", mg_per_unit=30, units=2, hold_min=12))


def test_a_question_decides_nothing_and_is_answered_once_by_the_clinic() -> None:
    story = Story()
    before = story.course.clearance

    story.on_course(ADA, c.AskAboutCourse(question="Is the ECG of May here?"))
    (asked,) = story.course.questions
    assert story.course.clearance == before and asked.answer == ""
    assert story.refused_on_course(SAM, c.AnswerCourse(question=asked.n, answer="Yes.")) == {"staff"}
    assert story.refused_on_course(KIM, c.AnswerCourse(question=asked.n, answer=" ")) == {"answer"}

    story.on_course(KIM, c.AnswerCourse(question=asked.n, answer="Yes, of 3 May."))

    (answered,) = story.course.questions
    assert (answered.answer, answered.by) == ("Yes, of 3 May.", KIM)
    assert story.refused_on_course(ANA, c.AnswerCourse(question=asked.n, answer="No.")) == {"question"}
    assert story.refused_on_course(KIM, c.AskAboutCourse(question="?")) == {"prescriber_only"}


def test_a_refusal_says_why_to_the_clinic_and_no_blame_to_the_client() -> None:
    story = Story()
    assert story.refused_on_course(ADA, c.RefuseClearance(reason="Pressure")) == {"active"}, "revoke it instead"
    story.course = replace(story.course, clearance=None)
    assert story.refused_on_course(KIM, c.RefuseClearance(reason="Pressure")) == {"prescriber_only"}
    assert story.refused_on_course(ADA, c.RefuseClearance(reason=" ")) == {"reason"}

    story.on_course(ADA, c.RefuseClearance(reason="Pressure too high twice.", note="We talk on Monday."))

    refused = story.course.refused
    assert refused is not None
    assert refused.for_client == (
        "Not now. You did nothing wrong. Dr Okafor has not cleared sessions at home. We talk on Monday."
    )
    assert "Pressure" not in refused.for_client
    assert refused.for_therapist == "Not cleared. Pressure too high twice. We talk on Monday."

    story.on_course(ADA, replace(LIMITED))
    assert story.course.refused is None, "a clearance ends the no"


def test_the_last_day_ends_where_it_ends_first_among_those_who_are_known() -> None:
    story = Story()
    nobody = replace(story.world, people={})

    assert (
        cleared(LIMITED, story.course, nobody, story.now).until
        == cleared(
            LIMITED,
            story.course,
            replace(story.world, people={SAM: replace(PEOPLE[SAM], zone=story.world.zone)}),
            story.now,
        ).until
    )
