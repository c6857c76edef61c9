/**
 * One course on one page: what changed since the last signature on the left, the decision on the right. What client and therapist will
 * read stands there before anything is signed, and is signed as it stands.
 */

import { address } from "./lib/address.js";
import { html, nothing, place, short } from "./lib/dom.js";
import { calendarDay, day, wall, whenOf, zoneName } from "./lib/clock.js";
import { Bureau } from "./parts/bureau.js";
import { clearance } from "./parts/case-clearance.js";
import { decision } from "./parts/case-decision.js";
import { papers } from "./parts/case-papers.js";
import { screening } from "./parts/case-screening.js";
import { STATES } from "./parts/roster.js";
import { sign } from "./parts/signs.js";
import { head } from "./parts/staff-head.js";

const { login, course } = address();
const desk = new Bureau(draw, place("page"));
/** @type {Record<string, [import("./parts/signs.js").Kind, string]>} */
const STATUS = { active: ["ok", "ok"], suspended: ["stop", "stop"], revoked: ["stop", "stop"], expired: ["stop", "stop"] };

/** @param {any} told */
function standing(told) {
  const given = told.clearance;
  if (told.refused) return html`<span class="chip stop">${sign("stop")}Refused</span>`;
  if (!given) return html`<span class="chip tell">${sign("wait")}No clearance yet</span>`;
  const [shape, colour] = STATUS[given.status] ?? /** @type {[import("./parts/signs.js").Kind, string]} */ (["wait", ""]);
  return html`<span class="chip ${colour}">${sign(shape)}${given.status}${given.reason ? `: ${given.reason}` : ""}</span>`;
}

/** @param {any} told */
function changes(told) {
  const signed = told.clearance?.signed;
  return html`<section class="panel" aria-label="What changed"><header><h2>${signed ? `What changed since ${told.mine ? "you" : told.clearance.by} signed on ${day(signed, told.zone)}` : "Before the first clearance"}</h2><span class="end meta">${told.changes.length} changed</span></header>
    <ul class="changes">${told.changes.map((/** @type {any} */ one) => html`<li>${sign("ask")}<span>${one.sentence}</span><span class="end meta num">${day(one.at, told.zone)} ${wall(one.at, told.zone)}</span></li>`)}
    ${told.changes.length ? nothing : html`<li class="quiet">${sign("ok")}Nothing is recorded as changed.</li>`}
    ${told.remarks.map((/** @type {string} */ one) => html`<li class="quiet">${one}</li>`)}</ul></section>`;
}

/** First and newest of each scale, and weight. @param {any} told */
function measures(told) {
  const scales = [...new Set(told.measures.map((/** @type {any} */ one) => one.title))];
  const rows = scales.map((title) => {
    const all = told.measures.filter((/** @type {any} */ one) => one.title === title);
    const [first, last] = [all[0], all.at(-1)];
    return html`<li><b>${title}</b><span>${first === last ? "" : html`${first.total} → `}<b class="num">${last.total}</b>, ${last.band}${last.item9 === null || last.item9 === undefined ? nothing : html`, item 9: ${first.item9 ?? 0} → <b>${last.item9}</b>`}</span><span class="end meta">${day(last.at, told.zone)}</span></li>`;
  });
  if (told.weight) rows.push(html`<li><b>Weight</b><span class="num">${told.weight.kg} kg</span><span class="end meta">${day(told.weight.at, told.zone)}</span></li>`);
  return html`<section class="panel" aria-label="Measures"><header><h2>Measures</h2></header><ul class="changes cols">${rows}${rows.length ? nothing : html`<li class="quiet">None written down yet.</li>`}</ul></section>`;
}

/** Nothing of it is written that anybody would take along. */
const UNBEGUN = new Set(["scheduled", "cancelled"]);

/** @param {any} told */
function sessions(told) {
  const total = told.doses.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + (one.mg ?? 0), 0);
  return html`<section class="panel" aria-label="Sessions"><header><h2>Sessions</h2><span class="end meta">${told.doses.length} ${told.doses.length === 1 ? "unit" : "units"}, ${total} mg in all</span></header>
    <ul class="changes when">${told.sessions.map((/** @type {any} */ one) => html`<li><b><a href="/as/${login}/s/${one.id}">${whenOf(one.appointed, one.zone)}</a></b><span>${one.kind}, ${STATES[one.state] ?? one.state}${one.mg === null ? "" : `, ${one.mg} mg`}${one.incidents.map((/** @type {any} */ each) => html`<br><span class="quiet">${each.sentence}</span>`)}</span>${UNBEGUN.has(one.state) ? nothing : html`<a class="btn small end" href="/as/${login}/s/${one.id}/record" aria-label="Record of ${whenOf(one.appointed, one.zone)}">Record</a>`}</li>`)}
    ${told.sessions.length ? nothing : html`<li class="quiet">None booked.</li>`}</ul></section>`;
}

/** @param {{birth?: string, age?: number}} client */
const born = ({ birth, age }) => html`<span class="quiet">${birth ? `born ${calendarDay(birth)}, ${age} years old` : "no date of birth on file: ask the coordinator"}</span>`;

function draw() {
  const me = desk.want("home")?.me;
  const path = `courses/${course}`;
  const told = desk.want(path);
  if (!told) return html`${head(login, "")}${desk.waitingFor(path)}`;
  document.title = told.client.name;
  const back = me?.roles.includes("prescriber") ? ["queue", "Queue"] : me?.roles.includes("dispatcher") ? ["clinic#board", "Board"] : ["", "My sessions"];
  return html`${head(login, short(me?.name))}${desk.line()}<main class="wrap desk case">
    <div class="titled"><a class="btn" href="/as/${login}/${back[0]}">${back[1]}</a><h1>${told.client.name}</h1>${standing(told)}${born(told.client)}<span class="end meta">Therapist ${told.therapist.name}, prescriber ${told.prescriber.name}. Days and times are ${short(told.client.name)}’s: ${zoneName(desk.now(), told.zone)}.</span></div>
    <div class="columns wide"><div class="column">${changes(told)}${measures(told)}${sessions(told)}</div>
      <div class="column">${screening(desk, told)}${decision(desk, told)}${clearance(desk, told)}${papers(desk, told)}</div></div></main>`;
}

desk.start();
