/**
 * A form of a bureau page: fields, one button, the answer in place. What is typed stays until the server has it.
 */

import { html, nothing } from "../lib/dom.js";
import { fieldset, sendButton } from "../lib/form.js";
import { answer } from "./answer.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {import("./bureau.js").Asking} Asking */
/** @typedef {import("../lib/types.js").Field} Field */
/** @typedef {import("../lib/types.js").Values} Values */

/** @param {string} name @param {string} label @param {string} [hint] @param {boolean} [required] @returns {Field} */
export const text = (name, label, hint = "", required = true) => ({ name, label, kind: "text", hint, required });
/** @param {string} name @param {string} label @param {{value: string, label: string}[]} choices @param {string} [hint] @returns {Field} */
export const choice = (name, label, choices, hint = "") => ({ name, label, kind: "choice", choices, hint });
/** @param {string} name @param {string} label @param {number} low @param {number} high @param {string} [unit] @param {string} [hint] @returns {Field} */
export const figure = (name, label, low, high, unit = "", hint = "") => ({ name, label, kind: "number", low, high, unit, hint });

/**
 * `out`: a second button, beside the one that sends, that leaves all as it is. `shut`: what stands here cannot be sent, and says why above.
 * @param {Bureau} desk
 * @param {{place: string, label: string, fields: Field[], noun: string, how?: Asking, body?: (values: Values) => Record<string, unknown>, kind?: string, zone?: string, last?: Values, below?: unknown, out?: unknown, shut?: boolean}} form
 */
export function bureauForm(desk, { place, label, fields, noun, how = {}, body = (values) => values, kind = "main", zone = "", last, below = nothing, out = nothing, shut = false }) {
  const draft = desk.drafts.of(place);
  const look = { now: desk.now(), zone, redraw: () => desk.paint(), ...(last ? { last } : {}) };
  const send = async () => {
    const values = draft.values(fields, look);
    desk.paint();
    if (!values || shut) return;
    const sent = await desk.send(place, noun, body(values), { ...how, done: () => { draft.clear(); how.done?.(); } });
    const field = sent ? "" : (desk.problems.get(place)?.field ?? "");
    if (field && fields.some((one) => one.name === field)) draft.errors[field] = desk.problems.get(place)?.sentence ?? "";
    desk.paint();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void send();
  };
  return html`<form class="inrow" aria-label=${label} data-place=${place} @submit=${submit}>${fieldset(fields, draft, look)}${below}
    <p class="row endrow">${out}${sendButton({ label: desk.waiting.has(place) ? "Sending…" : label, draft, disabled: desk.waiting.has(place) || shut, send: () => void send(), kind })}
    <button type="submit" hidden>Send</button></p>${Object.keys(draft.errors).length ? nothing : answer(desk, place)}</form>`;
}

/** A button that opens something in its own place. @param {Bureau} desk @param {string} place @param {string} label @param {string} [kind] */
export function opener(desk, place, label, kind = "") {
  return html`<button class="btn ${kind}" type="button" aria-expanded=${desk.open === place} @click=${() => desk.toggle(place)}>${label}</button>`;
}

/** One press and its answer, without fields. @param {Bureau} desk @param {string} place @param {string} label @param {() => void} press @param {string} [kind] */
export function press(desk, place, label, press, kind = "") {
  return html`<button class="btn ${kind}" type="button" @click=${press}>${desk.waiting.has(place) ? "Sending…" : label}</button>`;
}
