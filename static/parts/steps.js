/**
 * Where in the session we are: eight words, of which one is now. It is a place, not a progress score.
 */

import { html, only } from "../lib/dom.js";

/** @typedef {import("../lib/types.js").View} View */

/** @type {[import("../lib/types.js").Step, string][]} */
const STEPS = [
  ["arrive", "Arrive"], ["check", "Check"], ["hold", "Hold"], ["onset", "Onset"],
  ["peak", "Peak"], ["return", "Return"], ["rest", "Rest"], ["discharge", "Discharge"],
];

/** @param {View} view */
export function steps(view) {
  const here = STEPS.findIndex(([step]) => step === view.step);
  const now = view.step === "after" ? STEPS.length : here;
  return html`<ol class="phases" aria-label="Where we are">${STEPS.map(
    ([, word], n) => html`<li class=${n < now ? "done" : n === now ? "now" : ""} aria-current=${only(n === now, "step")}>${word}</li>`,
  )}</ol>`;
}
