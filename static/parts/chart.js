/**
 * The papers of the course: clearance, order, what changed since the signature, and the acts on them. The limits come from the
 * protocol through the server. A clearance is signed on the case's own page alone: there stands what others will read of it.
 */

import { html, nothing } from "../lib/dom.js";
import { fieldset, sendButton } from "../lib/form.js";
import { day, wall } from "../lib/clock.js";
import { answer } from "./answer.js";
import { sign } from "./signs.js";
import { WITHDRAWALS, withdrawal } from "./withdrawal.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").Field} Field */
/** @typedef {import("../lib/types.js").Values} Values */
/** @typedef {{ fields: Field[], body: Record<string, unknown>, last?: Values }} Paper */

/**
 * @typedef {object} Course
 * @property {string} course @property {boolean} mine
 * @property {{status: string, sessions: number, used: number, until: number, gap_h: number, states: string[], signed: number, by: string, reason: string} | null} clearance
 * @property {import("./withdrawal.js").Touched[]} touched
 * @property {{first: boolean, sessions: number, days: number, gap_h: number, gap_floor_h: number, ceiling_mg: number}} limits
 * @property {{form: string, units: number, mg_per_unit: number, hold_min: number, swallow: boolean, signed: number} | null} order
 * @property {{version: string, at: number | null, current: boolean, withdrawn: boolean}} consent
 * @property {{number: string, state: string, county: string, county_only: boolean, checked: number} | null} dispatch
 * @property {{at: number, sentence: string}[]} changes
 * @property {{person: string, name: string}[]} trained
 * @property {{session: string, what: string}[]} settled
 * @property {{id: string, state: string, appointed: number, aftercare: boolean, mg: number | null}[]} sessions
 */

/** The course is asked again at most this often, ms. */
const EVERY_MS = 1_500;

/** Label of each act. @type {Record<string, string>} */
const LABELS = {
  "revocation": WITHDRAWALS["revocation"]?.label ?? "", "suspension": WITHDRAWALS["suspension"]?.label ?? "", "reinstatement": "Reinstate the clearance", "order": "Sign an order",
  "aftercare": "Book aftercare", "dispatch-number": "Dispatch number", "training": "Support person trained", "emergency-note": "Medicines and allergies", "settlement": "Settle a session",
};
const CLEARANCE = /** @type {Record<string, import("./signs.js").Kind>} */ ({ active: "ok", suspended: "stop", revoked: "stop", expired: "stop", none: "wait" });

/** @param {string} name @param {string} label @param {string} [hint] @returns {Field} */
const text = (name, label, hint = "") => ({ name, label, kind: "text", hint });
/** @param {string} name @param {string} label @param {number} low @param {number} high @param {string} [unit] @param {string} [hint] @returns {Field} */
const figure = (name, label, low, high, unit = "", hint = "") => ({ name, label, kind: "number", low, high, unit, hint });
/** @param {string} name @param {string} label @param {number} low @returns {Field} */
const when = (name, label, low) => ({ name, label, kind: "time", low });

/** The course of this session, and what this page may do about it. */
export class Chart {
  /** @param {Desk} desk @param {string[]} nouns acts of this page, in order */
  constructor(desk, nouns) {
    this.desk = desk;
    this.nouns = nouns;
    /** @type {Course | null} */
    this.course = null;
    this.trouble = "";
    this.version = -1;
    this.asked = Number.NEGATIVE_INFINITY;
    desk.live.addEventListener("view", () => void this.refresh());
  }

  /** Ask again when the session moved on, but not more often than needed. */
  async refresh() {
    const { view, live } = this.desk;
    const now = performance.now();
    if (!view?.course || (this.version === live.version && this.course) || now - this.asked < EVERY_MS) return;
    this.asked = now;
    try {
      this.course = /** @type {Course} */ (await this.desk.api.get(`courses/${view.course.id}`));
      this.version = live.version;
      this.trouble = "";
    } catch {
      this.trouble = "The course could not be read.";
    }
    this.desk.paint();
  }

