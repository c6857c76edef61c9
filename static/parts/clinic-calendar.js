/**
 * A week by therapist: who has whom when, by the clinic's clock and the client's. A press opens the session on the board, where it can
 * be moved; nothing is moved by a slip of the hand.
 */

import { both, day, wall, zoneName } from "../lib/clock.js";
import { html, nothing } from "../lib/dom.js";
import { boardOf, noon, title, turning } from "./clinic-week.js";
import { STATES } from "./roster.js";
import { sign } from "./signs.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {import("./clinic-board.js").Row} Row */

/** How a verdict looks: shape first. @type {Record<string, import("./signs.js").Kind>} */
const SIGNS = { ok: "ok", due: "wait", late: "ask", blocked: "stop" };

/** @param {Bureau} desk */
export function calendar(desk) {
  const [, which = ""] = desk.place;
  const { told, path } = boardOf(desk, which);
  const running = going(desk, which);
  if (!told || !running) return desk.waitingFor(path);
  /** @type {Row[]} */
  const rows = told.rows;
  /** @type {string} */
  const zone = told.zone;
  const days = Array.from({ length: told.days }, (_, n) => noon(told, n));
  const names = [...new Set([...rows.map((row) => row.people["therapist"]?.name ?? ""), ...running.map((one) => one.people.therapist?.name ?? "")])].sort();
  return html`<div class="titled"><h1>${title(told)}</h1>${turning(told, (to) => `#calendar/${to}`)}<span class="end meta">By the clinic’s clock (${zoneName(desk.now(), zone)}); the client’s stands beside it where it differs.</span></div>
    ${names.length ? html`<div class="tablebox" tabindex="0" role="region" aria-label="Week by therapist"><table class="week"><thead><tr><th scope="col">Therapist</th>${days.map((at) => html`<th scope="col" aria-current=${day(at, zone) === day(desk.now(), zone) ? "date" : nothing}>${day(at, zone)}</th>`)}</tr></thead>
      <tbody>${names.map((name) => html`<tr><th scope="row">${name || html`<b>nobody yet</b>`}</th>${days.map((at) => html`<td>${running
        .filter((one) => (one.people.therapist?.name ?? "") === name && day(one.appointed, zone) === day(at, zone))
        .map((one) => runs(desk, one, zone))}${rows
        .filter((row) => (row.people["therapist"]?.name ?? "") === name && day(row.appointed, zone) === day(at, zone))
        .sort((a, b) => a.appointed - b.appointed)
        .map((row) => chip(desk, row, zone, which))}</td>`)}</tr>`)}</tbody></table></div>` : html`<p class="connecting">Nothing is booked in these days. <a href="#clients">Choose a client to book a session.</a></p>`}`;
}

/** What goes on now belongs to the week too: a therapist who watches is not free. @param {Bureau} desk @param {string} which @returns {any[] | null} */
function going(desk, which) {
  if (which) return [];
  const told = desk.want("clinic/today");
  return told && told.sessions.filter((/** @type {any} */ one) => one.state !== "scheduled");
}

/** @param {Bureau} desk @param {any} one @param {string} zone */
const runs = (desk, one, zone) => html`<a class="booked now" href="/as/${desk.api.login}/s/${one.session}"><span class="row"><b class="num">${wall(one.appointed, zone)}</b><span>now</span></span><span>${one.people.client?.name}</span><small class="meta">${one.kind}, ${STATES[one.state] ?? one.state}</small></a>`;

/** @param {Bureau} desk @param {Row} row @param {string} zone @param {string} which the week it stands in */
function chip(desk, row, zone, which) {
  const client = row.people["client"]?.name ?? "";
  const open = () => {
    location.hash = `#board//${which}`;
    // The change of place closes what stood open; what is opened next must come after it.
    setTimeout(() => desk.unfold(`fix.${row.session}.`), 0);
  };
  const two = both(row.appointed, zone, row.zone, false);
  return html`<button type="button" class="booked ${row.verdict}" @click=${open}>
    <span class="row">${sign(SIGNS[row.verdict] ?? "wait")}<b class="num">${wall(row.appointed, zone)}</b></span><span>${client}</span>
    <small class="meta">${row.kind}${two.includes("/") ? html`, ${wall(row.appointed, row.zone)} ${zoneName(row.appointed, row.zone)}` : nothing}</small><span class="unseen">${row.verdict}. Open on the board</span></button>`;
}
