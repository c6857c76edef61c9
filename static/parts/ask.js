/**
 * A live question to the prescriber: one amber gate, one reading. Three answers of equal weight, the cautious ones first, nothing
 * chosen beforehand, a reason always. The decision holds for this very reading; a newer one asks again.
 */

import { html, icon, nothing, short } from "../lib/dom.js";
import { ago, wall } from "../lib/clock.js";
import { answer } from "./answer.js";
import { sign } from "./signs.js";
import { trend } from "./trend.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").GateView} GateView */

/**
 * Words and meaning of the three answers. The first and "stop" both leave the gate shut; the reason says which was meant. Where no
 * device is asked, nothing is measured. @param {boolean} measured @returns {[string, string, boolean][]}
 */
const answers = (measured) => [
  measured ? ["Measure again", "Measure again: ", false] : ["Look again", "Look again: ", false], ["Stop for today", "Stop for today: ", false], ["Proceed", "", true],
];

/** Gates whose question is about figures: how they went stands beside it. */
const MEASURED = new Set(["pressure", "oxygen"]);

/** Amber gates that this person may decide and has not. @param {View} view */
export const asks = (view) => view.gates.filter((gate) => gate.decide && !gate.decided);

/** @param {Desk} desk @param {View} view @param {GateView} gate */
export function ask(desk, view, gate) {
  const place = `ask.${gate.gate}.${gate.reading}`;
  const draft = desk.drafts.of(place);
  const reason = String(draft.typed["reason"] ?? "");
  const live = desk.fresh("amber-decisions");
  const ready = reason.trim() !== "" && live;
  const asker = view.people.find((one) => one.role === "therapist");
  const newest = Math.max(0, ...(gate.answers ?? []).map((one) => one.at));
  const typed = (/** @type {InputEvent} */ event) => {
    draft.set("reason", /** @type {HTMLTextAreaElement} */ (event.target).value);
    desk.paint();
  };
  const decide = (/** @type {string} */ prefix, /** @type {boolean} */ proceed) => {
    if (!ready) return;
    const body = { gate: gate.gate, reading: gate.reading ?? "", proceed, reason: `${prefix}${reason.trim()}` };
    void desk.send(place, "amber-decisions", body, { done: () => draft.clear() });
  };
  return html`<section class="ask panel" aria-label="Question: ${gate.title}">
    <div class="asks" role="alert">${sign("ask")}<div><b>${short(asker?.name) || "The therapist"} asks: ${gate.title}</b>
      <span>${newest ? `${MEASURED.has(gate.gate) ? "Measured" : "Answered"} ${ago(desk.now() - newest)}. ` : nothing}The dose stays shut till you answer.</span></div></div>
    <p class="figure">${gate.sentence}</p>
    ${MEASURED.has(gate.gate) && view.trend ? trend(desk, view) : nothing}
    <ul class="proof">${(gate.answers ?? []).map((one) => html`<li>${wall(one.at, view.zone)} ${one.name}: ${one.text}</li>`)}</ul>
    <p class="quiet">Other gates: ${view.board ? `${view.board.shut} shut, ${view.board.open} open` : "unknown"}.</p>
    <label class="why">Reason, for all three<textarea rows="2" maxlength="2000" .value=${reason} @input=${typed}></textarea></label>
    <div class="three">${answers(MEASURED.has(gate.gate)).map(([words, prefix, proceed]) => html`<button class="btn" type="button"
      aria-disabled=${ready ? nothing : "true"} @click=${() => decide(prefix, proceed)}>${desk.waiting.has(place) ? "Sending…" : words}</button>`)}</div>
    ${asker?.phone ? html`<a class="btn plain" href="tel:${asker.phone}">${icon("phone")} Call ${short(asker.name)} first</a>` : nothing}
    ${answer(desk, place)}
    <p class="meta">${live ? "Each answer needs a reason and your second factor." : "Not live: nothing can be decided from here."}</p></section>`;
}

/** Amber gates decided by me, and what I said. @param {View} view */
export function decided(view) {
  const done = view.gates.filter((gate) => gate.decided);
  if (!done.length) return nothing;
  const line = (/** @type {GateView} */ gate) => html`<li>${sign(gate.decided?.proceed ? "ok" : "stop")}<span>${gate.title}:
    ${gate.decided?.proceed ? "proceed" : "not now"}, ${wall(gate.decided?.at ?? 0, view.zone)}. ${gate.decided?.reason}</span></li>`;
  return html`<section class="panel" aria-label="Decided"><header><h2>Decided</h2></header><ul class="missing">${done.map(line)}</ul></section>`;
}
