/**
 * After a stand-down: that it is over, why, and what is still to be done while people are in the room. The call goes on until they leave.
 */

import { html, nothing, short } from "../lib/dom.js";
import { actButton, actPlaces } from "./acts.js";
import { sign } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */

/** Acts that belong to the end of such a session; the rest stands under More. */
const HERE = new Set(["leftovers", "help", "doses"]);

/** @param {Desk} desk @param {View} view */
export function stoodDown(desk, view) {
  const { closing } = view;
  const who = (/** @type {string} */ role) => short(view.people.find((one) => one.role === role)?.name);
  const red = view.gates.filter((gate) => gate.colour === "red" && gate.final);
  const acts = view.acts.filter((act) => HERE.has(act.noun));
  return html`<section class="panel stood" aria-label="Stood down" id="stood-down" tabindex="-1">
    <header><h2>No medicine today</h2></header>
    <p>${view.sentence}</p>
    ${red.length ? html`<ul class="missing">${red.map((gate) => html`<li>${sign("stop")}<span><b>${gate.title}</b> ${gate.sentence}</span></li>`)}</ul>` : nothing}
    ${closing?.rows.length ? html`<ol class="then" aria-label="Still to do">${closing.rows.map((row) => html`<li>${row.code === "well" ? html`<b>${row.sentence}</b>` : row.sentence}</li>`)}</ol>` : html`<p>${closing?.end ?? ""}</p>`}
    <p>This session is not opened again. ${who("dispatcher") || "The coordinator"} books a new one.</p>
    <div class="row wrap">${acts.map((act) => actButton(desk, view, { ...act, tone: act.noun === "leftovers" ? "main" : act.tone === "stop" ? "quiet" : act.tone }))}</div>${actPlaces(desk, view, acts)}</section>`;
}
