"""Two houses for the fuzzer: one before the dose with a full desk, one after it. Well-formed requests of every kind."""

from typing import Any

import pyotp

from telekap.care.instant import DAY, HOUR
from telekap.care.people import Role
from telekap.demo.cast import PASSWORD
from telekap.web.bound import BOUND
from tests.web.course_bodies import COURSE_BODIES
from tests.web.fuzzing import Fuzz
from tests.web.kims_desk import Desk
from tests.web.lobby import release, well
from tests.web.serving import new_key
from tests.web.staff_life import LEE, administer, enrol, sign_in, token_of
from tests.web.test_sessions import BODIES


async def press(fuzz: Fuzz, role: Role, path: str, body: Any = None) -> Any:
    """Any button below a login; whatever comes back is recorded."""
    where = f"{await fuzz.clinic.api(role)}/{path}"
    return await fuzz.clinic.browser.post(where, json=body or {}, headers={"Idempotency-Key": new_key()})


async def look(fuzz: Fuzz, role: Role, path: str) -> Any:
    """Any look below a login."""
    return await fuzz.clinic.browser.get(f"{await fuzz.clinic.api(role)}/{path}")


async def place(fuzz: Fuzz) -> None:
    """What stands in addresses."""
    session, _ = await fuzz.clinic.house.handler.session(fuzz.clinic.session)
    fuzz.ids |= {
        "session": session.id,
        "course": session.course,
        "person": session.roles[Role.CLIENT],
        "about": session.roles[Role.SUPPORT],
        "token": fuzz.clinic.link(Role.CLIENT).split("/")[2],
        "purpose": "join",
    }


