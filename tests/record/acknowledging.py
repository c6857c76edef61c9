"""Writes facts one after another and says so: ``ack N`` on its output after each, when it is recorded and not before.

    python -m tests.record.acknowledging FOLDER HOW_MANY [normal]

``normal`` spoils the durability on purpose (the control of ``test_fsync.py``).
"""

import os
import sys
from pathlib import Path

from telekap.record.errors import RecordBroken
from tests.record.hand import begin, open_store, say

STREAM = "session:s1"


def main(folder: Path, how_many: int, spoil: str = "") -> int:
    """0: all acknowledged. The store ends the process itself when the disk fails."""
    store = open_store(folder)
    store.submit(lambda conn: begin(conn, STREAM)).result()
    if spoil:
        raw = store._writer.connection.dbapi_connection  # type: ignore[attr-defined]
        raw.execute(f"PRAGMA synchronous={spoil}")  # outside any transaction, or SQLite refuses it
    os.write(1, b"ready\n")
    for n in range(1, how_many + 1):
        try:
            store.submit(lambda conn, n=n: say(conn, STREAM, f"note {n}", n)).result()  # type: ignore[misc]
        except RecordBroken:
            return 3
        os.write(1, f"ack {n}\n".encode())
    os.write(1, b"end\n")
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
