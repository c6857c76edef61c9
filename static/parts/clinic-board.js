/**
 * The board of the next days: sessions × what can be known early. A cell that is not in order opens its one act below its row; nothing
 * is drawn over anything.
 */

import { html, nothing } from "../lib/dom.js";
import { ago, both, countdown, day, zoneName } from "../lib/clock.js";
import { fix } from "./clinic-fixes.js";
import { fold, sessionActs } from "./clinic-session.js";
import { boardOf, title, turning } from "./clinic-week.js";
import { sign, triangle } from "./signs.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {{column: string, ready: string, words: string, sentence: string, fix: string}} Cell */
/** @typedef {{session: string, course: string, kind: string, appointed: number, zone: string, people: Record<string, {person: string, name: string, phone: string}>, verdict: string, cells: Cell[], questions: {n: number, question: string}[], links: Record<string, string>, rostered: Record<string, {person: string, name: string}>}} Row */

/** How a cell looks: shape and word, then colour. @type {Record<string, import("./signs.js").Kind>} */
const SIGNS = { ok: "ok", due: "wait", late: "ask", blocked: "stop" };
const VERDICTS = /** @type {Record<string, string>} */ ({ ok: "ready", due: "to do", late: "late", blocked: "blocked" });
const CHIPS = /** @type {Record<string, string>} */ ({ ok: "ok", due: "", late: "ask", blocked: "stop" });
const FILTERS = /** @type {[string, string][]} */ ([["", "All"], ["today", "Today"], ["open", "Needs me"], ["blocked", "Blocked"]]);
const HOUR = 3_600_000;

