"""What each person sees while a client is released and watched: dose, check-ins, alarms, the end."""

import pytest

from telekap.care import commands as c
from telekap.care.checkins import presence_code
from telekap.care.people import AT_HOME, Role
from telekap.care.session import State
from telekap.care.views import view
from tests.care import later_unit
from tests.care.chapters import Json, questioned, seen, strings, told
from tests.cast import ADA, ANA, BEN, JO, KIM, SAM, Story, minutes, replace, seconds


@pytest.mark.parametrize("name", ["dosed", "peak", "return", "overdue"])
def test_the_presence_code_is_on_the_clients_own_login_and_on_no_other(name: str) -> None:
    story = told(name)
    shown = seen(story, Role.CLIENT)
    assert shown["code"] == presence_code("key", story.session.id, shown["code_for"])
    for role in set(Role) - {Role.CLIENT}:
        other = seen(story, role)
        assert other["code"] is None and other["code_for"] is None
        assert shown["code"] not in set(strings(other))
    looking = seen(story, None)
    assert looking["code"] is None and shown["code"] not in set(strings(looking))


def test_the_code_window_is_the_one_the_support_person_answers() -> None:
    story = Story().dose().watched(14)
    story.wait(minutes(1))
    assert seen(story, Role.CLIENT)["code_for"] == seen(story, Role.SUPPORT)["now_check_in"] == "t15"
    story.look_in("t15")
    assert seen(story, Role.SUPPORT)["now_check_in"] is None


def test_after_the_dose_everybody_but_the_client_may_say_a_new_address_and_nothing_else() -> None:
    story = told("dosed")
    for role in set(Role) - {Role.CLIENT}:
        forms = {gate["gate"]: gate["form"] for gate in seen(story, role)["gates"] if gate["form"]}
        assert set(forms) <= {"location"}
        if role is not Role.SUPPORT:
            assert "street" in {asked["name"] for asked in forms["location"]}
    assert not any(gate["form"] for gate in seen(story, Role.CLIENT)["gates"])


def test_do_not_take_it_is_said_to_everybody_and_the_therapist_counts() -> None:
    story = told("question")
    for role in Role:
        shown = seen(story, role)
        assert shown["question"]["units"] == 2 and shown["release"]["given"] is None
        assert shown["question"]["mine"] is (role is Role.THERAPIST)
        assert "not" in shown["sentence"] and "take it" in shown["sentence"]
    assert seen(story, Role.CLIENT)["question"]["sentence"] == "Do not take it."
    assert seen(story, Role.THERAPIST)["next"]["noun"] == "unit-counts"


def test_after_a_stand_down_what_is_seen_counted_or_taken_can_still_be_said() -> None:
    story = Story()
    story.arrive()
    story.answer("suicide_screen", Role.THERAPIST, q6="yes")
    story.settle_alarms()
    story.tick()
    assert story.session.state is State.STOOD_DOWN
    nouns = {act["noun"] for act in seen(story, Role.THERAPIST)["acts"]}
    assert nouns >= {"leftovers", "doses", "words", "help", "adverse-events"}


def test_the_countdown_of_an_alarm_says_to_whom_it_goes_and_there_it_goes() -> None:
    story, heard = Story().dose().watched(14), set()
    story.wait(minutes(3) + seconds(1))
    names = {ANA: "Ana", JO: "Jo", ADA: "Dr Okafor", KIM: "Kim"}
    alarm = seen(story, Role.THERAPIST)["alarms"][0]
    for _ in range(12):  # up the ladder, a step or a hop at a time
        before, owner = alarm["hop"], alarm["owner"]["person"]
        heard.add(before)
        story.wait(alarm["hops_at"] - story.now.utc)
        alarm = seen(story, Role.THERAPIST)["alarms"][0]
        new = alarm["owner"]["person"]
        assert (before == "sounds again") is (new == owner and "dial" not in before)
        assert before in {"sounds again", f"goes to {names[new]}", f"{names[new]} dials"} | (
            {"goes to you", "you dial"} if new == ANA else set()
        )
    assert heard >= {"sounds again", "goes to Dr Okafor", "Kim dials"}


