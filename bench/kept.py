"""The last step of the programs that measure real pages: the report is shown, and kept where it was asked to be."""

import argparse
import sys
from pathlib import Path


def parser(module: str, document: str) -> argparse.ArgumentParser:
    """A command line that takes a place for the report. `document`: the program's own words about itself."""
    one = argparse.ArgumentParser(prog=f"python -m bench.{module}", description=document.splitlines()[0])
    one.add_argument("--report", type=Path)
    return one


def keep(text: str, all_kept: bool, place: Path | None) -> int:
    """Exit code 0 when every bar is kept."""
    sys.stdout.write(text)
    if place is not None:
        place.write_text(text)
    return 0 if all_kept else 1
