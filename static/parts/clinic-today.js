/** Today live: one line for each running session, the worst first. No picture: who watches, watches in the cockpit. */

import { html, nothing } from "../lib/dom.js";
import { both, countdown, elapsed, onDay, stamp, zoneName } from "../lib/clock.js";
import { titleOf } from "./check-in.js";
import { STATES } from "./roster.js";
import { sign, triangle } from "./signs.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */

const STEPS = ["arrive", "check", "hold", "onset", "peak", "return", "rest", "discharge"];
const VIDEO = /** @type {Record<string, string>} */ ({ flowing: "picture flows", stopped: "no picture", unknown: "picture unknown" });

/** @param {Bureau} desk */
export function today(desk) {
  const told = desk.want("clinic/today");
  if (!told) return desk.waitingFor("clinic/today");
  /** @type {any[]} */
  const lines = told.sessions;
  const running = lines.filter((one) => one.state !== "scheduled");
  const dosed = lines.filter((one) => one.state === "dosed").length;
  const alarms = lines.reduce((sum, one) => sum + one.alarms.length, 0);
  return html`<div class="titled"><h1>${running.length} open, ${lines.length - running.length} to come</h1><span class="end meta">No video here. Server ${stamp(desk.now())}.</span></div>
    ${urgent(desk, lines)}
    <ol class="runs live">${lines.map((one) => line(desk, one))}</ol>
    ${lines.length ? nothing : html`<p class="connecting">Nothing runs, and nothing is booked for the next hours.</p>`}
    <ul class="sums"><li><b class="num">${dosed}</b> dosed</li><li><b class="num">${alarms}</b> ${alarms === 1 ? "alarm" : "alarms"} open</li><li><b class="num">${running.filter((one) => one.people.therapist && !one.people.therapist.there).length}</b> without a therapist in sight</li></ul>`;
}

/** @param {Bureau} desk @param {any[]} lines */
function urgent(desk, lines) {
  const one = lines.find((each) => each.alarms[0]?.priority === "high");
  const alarm = one?.alarms[0];
  if (!one || !alarm) return nothing;
  return html`<section class="strip card high ${alarm.acked ? "acked" : ""}" aria-label="Alarm, high priority"><span class="mark">${triangle("high")}</span>
    <div class="words"><b role="alert">${one.people.client?.name}: ${alarm.sentence}</b><span class="hop">${alarm.order ? html`<strong>${alarm.order}</strong> ` : nothing}${alarm.owner} has it. ${alarm.acked ? `Acknowledged by ${alarm.acked.name}.` : "Not acknowledged."}</span></div>
    ${alarm.hops_at === null || alarm.over ? html`<span></span>` : html`<span class="left"><small>goes to the next person in</small>${countdown(alarm.hops_at - desk.now())}</span>`}
    <div class="do"><a class="btn" href="/as/${desk.api.login}/s/${one.session}">Open session</a></div></section>`;
}

/** @param {Bureau} desk @param {any} one */
function line(desk, one) {
  const now = desk.now();
  const [alarm] = one.alarms;
  const person = (/** @type {string} */ role) => one.people[role];
  const time = one.t0 ? `T+ ${elapsed(now - one.t0)}` : one.state === "scheduled" ? `in ${countdown(one.appointed - now).replace(/:\d\d$/, "")}` : "no dose";
  const next = one.next ? html`<small>next</small><b class="num">${one.next.due > now ? `in ${countdown(one.next.due - now)}` : one.next.status}</b> ${titleOf(one.next.id)}` : html`<small>appointed</small><b class="num">${both(one.appointed, one.zone, undefined, false)}</b>`;
  return html`<li class="run ${alarm?.priority ?? ""}"><div><h2>${person("client")?.name}</h2><span class="meta">${onDay(one.appointed, one.zone, now)} ${zoneName(one.appointed, one.zone)} · ${one.kind}</span></div>
    <div><span class="clock ${one.t0 ? "" : "none"}">${time}</span><span class="stepbar" aria-hidden="true">${STEPS.map((step, n) => html`<i class=${step === one.step ? "here" : n < STEPS.indexOf(one.step) ? "past" : ""}></i>`)}</span><span class="meta">${one.t0 || one.state === "arriving" ? one.step : STATES[one.state] ?? one.state}</span></div>
    <div>${alarm ? html`<span class="tag ${alarm.priority}">${triangle(alarm.priority)}${alarm.sentence}</span><p class="quiet">${alarm.owner}${alarm.acked ? ", acknowledged" : ", not acknowledged"}${one.alarms.length > 1 ? `; ${one.alarms.length - 1} more` : ""}</p>` : one.state === "arriving" ? html`<span class="row">${sign(one.shut ? "stop" : "ok")}${one.shut ? `${one.shut} ${one.shut === 1 ? "gate" : "gates"} shut` : "every gate open"}</span><p class="quiet">${one.sentence}</p>` : html`<span class="quiet">No alarm</span><p class="quiet">${one.sentence}</p>`}</div>
    <div>${next}</div>
    <div><span>${person("therapist")?.name ?? "Nobody"} ${person("therapist")?.there ? "watching" : "not seen"}</span><span class="quiet">${person("support") ? `${person("support").name} ${person("support").there ? "in the house" : "not heard yet"}` : "nobody in the house"}</span><span class="meta">${VIDEO[person("client")?.video] ?? ""}</span></div>
    <div><a class="btn" href="/as/${desk.api.login}/s/${one.session}">Open</a></div></li>`;
}