/** @param {Bureau} desk */
export function board(desk) {
  const [, filter = "", week = ""] = desk.place;
  const { told, path } = boardOf(desk, week);
  if (!told) return desk.waitingFor(path);
  /** @type {Row[]} */
  const rows = told.rows;
  const shown = rows.filter((row) => kept(row, filter, desk.now(), told.zone));
  const count = (/** @type {string} */ verdict) => rows.filter((row) => row.verdict === verdict).length;
  /** @type {string} */
  const zone = told.zone;
  const days = [...new Set(shown.map((row) => day(row.appointed, zone)))];
  return html`${alarmsNow(desk)}<div class="titled"><h1>${title(told)}: ${count("blocked")} blocked, ${count("late")} late, ${count("due")} to do</h1></div>
    ${callsWaited(desk)}${worst(rows, desk, zone)}
    <div class="titled">${turning(told, (to) => `#board/${filter}/${to}`)}
      <nav class="end row wrap" aria-label="Which sessions">${FILTERS.map(([name, words]) => html`<a class="btn" href="#board/${name}/${week}" aria-current=${filter === name ? "page" : "false"}>${words}</a>`)}</nav></div>
    ${shown.length ? nothing : html`<p class="connecting">${rows.length ? "No session of this kind." : html`No session is booked in these ${told.days} days.${told.later ? html` ${told.later} later: <a href="#board/${filter}/${told.week + 1}">turn on</a>.` : nothing} <a href="#clients">Choose a client to book one.</a>`}</p>`}
    ${shown.length ? html`<div class="tablebox" tabindex="0" role="region" aria-label="Sessions of the next days"><table class="ready"><thead><tr><th scope="col">Session</th><th scope="col">Verdict</th>${told.columns.map((/** @type {any} */ column) => html`<th scope="col">${column.title}</th>`)}</tr></thead>
      ${days.map((name) => html`<tbody><tr class="day"><th colspan=${told.columns.length + 2} scope="rowgroup"><span>${name}</span></th></tr>
        ${shown.filter((row) => day(row.appointed, zone) === name).map((row) => line(desk, row, told.columns, zone))}</tbody>`)}</table></div>` : nothing}
    <p class="meta">A session whose lobby is open stands under <a href="#today">Today live</a>; what it still lacks is mended on its own page. Days are the clinic’s (${zoneName(desk.now(), zone)}). Press a name to move or cancel, a mark to mend what it says. Late is open less than a day before; blocked cannot take place as it stands. On the day every gate is proven anew.</p>`;
}

/** Sessions of this moment in which an alarm is open. @param {Bureau} desk @returns {import("../lib/types.js").HomeSession[]} */
export const inAlarm = (desk) => (desk.want("home")?.sessions ?? []).filter((/** @type {import("../lib/types.js").HomeSession} */ one) => one.alarms > 0);

/** What is wrong now stands above what is to do some day: the days to come may be well in order beside an open alarm. @param {Bureau} desk */
function alarmsNow(desk) {
  return inAlarm(desk).map((one) => html`<section class="urgent blocked now" aria-label="Alarm now">${triangle("high")}<p><b>${one.client}, now: ${one.alarms === 1 ? "one alarm is" : `${one.alarms} alarms are`} open.</b></p>
    <a class="btn" href="#today">Today live</a><a class="btn main" href="/as/${desk.api.login}/s/${one.id}">Open the session</a></section>`);
}

/** Who lost their link and waits for a call: at the number the clinic knows, never at one that was typed. @param {Bureau} desk */
export function callsWaited(desk) {
  /** @type {{session: string, name: string, phone: string, at: number}[]} */
  const lost = desk.want("home")?.lost_links ?? [];
  return lost.map((one) => html`<section class="urgent" aria-label="Lost link">${sign("ask")}<p><b>${one.name} lost their link and waits for a call.</b><span class="quiet">Asked ${ago(Date.now() - one.at)}. Call the number you know, then make a new link: it ends the old one.</span></p>
    <a class="btn" href="tel:${one.phone}">Call <span class="num">${one.phone}</span></a><button class="btn main" type="button" @click=${() => desk.unfold(`fix.${one.session}.`)}>Open the session</button></section>`);
}

/** @param {Row} row @param {string} filter @param {number} now @param {string} zone the clinic's */
function kept(row, filter, now, zone) {
  if (filter === "today") return day(row.appointed, zone) === day(now, zone);
  if (filter === "open") return row.verdict !== "ok";
  return filter !== "blocked" || row.verdict === "blocked";
}

/** The most urgent line first. @param {Row[]} rows @param {Bureau} desk @param {string} zone */
function worst(rows, desk, zone) {
  const row = rows.find((one) => one.verdict === "blocked") ?? rows.find((one) => one.verdict === "late");
  const cell = row?.cells.find((one) => one.ready === row.verdict);
  if (!row || !cell) return nothing;
  const left = row.appointed - desk.now();
  return html`<section class="urgent ${row.verdict}" aria-label="Most urgent">${sign(row.verdict === "blocked" ? "stop" : "ask")}
    <p><b>${row.people["client"]?.name}, ${day(row.appointed, zone)}: ${cell.sentence}</b><span class="quiet">${both(row.appointed, row.zone, zone, false)} · ${row.people["therapist"]?.name ?? "no therapist"}</span></p>
    <span class="left"><small>time left</small>${left > 48 * HOUR ? `${Math.floor(left / (24 * HOUR))} days` : countdown(left).replace(/:\d\d$/, " h")}</span>
    <button class="btn main" type="button" @click=${() => desk.unfold(`fix.${row.session}.${cell.column}`)}>Fix it</button></section>`;
}

/** @param {Bureau} desk @param {Row} row @param {{name: string}[]} columns @param {string} zone */
function line(desk, row, columns, zone) {
  const whole = `fix.${row.session}.`;
  const toggle = () => {
    fold(desk, row.session);
    desk.toggle(whole);
  };
  const open = desk.open.startsWith(whole) ? desk.open.slice(whole.length) : null;
  const cell = open === null ? undefined : row.cells.find((one) => one.column === open);
  return html`<tr class=${open === null ? "" : "opened"}><th scope="row"><button type="button" class="who" aria-expanded=${open === ""} @click=${toggle}><b>${row.people["client"]?.name}</b>
      <span class="meta">${both(row.appointed, row.zone, zone, false)} · ${row.kind} · ${row.people["therapist"]?.name ?? "no therapist"}</span></button></th>
    <td><span class="chip ${CHIPS[row.verdict]}">${sign(SIGNS[row.verdict] ?? "wait")}${VERDICTS[row.verdict]}</span></td>
    ${columns.map((column) => square(desk, row, row.cells.find((one) => one.column === column.name)))}</tr>
    ${open === null ? nothing : html`<tr class="fix"><td colspan=${columns.length + 2}><div class="fixbox">${cell ? html`<h2>${cell.sentence}</h2>${fix(desk, row, cell.fix)}` : sessionActs(desk, row)}
      <p class="row endrow"><button class="btn plain" type="button" @click=${() => { fold(desk, row.session); desk.toggle(desk.open); }}>Close</button></p></div></td></tr>`}`;
}

/** @param {Bureau} desk @param {Row} row @param {Cell | undefined} cell */
function square(desk, row, cell) {
  if (!cell) return html`<td class="none"><span class="unseen">not asked</span></td>`;
  if (cell.ready === "ok") return html`<td class="ok">${sign("ok")}<span class="unseen">in order</span></td>`;
  const place = `fix.${row.session}.${cell.column}`;
  return html`<td class=${cell.ready}><button type="button" aria-expanded=${desk.open === place} aria-label="${cell.words}, ${cell.ready}. ${cell.sentence}" @click=${() => desk.toggle(place)}>${sign(SIGNS[cell.ready] ?? "wait")}<span>${cell.words}</span></button></td>`;
}
