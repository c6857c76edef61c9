/**
 * A week by therapist: who has whom when, by the clinic's clock and the client's. A press opens the session on the board, where it can
 * be moved; nothing is moved by a slip of the hand.
 */

import { both, day, toLocal, toUtc, wall, zoneName } from "../lib/clock.js";
import { html, nothing } from "../lib/dom.js";
import { sign } from "./signs.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {import("./clinic-board.js").Row} Row */

const DAY = 86_400_000;
/** How a verdict looks: shape first. @type {Record<string, import("./signs.js").Kind>} */
const SIGNS = { ok: "ok", due: "wait", late: "ask", blocked: "stop" };

/** The days of the board, each from the clinic's midnight. @param {number} now @param {string} zone @param {number} count */
function daysFrom(now, zone, count) {
  const first = toUtc(`${toLocal(now, zone).slice(0, 10)}T00:00`, zone);
  // Noon of a day is that day on every clock, also when the night was an hour shorter.
  return Array.from({ length: count }, (_, n) => first + n * DAY + DAY / 2);
}

/** @param {Bureau} desk */
export function calendar(desk) {
  const told = desk.want("clinic/board");
  if (!told) return desk.waitingFor("clinic/board");
  /** @type {Row[]} */
  const rows = told.rows;
  /** @type {string} */
  const zone = told.zone;
  const days = daysFrom(desk.now(), zone, told.days);
  const names = [...new Set(rows.map((row) => row.people["therapist"]?.name ?? ""))].sort();
  return html`<div class="titled"><h1>The next ${told.days} days</h1><span class="end meta">By the clinic’s clock (${zoneName(desk.now(), zone)}); the client’s stands beside it where it differs.</span></div>
    ${rows.length ? html`<div class="tablebox" tabindex="0" role="region" aria-label="Week by therapist"><table class="week"><thead><tr><th scope="col">Therapist</th>${days.map((at, n) => html`<th scope="col" aria-current=${n === 0 ? "date" : nothing}>${day(at, zone)}</th>`)}</tr></thead>
      <tbody>${names.map((name) => html`<tr><th scope="row">${name || html`<b>nobody yet</b>`}</th>${days.map((at) => html`<td>${rows
        .filter((row) => (row.people["therapist"]?.name ?? "") === name && day(row.appointed, zone) === day(at, zone))
        .sort((a, b) => a.appointed - b.appointed)
        .map((row) => chip(desk, row, zone))}</td>`)}</tr>`)}</tbody></table></div>` : html`<p class="connecting">Nothing is booked in these days. <a href="#clients">Book a session for a client.</a></p>`}`;
}

/** @param {Bureau} desk @param {Row} row @param {string} zone */
function chip(desk, row, zone) {
  const client = row.people["client"]?.name ?? "";
  const open = () => {
    location.hash = "#board";
    // The change of place closes what stood open; what is opened next must come after it.
    setTimeout(() => desk.unfold(`fix.${row.session}.`), 0);
  };
  const two = both(row.appointed, zone, row.zone, false);
  return html`<button type="button" class="booked ${row.verdict}" @click=${open}>
    <span class="row">${sign(SIGNS[row.verdict] ?? "wait")}<b class="num">${wall(row.appointed, zone)}</b></span><span>${client}</span>
    <small class="meta">${row.kind}${two.includes("/") ? html`, ${wall(row.appointed, row.zone)} ${zoneName(row.appointed, row.zone)}` : nothing}</small><span class="unseen">${row.verdict}. Open on the board</span></button>`;
}
