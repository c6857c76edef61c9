/**
 * Medicine in words, and the one question "was anything taken?" that every screen asks when a release ended.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {import("../lib/types.js").OrderView} OrderView
 */

import { html } from "../lib/dom.js";

/** `2 lozenges`: people at home hold what the order names, never units. @param {OrderView | null} order @param {number} count */
export function units(order, count) {
  const form = order?.form ?? "unit";
  return `${count} ${form}${count === 1 ? "" : "s"}`;
}

/**
 * Yes and no weigh the same; how many comes after yes. "No" records nothing: only the therapist's count on the picture does.
 * @param {{view: View, asked: boolean, kind: string, yes: () => void, no: () => void, take: (count: number) => void}} question
 */
export function takenQuestion({ view, asked, kind, yes, no, take }) {
  const count = view.question?.units ?? view.order?.units ?? 1;
  if (!asked || count < 2) {
    return html`<div class="acts pair" role="group" aria-label="Was anything taken?">
      <button type="button" class="btn ${kind}" @click=${() => (count < 2 ? take(1) : yes())}>Yes</button>
      <button type="button" class="btn ${kind}" @click=${no}>No</button></div>`;
  }
  const all = Array.from({ length: count }, (_, at) => at + 1);
  return html`<div class="acts pair" role="group" aria-label="How many?">${all.map(
    (n) => html`<button type="button" class="btn ${kind}" @click=${() => take(n)}>${n === count ? (count === 2 ? "Both" : `All ${count}`) : String(n)}</button>`,
  )}</div>`;
}
