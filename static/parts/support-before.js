/**
 * The support person before the first unit: the day's beginning, the gates that are theirs, ready, "it is time", and what is asked when a
 * release ended.
 *
 * @typedef {import("./support-frame.js").Page} Page
 * @typedef {import("./support-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 */

import { both, day, timeLeft } from "../lib/clock.js";
import { html, icon, nothing, short } from "../lib/dom.js";
import { agreedRows } from "./agreed-rows.js";
import { ana, callTheClinic, frame, look, post, sam, set, sheet } from "./support-frame.js";
import { takenQuestion, units } from "./taken.js";

/** @param {Page} page @param {View} view @returns {Screen} */
export function early(page, view) {
  const first = page.learn.screen(page, view);
  if (first) return first;
  return { kind: "watch", title: "Today", body: frame(page, view, {
    lead: `Hello ${short(view.me.name)}.`,
    small: html`<p>${day(view.appointed, view.zone)}, ${both(view.appointed, view.zone)}.</p><p>This page opens by itself.</p>`,
    acts: html`${soundTest(page)}${callTheClinic(page)}`,
  }) };
}

/** @param {Page} page */
export function soundTest({ sound }) {
  const play = () => {
    void sound.once("high");
    navigator.vibrate?.([400, 200, 400]);
  };
  return html`<button type="button" class="btn support" @click=${play}>${icon("voice")} Play the alarm sound</button>`;
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function arriving(page, view) {
  const { walk } = page;
  const first = page.learn.screen(page, view);
  if (first) return first;
  const gate = walk.pick(view);
  if (gate) {
    const extra = gate.gate === "lines" ? html`<div class="acts">${soundTest(page)}</div>` : nothing;
    return { kind: "gates", title: gate.title, body: sheet(page, `Before ${sam(view)} starts`, walk.question(view, gate, look(page), { kind: "support", extra })) };
  }
  if (walk.listing) return { kind: "gates", title: "Your answers", body: sheet(page, "Your answers", walk.list(view, "support")) };
  return { kind: "watch", title: "Ready", body: frame(page, view, {
    lead: "The medicine stays closed.", small: html`<p>${view.sentence}</p>${readyList(page, view)}${agreedRows(view)}`, acts: walk.list(view, "support"),
  }) };
}

/** What is done here, dim: only what is missing would be loud. @param {Page} page @param {View} view */
function readyList({ walk }, view) {
  const done = walk.mine(view);
  if (!done.length) return nothing;
  return html`<ul class="ready" aria-label="You are ready">${view.paired ? html`<li>${icon("tick")} Beside ${sam(view)}</li>` : nothing}
    ${done.map((gate) => html`<li>${icon("tick")} ${gate.title.replace(/[?.]$/, "")}</li>`)}</ul>`;
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function released(page, view) {
  const given = view.release.given;
  const left = given ? given.ends - page.live.now() : 0;
  const count = given?.units ?? view.order?.units ?? 1;
  const shut = page.live.stale() || left <= 0;
  const took = () => post(page, "doses", { units: Array.from({ length: count }, (_, at) => at + 1), said_at: Math.round(page.live.now()) }, "Noted.");
  return { kind: "watch", title: "It is time", body: frame(page, view, {
    lead: shut ? `Do not let ${sam(view)} take it.` : `${sam(view)} may take it now.`,
    small: shut ? "Keep the medicine closed." : `${units(view.order, count)} under the tongue. Stay beside ${sam(view)}. ${timeLeft(left)}`,
    acts: html`<button type="button" class="btn support" @click=${took}>${sam(view)} took it</button>
      <button type="button" class="btn support" @click=${() => post(page, "recall", { reason: "the support person said stop" }, "Stopped.")}>Stop. Not now</button>`,
  }) };
}

/** A later unit (a spaced one, or the booster) may be taken now. @param {Page} page @param {View} view @param {{ends: number, units: number[]}} given @returns {Screen} */
export function later(page, view, given) {
  const left = given.ends - page.live.now();
  const took = () => post(page, "doses", { units: given.units, said_at: Math.round(page.live.now()) }, "Noted.");
  return { kind: "watch", title: "It is time", body: frame(page, view, {
    lead: left > 0 ? `Give ${sam(view)} ${units(view.order, given.units.length)} now.` : `Do not let ${sam(view)} take it.`,
    small: left > 0 ? `Only what ${ana(view)} counts with you. Stay beside ${sam(view)}. ${timeLeft(left)}` : "Keep the medicine closed.",
    acts: html`<button type="button" class="btn support" @click=${took}>${sam(view)} took it</button>
      <button type="button" class="btn support" @click=${() => post(page, "recall", { reason: "the support person said stop" }, "Stopped.")}>Stop. Not now</button>`,
  }) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function question(page, view) {
  // A later unit has a number of its own; one this page never saw offered is said as "not ordered", which is looked into.
  const numbers = view.question?.later ? (page.later.length ? page.later : [0]) : Array.from({ length: view.question?.units ?? 1 }, (_, at) => at + 1);
  const take = (/** @type {number} */ count) => void post(page, "doses", { units: numbers.slice(0, count), said_at: Math.round(page.live.now()) }, "Noted.");
  const no = page.ask === "said-no";
  const middle = html`<div class="band high" role="alert">${icon("alarm3")}<strong>Do not let ${sam(view)} take it.</strong></div>`;
  return { kind: "card", title: "Do not take it", body: frame(page, view, {
    middle, lead: no ? `Hold them up to ${ana(view)}.` : "Was anything taken?",
    small: no ? "All of them, in front of the camera. Your phone may ring." : "Look at the packet. Count.",
    acts: no
      ? html`<button type="button" class="btn support" @click=${() => set(page, "")}>Something was taken</button>`
      : takenQuestion({ view, asked: page.ask === "how-many", kind: "support", yes: () => set(page, "how-many"), no: () => set(page, "said-no"), take }),
  }) };
}
