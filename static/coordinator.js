/**
 * The dispatcher's page, and the coordinator's: what is ordered of me, whom to call and where to send them, one line for every session,
 * and the chores of this session's course. No picture here.
 */

import { html, nothing, place } from "./lib/dom.js";
import { elapsed, stamp, whenOf, zoneName } from "./lib/clock.js";
import { actsPanel, isTestPage } from "./parts/acts.js";
import { soundLine } from "./parts/alarm-strip.js";
import { Chart } from "./parts/chart.js";
import { Desk } from "./parts/desk.js";
import { duty } from "./parts/duty.js";
import { emergencyByState, onTheCard } from "./parts/emergency.js";
import { gates, pagesWanted } from "./parts/gate-row.js";
import { listen } from "./parts/listening.js";
import { alarmCard } from "./parts/order-card.js";
import { people } from "./parts/people.js";
import { Roster } from "./parts/roster.js";
import { head, notLive } from "./parts/staff-head.js";
import { timeline } from "./parts/timeline.js";

/** @typedef {import("./lib/types.js").View} View */

const desk = new Desk(draw, place("page"));
const sound = listen(desk, { everything: false });
const roster = new Roster(desk.live.login);
/** States in which there can be no dose yet, and in which the gates are asked. */
const [AHEAD, GATED] = [new Set(["scheduled", "cancelled", "no_show"]), new Set(["arriving", "released"])];
const chart = new Chart(desk, ["aftercare", "dispatch-number", "training", "settlement", "emergency-note"]);

/** @param {View} view */
function now(view) {
  return html`<section class="panel state" aria-label="This session"><header><h1>${view.client.name}</h1><span class="end num">${view.dose ? `T+ ${elapsed(desk.now() - view.dose.t0)}` : AHEAD.has(view.state) ? nothing : "no dose"}</span></header>
    <p class="apptime"><b>${whenOf(view.appointed, view.zone)}</b>, ${view.kind}</p>
    <p>${view.sentence}</p>${view.state === "cancelled" ? html`<p><b>telekap has written to nobody about it: tell them.</b> Whose page is open reads it there.</p>` : nothing}${view.next ? html`<p class="next"><b>Next: ${view.next.sentence}</b></p>` : nothing}${people(view)}</section>`;
}

/** What stands in the More panel: not what has its own place on the page, twice is once too often. @param {View} view */
function more(view) {
  const gated = GATED.has(view.state) && pagesWanted(view);
  const list = view.acts.filter((act) => !onTheCard(act) && !(gated && isTestPage(act)));
  const client = view.people.find((one) => one.role === "client");
  // Moving is the clinic's calendar, with everybody's day beside it; this leads to the very panel.
  const move = view.state === "scheduled" && client && coordinates() ? html`<a class="btn" href="/as/${desk.live.login}/clinic#clients/${client.person}/${desk.live.session}">Move the session</a>` : nothing;
  return list.length || move !== nothing ? actsPanel(desk, view, list, move) : nothing;
}

const coordinates = () => Boolean(roster.me?.roles.includes("dispatcher"));

/** @returns {unknown} */
function draw() {
  const { view, live } = desk;
  if (!view) return html`${head(live.login, "")}<p class="connecting" role="status">${live.line === "gone" ? "This session is not here, or not yours." : "Connecting…"}</p>`;
  document.title = `${view.alarms.length ? `(${view.alarms.length}) ` : ""}Dispatch, ${view.client.name}`;
  return html`<div class=${live.stale() ? "stale" : ""}>${head(live.login, view.me.name, html`<span class="meta">${stamp(desk.now(), view.zone)} ${zoneName(desk.now(), view.zone)}</span>`, coordinates())}
    ${notLive(desk)}
    <main class="wrap desk">
      <div class="alarmlist">${view.alarms.map((alarm) => alarmCard(desk, view, alarm))}${view.alarms.length ? nothing : soundLine(desk, sound)}</div>
      ${duty(desk, view)}
      <div class="columns"><div class="column">${now(view)}${more(view)}${emergencyByState(desk, view)}${chart.draw(view)}</div>
        <div class="column">${desk.whole ? html`<section class="panel" aria-label="All sessions"><header><h2>Sessions</h2></header>${roster.draw(live.session, view)}</section>
          ${GATED.has(view.state) ? gates(desk, view) : nothing}${timeline(desk, view.zone)}` : nothing}</div></div>
    </main></div>`;
}

roster.addEventListener("change", () => desk.paint());
roster.start();
desk.start();
