/**
 * The cockpit's head and foot: whose session, where in it, how long; and the one-tap notes.
 */

import { html, nothing, short } from "../lib/dom.js";
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

/** Everything that entered the mouth, by the minute: "75 mg in all: 50 at 20:35, 25 at 21:05". @param {import("../lib/wire.js").UnitTaken[]} units @param {string} zone */
function allTaken(units, zone) {
  const known = units.every((one) => one.mg !== null);
  /** @type {Map<string, number>} */
  const by = new Map();
  for (const one of units) by.set(wall(one.at, zone), (by.get(wall(one.at, zone)) ?? 0) + (one.mg ?? NaN));
  const parts = [...by].map(([at, mg]) => `${Number.isNaN(mg) ? "unknown" : mg} at ${at}`).join(", ");
  return `${known ? `${units.reduce((sum, one) => sum + (one.mg ?? 0), 0)} mg in all` : "Amount not known"}: ${parts}`;
}

/** @param {View} view */
function orderLine(view) {
  const order = view.order;
  if (!order) return "no order";
  const taken = view.dose?.units ?? [];
  // Once more is in the mouth than the first dose, what was ordered is no longer what matters.
  if (view.dose && taken.some((one) => !one.first)) return allTaken(taken, view.zone);
  const given = view.dose ? ` ${view.dose.presumed ? "presumed taken" : "taken"} ${wall(view.dose.t0, view.zone)}` : "";
  // What is over is not said any more, and no time stands where it could be read as the end of the hold.
  const hold = view.dose?.hold?.result || view.afterwards ? "" : `, hold ${order.hold_min} min${view.dose?.hold ? ` till ${wall(view.dose.hold.ends, view.zone)}` : ""}, then ${order.swallow ? "swallow" : "spit"}`;
  return `${order.units * order.mg_per_unit} mg, ${order.units} × ${order.mg_per_unit}${given}${hold}`;
}

/** How long ago the first unit was; once the watch has ended, how long it was. @param {View} view @param {number} now */
function sinceDose({ dose, afterwards }, now) {
  if (!dose) return html`<div class="clockbox"><small>No dose yet</small><span class="clock none">T+ –:––</span></div>`;
  const words = afterwards ? "watched for" : dose.presumed ? "since presumed dose" : "since first unit";
  return html`<div class="clockbox"><small>${words}</small><span class="clock">${afterwards ? "" : "T+ "}${elapsedSeconds((afterwards?.ended ?? now) - dose.t0)}</span></div>`;
}

/** Whose part is still missing, once mine is done. @param {import("../lib/types.js").CheckInView} check @param {View} view */
function whose(check, view) {
  if (check.parts.some((part) => part.role === view.me.role && part.status !== "done")) return "";
  const names = check.parts.filter((part) => part.status !== "done").map((part) => short(view.people.find((one) => one.role === part.role)?.name) || part.role);
  return names.length ? `, ${names.join(" and ")}` : "";
}

/** @param {Desk} desk @param {View} view */
export function bar(desk, view) {
  const now = desk.now();
  const next = view.state === "dosed" ? nextCheckIn(view) : undefined;
  const zone = zoneName(now, view.zone);
  const name = view.client.name.split(" ")[0];
  const second = next
    ? html`<small>${titleOf(next.id)} ${wall(next.due, view.zone)}${whose(next, view)}</small><span class="clock">${next.due > now ? html`in ${countdown(next.due - now)}` : html`${countdown(Math.max(0, next.grace_until - now))} left`}</span>`
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

  /** @param {boolean} watched someone is watched and this person acts: else there is nothing to note */
  draw(watched) {
    if (this.writing && watched) return this.note();
    const { desk } = this;
    const fresh = (/** @type {string} */ words) => performance.now() - (this.said.get(words) ?? -Infinity) < SAID_MS;
    return html`<nav class="events" aria-label=${watched ? "Note something now" : "Further"}>${watched ? html`${TAPS.map(([words], n) => html`<button class="btn" type="button" @click=${() => this.tap(n)}>
        <span class="key digit">${n + 1}</span>${desk.waiting.has(`tap.${words}`) ? "Saving…" : fresh(words) ? "Noted" : words}</button>`)}
      <button class="btn" type="button" @click=${() => this.write()}><span class="key">N</span>Note</button>` : nothing}
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
