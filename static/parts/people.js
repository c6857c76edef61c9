/**
 * Who is here: fixed order, each with a word, each with a telephone where the server gives a number.
 */

import { html, icon, nothing, short } from "../lib/dom.js";

/** @typedef {import("../lib/types.js").View} View */

const ROLES = { client: "client", support: "support", therapist: "therapist", standin: "stand-in", prescriber: "prescriber", dispatcher: "dispatcher" };

/** @param {View} view */
export function people(view) {
  return html`<ul class="people">${view.people.map((one) => html`<li class=${one.there ? "there" : "away"}>
    <span class="dot" aria-hidden="true"></span>
    <span class="name"><b>${one.person === view.me.person ? "You" : short(one.name)}</b><small>${ROLES[one.role]}${one.in_room ? ", in room" : one.there ? "" : ", away"}</small></span>
    ${one.phone && one.person !== view.me.person ? html`<a class="btn small call" href="tel:${one.phone}" aria-label="Phone ${one.name}, ${one.phone}" title=${one.phone}>${icon("phone")}</a>` : nothing}</li>`)}</ul>`;
}
