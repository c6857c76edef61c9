/**
 * "You may take it now": the therapist's act, and what stands in its place while it is in force. The board's digest goes along, so
 * that the server can tell whether the board that was looked at is the board that is.
 */

import { html, nothing } from "../lib/dom.js";
import { countdown, wall } from "../lib/clock.js";
import { answer } from "./answer.js";
import { HoldButton } from "./hold-button.js";
import { sign } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */

const PLACE = "release";

/** So many reasons fill their place, which scrolls; what is out of sight there is drawn when the page is on the screen. */
const IN_SIGHT = 8;

/** @type {WeakMap<Desk, { release: HoldButton, taken: HoldButton }>} */
const buttons = new WeakMap();

/** @param {Desk} desk */
function button(desk) {
  const made = buttons.get(desk) ?? { release: new HoldButton(() => desk.paint()), taken: new HoldButton(() => desk.paint()) };
  buttons.set(desk, made);
  return made;
}

/** The foot of the board: shut with its reasons, or ready to be held. @param {Desk} desk @param {View} view */
export function release(desk, view) {
  const { may, reasons } = view.release;
  const live = desk.fresh("release");
  const shut = !may || !live;
  const mg = view.order ? view.order.units * view.order.mg_per_unit : 0;
  const dose = view.order ? `${mg} mg` : "the dose";
  const count = reasons.length > 1 ? ` ${reasons.length} reasons.` : "";
  const head = !live ? "Release is shut: this page is not live." : may ? "All gates are open." : `Release is shut.${count}`;
  return html`<section class="release" aria-label="Release" id="release-panel">
    <div id="release-why">${view.release.ended ? html`<p class="ended"><b>${view.release.ended}</b></p>` : nothing}<b>${head}</b>
      ${shut ? html`<ul tabindex="0" aria-label="Why">${(desk.whole ? reasons : reasons.slice(0, IN_SIGHT)).map((one) => html`<li>${sign("wait")}<span>${one.sentence} ${one.action ? html`<b>${one.action}</b>` : nothing}</span></li>`)}</ul>`
        : html`<p>${view.order?.units} × ${view.order?.mg_per_unit} mg, hold ${view.order?.hold_min} min${view.board?.shuts ? html`. Release before ${wall(view.board.shuts, view.zone)}: then ${because(view.board.shuts_because ?? "", view)}` : nothing}.</p>`}</div>
    ${button(desk).release.draw({
      id: "release", label: `Hold to release ${dose}`, sure: `Release ${dose}, ${view.board?.open ?? 0} gates open`, shut,
      reasons: "release-why", busy: desk.waiting.has(PLACE),
      act: () => void desk.send(PLACE, "release", { board: view.board?.digest ?? "" }),
    })}
    ${answer(desk, PLACE)}</section>`;
}

/** A release in force: how long still, and the way back. @param {Desk} desk @param {View} view */
export function released(desk, view) {
  const given = view.release.given;
  if (!given) return nothing;
  const left = given.ends - desk.now();
  const live = !desk.live.stale();
  const mayTake = view.acts.some((act) => act.noun === "doses");
  const recall = () => void desk.send("recall", "recall", { reason: "" });
  return html`<section class="panel released" aria-label="Released">
    <header><h2>Released ${given.mg} mg at ${wall(given.at, view.zone)}</h2><span class="end meta">${given.units} ${given.units === 1 ? "unit" : "units"}</span></header>
    <div class="lapse"><span class="clock num" role="timer" aria-live="off">${live ? countdown(left) : "–:––"}</span>
      <p>${live ? html`Lapses at <b>${wall(given.ends, view.zone)}</b>${given.because ? html`: ${because(given.because, view)}` : nothing}.` : "Not live: this page cannot say whether the release still holds."}</p></div>
    <p class="quiet">${view.client.name.split(" ")[0]} sees: “It is time.” Watch until the units are in the mouth.</p>
    ${mayTake ? html`<div class="row">${button(desk).taken.draw({
      id: "taken", label: `Hold: ${given.units === 1 ? "the unit is" : `${given.units === 2 ? "both" : `all ${given.units}`} units are`} in the mouth`, sure: `Taken now: ${given.mg} mg`, shut: false, reasons: "", busy: desk.waiting.has("taken"),
      act: () => void desk.send("taken", "doses", { units: Array.from({ length: given.units }, (_, n) => n + 1), said_at: Math.round(desk.now()), how: "video" }),
    })}</div>${answer(desk, "taken")}` : nothing}
    <button class="btn stop wide" type="button" @click=${recall}>${desk.waiting.has("recall") ? "Recalling…" : "Recall: do not take it"}</button>
    ${answer(desk, "recall")}</section>`;
}

/** @param {string} code @param {View} view */
function because(code, view) {
  const gate = view.gates.find((one) => one.gate === code);
  if (gate) return `${gate.title} is due again`;
  return code === "lapsed" ? "a release never lasts longer" : code.replaceAll("_", " ") || "a gate is due again";
}
