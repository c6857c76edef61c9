/**
 * The record as it grows, newest first. A late line carries both times: when it happened and when it was entered.
 *
 * The newest stays in sight, unless the reader has scrolled away to read something: then it waits behind one button. What the machines
 * say of themselves (a picture flows again, a test sound was heard) is folded, so that what people did is not lost between it.
 */

import { html, nothing } from "../lib/dom.js";
import { lateBy, wall } from "../lib/clock.js";
import { sign } from "./signs.js";

/** @typedef {import("../lib/types.js").Entry} Entry */
/** @typedef {import("./desk.js").Desk} Desk */

/** Lines drawn at most; the whole record has a page of its own. */
const SHOWN = 200;
/** The newest, more than any screen holds: the others come when these stand on it. */
const IN_SIGHT = 60;

/** Facts that deserve a sign of their own in the list. */
const SIGNS = /** @type {Record<string, import("./signs.js").Kind>} */ ({
  AlarmRaised: "stop", Incident: "stop", CheckInMissed: "stop", ReleaseEnded: "stop", StoodDown: "stop", HelpAsked: "stop",
  AmberDecided: "ask", AlarmMoved: "ask", AlarmTrueAgain: "ask",
  Released: "ok", Discharged: "ok", AlarmResolved: "ok", CheckInAnswered: "ok", DoseTaken: "ok",
});

/** Facts that machines record of themselves. What they mean for somebody is an alarm, and that line stays. */
const MACHINES = new Set(["SightChanged", "CanarySent", "CanaryHeard", "PresenceChanged", "BoardStored"]);
/** Scrolled further than this from the newest, somebody is reading, px. */
const NEAR_PX = 24;

/** Whoever watches somebody is led nowhere else, and of what has not begun there is nothing to read. */
const UNREAD = new Set(["scheduled", "arriving", "released", "dosed"]);

/** The list of this page: whether the machines' lines are unfolded, whether its reader is further down, and its newest line. */
const reading = { machines: false, away: false, newest: 0 };

const list = () => document.querySelector(".facts .line");

/** Whoever looks at the newest keeps looking at the newest; whoever reads further down keeps what they read in its place. @param {number} n */
function follow(n) {
  const shown = list();
  reading.away = (shown?.scrollTop ?? 0) > NEAR_PX;
  if (!shown || n === reading.newest) return;
  reading.newest = n;
  const before = reading.away ? shown.scrollHeight : NaN;
  // Behind the drawing that this is a part of. A line comes in on top, and all others are drawn one further down.
  queueMicrotask(() => {
    const now = list();
    if (now) now.scrollTop = Number.isNaN(before) ? 0 : now.scrollTop + now.scrollHeight - before;
  });
}

/** @param {Desk} desk */
function toNewest(desk) {
  const shown = list();
  if (!(shown instanceof HTMLElement)) return;
  shown.scrollTop = 0;
  shown.focus({ preventScroll: true });
  desk.paint();
}

/** @param {Entry} entry @param {string} zone */
function line(entry, zone) {
  const kind = SIGNS[entry.kind];
  return html`<li class="fact ${entry.late ? "late" : ""}">
    <time>${wall(entry.occurred, zone)}</time><span class="mark">${kind ? sign(kind) : nothing}</span>
    <span>${entry.text}${entry.late ? html` <small>entered ${wall(entry.at, zone)}, ${lateBy(entry.late)}</small>` : nothing}</span>
    <span class="by">${entry.by.name}</span></li>`;
}

/** The page of the record, beside this one: what rings here goes on. @param {Desk} desk */
export const toRecord = (desk) => `/as/${desk.live.login}/s/${desk.live.session}/record`;

/** @param {Desk} desk @param {string} zone @param {boolean} [led] the way to the whole record stands here, and nowhere else on the page */
export function timeline(desk, zone, led = true) {
  const { entries } = desk.live;
  const machines = entries.filter((entry) => MACHINES.has(entry.kind)).length;
  const shown = (reading.machines ? entries : entries.filter((entry) => !MACHINES.has(entry.kind))).slice(-(desk.whole ? SHOWN : IN_SIGHT)).reverse();
  follow(shown[0]?.n ?? 0);
  const flip = () => {
    reading.machines = !reading.machines;
    desk.paint();
  };
  const scrolled = (/** @type {Event} */ event) => {
    const away = /** @type {HTMLElement} */ (event.currentTarget).scrollTop > NEAR_PX;
    if (away !== reading.away) desk.paint();
  };
  return html`<section class="panel facts" aria-label="Timeline" id="timeline" tabindex="-1">
    <header><h2>Timeline</h2>${reading.away ? html`<button class="btn small" type="button" @click=${() => toNewest(desk)}>Newest</button>` : nothing}
      ${machines ? html`<button class="btn small plain end" type="button" aria-pressed=${reading.machines} @click=${flip}>${reading.machines ? "Hide" : "Show"} ${machines} technical</button>` : nothing}
      <span class="${machines ? "" : "end"} meta">client's time, 24 h</span>${led && desk.view && !UNREAD.has(desk.view.state) ? html`<a class="btn small" href=${toRecord(desk)} target="_blank" rel="noopener">Whole record</a>` : nothing}</header>
    <ol class="line" tabindex=${shown.length ? 0 : nothing} aria-label="Lines of the record" @scroll=${scrolled}>${shown.map((entry) => line(entry, zone))}</ol></section>`;
}