def test_an_overdue_check_in_is_the_next_act_of_both_and_an_alarm_with_owner_and_hop() -> None:
    story = Story().dose().watched(14)
    story.wait(minutes(3) + seconds(1))
    support, therapist = seen(story, Role.SUPPORT), seen(story, Role.THERAPIST)
    assert support["next"]["subject"] == support["now_check_in"] == therapist["now_check_in"] == "t15"
    assert next(one for one in support["check_ins"] if one["id"] == "t15")["status"] == "overdue"
    alarm = next(one for one in therapist["alarms"] if one["kind"] == "check_in_overdue")
    assert alarm["owner"]["person"] == ANA and alarm["hops_at"] is not None
    assert alarm["may"] == {
        "acknowledge": True,
        "resolve": False,
        "why": ["It is still true."],
        "unknowable": False,
    }
    assert therapist["next"]["noun"] == "acknowledgements"


def test_an_order_of_the_ladder_is_the_next_act_of_its_owner() -> None:
    story = Story().dose()
    story.wait(minutes(19) + seconds(1), quietly=True)
    owners = {alarm["owner"]["role"] for alarm in seen(story, Role.THERAPIST)["alarms"] if alarm["order"]}
    for role in owners:
        shown = seen(story, Role(role))
        assert shown["next"]["noun"] in ("orders", "acknowledgements")
    assert owners


def test_missed_check_ins_ask_staff_for_a_reason() -> None:
    story = told("overdue")
    shown = seen(story, Role.THERAPIST)
    explain = {one["id"]: one["explain"] for one in shown["check_ins"] if one["explain"]}
    assert set(explain["t15"]) == {"support", "therapist"}


def test_the_steps_of_a_session_follow_the_time() -> None:
    steps = [seen(told(name), Role.THERAPIST)["step"] for name in ("scheduled", "arrived", "dosed", "peak", "return")]
    assert steps == ["arrive", "check", "hold", "peak", "return"]
    assert seen(told("ready"), Role.THERAPIST)["step"] == "discharge"
    assert seen(told("closed"), Role.THERAPIST)["step"] == "after"


@pytest.mark.parametrize(("asker", "says"), [(SAM, "Sam asks for help."), (BEN, "Ben asks for help for Sam.")])
def test_a_call_for_help_says_who_called_and_for_whom(asker: str, says: str) -> None:
    story = told("dosed")
    story.do(asker, c.AskHelp())
    (alarm,) = seen(story, Role.THERAPIST)["alarms"]
    assert alarm["sentence"] == says


def test_the_discharge_list_is_the_therapists_and_the_signature_the_adults() -> None:
    story = Story().dose().watched(121)
    therapist, support = seen(story, Role.THERAPIST), seen(story, Role.SUPPORT)
    assert therapist["discharge"]["may"] is False
    assert {"assessments", "adult"} <= {why["code"] for why in therapist["discharge"]["reasons"]}
    assert therapist["next"]["noun"] == "assessments" and support["next"]["noun"] in ("assessments", "check-ins")
    assert {"moaas", "sbp"} <= {asked["name"] for asked in therapist["discharge"]["form"]}
    assert {"stays", "overnight"} <= {asked["name"] for asked in support["discharge"]["form"]}
    assert seen(story, Role.DISPATCHER)["discharge"]["form"] == []


def test_a_presumed_dose_is_said_to_staff_and_the_whole_watch_begins() -> None:
    story = questioned()
    story.wait(minutes(2) + seconds(1))
    shown = seen(story, Role.THERAPIST)
    assert shown["state"] == "dosed" and shown["dose"]["presumed"] is True
    assert shown["sentence"].startswith("Presumed dosed.")
    assert shown["dose"]["units"][0]["mg"] is None and shown["dose"]["floor"]["prescriber_only"] is True


