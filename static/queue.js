/**
 * The prescriber's queue: what is asked live stands first, then the courses by the day of their next dose. j and k move, Enter opens.
 */

import { address } from "./lib/address.js";
import { html, nothing, place, short } from "./lib/dom.js";
import { countdown, day, whenOf } from "./lib/clock.js";
import { Bureau } from "./parts/bureau.js";
import { Keys } from "./parts/keys.js";
import { STATES } from "./parts/roster.js";
import { sign } from "./parts/signs.js";
import { head } from "./parts/staff-head.js";

/** @typedef {{session: string, client: string, therapist: string, kind: string, since: number, sentence: string, order: string}} Live */
/** @typedef {{session: string, client: string, state: string, appointed: number, zone: string, sentence: string}} Going */
/** @typedef {{course: string, client: string, why: string, words: string, detail: string, shut: string, changes: string[], dosing: number | null, clearance: string, until: number | null, zone: string}} Line */

const { login } = address();
const desk = new Bureau(draw, place("page"));
/** How grave a reason looks: shape and word, then colour. @type {Record<string, [import("./parts/signs.js").Kind, string]>} */
const CHIPS = { cosign: ["ask", "ask"], suspended: ["stop", "stop"], event: ["ask", "ask"], ended: ["stop", "stop"], answered: ["ask", "ask"], new: ["ask", "tell"], order: ["ask", "ask"], nothing: ["ok", "ok"] };
/** What a live line asks for. @type {Record<string, [string, string]>} */
const LIVE = { alarm: ["Alarm", "Open"], ask: ["Live question", "Answer"], duty: ["Duty", "Acknowledge"] };
let chosen = 0;

const links = () => /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("a.open")]);
const go = (/** @type {number} */ by) => {
  chosen = Math.max(0, Math.min(links().length - 1, chosen + by));
  links()[chosen]?.focus();
};
const keys = new Keys([{ key: "j", words: "Next", act: () => go(+1) }, { key: "k", words: "Before", act: () => go(-1) }], () => desk.paint());

/** @param {Live} one @param {number} now */
function live(one, now) {
  const [kind = "", act = ""] = LIVE[one.kind] ?? [];
  return html`<section class="urgent ${one.kind === "alarm" ? "blocked" : ""}" aria-label=${kind}>${sign(one.kind === "alarm" ? "stop" : "ask")}
    <p><b>${one.client}: ${one.sentence}</b><span class="quiet">${one.order || (one.kind === "ask" ? `${short(one.therapist)} asks. The dose stays shut until you answer.` : "")}</span></p>
    <span class="left"><small>waiting</small>${countdown(now - one.since)}</span><a class="btn main open" href="/as/${login}/s/${one.session}">${act}</a></section>`;
}

/** A session that is going on, whether it asks something or not. @param {Going} one */
function going(one) {
  return html`<section class="urgent going" aria-label="Going on">${sign("wait")}
    <p><b>${one.client}: ${STATES[one.state] ?? one.state}</b><span class="quiet">${whenOf(one.appointed, one.zone)}. ${one.sentence || "Another prescriber is on call."}</span></p>
    <span class="left"></span><a class="btn open" href="/as/${login}/s/${one.session}">Open</a></section>`;
}

/** @param {number} n @param {string} one @param {string} [many] */
const count = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** @param {Line} one */
function line(one) {
  const [shape, colour] = CHIPS[one.why] ?? /** @type {[import("./parts/signs.js").Kind, string]} */ (["wait", ""]);
  return html`<tr><th scope="row"><a class="open" href="/as/${login}/c/${one.course}">${one.client}</a></th>
    <td><span class="chip ${colour}">${sign(shape)}${one.words}</span>${one.detail ? html`<br><span class="quiet">${one.detail}</span>` : nothing}${one.shut ? html`<span class="shut">${sign("stop")}<span>Cannot be signed yet. ${one.shut}</span></span>` : nothing}</td>
    <td data-label="Changed since you signed">${one.changes.length ? html`<b>${one.changes[0]}</b>${one.changes.length > 1 ? html` <span class="quiet">and ${one.changes.length - 1} more</span>` : nothing}` : html`<span class="quiet">nothing</span>`}</td>
    <td data-label="Next dose">${one.dosing ? whenOf(one.dosing, one.zone) : html`<span class="quiet">none ahead</span>`}</td>
    <td data-label="Clearance">${one.clearance === "none" ? html`<span class="quiet">none yet</span>` : html`${one.clearance}${one.until ? html`<br><span class="quiet">until ${day(one.until - 1, one.zone)}</span>` : nothing}`}</td></tr>`;
}

function draw() {
  const me = desk.want("home")?.me;
  const told = desk.want("queue");
  if (!told) return html`${head(login, "")}${desk.waitingFor("queue")}`;
  const waiting = told.courses.filter((/** @type {Line} */ one) => !["nothing", "asked", "refused"].includes(one.why)).length;
  document.title = told.live.length ? `(${told.live.length}) Queue` : "Queue";
  return html`${head(login, short(me?.name))}${desk.line()}<main class="wrap desk queue">
    <div class="titled"><h1>${count(told.live.length, "thing asks you", "things ask you")} now, ${count(told.going.length, "session")} going on, ${waiting} to review</h1><span class="end meta bykey">${!keys.off ? html`<span class="key">J</span> <span class="key">K</span> move, <span class="key">Enter</span> opens` : nothing}</span></div>
    ${told.live.map((/** @type {Live} */ one) => live(one, desk.now()))}${told.going.filter((/** @type {Going} */ one) => !told.live.some((/** @type {Live} */ each) => each.session === one.session)).map(going)}
    ${told.courses.length ? html`<div class="tablebox" tabindex="0" role="region" aria-label="Courses"><table class="rows"><thead><tr><th scope="col">Client</th><th scope="col">Why it is here</th><th scope="col">Changed since you signed</th><th scope="col">Next dose</th><th scope="col">Clearance</th></tr></thead>
      <tbody>${told.courses.map(line)}</tbody></table></div>` : html`<p class="connecting">No course names you as its prescriber.</p>`}
    <p class="meta">Sorted by what asks you now, then the day of the next dose, then how grave it is. Days and times are each client’s.</p></main>`;
}

desk.start();
