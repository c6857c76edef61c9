"""The next act that every page names leads somewhere: six people who do only that reach a signed record."""

from collections.abc import Callable

import pytest

from telekap.care import commands as c
from telekap.care.instant import MINUTE, Instant
from telekap.care.people import Role
from telekap.care.session import State
from telekap.care.view_acts import next_act
from telekap.care.view_eye import eye
from telekap.demo.answers import well_answer
from tests.care.chapters import Json, gate_of, seen
from tests.cast import ADA, ANA, SAM, WELL_ADULT, WELL_ASSESSMENT, Story, minutes, replace


class Obedient:
    """Six people who do exactly what their page says comes next, and nothing else."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.done: list[str] = []

    def turn(self) -> bool:
        """Everybody looks once; True if anybody had something to do."""
        busy = False
        for role in Role:
            person = self.story.session.roles.get(role)
            if person is None:
                continue
            coming = next_act(eye(self.story.session, self.story.world, person, role, self.story.now))
            if coming is not None and self.act(person, role, coming):
                busy = True
        return busy

    def act(self, person: str, role: Role, coming: Json) -> bool:
        story, noun, subject = self.story, coming["noun"], coming["subject"]
        command = self.command(role, noun, subject)
        if command is None:
            return False
        self.done.append(noun)
        if isinstance(command, c.CourseCommand):
            story.on_course(person, command)
        else:
            story.do(person, command)
        return True

    def command(self, role: Role, noun: str, subject: str) -> c.Command | None:
        story = self.story
        day = 24 * 60 * MINUTE
        made: dict[str, Callable[[], c.Command]] = {
            "lobby": c.OpenLobby,
            "gate-answers": lambda: c.AnswerGate(
                gate=subject, values=well_answer(subject, role, story.session, story.world)
            ),
            "amber-decisions": lambda: c.DecideAmber(
                gate=subject,
                reading=gate_of(seen(story, role), subject)["reading"],
                proceed=True,
                reason="A small clinic.",
            ),
            "test-pages": lambda: c.AskDuty(role=Role(subject)),
            "duty": c.AcknowledgeDuty,
            "aftercare": lambda: c.BookAftercare(
                session=story.session.id, next_day=story.now.utc + day, integration=story.now.utc + 2 * day
            ),
            "release": c.Release,
            "doses": lambda: c.Taken(units=(1, 2)),
            "check-ins": lambda: c.CheckIn(check_in=subject, values=story.well(subject, role)),
            "misses": lambda: c.ExplainMiss(
                check_in=subject.split("/")[0], part=Role(subject.split("/")[1]), reason="Nobody was told."
            ),
            "acknowledgements": lambda: c.AcknowledgeAlarm(alarm=subject),
            "resolutions": lambda: c.ResolveAlarm(alarm=subject, reason="Seen and well."),
            "assessments": lambda: c.Assess(values=WELL_ASSESSMENT if role is Role.THERAPIST else WELL_ADULT),
            "discharge": c.Discharge,
            "signature": c.Sign,
        }
        return made[noun]() if noun else None


@pytest.mark.parametrize(("witness", "end"), [("elsewhere", State.DOSED), ("here", State.CLOSED)])
def test_doing_only_what_comes_next_leads_from_the_lobby_to_a_signed_record(witness: str, end: State) -> None:
    """L4, L6 and "every step has an obvious next one": no page ever leaves its person without a way on."""
    story = Story()
    story.witness = witness
    six = Obedient(story)
    story.tick()
    story.see()
    for _ in range(400):
        story.hear()
        if story.session.state is end:
            break
        if not six.turn():
            ahead = [due.at.utc for due in story.deadlines() if due.at.utc > story.now.utc]
            story.wait(max(1, min([*ahead, story.now.utc + minutes(1)]) - story.now.utc))
    assert story.session.state is end, (story.session.state, six.done[-10:], story.minute())
    assert story.minute() < 150
    assert ("amber-decisions" in six.done) is (witness == "here")
    assert not story.session.missed and not story.session.incidents


def test_the_button_of_a_test_page_says_that_it_was_sent() -> None:
    story = Story()
    story.session = replace(story.session, duty_asked={})

    def label() -> str:
        acts: list[Json] = seen(story, Role.THERAPIST)["acts"]
        (found,) = [act["label"] for act in acts if (act["noun"], act["subject"]) == ("test-pages", "standin")]
        return str(found)

    assert label() == "Test page to Jo"
    story.do(ANA, c.AskDuty(role=Role.STANDIN))
    assert label() == "Test page to Jo, again"


def test_staff_read_of_everybody_on_duty_when_they_were_paged_and_when_they_answered() -> None:
    story = Story()
    story.tick()

    def duty(role: Role) -> tuple[int | None, int | None]:
        (one,) = [row for row in seen(story, Role.THERAPIST)["people"] if row["role"] == role]
        return one["paged"], one["answered"]

    assert duty(Role.PRESCRIBER) == (None, None)
    story.do(ANA, c.AskDuty(role=Role.PRESCRIBER))
    paged = story.now.utc
    story.wait(minutes(1))
    assert duty(Role.PRESCRIBER) == (paged, None)
    story.do(ADA, c.AcknowledgeDuty())
    assert duty(Role.PRESCRIBER) == (paged, story.now.utc)
    assert all("paged" not in row for row in seen(story, Role.SUPPORT)["people"])


def test_nobody_is_led_to_sign_for_the_night_while_a_walk_has_failed() -> None:
    story = Story().dose().watched(120.1)

    def asked() -> Json | None:
        shown: Json | None = seen(story, Role.SUPPORT)["next"]
        return shown

    assert asked() == {"sentence": "Sign for tonight, with Ana.", "noun": "assessments", "subject": ""}
    story.assess(walks="no")
    assert asked() is None
    assert seen(story, Role.SUPPORT)["discharge"]["form"], "it may be signed all the same"
    story.wait(minutes(1))
    story.assess()
    assert (asked() or {})["noun"] == "assessments"


def test_who_ended_the_last_release_is_said_to_whoever_may_give_the_next() -> None:
    story = Story().release()
    story.do(SAM, c.Recall())
    story.do(ANA, c.CountUnits(units=2, how="video"))
    at = story.now

    def told(role: Role) -> str:
        return str(seen(story, role)["release"]["ended"])

    assert told(Role.THERAPIST) == f"Sam ended the last release at {said_at(at)}. Ask Sam before you release again."
    assert told(Role.SUPPORT) == told(Role.CLIENT) == told(Role.PRESCRIBER) == ""


def test_a_release_that_lapsed_was_ended_by_nobody_and_one_of_ones_own_by_you() -> None:
    story = Story().release()
    story.do(ANA, c.Recall())
    story.do(ANA, c.CountUnits(units=2, how="video"))
    assert seen(story, Role.THERAPIST)["release"]["ended"].startswith("You ended the last release at ")
    lapsed = Story().release()
    lapsed.wait(minutes(10))
    lapsed.do(ANA, c.CountUnits(units=2, how="video"))
    assert seen(lapsed, Role.THERAPIST)["release"]["ended"].startswith("The last release ended at ")


def said_at(at: Instant) -> str:
    """The hour on the session's clock, which is UTC here."""
    return f"{at.utc // 3_600_000 % 24:02}:{at.utc // 60_000 % 60:02}"
