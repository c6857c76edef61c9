/**
 * The prescriber's page, made for a phone between two patients: what waits for me first (alarms, live questions, duty), then how the
 * session is, then the papers: clearance and order.
 */

import { html, nothing, place, short } from "./lib/dom.js";
import { countdown, elapsed, whenOf } from "./lib/clock.js";
import { actButton, actPlaces, actsPanel, isTestPage } from "./parts/acts.js";
import { soundLine } from "./parts/alarm-strip.js";
import { ask, asks, decided } from "./parts/ask.js";
import { Chart } from "./parts/chart.js";
import { nextCheckIn, titleOf } from "./parts/check-in.js";
import { Desk } from "./parts/desk.js";
import { discharge } from "./parts/discharge.js";
import { duty } from "./parts/duty.js";
import { emergencyByState, onTheCard } from "./parts/emergency.js";
import { gates, pagesWanted } from "./parts/gate-row.js";
import { listen } from "./parts/listening.js";
import { alarmCard } from "./parts/order-card.js";
import { later } from "./parts/later.js";
import { people } from "./parts/people.js";
import { head, notLive } from "./parts/staff-head.js";
import { timeline } from "./parts/timeline.js";

/** @typedef {import("./lib/types.js").View} View */

/** States in which the gates are asked. */
const GATED = new Set(["arriving", "released"]);
/** States in which something can still be asked of a prescriber. */
const OPEN = new Set(["arriving", "released", "dosed", "discharged", "transferred"]);

const desk = new Desk(draw, place("page"));
const sound = listen(desk, { everything: false });
const chart = new Chart(desk, ["revocation", "suspension", "reinstatement", "order", "settlement", "emergency-note"]);

/** What this person does next, also when it is nothing: shut gates that are others' look like work otherwise. @param {View} view */
function mine(view) {
  if (view.next) return `Next: ${view.next.sentence}`;
  const asker = short(view.people.find((one) => one.role === "therapist")?.name) || "The therapist";
  if (view.state === "arriving" && view.duty.mine && view.duty.asked === null) return `Nothing waits for you yet. A test page comes first; then ${asker} asks you here about any amber gate.`;
  return OPEN.has(view.state) ? `Nothing waits for you now. Whatever needs you comes up here, with a sound.` : "Nothing waits for you here.";
}

/** @param {View} view */
function now(view) {
  const first = view.acts.filter((act) => act.tone === "main" && !onTheCard(act));
  const next = view.state === "dosed" ? nextCheckIn(view) : undefined;
  const order = view.order ? `${view.order.units} × ${view.order.mg_per_unit} mg, hold ${view.order.hold_min} min` : "no order";
  return html`<section class="panel state" aria-label="The session"><header><h1>${view.client.name}</h1><span class="end num">${view.dose ? `${view.afterwards ? "watched for" : "T+"} ${elapsed((view.afterwards?.ended ?? desk.now()) - view.dose.t0)}` : nothing}</span></header>
    <p class="quiet">${whenOf(view.appointed, view.zone)}</p>
    <p>${view.sentence}</p><p class="next"><b>${mine(view)}</b></p>${first.length ? html`<div class="row wrap">${first.map((act) => actButton(desk, view, act))}</div>${actPlaces(desk, view, first)}` : nothing}${view.course ? html`<p><a class="btn" href="/as/${desk.live.login}/c/${view.course.id}">${short(view.client.name)}’s case: what changed, clear or refuse</a></p>` : nothing}
    <p class="quiet">${order}.${next ? html` ${titleOf(next.id)} ${next.due > desk.now() ? html`in ${countdown(next.due - desk.now())}` : "due now"}.` : nothing}</p>${people(view)}</section>`;
}

/** What has no place of its own on the page: twice is once too often. @param {View} view */
function more(view) {
  const gated = GATED.has(view.state) && pagesWanted(view);
  const list = view.acts.filter((act) => act.tone !== "main" && !onTheCard(act) && !(gated && isTestPage(act)));
  return list.length ? actsPanel(desk, view, list) : nothing;
}

/** The way to all that waits for a prescriber stands on top of the page a link leads to. */
const queue = html`<a class="btn" href="/as/${desk.live.login}/queue">Queue</a>`;

/** @returns {unknown} */
function draw() {
  const { view, live } = desk;
  if (!view) return html`${head(live.login, "")}<p class="connecting" role="status">${live.line === "gone" ? "This session is not here, or not yours." : "Connecting…"}</p>`;
  const waiting = asks(view);
  document.title = `${view.alarms.length + waiting.length ? `(${view.alarms.length + waiting.length}) ` : ""}${short(view.me.name)}, on call`;
  const first = [...view.alarms].sort((a, b) => Number(b.owner.person === view.me.person) - Number(a.owner.person === view.me.person));
  // A test page takes one press and stands first while it waits; answered, it steps behind the questions.
  const paged = view.duty.mine && view.duty.asked !== null && (view.duty.acknowledged ?? 0) < view.duty.asked;
  const asking = GATED.has(view.state);
  return html`<div class=${live.stale() ? "stale" : ""}>${head(live.login, short(view.me.name), queue)}${notLive(desk)}
    <main class="wrap desk">
      <div class="alarmlist">${first.map((alarm) => alarmCard(desk, view, alarm))}${view.alarms.length ? nothing : soundLine(desk, sound)}</div>
      ${paged ? duty(desk, view) : nothing}
      ${waiting.map((gate) => ask(desk, view, gate))}
      ${paged || !OPEN.has(view.state) ? nothing : duty(desk, view)}
      <div class="columns"><div class="column">${now(view)}${later(desk, view)}${more(view)}${chart.draw(view)}${decided(view)}</div>
        <div class="column">${desk.whole ? html`${asking ? gates(desk, view) : nothing}${view.discharge && view.state === "dosed" ? discharge(desk, view) : nothing}${emergencyByState(desk, view)}${timeline(desk, view.zone)}` : nothing}</div></div>
    </main></div>`;
}

desk.start();
