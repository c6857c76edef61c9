/**
 * The record as it grows, newest first. A late line carries both times: when it happened and when it was entered.
 */

import { html, nothing } from "../lib/dom.js";
import { wall } from "../lib/clock.js";
import { sign } from "./signs.js";

/** @typedef {import("../lib/types.js").Entry} Entry */

/** Entered more than this after it happened is shown as late, ms. */
const LATE_MS = 60_000;
/** Lines drawn at most; the whole record is elsewhere. */
const SHOWN = 200;

/** Facts that deserve a sign of their own in the list. */
const SIGNS = /** @type {Record<string, import("./signs.js").Kind>} */ ({
  AlarmRaised: "stop", Incident: "stop", CheckInMissed: "stop", ReleaseEnded: "stop", StoodDown: "stop", HelpAsked: "stop",
  AmberDecided: "ask", AlarmMoved: "ask", AlarmTrueAgain: "ask",
  Released: "ok", Discharged: "ok", AlarmResolved: "ok", CheckInAnswered: "ok", DoseTaken: "ok",
});

/** @param {Entry} entry @param {string} zone */
function line(entry, zone) {
  const late = entry.at - entry.occurred > LATE_MS;
  const minutes = Math.round((entry.at - entry.occurred) / 60_000);
  const kind = SIGNS[entry.kind];
  return html`<li class="fact ${late ? "late" : ""}">
    <time>${wall(entry.occurred, zone)}</time><span class="mark">${kind ? sign(kind) : nothing}</span>
    <span>${entry.text}${late ? html` <small>entered ${wall(entry.at, zone)}, ${minutes} min late</small>` : nothing}</span>
    <span class="by">${entry.by.name}</span></li>`;
}

/** @param {Entry[]} entries @param {string} zone */
export function timeline(entries, zone) {
  const newest = entries.slice(-SHOWN).reverse();
  return html`<section class="panel facts" aria-label="Timeline" id="timeline" tabindex="-1">
    <header><h2>Timeline</h2><span class="end meta">client's time, 24 h</span></header>
    <ol class="line" tabindex=${newest.length ? 0 : nothing} aria-label="Lines of the record">${newest.map((entry) => line(entry, zone))}</ol></section>`;
}
