"""The doors: sign-in and what lets somebody in."""

from typing import Any, Final

from playwright.async_api import Page

from telekap.web.errors import ENDED
from telekap.web.qr import drawing
from tests.pages.browser import DESK
from tests.pages.screens.screen import Screen
from tests.pages.staff_stub import NOW, Stub

CODES: Final = [f"ab{n}d-efgh-jkmn" for n in range(2, 10)] + ["abcd-efgh-2345", "abcd-efgh-6789"]

ENROLMENT: Final = {
    "name": "Lee Novak",
    "handle": "lee",
    "roles": ["therapist", "standin"],
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth": "otpauth://totp/telekap:lee?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=telekap",
    "qr": drawing("otpauth://totp/telekap:lee?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=telekap"),
    "passkeys": True,
}

ACCOUNT: Final = {
    "name": "Ana Ruiz",
    "handle": "ana",
    "roles": ["therapist"],
    "administers": True,
    "code_app": True,
    "passkeys_possible": True,
    "passkeys": [{"id": "k1", "name": "Office laptop", "made": NOW - 900_000_000, "used": NOW - 3_600_000}],
    "codes_left": 7,
    "logins": [
        {"id": "lo", "kind": "passkey", "issued": NOW - 7_200_000, "seen": NOW, "here": True},
        {"id": "l2", "kind": "password", "issued": NOW - 9_200_000, "seen": NOW - 600_000, "here": False},
    ],
    "resets": [{"reset": "r1", "name": "Jo Tran", "asked_by": "Kim Osei", "asked": NOW - 300_000}],
    "colleagues": [{"person": "p-jo", "name": "Jo Tran"}, {"person": "p-kim", "name": "Kim Osei"}],
}


def member(name: str, state: str, roles: list[str], **more: Any) -> dict[str, Any]:
    """One line of the team."""
    return {
        "person": name.casefold(),
        "name": name,
        "handle": name.split()[0].casefold(),
        "phone": "+15550103",
        "zone": "America/Los_Angeles",
        "roles": roles,
        "licensed": ["CA:2029-12-31"],
        "administers": False,
        "state": state,
        "here": 0,
        "reset_asked_by": None,
    } | more


TEAM: Final = {
    "staff": [
        member("Ana Ruiz", "active", ["therapist"], here=2),
        member("Dr Ada Okafor", "active", ["prescriber"], here=1),
        member("Jo Tran", "active", ["standin", "therapist"], reset_asked_by="Kim Osei"),
        member("Kim Osei", "active", ["dispatcher"], administers=True, here=1, licensed=[]),
        member("Lee Novak", "invited", ["therapist"]),
        member("Max Old", "disabled", ["therapist"]),
    ],
    "diary": [
        {"at": NOW - 60_000, "by": "Kim Osei", "what": "reset asked", "about": "Jo Tran"},
        {"at": NOW - 600_000, "by": "Kim Osei", "what": "invited", "about": "Lee Novak"},
        {"at": NOW - 900_000_000, "by": "the command line", "what": "added", "about": "Kim Osei"},
    ],
}


CHORES: Final = {
    "chores": [
        {"chore": "c1", "kind": "erase", "subject": "p-max", "name": "Max Old", "phone": "+15550109"}
        | {"asked_by": "p-lee", "by": "Lee Novak", "asked": NOW - 600_000, "mine": False},
    ],
    "put_back": False,
}
THE_TEAM: Final = {"api/v1/as/lo/team": TEAM, "api/v1/as/lo/team/chores": CHORES}


async def written(page: Page, stub: Stub) -> None:
    """Enrolled: the codes are shown."""
    await page.get_by_label("Password").fill("correct horse battery")
    await page.get_by_label("The 6 digits it shows").fill("123456")
    await page.get_by_role("button", name="Enrol with the code app").click()
    await page.get_by_role("heading", name="Write these down.").wait_for()


async def refused(page: Page, stub: Stub) -> None:
    """A password that is too short."""
    await page.get_by_label("Password").fill("short")
    await page.get_by_role("button", name="Enrol with the code app").click()
    await page.get_by_role("alert").wait_for()


