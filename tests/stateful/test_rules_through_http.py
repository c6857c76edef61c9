"""The same rules as in the walk, through real HTTP, on a real record of each engine.

A short run in ``make test``, always the same; ``make stateful`` asks for as long as one likes, anew each time
(``TELEKAP_STATEFUL``: examples of each engine).
"""

import os
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from telekap.care.session import State
from tests.engines import ENGINES
from tests.stateful.house import Loop, no_page_is_missed
from tests.stateful.machine import Sessions

EXAMPLES: Final = int(os.environ.get("TELEKAP_STATEFUL", "0"))
SHORT: Final = settings(
    max_examples=3,
    stateful_step_count=14,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
LONG: Final = settings(
    max_examples=max(1, EXAMPLES),
    stateful_step_count=60,
    database=None,
    deadline=None,
    print_blob=True,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    made = Loop()
    with no_page_is_missed():
        yield made
    made.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_the_house_does_what_the_rules_say_and_every_state_is_lawful(engine: str, loop: Loop) -> None:
    class OnEngine(Sessions):
        pass

    OnEngine.engine, OnEngine.loop, OnEngine.reached = engine, loop, set()

    run_state_machine_as_test(OnEngine, settings=LONG if EXAMPLES else SHORT)  # type: ignore[no-untyped-call]

    assert State.DOSED in OnEngine.reached, OnEngine.reached