  /** @param {View} view */
  draw(view) {
    const { course } = this;
    if (!view.course) return nothing;
    if (!course) return html`<section class="panel" aria-label="Course"><p class="quiet">${this.trouble || "Reading the course…"}</p></section>`;
    const nouns = this.nouns.filter((noun) => (course.mine || !["revocation", "reinstatement", "order"].includes(noun)) && fits(noun, course));
    const button = (/** @type {string} */ noun) => html`<button class="btn" type="button" aria-expanded=${this.desk.open === `course.${noun}`} @click=${() => this.desk.toggle(`course.${noun}`)}>${LABELS[noun] ?? noun}</button>`;
    // What takes a clearance away lies apart from what gives: nobody comes upon it on the way to something else.
    const apart = nouns.filter((noun) => noun in WITHDRAWALS);
    return html`<section class="panel chart" aria-label="Course"><header><h2>Course</h2></header>
      <dl class="card">${this.clearance(course, view)}${order(course, view)}
        <dt>Consent</dt><dd>${course.consent.withdrawn ? "withdrawn" : course.consent.current ? `version ${course.consent.version}` : "not signed in the current version"}</dd>
        <dt>Dispatch</dt><dd>${course.dispatch ? `${course.dispatch.number}, ${course.dispatch.county} ${course.dispatch.state}${course.dispatch.county_only ? ", county only" : ""}, checked ${day(course.dispatch.checked, view.zone)}` : "not known"}</dd>
        <dt>Changed</dt><dd>${course.changes.length ? html`<ul>${course.changes.map((one) => html`<li>${day(one.at, view.zone)} ${wall(one.at, view.zone)}: ${one.sentence}</li>`)}</ul>` : "nothing since the clearance was signed"}</dd></dl>
      <div class="row wrap">${course.mine ? html`<a class="btn" href="/as/${this.desk.live.login}/c/${course.course}">Decide about the clearance</a>` : nothing}${nouns.filter((noun) => !apart.includes(noun)).map(button)}</div>
      ${apart.length ? html`<div class="row wrap apart" role="group" aria-label="End or pause the clearance">${apart.map(button)}</div>` : nothing}
      ${nouns.map((noun) => html`${this.desk.open === `course.${noun}` ? this.form(noun, course, view) : nothing}${noun in WITHDRAWALS && this.desk.open === `course.${noun}` ? nothing : answer(this.desk, `course.${noun}`)}`)}</section>`;
  }

  /** @private @param {Course} course @param {View} view */
  clearance({ clearance: given }, view) {
    const words = given ? html`<b>${given.status}</b>, ${given.used} of ${given.sessions} sessions used, until ${day(given.until, view.zone)}, gap ${given.gap_h} h, ${given.states.join(", ")}. ${given.by}, ${day(given.signed, view.zone)}.${given.reason ? ` ${given.reason}` : ""}` : "none";
    return html`<dt>Clearance</dt><dd class="row">${sign(CLEARANCE[given?.status ?? "none"] ?? "stop")}<span>${words}</span></dd>`;
  }

  /** @private @param {string} noun @param {Course} course @param {View} view */
  form(noun, course, view) {
    const { desk } = this;
    const again = () => {
      desk.open = "";
      this.version = -1;
      setTimeout(() => void this.refresh(), EVERY_MS);
    };
    if (noun in WITHDRAWALS) return withdrawal(desk, { place: `course.${noun}`, noun, course: course.course, client: view.client.name, touched: course.touched, zone: view.zone, done: again });
    const paper = paperOf(noun, course, view, desk.now());
    const place = `course.${noun}`;
    const draft = desk.drafts.of(place);
    const look = { now: desk.now(), zone: view.zone, redraw: () => desk.paint(), ...(paper.last ? { last: paper.last } : {}) };
    const send = () => {
      const values = draft.values(paper.fields, look);
      desk.paint();
      if (!values) return;
      const done = () => {
        draft.clear();
        again();
      };
      void desk.send(place, noun, { ...values, ...paper.body }, { course: course.course, done });
    };
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      send();
    };
    return html`<form class="inrow" aria-label=${LABELS[noun] ?? noun} data-place=${place} @submit=${submit}>${fieldset(paper.fields, draft, look)}
      <p class="row endrow">${sendButton({ label: desk.waiting.has(place) ? "Sending…" : (LABELS[noun] ?? noun), draft, disabled: !desk.fresh(noun), send })}<button class="unseen" type="submit" tabindex="-1" aria-hidden="true">Send</button></p></form>`;
  }
}

