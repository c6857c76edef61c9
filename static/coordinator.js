/**
 * The dispatcher's page, and the coordinator's: what is ordered of me, whom to call and where to send them, one line for every session,
 * and the chores of this session's course. No picture here.
 */

import { html, nothing, place } from "./lib/dom.js";
import { elapsed, stamp, zoneName } from "./lib/clock.js";
import { actsPanel } from "./parts/acts.js";
import { soundLine } from "./parts/alarm-strip.js";
import { Chart } from "./parts/chart.js";
import { Desk } from "./parts/desk.js";
import { duty } from "./parts/duty.js";
import { emergency } from "./parts/emergency.js";
import { gates } from "./parts/gate-row.js";
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
const chart = new Chart(desk, ["aftercare", "dispatch-number", "training", "settlement", "emergency-note"]);

/** @param {View} view */
function now(view) {
  return html`<section class="panel state" aria-label="This session"><header><h1>${view.client.name}</h1><span class="end num">${view.dose ? `T+ ${elapsed(desk.now() - view.dose.t0)}` : "no dose"}</span></header>
    <p>${view.sentence}</p>${view.next ? html`<p class="next"><b>Next: ${view.next.sentence}</b></p>` : nothing}${people(view)}</section>`;
}

/** @returns {unknown} */
function draw() {
  const { view, live } = desk;
  if (!view) return html`${head(live.login, "")}<p class="connecting" role="status">${live.line === "gone" ? "This session is not here, or not yours." : "Connecting…"}</p>`;
  document.title = `${view.alarms.length ? `(${view.alarms.length}) ` : ""}Dispatch, ${view.client.name}`;
  return html`<div class=${live.stale() ? "stale" : ""}>${head(live.login, view.me.name, html`<span class="meta">${stamp(desk.now(), view.zone)} ${zoneName(desk.now(), view.zone)}</span>`)}
    ${notLive(desk)}
    <main class="wrap desk">
      <div class="alarmlist">${view.alarms.map((alarm) => alarmCard(desk, view, alarm))}${view.alarms.length ? nothing : soundLine(desk, sound)}</div>
      ${duty(desk, view)}
      <div class="columns"><div class="column">${now(view)}${view.acts.length ? actsPanel(desk, view) : nothing}${emergency(desk, view)}${chart.draw(view)}</div>
        <div class="column"><section class="panel" aria-label="All sessions"><header><h2>Sessions</h2></header>${roster.draw(live.session)}</section>
          ${view.state === "arriving" || view.state === "released" ? gates(desk, view) : nothing}${timeline(live.entries, view.zone)}</div></div>
    </main></div>`;
}

roster.addEventListener("change", () => desk.paint());
roster.start();
desk.start();