class BeforeTheDose:
    """Staff life, a booked client, a signed course; then an open lobby."""

    roles = tuple(Role)

    async def before(self, fuzz: Fuzz) -> None:
        """Every desk is used once, well."""
        await place(fuzz)
        clinic = fuzz.clinic
        for path in ("/api/openapi.json", "/api/docs", "/healthz", "/readyz"):
            await clinic.browser.get(path)
        await clinic.browser.post("/api/v1/lost-link", json={"phone": "+1 555 0101"})
        await self.staff(fuzz)
        await self.desk(fuzz)
        await self.course(fuzz)

    async def staff(self, fuzz: Fuzz) -> None:
        """Lee is invited, enrols, is changed, reset, shut out and let in again."""
        clinic, kim = fuzz.clinic, Role.DISPATCHER
        await clinic.confirm(kim)
        person = (await administer(clinic, "invitations", LEE)).json()["person"]
        token = token_of((await administer(clinic, "renewals", {"person": person})).json()["link"])
        async with browser(fuzz) as lee:
            await lee.post(f"/api/v1/enrolments/{token}/passkey-options", json={})
            told = await enrol(clinic, lee, token)
            code = pyotp.TOTP(told["secret"]).at(clinic.house.clock.wall() // 1000 + 30)
            await sign_in(lee, "lee", "correct horse battery", code)
            await lee.post("/api/v1/sign-in/passkey-options", json={})
        await look(fuzz, kim, "team")
        await administer(clinic, "rights", {"person": person, "roles": ["therapist"]})
        await administer(clinic, "resets", {"person": person})
        await clinic.confirm(Role.THERAPIST)
        waiting = (await look(fuzz, Role.THERAPIST, "account")).json()["resets"]
        await press(fuzz, Role.THERAPIST, "team/reset-confirmations", {"reset": waiting[0]["reset"]})
        await look(fuzz, kim, "team/chores")
        await administer(clinic, "chores", {"kind": "recheck"})
        await administer(clinic, "chore-confirmations", {"chore": "none"})
        for noun in ("disabling", "enabling"):
            await administer(clinic, noun, {"person": person})
        for noun in ("passkey-registration", "recovery-codes", "login-ends"):
            await press(fuzz, Role.THERAPIST, f"account/{noun}", {"login": ""} if noun == "login-ends" else {})
        await press(fuzz, Role.THERAPIST, "account/password", {"old": PASSWORD, "new": "another horse battery"})
        await press(fuzz, Role.THERAPIST, "awake")
        await press(fuzz, Role.THERAPIST, "passkey-options")

    async def desk(self, fuzz: Fuzz) -> None:
        """Kim books Omar, and puts people on duty."""
        clinic, desk = fuzz.clinic, Desk(fuzz.clinic)
        session, _ = await desk.booked()
        for path in ("board", "today", "staff", "clients", "roster", f"sessions/{session}/links"):
            await desk.get(path)
        found, _ = await clinic.house.handler.session(session)
        client, support = found.roles[Role.CLIENT], found.roles[Role.SUPPORT]
        await desk.get(f"clients/{client}")
        await desk.post(f"clients/{client}/people/{support}", {"name": "Leila S", "phone": "+15550149", "zone": "UTC"})
        await desk.post(f"sessions/{session}/links", {"role": "client"})
        await desk.post(f"sessions/{session}/link-withdrawals", {"role": "client"})
        row = {"role": "standin", "person": found.roles[Role.STANDIN], "zone": "UTC"}
        added = await desk.post("roster", row | {"starts": desk.local(9, 8), "ends": desk.local(9, 18)})
        await desk.post("roster-removals", {"n": added.json().get("n", 1)})
        at = f"/api/v1/as/{clinic.logins[Role.DISPATCHER]}/sessions/{session}"
        for noun, body in (
            ("names", {"role": "standin", "person": found.roles[Role.STANDIN]}),
            ("move", {"appointed": found.appointed + 2 * HOUR, "reason": "ill"}),
            ("lobby", {}),
        ):
            await clinic.browser.post(f"{at}/{noun}", json=body, headers={"Idempotency-Key": new_key()})
        other, _ = await Desk(clinic).booked(12)
        await clinic.browser.post(
            at.replace(session, other) + "/cancellation", json={"reason": "ill"}, headers={"Idempotency-Key": new_key()}
        )
        contact = next(iter(person for person in (await desk.get(f"clients/{client}"))["circle"]), {"person": support})
        await desk.post(f"clients/{client}/circle-removals", {"person": contact.get("person", support)})

    async def course(self, fuzz: Fuzz) -> None:
        """Everything that is signed in a course, by whom it is signed."""
        course, clinic = fuzz.ids["course"], fuzz.clinic
        by = {"consent": Role.CLIENT, "consent-withdrawal": Role.CLIENT, "answer": Role.THERAPIST}
        now = clinic.house.clock.now().utc
        late = {"aftercare": {"session": clinic.session, "next_day": now + 22 * HOUR, "integration": now + 2 * DAY}}
        late |= {"settlement": {"session": clinic.session, "what": "integration"}}
        await clinic.confirm(Role.PRESCRIBER)
        codes = (await press(fuzz, Role.PRESCRIBER, "account/recovery-codes")).json()["recovery_codes"]
        await press(fuzz, Role.PRESCRIBER, f"courses/{course}/previews/clearance", COURSE_BODIES["clearance"])
        last = ["suspension", "reinstatement", "revocation", "refusal", "consent-withdrawal"]
        for noun in [*(set(COURSE_BODIES) - set(last)), *last]:
            body, role = COURSE_BODIES[noun] | late.get(noun, {}), by.get(noun, Role.PRESCRIBER)
            if noun == "training":
                body = {"person": fuzz.ids["about"]}
            if noun in BOUND:
                act = {"of": f"courses/{course}", "noun": noun, "body": body}
                await press(fuzz, role, "second-factor", {"code": codes.pop(), "act": act})
            if noun == "answer":
                view = (await look(fuzz, role, f"courses/{course}")).json()
                asked = next((one["n"] for one in view.get("questions", ()) if not one.get("answer")), 1)
                body = body | {"question": asked}
            await press(fuzz, role, f"courses/{course}/{noun}", body)

    async def after(self, fuzz: Fuzz) -> None:
        """What everybody says in an open lobby."""
        for noun, (role, body) in BODIES.items():
            await press(fuzz, role, f"sessions/{fuzz.clinic.session}/{noun}", body)
        await press(fuzz, Role.STANDIN, "sign-out")


class AfterTheDose:
    """From an open board to a signed record, by way of a crew."""

    roles = (Role.THERAPIST, Role.CLIENT, Role.SUPPORT)

    async def before(self, fuzz: Fuzz) -> None:
        """Released, taken."""
        await place(fuzz)
        await release(fuzz.clinic)
        await well(fuzz.clinic, Role.CLIENT, "doses", {"units": [1, 2]})
        await well(fuzz.clinic, Role.CLIENT, "help", {"strength": "hold"})
        session, _ = await fuzz.clinic.house.handler.session(fuzz.clinic.session)
        alarm = {"alarm": next(iter(session.alarms))}
        await press(fuzz, Role.THERAPIST, f"sessions/{session.id}/acknowledgements", alarm)
        await press(fuzz, Role.THERAPIST, f"sessions/{session.id}/decisions", BODIES["decisions"][1])
        session, _ = await fuzz.clinic.house.handler.session(fuzz.clinic.session)
        await press(fuzz, Role.PRESCRIBER, f"sessions/{session.id}/countersignatures", {"decision": session.cared[0].n})
        await fuzz.clinic.house.handler.jump(25 * 60_000)
        await fuzz.clinic.house.handler.tick(session.id)
        await press(fuzz, Role.THERAPIST, f"sessions/{session.id}/misses", BODIES["misses"][1])

    async def after(self, fuzz: Fuzz) -> None:
        """Handed over, confirmed, signed."""
        for noun in ("leftovers", "afterwards", "adverse-events", "check-ins", "readings", "assessments", "reopening"):
            await press(fuzz, BODIES[noun][0], f"sessions/{fuzz.clinic.session}/{noun}", BODIES[noun][1])
        again = ("early-release", "reopening", "hand-over", "hand-over-confirmation", "signature")
        for noun in ("resolutions", *again, "afterwards"):
            role, body = BODIES[noun]
            if noun == "resolutions":
                session, _ = await fuzz.clinic.house.handler.session(fuzz.clinic.session)
                over = next((one.id for one in session.alarms.values() if one.over and not one.resolved), "none")
                body = body | {"alarm": over}
            await press(fuzz, role, f"sessions/{fuzz.clinic.session}/{noun}", body)


def browser(fuzz: Fuzz) -> Any:
    """A browser without cookies, heard by the recorder."""
    from tests.web.serving import browser_for

    return browser_for(fuzz.recorder)  # type: ignore[arg-type]


STORIES = (BeforeTheDose(), AfterTheDose())
