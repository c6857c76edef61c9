"""Everything of the interface asked by a generator, signed in as each role. ``make api-fuzz`` asks longer."""

from pathlib import Path

from tests.web.fuzz_stories import STORIES
from tests.web.fuzzing import LEAST, run


async def test_whatever_is_asked_the_answer_is_a_described_one_and_four_of_five_doors_open(tmp_path: Path) -> None:
    tally = await run(tmp_path, 1, STORIES)

    print(tally.told())  # noqa: T201 - the count is what a reader wants to see
    assert tally.undocumented == []
    assert tally.problems == []
    assert len(tally.reached) >= LEAST * len(tally.operations), tally.told()
