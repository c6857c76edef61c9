"""What is worked out once and asked for often is never that of another state, whichever part of it changed."""

from types import MappingProxyType

from telekap.care import commands as c
from telekap.care.checkins import plan
from telekap.care.conditions import conditions
from telekap.care.conditions_body import seen
from telekap.care.protocol import Protocol
from tests.cast import ANA, BEN, Story, minutes, replace, told


def with_number(protocol: Protocol, key: str, value: float) -> Protocol:
    """The same protocol but for one figure."""
    return replace(protocol, numbers=MappingProxyType({**protocol.numbers, key: value}))


def looked() -> Story:
    """Both have looked at minute 15."""
    story = told("minute 14")
    story.wait(minutes(1))
    story.look_in("t15")
    story.reads("t15")
    return story


def test_a_new_look_and_a_new_reading_are_seen_at_once() -> None:
    story = looked()
    first = seen(story.session, story.protocol)

    story.do(ANA, c.TakeReading(values={"spo2": 93}))
    read = seen(story.session, story.protocol)
    story.wait(minutes(15))
    story.look_in("t30")

    assert [one.n for one in read[:-1]] == [one.n for one in first] and read[-1].values == {"spo2": 93}
    assert len(seen(story.session, story.protocol)) == len(read) + 1


def test_each_part_of_a_state_alone_changes_what_is_seen() -> None:
    story = looked()
    story.do(ANA, c.TakeReading(values={"spo2": 93}))
    session, protocol = story.session, story.protocol
    whole = seen(session, protocol)

    assert [one.values for one in seen(replace(session, parts={}), protocol)] == [{"spo2": 93}]
    assert seen(session, protocol) == whole
    assert seen(replace(session, readings=()), protocol) == whole[:-1]
    assert seen(session, protocol) == whole
    assert seen(session, with_number(protocol, "vitals.spo2_low", 94))[-1].values == {}  # no device shows 93 then
    assert seen(session, protocol) == whole


def test_each_part_of_a_state_alone_changes_the_plan() -> None:
    story = told("dosed")
    session, world = story.session, story.world
    first = plan(session, world)
    story.wait(minutes(3))
    story.do(BEN, c.Taken(units=(1,), said_at=story.now.utc - minutes(4)))  # a minute before it was first said

    earlier = plan(story.session, world)
    graceless = replace(world, protocol=with_number(world.protocol, "check_in.grace", 1))

    assert [one.due.utc for one in earlier if one.id == "hold"] < [one.due.utc for one in first if one.id == "hold"]
    assert plan(session, world) == first
    assert [one.due for one in plan(session, graceless)] == [one.due for one in first]
    assert all(a.overdue.utc < b.overdue.utc for a, b in zip(plan(session, graceless), first, strict=True))
    assert plan(replace(session, dose_said=()), world) == ()
    assert plan(session, world) == first


def test_what_is_wrong_is_known_of_a_state_that_is_folded_anew_and_of_no_other() -> None:
    story = looked()
    story.do(ANA, c.TakeReading(values={"spo2": 88}))
    session, world = story.session, story.world
    found = conditions(session, world)
    assert "red_reading" in {one.kind for one in found}

    anew = replace(session)
    assert anew is not session and conditions(anew, world) is found, "not worked out a second time"
    unread, unaware = (
        replace(session, readings=()),
        replace(world, protocol=with_number(world.protocol, "band.spo2_red", 85)),
    )
    assert "red_reading" not in {one.kind for one in conditions(unread, world)}
    assert "red_reading" not in {one.kind for one in conditions(session, unaware)}
    assert conditions(session, world) == found
