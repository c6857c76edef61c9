"""The command line: one command a process or a chore. No rule lives here; each command asks the module that knows."""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from telekap.record.errors import CannotOpen
from telekap.refusals import CannotStart
from telekap.settings import Settings

app = typer.Typer(
    help="Coordinates at-home sessions under remote supervision. No emergency service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # its boxes would print local variables, and with them names and tokens
)
protocol = typer.Typer(help="The clinic's signed file of limits.", no_args_is_help=True)
keys = typer.Typer(help="The keys of the record.", no_args_is_help=True)
staff = typer.Typer(help="The people who work in this clinic.", no_args_is_help=True)
app.add_typer(protocol, name="protocol")
app.add_typer(staff, name="staff")
app.add_typer(keys, name="keys")

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (TELEKAP_DATA).")]
PublicUrl = Annotated[
    str | None,
    typer.Option("--public-url", help="What people type: https://192.168.1.20:8443 (TELEKAP_PUBLIC_URL)."),
]
Https = Annotated[
    bool, typer.Option("--https", help="Speak HTTPS with a certificate made here, for phones in the same Wi-Fi.")
]
By = Annotated[
    list[str], typer.Option(help="Twice: names, or while the clinic runs the handles of two administrators.")
]
Port = Annotated[int | None, typer.Option("--port", help="Port of the web, 0 = any free one (TELEKAP_PORT).")]


def read_settings(**chosen: Any) -> Settings:
    """Settings from the environment, then what the command line chose; ends with a sentence if one is unfit."""
    from pydantic import ValidationError

    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})
    except ValidationError as problem:
        wrong = "; ".join(f"TELEKAP_{str(one['loc'][0]).upper()}: {one['msg'].lower()}" for one in problem.errors())
        refuse(f"A setting cannot be used ({wrong}).")


def reached(public_url: str | None, https: bool) -> dict[str, Any]:
    """Settings of how people reach us: an address that is not this machine's own is listened on, too."""
    from urllib.parse import urlsplit

    found: dict[str, Any] = {"public_url": public_url}
    if https:
        found["https"] = True
        host = urlsplit(public_url or "").hostname
        if host not in (None, "localhost", "127.0.0.1", "::1") and not os.environ.get("TELEKAP_HOST"):
            found["host"] = "0.0.0.0"
    return found


def refuse(*sentences: str) -> NoReturn:
    """Say why this cannot run, one sentence a line, and end with 2 (which no supervisor starts again)."""
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    raise typer.Exit(2)


def run(work: Callable[[], int]) -> None:
    """Do the work of a command and end with its code; a refusal becomes its sentences."""
    try:
        code = work()
    except CannotStart as refused:
        refuse(*refused.sentences)
    except CannotOpen as refused:
        refuse(refused.sentence)
    raise typer.Exit(code)


def say(sentences: tuple[str, ...]) -> int:
    """One sentence a line."""
    for sentence in sentences:
        print(sentence)
    return 0


@app.command()
def serve(data: Data = None, port: Port = None, public_url: PublicUrl = None, https: Https = False) -> None:
    """Run a clinic: web, media workers and witness, until stopped. Settings come from the environment (TELEKAP_*)."""
    from telekap.logs import configure
    from telekap.serve import run_clinic

    settings = read_settings(data=data, port=port, **reached(public_url, https))
    configure(settings.log_level)
    run(lambda: run_clinic(settings))


@app.command()
def demo(
    data: Annotated[Path, typer.Option("--data", help="Where the demo clinic lives.")] = Path("data/demo"),
    port: Annotated[int, typer.Option("--port", help="Port of the web, 0 = any free one.")] = 8000,
    speed: Annotated[float, typer.Option("--speed", help="How fast time runs while the client is dosed.")] = 1.0,
    empty: Annotated[bool, typer.Option("--empty", help="Only the staff: book a first client yourself.")] = False,
    public_url: PublicUrl = None,
    https: Https = False,
) -> None:
    """Run a clinic with six invented people and a session due now. Started again, it goes on where it was."""
    from telekap.demo import run_demo

    settings = read_settings(data=data, port=port, speed=speed, empty=empty, demo=True, **reached(public_url, https))
    run(lambda: run_demo(settings))


@app.command()
def web() -> None:
    """Run the web alone (pages, API, record, watch). The supervisor starts it; so may you, for one container each."""
    from telekap.app import run_web
    from telekap.logs import configure

    settings = read_settings()
    configure(settings.log_level)
    run(lambda: run_web(settings) or 0)


@app.command()
def media(worker: Annotated[int, typer.Option(help="Which one, from 0.")] = 0) -> None:
    """Run one media worker alone. It knows rooms and packets; of doses it knows nothing."""
    from telekap.refusals import private_folder
    from telekap.serve import media_command

    settings = read_settings()

    def become_the_worker() -> int:
        private_folder(settings.media_socket(worker).parent)
        os.execv(sys.executable, [sys.executable, "-m", *media_command(settings, worker)])

    run(become_the_worker)