@pytest.mark.parametrize("role", sorted(AT_HOME))
def test_whoever_is_in_the_call_is_named_at_home_and_nobody_else_is(role: Role) -> None:
    story = told("dosed").copy()
    before = [one["role"] for one in seen(story, role)["people"]]
    assert "standin" not in before
    story.do("", c.NoteSeat(role=Role.STANDIN, person=story.session.roles[Role.STANDIN]))
    story.do("", c.NoteSeat(role=Role.THERAPIST, person=story.session.roles[Role.THERAPIST]))
    people = {one["role"]: one["in_room"] for one in seen(story, role)["people"]}
    assert [*people] == [*before, "standin"]
    assert people["standin"] and people["therapist"] and not people[before[0]]
    story.do("", c.NoteSeat(role=Role.STANDIN))
    assert [one["role"] for one in seen(story, role)["people"]] == before


def test_staff_see_whose_page_is_silent_though_the_picture_goes_on() -> None:
    story = told("dosed")

    def row(person: str, role: Role) -> Json:
        people = view(story.session, story.world, person, role, story.now)["people"]
        return next(one for one in people if one["role"] == "client")

    assert (row(ANA, Role.THERAPIST)["there"], row(ANA, Role.THERAPIST)["page_silent"]) == (True, False)
    story.do("", c.NotePresence(role=Role.CLIENT, there=False))
    assert (row(ANA, Role.THERAPIST)["there"], row(ANA, Role.THERAPIST)["page_silent"]) == (True, True)
    assert "page_silent" not in row(BEN, Role.SUPPORT)


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.THERAPIST, "Nobody has the cockpit."),
        (Role.STANDIN, "Nobody stands in."),
        (Role.PRESCRIBER, "No prescriber is on call."),
        (Role.DISPATCHER, "Nobody is named to dial."),
        (Role.SUPPORT, "No adult is with Sam."),
    ],
)
def test_staff_read_which_part_nobody_holds_from_the_dose_on(role: Role, said: str) -> None:
    story = told("dosed")
    reader = Role.PRESCRIBER if role is not Role.PRESCRIBER else Role.THERAPIST
    assert seen(story, reader)["vacant"] == []

    roles = {held: person for held, person in story.session.roles.items() if held is not role}
    story.session = replace(story.session, roles=roles)

    assert seen(story, reader)["vacant"] == [said]
    home = seen(story, Role.CLIENT)
    assert "vacant" not in home


def test_a_later_unit_is_told_apart_from_the_first_dose() -> None:
    story = later_unit.ready()
    story.do(ANA, c.ReleaseBooster(willing=True))
    story.do(SAM, c.Taken(units=(3,)))

    units = seen(story, Role.THERAPIST)["dose"]["units"]

    assert [(one["unit"], one["planned"], one["first"]) for one in units] == [
        (1, True, True),
        (2, True, True),
        (3, True, False),
    ]


def test_a_unit_taken_too_late_is_none_of_the_first_dose() -> None:
    story = Story().release()
    story.do(SAM, c.Taken(units=(1,)))
    story.wait(minutes(6))
    story.do(SAM, c.Taken(units=(2,)))

    assert [one["first"] for one in seen(story, Role.THERAPIST)["dose"]["units"]] == [True, False]


def test_nobody_is_said_to_check_who_has_not_come_yet() -> None:
    story = told("arrived")
    here = "Ana is checking. Keep your phone in your hand."
    assert seen(story, Role.SUPPORT)["sentence"] == here
    story.do("", c.NoteSight(role=Role.THERAPIST, kind="video", direction="in", state="stopped"))

    assert seen(story, Role.SUPPORT)["sentence"].startswith("All is answered. Ana comes onto Sam’s screen")
