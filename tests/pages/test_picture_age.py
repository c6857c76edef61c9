"""The caption of a live picture: the server's age where the picture arrives, "not coming here" where it does not."""

import pytest
from playwright.async_api import Browser

from tests.pages.at_home import at_home
from tests.pages.browser import ask
from tests.pages.home_views import SUPPORT

pytestmark = pytest.mark.browser

CAPTION = """(async () => {
  const { videoTile } = await import("/static/parts/video-tile.js");
  const { render } = await import("/static/lib/dom.js");
  const video = Object.assign(document.createElement("video"), { muted: false });
  if (%s) video.srcObject = Object.assign(document.createElement("canvas"), { width: 4, height: 4 }).captureStream(1);
  const age = %s;
  const seat = { state: "%s", of: () => video, age: () => age, frozen: () => age === null || age > 4000 };
  const place = document.createElement("div");
  render(videoTile(seat, "client", "Sam"), place);
  const frozen = place.querySelector(".tile").classList.contains("frozen");
  return [place.querySelector(".age").textContent, frozen].join(" | ");
})()"""


@pytest.mark.parametrize(
    ("comes", "age", "state", "said"),
    [
        ("true", "240", "in", "picture 0.2 s old | false"),
        ("true", "5200", "in", "picture stopped 5 s ago | true"),
        ("true", "null", "in", "no picture | true"),
        ("true", "240", "lost", "not coming here | true"),
        ("true", "240", "refused", "not coming here | true"),
        ("false", "240", "in", "not coming here | true"),
    ],
)
async def test_only_a_picture_that_arrives_here_has_the_servers_age(
    browser: Browser, comes: str, age: str, state: str, said: str
) -> None:
    async with at_home(browser, SUPPORT["closed"], folded=False) as (page, _, _):
        assert await ask(page, CAPTION % (comes, age, state)) == said
