/**
 * The emergency card: what to dial, where to send them and how they get in, what to say, and what they ask next. Shown in the right
 * column, never over the picture. What nobody wrote down is said to be unknown, not left out.
 */

import { ago, wall } from "../lib/clock.js";
import { html, icon, nothing } from "../lib/dom.js";
import { actButton, actPlaces } from "./acts.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */

/** Acts that belong on this card, when the server offers them. */
const HERE = new Set(["help", "hand-over", "doses", "take-over"]);

/** Where nothing was released nor taken yet, as far as anybody knows. @type {Set<string>} */
const BEFORE = new Set(["scheduled", "arriving", "stood_down"]);
/** Signed, or never begun: nobody is watched any more. @type {Set<string>} */
const OVER = new Set(["closed", "cancelled", "no_show"]);
/** Before the lobby nobody is awaited at home: the card lies folded, one press away. */
const FOLDED = "scheduled";

/** @param {import("../lib/types.js").Act} act */
export const onTheCard = (act) => HERE.has(act.noun);

/**
 * The card on a page that is looked at for days before: the same card with the same acts, but it cries out only once something was
 * released or taken. A dose outside a release can be told at any time: the button for it never leaves the card.
 * @param {Desk} desk @param {View} view
 */
export function emergencyByState(desk, view) {
  if (OVER.has(view.state)) return html`<details class="panel folded"><summary><h2>Emergency card</h2></summary>${emergency(desk, view, true)}</details>`;
  if (!BEFORE.has(view.state) || view.dose || view.alarms.some((one) => one.priority === "high")) return emergency(desk, view);
  if (view.state !== FOLDED) return emergency(desk, view, true);
  return html`<details class="panel folded"><summary><h2>Emergency card</h2></summary>${emergency(desk, view, true)}</details>`;
}

/** What entered the mouth, and how long ago. @param {Desk} desk @param {View} view */
function taken(desk, view) {
  const { dose } = view.emergency;
  if (!dose) return "Nothing yet";
  return `${dose.mg === null ? "Ketamine, amount not known" : `${dose.mg} mg ketamine`}, first at ${wall(dose.t0, view.zone)}, ${ago(desk.now() - dose.t0)}`;
}

/** The newest figures, with their age. @param {Desk} desk @param {View} view */
function measured(desk, view) {
  const { vitals } = view.emergency;
  if (!vitals) return "Nothing yet";
  const figures = [
    vitals.sbp && vitals.dbp ? `${vitals.sbp}/${vitals.dbp}` : "", vitals.hr ? `pulse ${vitals.hr}` : "", vitals.spo2 ? `SpO2 ${vitals.spo2} %` : "", vitals.rr ? `${vitals.rr} breaths` : "",
  ].filter(Boolean);
  return `${figures.join(", ")}, ${ago(desk.now() - vitals.at)}`;
}

/** @param {Desk} desk @param {View} view @param {boolean} [calm] nothing has happened: no red, and the sentence is for when it has */
export function emergency(desk, view, calm = false) {
  const { number, dispatch, elsewhere, address, way_in: way, script, medicines, allergies } = view.emergency;
  const acts = view.acts.filter(onTheCard);
  const support = view.people.find((one) => one.role === "support");
  return html`<section class="panel emergency ${calm ? "calm" : ""}" aria-label="Emergency" id="emergency" tabindex="-1">
    <header><h2>Emergency</h2><span class="end meta">${view.client.name}</span></header>
    <div class="scroll">
      ${dispatch ? html`<a class="btn ${calm ? "" : "stop"} wide" href="tel:${dispatch}">${icon("phone")} ${elsewhere ? "Call dispatch of another place" : "Call dispatch at the client"}: ${dispatch}</a>` : html`<p class="note stop">No dispatch number is known. ${support?.name ?? "The adult on site"} calls ${number} from there.</p>`}
      ${elsewhere ? html`<p class="note stop">${elsewhere}</p>` : nothing}
      <dl class="card"><dt>Address</dt><dd>${address || "not known yet"}</dd>${way ? html`<dt>Way in</dt><dd>${way}</dd>` : nothing}<dt>${calm ? "Say, if so" : "Say"}</dt><dd>${script}</dd>
        <dt>On site</dt><dd>${support ? html`${support.name}${support.phone ? html` <a href="tel:${support.phone}">${support.phone}</a>` : nothing}, who calls ${number}` : "nobody named"}</dd></dl>
      <div class="row wrap">${acts.map((act) => actButton(desk, view, act))}</div>${actPlaces(desk, view, acts)}
      <dl class="card crew"><dt>Taken</dt><dd>${taken(desk, view)}</dd><dt>Last measured</dt><dd>${measured(desk, view)}</dd>
        <dt>Medicines</dt><dd>${medicines || "Not written down"}</dd><dt>Allergies</dt><dd>${allergies || "Not written down"}</dd></dl>
    </div></section>`;
}