@app.command()
def witness() -> None:
    """Ask another clinic process whether its watch is alive, and call a human if not. Belongs on another machine."""
    from telekap.witness import run_witness

    settings = read_settings()
    run(lambda: run_witness(settings))


@app.command()
def ready() -> None:
    """End with 0 if the web of this installation is ready: its record open, its watch alive. For health checks."""
    from telekap.tls import files_of
    from telekap.witness import web_is_ready

    settings = read_settings()
    files = files_of(settings)
    run(lambda: 0 if web_is_ready(settings.local_url, files.trust if files is not None else None) else 1)


@app.command()
def doctor(data: Data = None, public_url: PublicUrl = None, https: Https = False) -> None:
    """Say what this installation still lacks, in sentences; ends with 1 if something is missing. Changes nothing."""
    from telekap.doctor import report

    settings = read_settings(data=data, **reached(public_url, https))
    run(lambda: report(settings))


@app.command()
def prepare(data: Data = None) -> None:
    """Make the data folder and a new key, once, for a clinic that will be served."""
    from telekap.record.crypto import Keys

    settings = read_settings(data=data)

    def make() -> int:
        settings.data.mkdir(parents=True, exist_ok=True)
        Keys.create(settings.master_key)
        print(f"Made the key {settings.master_key}. Copy it to a safe place now: without it the record cannot be read,")
        print("and whoever has both can read everything. Never keep it in the same backup as the record.")
        return 0

    run(make)


@app.command()
def verify(
    data: Data = None,
    anchors: Annotated[list[Path], typer.Option(help="Anchors kept elsewhere; repeatable.")] = [],  # noqa: B006 - typer copies it
    taken: Annotated[Path | None, typer.Option(help="Look at the facts of a session that were taken along.")] = None,
) -> None:
    """Check the record's chain from outside: edits, gaps, cut tails. Needs no key; the clinic may be running."""
    from telekap.record import verify, verify_taken

    settings = read_settings(data=data)
    db, key, kept = settings.record, settings.master_key, [word for one in anchors for word in ("--anchors", str(one))]
    run(lambda: verify_taken.beside(taken, db, key) if taken else verify.main(["--db", str(db), *kept]))


@app.command()
def backup(
    to: Annotated[Path | None, typer.Option(help="Folder for backups (TELEKAP_BACKUP_TO).")] = None,
    every: Annotated[float, typer.Option(help="Seconds between backups until stopped; 0: one.", min=0.0)] = 0.0,
    data: Data = None,
) -> None:
    """Back up the record while it is used, sealed, and try the backup out. The key is not in it."""
    from telekap.keeping import back_up, run_backups
    from telekap.logs import configure

    settings = read_settings(data=data, backup_to=to)
    folder = settings.backup_to
    if folder is None:
        refuse("Where to? Name a folder with --to or TELEKAP_BACKUP_TO, best on another machine's disk.")
    if every:
        configure(settings.log_level)
        run(lambda: run_backups(settings, folder, every))

    def once() -> int:
        file, contents = back_up(settings, folder)
        print(f"{file}: {contents.rows.get('facts', 0)} facts; it was restored elsewhere and verified.")
        return 0

    run(once)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    data: Data = None,
) -> None:
    """Put a backup into an empty place (TELEKAP_DATA, TELEKAP_DATABASE), with the key from escrow, and verify it."""
    from telekap.keeping import put_back_from

    settings = read_settings(data=data)
    run(lambda: say(put_back_from(settings, file)))


@app.command()
def recheck(
    by: By,
    data: Data = None,
) -> None:
    """After a restore: two people say that this machine's clock is right and that the test sound is heard."""
    from telekap.by_two import in_running
    from telekap.keeping import recheck as note

    settings = read_settings(data=data)
    typer.confirm(f"It is {datetime.now().astimezone():%A %Y-%m-%d %H:%M:%S %Z}. Is that right?", abort=True)
    typer.confirm("Did both of you hear the test sound on a cockpit and on a support person's phone?", abort=True)
    run(lambda: say(in_running(settings, "recheck", "", by) or note(settings, by)))


@keys.command("rotate")
def rotate_keys(data: Data = None) -> None:
    """Make a new master key and wrap every data key with it."""
    from telekap.keeping import rotate

    settings = read_settings(data=data)
    run(lambda: say(rotate(settings)))


