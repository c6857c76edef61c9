"""One request, one effect: however often it comes, from however many hands at once."""

import asyncio

import pytest

from telekap.care.commands import (
    Release,
    Say,
    Taken,
)
from telekap.care.errors import Malformed, Refused
from telekap.care.facts import DoseTaken, Said
from telekap.care.people import Role
from telekap.care.session import State
from tests.record.clinic import Clinic, rows


async def test_the_same_request_twice_has_one_effect_and_one_answer(released: Clinic) -> None:
    first = await released.act(Role.CLIENT, Taken(units=(1,)), key="key-dose-1")
    again = await released.act(Role.CLIENT, Taken(units=(1,)), key="key-dose-1")

    session, _world = await released.look()
    assert again == first
    assert len(session.doses) == 1
    assert any(isinstance(fact, DoseTaken) for fact in first.facts)


async def test_twenty_at_once_with_one_key_have_one_effect(clinic: Clinic) -> None:
    say = Say(what="note", note="twenty times")
    done = await asyncio.gather(*(clinic.act(Role.THERAPIST, say, key="key-twenty") for _ in range(20)))

    assert len({each.version for each in done}) == 1
    said = [entry for entry in await clinic.handler.entries(clinic.session) if isinstance(entry.fact, Said)]
    assert len(said) == 1


async def test_a_key_used_for_another_request_is_refused(clinic: Clinic) -> None:
    await clinic.act(Role.THERAPIST, Say(what="note", note="one"), key="key-1")
    before = await rows(clinic)

    with pytest.raises(Malformed):
        await clinic.act(Role.THERAPIST, Say(what="note", note="two"), key="key-1")
    assert await rows(clinic) == before

    await clinic.act(Role.STANDIN, Say(what="note", note="two"), key="key-1")  # a key belongs to one person
    assert (await rows(clinic))["request_keys"] == before["request_keys"] + 1


async def test_a_refused_request_is_decided_again_when_it_is_asked_again(clinic: Clinic) -> None:
    with pytest.raises(Refused):
        await clinic.act(Role.THERAPIST, Release(), key="key-release")
    await clinic.until_ready()

    done = await clinic.act(Role.THERAPIST, Release(), key="key-release")

    assert (await clinic.look())[0].state is State.RELEASED
    assert await clinic.act(Role.THERAPIST, Release(), key="key-release") == done
