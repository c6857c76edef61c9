/**
 * To revoke or to suspend a clearance: what that does to today's session and to those to come is read before the first press, and the
 * first press only asks once more. Nothing here is easy to do by mistake, and nothing keeps anybody from doing it.
 */

import { html, nothing, short } from "../lib/dom.js";
import { fieldset, sendButton } from "../lib/form.js";
import { whenOf } from "../lib/clock.js";
import { answer } from "./answer.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {{session: string, state: string, appointed: number, sentence: string}} Touched */

/** @type {Record<string, {label: string, keep: string, after: string}>} */
export const WITHDRAWALS = {
  revocation: { label: "Revoke the clearance", keep: "Keep the clearance", after: "This ends it for good: only a new clearance, signed by the prescriber, lets sessions at home go on." },
  suspension: { label: "Suspend the clearance", keep: "Leave it as it is", after: "This pauses it until the prescriber of this course reinstates it, with a reason." },
};

const FIELDS = /** @type {import("../lib/types.js").Field[]} */ ([{ name: "reason", label: "Reason", kind: "text", hint: "The staff reads it. The client does not." }]);
/** Places whose first press was made. @type {Set<string>} */
const asked = new Set();

/**
 * @param {Desk} desk
 * @param {{place: string, noun: string, course: string, client: string, touched: Touched[], zone: string, done: () => void}} what
 */
export function withdrawal(desk, { place, noun, course, client, touched, zone, done }) {
  const words = WITHDRAWALS[noun];
  if (!words) return nothing;
  const draft = desk.drafts.of(place);
  const look = { now: desk.now(), zone, redraw: () => desk.paint() };
  const sure = asked.has(place);
  const keep = () => {
    asked.delete(place);
    desk.open = "";
    desk.paint();
  };
  const press = () => {
    const values = draft.values(FIELDS, look);
    if (values && !sure) asked.add(place);
    else if (values) {
      asked.delete(place);
      void desk.send(place, noun, values, { course, done: () => { draft.clear(); done(); } });
    }
    desk.paint();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!sure) press(); // Enter asks; only the button of the question does it
  };
  return html`<form class="inrow withdrawal" aria-label=${words.label} data-place=${place} @submit=${submit}>
    <p>${words.after}</p>${effects(touched, zone)}${fieldset(FIELDS, draft, look)}
    ${sure
      ? html`<p class="note stop" role="alert"><b>${words.label} of ${client} now?</b> ${touched.some((one) => one.state !== "scheduled") ? `${short(client)} has a session that is going on.` : nothing}</p>
        <p class="row endrow"><button class="btn" type="button" @click=${keep}>${words.keep}</button><button class="btn stop" type="button" @click=${press}>Yes: ${words.label.toLowerCase()}</button></p>`
      : html`<p class="row endrow">${sendButton({ label: desk.waiting.has(place) ? "Sending…" : `${words.label}…`, draft, disabled: desk.waiting.has(place), send: press, kind: "stop" })}<button class="btn" type="button" @click=${keep}>${words.keep}</button></p>`}
    ${answer(desk, place)}</form>`;
}

/** @param {Touched[]} touched @param {string} zone */
function effects(touched, zone) {
  if (!touched.length) return html`<p class="quiet">No session is booked or going on.</p>`;
  return html`<ul class="touched" aria-label="What it does to sessions">${touched.map((one) => html`<li><b>${whenOf(one.appointed, zone)}</b> ${one.sentence}</li>`)}</ul>`;
}
