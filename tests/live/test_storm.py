"""All pages of a clinic come back after a restart (P-02); ``make storm`` does it with two thousand."""

import pytest

from tests.live import storm


def test_pages_that_all_come_back_after_a_kill_have_every_line_and_the_live_session_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storm, "SPREAD", 1.0)
    monkeypatch.setattr(storm, "DUE_IN", 1_500)
    monkeypatch.setattr(storm, "AGAIN", 1)  # more of them are for the memory, which forty pages say nothing of

    found = storm.run(pages=40, sessions=2)

    assert found["pages"] == 40 and found["lines"] > 200, "the premise: there was something to show"
    assert found["lists_wrong"] == 0
    assert found["live_presses"] > 3 and found["live_refused"] == 0
    assert found["deadlines"], "one falls into the storm, and was seen"
