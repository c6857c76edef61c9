/**
 * Licences as rows: what it is, where, and its last day. Kept as `CA:2027-06-30` and `DEA:2027-06-30`; nobody has to know that.
 *
 * @typedef {{place: string, last: string}} Licence `place`: two letters of a state, `DEA`, "" while nothing is chosen
 */

import { html, nothing } from "../lib/dom.js";
import { unlessHalfTyped } from "../lib/form.js";
import { STATES } from "../lib/states.js";

const DEA = "DEA";

const NAMES = new Map([...STATES, [DEA, "DEA registration"]]);

/** As people say it. @param {string} place */
const named = (place) => NAMES.get(place) ?? place;

/** @param {string[]} entries as the server keeps them @returns {Licence[]} */
export const read = (entries) => entries.map((one) => {
  const [place = "", last = ""] = one.split(":");
  return { place, last };
});

/** @param {Licence[]} rows @returns {string[]} */
export const written = (rows) => rows.filter((one) => one.place || one.last).map((one) => `${one.place}:${one.last}`);

/** `California to 2027-06-30`. @param {string} entry */
export const said = (entry) => {
  const [place = "", last = ""] = entry.split(":");
  return `${named(place)} ${last ? `to ${last}` : "without a last day: it permits nothing"}`;
};

/** What is half written, in a sentence; "" when it can be sent: what somebody needs is for the server to say. @param {Licence[]} rows */
export function lacking(rows) {
  for (const one of rows) {
    if (!one.place && one.last) return `Choose what the licence to ${one.last} is.`;
    if (one.place && !one.last) return `Give the last day of: ${named(one.place)}. Without one it permits nothing.`;
  }
  const places = rows.map((one) => one.place).filter(Boolean);
  const twice = places.find((place, n) => places.indexOf(place) !== n);
  if (twice) return `${named(twice)} stands there twice. Keep the row with the later day.`;
  return "";
}

/**
 * @param {Licence[]} rows changed in place @param {() => void} draw
 * @param {{wrong: string, today: string}} said what is wrong, and `2026-03-01` of today
 */
export function licences(rows, draw, { wrong, today }) {
  const drop = (/** @type {Licence} */ one) => {
    rows.splice(rows.indexOf(one), 1);
    draw();
  };
  const more = () => {
    rows.push({ place: "", last: "" });
    draw();
    document.getElementById(`licence-${rows.length - 1}`)?.focus();
  };
  return html`<fieldset class="all licences" id="licences" tabindex="-1" aria-describedby=${wrong ? "licences-wrong" : nothing}><legend>Licences, each with its last day</legend>
    ${rows.map((one, n) => html`<div class="licence"><label for="licence-${n}">Which<select id="licence-${n}" @change=${(/** @type {Event} */ e) => { one.place = /** @type {HTMLSelectElement} */ (e.target).value; draw(); }}>
        <option value="" ?selected=${!one.place}>Choose</option><option value=${DEA} ?selected=${one.place === DEA}>DEA registration</option>
        ${STATES.map(([place, name]) => html`<option value=${place} ?selected=${one.place === place}>${name} (${place})</option>`)}
        ${one.place && !NAMES.has(one.place) ? html`<option value=${one.place} selected>${one.place}</option>` : nothing}</select></label>
      <label for="licence-last-${n}">Last day<input id="licence-last-${n}" type="date" max="2199-12-31" .value=${unlessHalfTyped(`licence-last-${n}`, one.last)} @input=${(/** @type {Event} */ e) => { one.last = /** @type {HTMLInputElement} */ (e.target).value; draw(); }}></label>
      <button class="btn" type="button" aria-label="Remove ${one.place ? named(one.place) : "this row"}" @click=${() => drop(one)}>Remove</button>
      ${one.last && one.last < today ? html`<p class="over">This day is over: it permits nothing any more.</p>` : nothing}</div>`)}
    <span class="row wrap"><button class="btn" type="button" @click=${more}>${rows.length ? "Add another licence" : "Add a licence"}</button><span class="meta">${rows.length ? "" : "None is needed by a coordinator."}</span></span>
    ${wrong ? html`<p class="wrong" role="alert" id="licences-wrong">${wrong}</p>` : nothing}</fieldset>`;
}
