"""The database server of a test run ends with it, also when the run is killed."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.load import bar

START = """
from pathlib import Path
import re, time
from tests.engines import server
folder = Path(re.search(r"host=([^&]+)", server())[1].replace("%2F", "/"))
print(folder, flush=True)
time.sleep(600)
"""


def test_a_killed_test_run_leaves_no_server_behind() -> None:
    own = {name: value for name, value in os.environ.items() if name != "TELEKAP_TEST_PG_URL"}
    run = subprocess.Popen([sys.executable, "-c", START], stdout=subprocess.PIPE, text=True, env=own)
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, 0)

    run.kill()
    run.wait()
    run.stdout.close()

    end = time.monotonic() + bar(15)
    while Path(f"/proc/{pid}").exists() or folder.exists():
        assert time.monotonic() < end, "it is still there"
        time.sleep(0.05)
