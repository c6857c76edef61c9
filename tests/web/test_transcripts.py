"""The record of a session on its way out: who may, that it is written down, and that the files are what they say."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from telekap.care.commands import Say
from telekap.care.people import Actor, Role
from telekap.record import log, reads
from telekap.record.verify_taken import main
from telekap.web.shapes import Transcript
from telekap.web.transcripts import harmless
from tests.web.lobby import release, well
from tests.web.serving import Serving


async def where(clinic: Serving, role: Role) -> str:
    return f"{await clinic.api(role)}/sessions/{clinic.session}/record"


async def test_the_record_says_all_that_was_written_and_who_read_it(clinic: Serving) -> None:
    await release(clinic)
    await well(clinic, Role.CLIENT, "doses", {"units": [1, 2]})
    reply = await clinic.browser.get(await where(clinic, Role.THERAPIST))
    told = Transcript.model_validate_json(reply.text, strict=True)

    assert told.chain.entries == told.version == len(told.lines) == await clinic.version()
    assert (told.boards[0].moment, told.state, told.signed) == ("at the release", "dosed", None)
    assert [(one.by, one.what) for one in told.reads] == [(told.me, "page")]


async def test_the_end_of_the_chain_is_that_of_the_lines_also_while_the_session_grows(
    clinic: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, store, address = clinic.session, clinic.house.store, await where(clinic, Role.THERAPIST)
    ben, plain = Actor(person=await clinic.person(Role.SUPPORT), login="l"), store.read

    async def grown_before(look: Any) -> Any:
        """Between any two looks at the record a line is written."""
        monkeypatch.setattr(store, "read", plain)
        await clinic.house.handler.handle(session, Say(what="note", note="A line."), ben)
        monkeypatch.setattr(store, "read", grown_before)
        return await plain(look)

    monkeypatch.setattr(store, "read", grown_before)
    told = Transcript.model_validate_json((await clinic.browser.get(address)).text, strict=True)
    monkeypatch.setattr(store, "read", plain)

    assert told.chain.entries == told.version == len(told.lines)
    stream, last = told.chain.stream, told.lines[-1].n
    assert told.chain.hash == (await plain(lambda conn: log.hash_of(conn, stream, last)) or b"").hex()


async def test_each_look_is_written_down_before_it_is_answered(clinic: Serving) -> None:
    for role, end in ((Role.DISPATCHER, ""), (Role.PRESCRIBER, "/facts"), (Role.THERAPIST, "/timeline")):
        assert (await clinic.browser.get(f"{await where(clinic, role)}{end}")).status_code == 200
    kept = await clinic.house.store.read(lambda conn: reads.newest(conn, clinic.session))

    by = [await clinic.person(role) for role in (Role.THERAPIST, Role.PRESCRIBER, Role.DISPATCHER)]
    assert [(one.by, one.what) for one in kept] == list(zip(by, ("timeline", "facts", "page"), strict=True))


@pytest.mark.parametrize("end", ["", "/facts", "/timeline"])
async def test_nobody_at_home_and_no_stranger_gets_it_and_nothing_is_written_of_their_asking(
    shared: Serving, end: str
) -> None:
    before = await shared.house.store.read(lambda conn: reads.newest(conn, shared.session))
    stranger = f"/api/v1/as/{await shared.stranger()}/sessions/{shared.session}/record"
    for place in (await where(shared, Role.CLIENT), await where(shared, Role.SUPPORT), stranger):
        assert (await shared.browser.get(place + end)).status_code == 404, place
    assert await shared.house.store.read(lambda conn: reads.newest(conn, shared.session)) == before


async def test_the_facts_are_a_file_that_the_verifier_finds_whole_while_the_clinic_runs(
    clinic: Serving, tmp_path: Path
) -> None:
    await well(clinic, Role.CLIENT, "help", {"strength": "hold"})
    reply = await clinic.browser.get(f"{await where(clinic, Role.THERAPIST)}/facts")
    file = tmp_path / "taken.jsonl"
    file.write_text(reply.text, encoding="utf-8")
    settings = clinic.house.settings

    assert main([str(file), "--db", str(settings.record), "--key", str(settings.master_key)]) == 0
    assert any("HelpAsked" in line for line in reply.text.splitlines())
    assert reply.headers["content-disposition"] == f'attachment; filename="{clinic.session}.jsonl"'
    assert json.loads(reply.text.splitlines()[-1])["end"] == await clinic.version()


async def test_the_table_holds_every_line_with_both_times_and_no_cell_that_a_table_program_would_run(
    clinic: Serving,
) -> None:
    typed = '=HYPERLINK("//evil.example","press, me")'
    await well(clinic, Role.SUPPORT, "words", {"what": "note", "note": typed})
    reply = await clinic.browser.get(f"{await where(clinic, Role.THERAPIST)}/timeline")
    head, *rows = csv.reader(io.StringIO(reply.text.removeprefix("\ufeff")))

    assert head == ["line", "occurred_utc", "entered_utc", "late_seconds", "by", "part", "kind", "text"]
    assert [row[0] for row in rows] == [str(n) for n in range(1, await clinic.version() + 1)]
    assert all(row[1].endswith("Z") and row[2].endswith("Z") for row in rows)
    (said,) = [row for row in rows if row[6] == "Said"]
    assert said[4:7] == ["Ben Ortiz", "support", "Said"] and typed in said[7]
    assert not [cell for row in rows for cell in row if cell[:1] in set("=+-@\t\r")]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1"])
def test_a_cell_that_begins_like_a_formula_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless("Reading: pressure 120/80") == "Reading: pressure 120/80"


async def test_no_address_title_or_file_name_says_what_it_is_about(shared: Serving) -> None:
    login = await shared.enter(Role.THERAPIST)
    page = await shared.browser.get(f"/as/{login}/s/{shared.session}/record")
    assert page.status_code == 200 and "<title>Record</title>" in page.text
    for end, suffix in (("facts", "jsonl"), ("timeline", "csv")):
        reply = await shared.browser.get(f"{await where(shared, Role.THERAPIST)}/{end}")
        assert f'filename="{shared.session}.{suffix}"' in reply.headers["content-disposition"]
        assert reply.headers["cache-control"] == "no-store"