/** Only what fits how the clearance stands: nothing that has ended is ended, nothing that holds is reinstated. @param {string} noun @param {Course} course */
function fits(noun, { clearance }) {
  if (noun === "revocation") return Boolean(clearance && clearance.status !== "revoked");
  if (noun === "suspension") return clearance?.status === "active";
  if (noun === "reinstatement") return clearance?.status === "suspended";
  return true;
}

/** @param {Course} course @param {View} view */
function order({ order: given }, view) {
  const words = given ? `${given.form}, ${given.units} × ${given.mg_per_unit} mg, hold ${given.hold_min} min, ${given.swallow ? "swallow" : "spit"}. Signed ${day(given.signed, view.zone)}.` : "none";
  return html`<dt>Order</dt><dd>${words}</dd>`;
}

/** What one act asks and sends. @param {string} noun @param {Course} course @param {View} view @param {number} now @returns {Paper} */
function paperOf(noun, course, view, now) {
  const most = course.limits;
  const support = view.people.find((one) => one.role === "support");
  /** @type {Record<string, () => Paper>} */
  const papers = {
    "order": () => ({
      fields: [
        { name: "form", label: "Form", kind: "choice", choices: [{ value: "lozenge", label: "Lozenge" }] }, figure("units", "Units", 1, 20), figure("mg_per_unit", "Each", 1, most.ceiling_mg, "mg", `All units together at most ${most.ceiling_mg} mg.`),
        figure("hold_min", "Hold in the mouth", 1, 60, "min"), { name: "swallow", label: "Swallow the residue", kind: "flag" },
      ],
      body: {},
    }),
    "aftercare": () => ({ fields: [when("next_day", "Next-day check", now), when("integration", "Integration session", now)], body: { session: view.session } }),
    "dispatch-number": () => ({ fields: [text("number", "Local dispatch number", "With country code, for example +15550911."), text("state", "State"), text("county", "County"), { name: "county_only", label: "Only a county number", kind: "flag" }], body: {} }),
    "emergency-note": () => ({
      fields: [text("medicines", "Medicines", "All of them, as the crew must read them. None: write none."), text("allergies", "Allergies", "None: write none.")],
      body: {},
      ...(view.emergency.medicines || view.emergency.allergies ? { last: { medicines: view.emergency.medicines ?? "", allergies: view.emergency.allergies ?? "" } } : {}),
    }),
    "training": () => ({ fields: [], body: { person: support?.person ?? "" } }),
    "settlement": () => ({
      fields: [
        { name: "session", label: "Which session?", kind: "choice", choices: course.sessions.map((one) => ({ value: one.id, label: `${day(one.appointed, view.zone)}, ${one.state}` })) },
        { name: "what", label: "What is done?", kind: "choice", choices: SETTLED },
      ],
      body: {},
    }),
  };
  return papers[noun]?.() ?? { fields: [text("reason", "Reason")], body: {} };
}

/** What settles an earlier session. */
const SETTLED = [
  { value: "integration", label: "Integration held" }, { value: "next_day", label: "Next-day check answered" }, { value: "adverse_event_opened", label: "Adverse event opened" },
  { value: "adverse_event_reviewed", label: "Adverse event under review" }, { value: "adverse_event_closed", label: "Adverse event closed" },
];
