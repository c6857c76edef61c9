"""The demo bar passes by no rule: the people named answer, and time moves by what is due."""

from telekap.care.commands import Taken
from telekap.care.people import Actor, Role
from telekap.demo.ending import end_session
from tests.web.serving import Serving, browser_for


async def test_the_demo_tells_links_clock_and_codes(shared: Serving) -> None:
    told = (await shared.browser.get("/api/v1/demo")).json()

    assert {link["role"] for link in told["links"]} == {role.value for role in Role}
    assert told["session"] == shared.session
    assert set(told["codes"]) == {"therapist", "standin", "prescriber", "dispatcher"}
    assert told["clock"]["rate"] == 1


async def test_an_answer_is_given_by_the_people_the_gate_names(clinic: Serving) -> None:
    reply = await clinic.browser.post("/api/v1/demo/answer", json={"session": clinic.session, "gate": "location"})

    session, _ = await clinic.house.handler.session(clinic.session)
    given = {answer.role: answer.person for answer in session.answers if answer.gate == "location"}
    assert reply.json()["answered"] == ["client", "support", "therapist"]
    assert given == {role: session.roles[role] for role in (Role.CLIENT, Role.SUPPORT, Role.THERAPIST)}


async def test_one_persons_answer_alone(clinic: Serving) -> None:
    body = {"session": clinic.session, "gate": "consent", "role": "client"}

    assert (await clinic.browser.post("/api/v1/demo/answer", json=body)).json()["answered"] == ["client"]


async def test_a_gate_nobody_answers_is_not_found(shared: Serving) -> None:
    for body in ({"gate": "watch"}, {"gate": "no-such-gate"}, {"gate": "oxygen", "role": "client"}):
        reply = await shared.browser.post("/api/v1/demo/answer", json={"session": shared.session} | body)
        assert reply.status_code == 404


async def test_a_jump_lands_just_before_the_next_due_and_moves_both_halves(clinic: Serving) -> None:
    before = clinic.house.clock.now()

    reply = (await clinic.browser.post("/api/v1/demo/jump", json={"session": clinic.session})).json()

    after = clinic.house.clock.now()
    assert reply["moved_ms"] > 0
    assert reply["to"]["kind"]
    assert after.utc - before.utc >= reply["moved_ms"]
    assert abs((after.utc - before.utc) - (after.elapsed - before.elapsed)) < 50


async def test_jumps_go_on_to_the_next_and_the_next(clinic: Serving) -> None:
    moved = 0
    for _ in range(6):
        reply = (await clinic.browser.post("/api/v1/demo/jump", json={"session": clinic.session})).json()
        moved += reply["moved_ms"]

    assert moved > 60_000


async def test_after_the_end_a_jump_stops_where_somebody_at_home_is_asked_how_it_is(clinic: Serving) -> None:
    support = (await clinic.house.handler.session(clinic.session))[0].roles[Role.SUPPORT]
    await clinic.house.handler.handle(clinic.session, Taken(units=(1, 2)), by=Actor(person=support))
    assert await end_session(clinic.house.handler, clinic.session)
    kinds = []
    while "evening" not in kinds and len(kinds) < 20:
        reply = (await clinic.browser.post("/api/v1/demo/jump", json={"session": clinic.session})).json()
        kinds.append(reply["to"]["subject"])

    session, world = await clinic.house.handler.session(clinic.session)
    assert kinds[-1] == "evening" and session.transferred is not None
    opens = session.transferred.utc + world.protocol.ms("afterwards.evening_from")
    assert 0 <= opens - clinic.house.clock.now().utc <= 2_000


async def test_the_demo_refuses_other_sites_pages(shared: Serving) -> None:
    async with browser_for(shared.app, Origin="http://evil.example") as page:
        reply = await page.post("/api/v1/demo/jump", json={"session": shared.session})

    assert reply.status_code == 403


async def test_the_demo_lists_what_was_sent_to_whom(clinic: Serving) -> None:
    reply = (await clinic.browser.post("/api/v1/demo/pages", json={"session": clinic.session})).json()

    assert {page["state"] for page in reply["pages"]} <= {"waiting", "delivered", "failed"}
