/**
 * The cockpit's head and foot: whose session, where in it, how long; and the one-tap notes.
 */

import { html, nothing } from "../lib/dom.js";
import { countdown, elapsedSeconds, stamp, wall, zoneName } from "../lib/clock.js";
import { nextCheckIn, titleOf } from "./check-in.js";
import { logo } from "./signs.js";
import { steps } from "./steps.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */

/** Notes of one tap: words, and whether they are a symptom. @type {[string, "note" | "symptom"][]} */
export const TAPS = [
  ["Spoke", "note"], ["Moved", "note"], ["Cried", "note"], ["Vomited", "symptom"],
  ["Bathroom", "note"], ["Music", "note"], ["Supported", "note"], ["Asked more", "note"],
];
/** How long a tapped note says that it is in the record, ms. */
const SAID_MS = 1_500;

/** @param {View} view */
function orderLine(view) {
  const order = view.order;
  if (!order) return "no order";
  const given = view.dose ? ` at ${wall(view.dose.t0, view.zone)}${view.dose.presumed ? ", presumed" : ""}` : "";
  return `${order.units * order.mg_per_unit} mg, ${order.units} × ${order.mg_per_unit}, hold ${order.hold_min} min, ${order.swallow ? "swallow" : "spit"}${given}`;
}

/** How long ago the first unit was; once the watch has ended, how long it was. @param {View} view @param {number} now */
function sinceDose({ dose, afterwards }, now) {
  if (!dose) return html`<div class="clockbox"><small>No dose yet</small><span class="clock none">T+ –:––</span></div>`;
  const words = afterwards ? "watched for" : dose.presumed ? "since presumed dose" : "since first unit";
  return html`<div class="clockbox"><small>${words}</small><span class="clock">${afterwards ? "" : "T+ "}${elapsedSeconds((afterwards?.ended ?? now) - dose.t0)}</span></div>`;
}

/** @param {Desk} desk @param {View} view */
export function bar(desk, view) {
  const now = desk.now();
  const next = view.state === "dosed" ? nextCheckIn(view) : undefined;
  const zone = zoneName(now, view.zone);
  const name = view.client.name.split(" ")[0];
  const second = next
    ? html`<small>${titleOf(next.id)} ${wall(next.due, view.zone)}</small><span class="clock">${next.due > now ? html`in ${countdown(next.due - now)}` : html`${countdown(Math.max(0, next.grace_until - now))} left`}</span>`
    : html`<small>${name}’s time (${zone})</small><span class="clock">${stamp(now, view.zone)}</span>`;
  return html`<header class="bar">
    <a class="home" href="/as/${desk.live.login}/" aria-label="telekap, my sessions">${logo()}</a>
    <div class="who"><h1>${view.client.name}</h1><span class="meta">${orderLine(view)}</span></div>
    ${steps(view)}
    ${sinceDose(view, now)}
    <div class="clockbox small">${second}</div></header>`;
}

/** The foot: notes, more, emergency. Keeps which note was just taken. */
export class Taps {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    /** @type {Map<string, number>} */
    this.said = new Map();
    this.writing = Boolean(desk.drafts.of("note").typed["note"]);
  }

  /** @param {number} n which of `TAPS` */
  tap(n) {
    const [words, what] = TAPS[n] ?? [];
    if (words) void this.desk.send(`tap.${words}`, "words", { what, note: words }, { done: () => this.mark(words) });
  }

  /** @private @param {string} words */
  mark(words) {
    this.said.set(words, performance.now());
    setTimeout(() => this.desk.paint(), SAID_MS);
  }

  /** Open the line for a free note. */
  write() {
    this.writing = true;
    this.desk.paint();
    queueMicrotask(() => document.getElementById("note")?.focus());
  }

  draw() {
    if (this.writing) return this.note();
    const { desk } = this;
    const fresh = (/** @type {string} */ words) => performance.now() - (this.said.get(words) ?? -Infinity) < SAID_MS;
    return html`<nav class="events" aria-label="Note something now">${TAPS.map(([words], n) => html`<button class="btn" type="button" @click=${() => this.tap(n)}>
        <span class="key">${n + 1}</span>${desk.waiting.has(`tap.${words}`) ? "Saving…" : fresh(words) ? "Noted" : words}</button>`)}
      <button class="btn" type="button" @click=${() => this.write()}><span class="key">N</span>Note</button>
      <button class="btn" type="button" aria-pressed=${desk.pane === "more"} @click=${() => desk.show("more")}><span class="key">M</span>More</button>
      <button class="btn em" type="button" aria-pressed=${desk.pane === "emergency"} @click=${() => desk.show("emergency")}><span class="key">E E</span>Emergency</button></nav>`;
  }

  /** @private */
  note() {
    const { desk } = this;
    const draft = desk.drafts.of("note");
    const text = String(draft.typed["note"] ?? "");
    const done = () => {
      draft.clear();
      this.writing = false;
      this.mark("note");
    };
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (text.trim()) void desk.send("note", "words", { what: "note", note: text.trim() }, { done });
    };
    const typed = (/** @type {InputEvent} */ event) => {
      draft.set("note", /** @type {HTMLInputElement} */ (event.target).value);
      desk.paint();
    };
    const leave = (/** @type {KeyboardEvent | MouseEvent} */ event) => {
      if (event instanceof KeyboardEvent && event.key !== "Escape") return;
      this.writing = false;
      desk.paint();
    };
    return html`<form class="events writing" aria-label="Note" @submit=${submit} @keydown=${leave}>
      <input id="note" class="words" maxlength="2000" aria-label="Note" placeholder="What was seen or said, now" .value=${text} @input=${typed}>
      <button class="btn main" type="submit">${desk.waiting.has("note") ? "Saving…" : "Record"}</button><button class="btn" type="button" @click=${leave}>Back</button>
      ${desk.problems.has("note") ? html`<span role="alert">${desk.problems.get("note")?.sentence}</span>` : nothing}</form>`;
  }
}