@keys.command("erase")
def erase_key(person: Annotated[str, typer.Argument(help="Id of the person.")], by: By, data: Data = None) -> None:
    """Make everything about one person unreadable for ever; the chain of facts stays whole. Asks the id once more.

    While the clinic runs, both sign in and must administer it.
    """
    from telekap.by_two import in_running
    from telekap.keeping import erase

    settings = read_settings(data=data)
    if typer.prompt(f"This cannot be undone. Type {person} once more to erase") != person:
        refuse("That is another id. Nothing was erased.")
    run(lambda: say(in_running(settings, "erase", person, by) or erase(settings, person, by)))


@protocol.command("check")
def check_protocol(file: Annotated[Path, typer.Argument(help="The protocol file (TOML).")]) -> None:
    """Say everything that is wrong with a protocol file, in sentences. Silence is not approval: a prescriber signs."""
    from telekap.care.protocol_check import problems

    found = problems(_text_of(file))
    for sentence in found:
        print(sentence)
    if found:
        raise typer.Exit(1)
    print(f"{file}: every value is there and within its range. A prescriber signs it before a clinic uses it.")


@protocol.command("diff")
def diff_protocols(
    old: Annotated[Path, typer.Argument(help="The protocol file that holds now.")],
    new: Annotated[Path, typer.Argument(help="The one that shall hold.")],
) -> None:
    """Say what would change, in a clinician's words: stricter, looser, who is told when. Nothing is approved by it."""
    from telekap.care.protocol import parse
    from telekap.care.protocol_diff import differences

    found = [parse(_text_of(file)) for file in (old, new)]
    for file, read_as in zip((old, new), found, strict=True):
        if read_as.faults:
            refuse(f"{file} cannot be used as written. First: telekap protocol check {file}")
    changed = differences(*found)
    for sentence in changed:
        print(sentence)
    print(f"{len(changed)} changes." if changed else "Both mean the same.")


@protocol.command("describe")
def describe_protocol(file: Annotated[Path, typer.Argument(help="The protocol file (TOML).")]) -> None:
    """Write the protocol as a page to be read and signed: figures, ranges, sources, check-ins, alarms (Markdown)."""
    import tomllib

    from telekap.care.protocol_page import page

    try:
        tree = tomllib.loads(_text_of(file))
    except tomllib.TOMLDecodeError as problem:
        refuse(f"The file {file} is not TOML: {problem}.")
    print(page(tree), end="")


@protocol.command("states")
def draw_states() -> None:
    """Draw the states of a session and who may do what, from the rules themselves (Markdown with a diagram)."""
    from telekap.care.drawing import page

    print(page(), end="")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        refuse(f"The file {file} cannot be read.")


@staff.command("add")
def add_staff(
    handle: Annotated[str, typer.Option(help="What they type to sign in.")],
    name: Annotated[str, typer.Option(help="As others read it.")],
    phone: Annotated[str, typer.Option(help="Their own, as +15551234567.")],
    role: Annotated[list[str], typer.Option(help="therapist, standin, prescriber or dispatcher; repeatable.")] = [],  # noqa: B006 - typer copies it
    licensed: Annotated[list[str], typer.Option(help="CA:2027-06-30: place (or DEA), last day; repeatable.")] = [],  # noqa: B006 - typer copies it
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "America/Los_Angeles",
    administrator: Annotated[bool, typer.Option(help="Also invites, disables and resets staff.")] = False,
    data: Data = None,
) -> None:
    """Write down one of the staff, while the clinic is stopped. The first of them becomes administrator.

    Asks a password (or reads one line of standard input), prints what a code app needs and the recovery codes.
    """
    from telekap.record.newcomers import Newcomer
    from telekap.staff import add_newcomer
    from telekap.web.qr import in_a_terminal

    settings = read_settings(data=data)
    newcomer = Newcomer(handle, name, phone, tuple(role), tuple(licensed), zone, administrator)
    interactive = sys.stdin.isatty()
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        if interactive
        else sys.stdin.readline().rstrip("\n")
    )

    def add() -> int:
        added = add_newcomer(settings, newcomer, password)
        print(added.on_paper(in_a_terminal(added.otpauth) if sys.stdout.isatty() else ""))
        print("Show both to nobody else, and clear this screen.")
        if added.administers:
            print(f"{handle} is administrator: everybody else is invited on the pages, at {settings.url}/sign-in.")
        return 0

    run(add)


@staff.command("reset")
def reset_staff(
    handle: Annotated[str, typer.Argument(help="Whose ways in are lost.")],
    data: Data = None,
) -> None:
    """Print a new enrolment link for one of the staff, while the clinic is stopped. Leaves a line in the diary.

    On the pages two people do this; whoever has the machine has everything anyway.
    """
    from telekap.staff import reset_member

    settings = read_settings(data=data)

    def reset() -> int:
        print(reset_member(settings, handle))
        print("Open it within three days. What they had until now ends when they enrol anew.")
        return 0

    run(reset)
