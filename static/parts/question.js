/**
 * "Was anything taken?": asked when a release ended. Only the ordered number of units, counted on live video, means no. Anything in
 * the mouth means the watch begins. Nobody answering means presumed dosed; the countdown says when.
 */

import { html, nothing } from "../lib/dom.js";
import { countdown } from "../lib/clock.js";
import { answer } from "./answer.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */

const PLACE = "question";

/** @param {Desk} desk @param {View} view */
export function question(desk, view) {
  const asked = view.question;
  if (!asked) return nothing;
  const left = asked.answer_by - desk.now();
  const name = view.client.name.split(" ")[0];
  const count = (/** @type {number} */ units, /** @type {string} */ how) => void desk.send(PLACE, "unit-counts", { units, how });
  const all = Array.from({ length: asked.units }, (_, n) => n + 1);
  const taken = (/** @type {number[]} */ units) => void desk.send(PLACE, "doses", { units, said_at: Math.round(desk.now()), how: "video" });
  return html`<section class="panel asked" aria-label="Was anything taken?">
    <header><h2>${asked.sentence}</h2></header>
    <div class="lapse"><span class="clock num" role="timer" aria-live="off">${desk.live.stale() ? "–:––" : countdown(left)}</span>
      <p>Then ${name} counts as dosed, amount unknown, and the whole watch begins.</p></div>
    ${asked.mine
      ? html`<fieldset class="scale"><legend>${asked.how === "phone" ? "No. There is no picture; by phone, units in hand:" : "No. All units counted on live video:"}</legend>
          <div class="steps">${[...Array(asked.units + 1).keys()].reverse().map((n) => html`<button class="step" type="button" @click=${() => count(n, asked.how === "phone" ? "phone" : "video")}>${n} ${n === 1 ? "unit" : "units"}</button>`)}</div>
          ${asked.how === "phone" ? html`<p class="quiet">They are shown when the picture is back.</p>` : nothing}</fieldset>
        <fieldset class="scale"><legend>Yes. In the mouth:</legend>
          <div class="steps">${all.map((n) => html`<button class="step" type="button" @click=${() => taken(all.slice(0, n))}>${n} ${n === 1 ? "unit" : "units"}</button>`)}</div></fieldset>`
      : html`<p class="quiet">The therapist answers this.</p>`}
    ${answer(desk, PLACE)}</section>`;
}
