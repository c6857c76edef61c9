/**
 * Says on top of a page that the server cannot record now. It pushes the page down and covers nothing: the picture stays in sight.
 *
 * @typedef {import("../lib/live.js").Live} Live
 */

const WORDS = /** @type {Record<string, string>} */ ({
  low: "The server’s disk is nearly full. What you enter is still recorded; no release is possible.",
  full: "Nothing is recorded now: the server’s disk is full. Go on, and write everything down on paper. It is kept and sent again by itself.",
});

/** @param {Live} live */
export function warnOfRecord(live) {
  const line = document.createElement("p");
  line.className = "notlive unrecorded";
  line.setAttribute("role", "alert");
  line.hidden = true;
  document.body.prepend(line);
  live.addEventListener("view", () => {
    const words = WORDS[live.view?.record ?? "ok"] ?? "";
    if (line.textContent !== words) line.textContent = words;
    line.hidden = words === "";
  });
}
