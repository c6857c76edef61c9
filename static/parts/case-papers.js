/** The other papers of a course: order, adverse events, consent, weight. Each act opens in place. */

import { html, nothing } from "../lib/dom.js";
import { day } from "../lib/clock.js";
import { answer } from "./answer.js";
import { bureauForm, choice, figure, opener, text } from "./bureau-form.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */

const EVENTS = [
  { value: "adverse_event_opened", label: "Open" }, { value: "adverse_event_reviewed", label: "Under review" }, { value: "adverse_event_closed", label: "Close" },
];

/** @param {Bureau} desk @param {any} told */
export function papers(desk, told) {
  const given = told.order;
  const words = given ? `${given.form}, ${given.units} × ${given.mg_per_unit} mg, hold ${given.hold_min} min, ${given.swallow ? "swallow" : "spit"}${given.booster_units ? `, booster ${given.booster_units} × ${given.mg_per_unit} mg` : ", no booster"}${given.spaced ? ", spaced" : ""}. Signed ${day(given.signed, told.zone)}.` : "None.";
  const consent = told.consent.withdrawn ? "Withdrawn." : told.consent.current ? `Version ${told.consent.version}${told.consent.booster ? ", also to a booster" : ""}.` : "Not signed in the current version.";
  return html`<section class="panel" aria-label="Papers"><header><h2>Papers</h2></header>
    <dl class="card"><dt>Order</dt><dd>${words}${told.waits.map((/** @type {any} */ one) => html`<br><b>${one.sentence}</b> ${one.action}`)}</dd><dt>Consent</dt><dd>${consent}</dd>
      <dt>Dispatch</dt><dd>${told.dispatch ? `${told.dispatch.number}, ${told.dispatch.county} ${told.dispatch.state}, checked ${day(told.dispatch.checked, told.zone)}` : "not known"}</dd>
      <dt>Medicines</dt><dd>${told.emergency.medicines || html`<b>not written down</b>`}</dd><dt>Allergies</dt><dd>${told.emergency.allergies || html`<b>not written down</b>`}</dd></dl>
    <div class="row wrap">${acts(told).map(([place, label]) => opener(desk, place, label))}</div>
    ${acts(told).map(([place, label]) => (desk.open === place ? form(desk, told, place, label) : nothing))}${answer(desk, "papers")}</section>`;
}

/** @param {any} told @returns {[string, string][]} */
function acts(told) {
  const mine = /** @type {[string, string][]} */ (told.mine ? [["order", "Sign an order"]] : []);
  return [...mine, ["emergency-note", "Medicines and allergies"], ["weight", "Weight"], ["settlement", "Adverse event"]];
}

/** @param {Bureau} desk @param {any} told @param {string} noun @param {string} label */
function form(desk, told, noun, label) {
  const most = told.limits;
  const done = () => {
    desk.open = "";
  };
  const given = told.order;
  const fields = {
    order: [
      choice("form", "Form", [{ value: "lozenge", label: "Lozenge" }]), figure("units", "Units", 1, 20), figure("mg_per_unit", "Each", 1, most.ceiling_mg, "mg", `All units together at most ${most.ceiling_mg} mg.`), figure("hold_min", "Hold in the mouth", 1, 60, "min"),
      /** @type {import("../lib/types.js").Field} */ ({ name: "swallow", label: "Swallow the residue?", kind: "flag" }), { ...figure("booster_units", "Booster units", 0, 20, "", "Empty: no booster. At most half of the first dose, once."), required: false },
    ],
    "emergency-note": [text("medicines", "Medicines", "All of them, as a crew must read them. None: write none."), text("allergies", "Allergies", "None: write none.")],
    weight: [figure("kg", "Weight", 30, 300, "kg")],
    settlement: [choice("session", "Which session?", told.sessions.map((/** @type {any} */ one) => ({ value: one.id, label: day(one.appointed, one.zone) }))), choice("what", "What?", told.mine ? EVENTS : EVENTS.slice(0, 1))],
  }[noun] ?? [text("reason", "Why?")];
  return bureauForm(desk, { place: `paper.${noun}`, label, noun, fields, how: { course: told.course, done }, ...(given && noun === "order" ? { last: given } : noun === "emergency-note" ? { last: told.emergency } : {}) });
}