async def inviting(page: Page, stub: Stub) -> None:
    """The form of an invitation, the second factor asked for."""
    await page.get_by_role("button", name="Invite somebody").click()
    for label, words in (("Name", "Lee Novak"), ("Handle", "lee"), ("Own phone", "+15550144")):
        await page.get_by_label(label).fill(words)
    await page.get_by_role("button", name="Add a licence").click()
    await page.get_by_label("Which").select_option("CA")
    await page.get_by_label("Last day").fill("2099-06-30")
    await page.get_by_role("button", name="Make the link").click()
    await page.get_by_label("Confirm that it is you.").wait_for()


SECOND_FACTOR: Final = (
    409,
    {
        "error": "refused",
        "reasons": [{"code": "second_factor", "sentence": "Confirm that it is you.", "action": "Enter a code."}],
    },
)

VIDEO_AWAY: Final = (
    409,
    {
        "error": "refused",
        "reasons": [
            {"code": "media_away", "sentence": "Video is away for a moment.", "action": "It comes back by itself."}
        ],
    },
)

ENROLLING: Final = {
    "reads": {"api/v1/enrolments/tok": ENROLMENT},
    "answers": {"tok": lambda _: (200, {"next": "/as/lo/", "recovery_codes": CODES})},
}

ENROLLED: Final = {"reads": {"api/v1/enrolments/old": (410, {"error": "link_used", "sentence": ENDED["used"]})}}

DOCUMENT: Final = {
    "openapi": "3.1.0",
    "info": {"title": "telekap", "description": "Sessions at home under remote supervision."},
    "paths": {
        "/api/v1/sign-in": {
            "post": {
                "summary": "Sign in with handle, password and code",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/SignIn"}}}},
                "responses": {"200": {"description": "Where the browser goes on."}, "401": {"description": "Wrong."}},
            }
        }
    },
    "components": {"schemas": {"SignIn": {"properties": {"handle": {"type": "string"}}, "required": ["handle"]}}},
}

SCREENS: Final[tuple[Screen, ...]] = (
    Screen("sign-in", "sign-in.html", path="/sign-in", size=DESK),
    Screen("enrol", "enrol.html", path="/e/tok", told=ENROLLING, size=DESK),
    Screen("enrol-refused", "enrol.html", path="/e/tok", told=ENROLLING, steps=refused),
    Screen(
        "enrol-codes",
        "enrol.html",
        path="/e/tok",
        told=ENROLLING,
        steps=written,
    ),
    Screen("enrol-gone", "enrol.html", path="/e/old", told=ENROLLED, shown=".door h1", size=DESK),
    Screen("lost", "lost.html", path="/lost", least=96, themes=("dark",)),
    Screen(
        "api-docs",
        "api-docs.html",
        path="/api-docs",
        told={"reads": {"api/openapi.json": DOCUMENT}},
        size=DESK,
    ),
    Screen("unlock", "unlock.html", path="/as/lo/", size=DESK),
    Screen(
        "account", "account.html", path="/as/lo/account", told={"reads": {"api/v1/as/lo/account": ACCOUNT}}, size=DESK
    ),
    Screen(
        "line",
        "line.html",
        path="/as/lo/line",
        told={
            "reads": {"api/v1/as/lo/line-check": {"ice_servers": []}},
            "answers": {"line-check": lambda _: VIDEO_AWAY},
        },
        shown=".legs .why",
        least=96,
        themes=("dark",),
    ),
    Screen(
        "team",
        "team.html",
        path="/as/lo/team",
        told={"reads": THE_TEAM},
        smaller={"input[type=checkbox]": 20},  # the label around it is the target
        size=DESK,
    ),
    Screen(
        "team-invite",
        "team.html",
        path="/as/lo/team",
        told={"reads": THE_TEAM, "answers": {"invitations": lambda _: SECOND_FACTOR}},
        steps=inviting,
        size=DESK,
    ),
)
