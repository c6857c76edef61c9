/**
 * The prescriber's page, made for a phone between two patients: what waits for me first (alarms, live questions, duty), then how the
 * session is, then the papers: clearance and order.
 */

import { html, nothing, place, short } from "./lib/dom.js";
import { countdown, elapsed, wall } from "./lib/clock.js";
import { actsPanel } from "./parts/acts.js";
import { soundLine } from "./parts/alarm-strip.js";
import { ask, asks, decided } from "./parts/ask.js";
import { Chart } from "./parts/chart.js";
import { nextCheckIn, titleOf } from "./parts/check-in.js";
import { Desk } from "./parts/desk.js";
import { discharge } from "./parts/discharge.js";
import { duty } from "./parts/duty.js";
import { emergency } from "./parts/emergency.js";
import { gates } from "./parts/gate-row.js";
import { listen } from "./parts/listening.js";
import { alarmCard } from "./parts/order-card.js";
import { later } from "./parts/later.js";
import { people } from "./parts/people.js";
import { head, notLive } from "./parts/staff-head.js";
import { timeline } from "./parts/timeline.js";

/** @typedef {import("./lib/types.js").View} View */

const desk = new Desk(draw, place("page"));
const sound = listen(desk, { everything: false });
const chart = new Chart(desk, ["clearance", "revocation", "suspension", "reinstatement", "order", "settlement", "emergency-note"]);

/** @param {View} view */
function now(view) {
  const next = nextCheckIn(view);
  const order = view.order ? `${view.order.units} × ${view.order.mg_per_unit} mg, hold ${view.order.hold_min} min` : "no order";
  return html`<section class="panel state" aria-label="The session"><header><h1>${view.client.name}</h1><span class="end num">${view.dose ? `T+ ${elapsed(desk.now() - view.dose.t0)}` : `at ${wall(view.appointed, view.zone)}`}</span></header>
    <p>${view.sentence}</p>${view.next ? html`<p class="next"><b>Next: ${view.next.sentence}</b></p>` : nothing}
    <p class="quiet">${order}.${next ? html` ${titleOf(next.id)} ${next.due > desk.now() ? html`in ${countdown(next.due - desk.now())}` : "due now"}.` : nothing}</p>${people(view)}</section>`;
}

/** @returns {unknown} */
function draw() {
  const { view, live } = desk;
  if (!view) return html`${head(live.login, "")}<p class="connecting" role="status">${live.line === "gone" ? "This session is not here, or not yours." : "Connecting…"}</p>`;
  const waiting = asks(view);
  document.title = `${view.alarms.length + waiting.length ? `(${view.alarms.length + waiting.length}) ` : ""}${short(view.me.name)}, on call`;
  const mine = [...view.alarms].sort((a, b) => Number(b.owner.person === view.me.person) - Number(a.owner.person === view.me.person));
  // A test page takes one press and stands first while it waits; answered, it steps behind the questions.
  const paged = view.duty.mine && view.duty.asked !== null && (view.duty.acknowledged ?? 0) < view.duty.asked;
  const asking = view.state === "arriving" || view.state === "released";
  return html`<div class=${live.stale() ? "stale" : ""}>${head(live.login, short(view.me.name))}${notLive(desk)}
    <main class="wrap desk">
      <div class="alarmlist">${mine.map((alarm) => alarmCard(desk, view, alarm))}${view.alarms.length ? nothing : soundLine(desk, sound)}</div>
      ${paged ? duty(desk, view) : nothing}
      ${waiting.map((gate) => ask(desk, view, gate))}
      ${paged ? nothing : duty(desk, view)}
      <div class="columns"><div class="column">${now(view)}${later(desk, view)}${view.acts.length ? actsPanel(desk, view) : nothing}${chart.draw(view)}${decided(view)}</div>
        <div class="column">${asking ? gates(desk, view) : nothing}${view.discharge && view.state === "dosed" ? discharge(desk, view) : nothing}${emergency(desk, view)}${timeline(live.entries, view.zone)}</div></div>
    </main></div>`;
}

desk.start();
