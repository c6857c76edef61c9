/**
 * Says that the server cannot record now: on top of a page, which it pushes down, or in a place of the page's own. It covers nothing.
 *
 * @typedef {import("../lib/live.js").Live} Live
 */

const WORDS = /** @type {Record<string, string>} */ ({
  low: "The server’s disk is nearly full. What you enter is still recorded; no release is possible.",
  full: "Nothing is recorded now: the server’s disk is full. Go on, and write everything down on paper. It is kept and sent again by itself.",
});

/** What is to be said about the record now; "" when all is well. @param {Live} live */
export const recordWords = (live) => WORDS[live.view?.record ?? "ok"] ?? "";

/** @param {Live} live */
export function warnOfRecord(live) {
  const line = document.createElement("p");
  line.className = "notlive unrecorded";
  line.setAttribute("role", "alert");
  line.hidden = true;
  document.body.prepend(line);
  live.addEventListener("view", () => {
    const words = recordWords(live);
    if (line.textContent !== words) line.textContent = words;
    line.hidden = words === "";
  });
}
