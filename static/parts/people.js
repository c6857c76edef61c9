/**
 * Who is here: fixed order, each with a word, each with a telephone where the server gives a number.
 */

import { html, nothing, short } from "../lib/dom.js";

/** @typedef {import("../lib/types.js").View} View */

const ROLES = { client: "client", support: "support", therapist: "therapist", standin: "stand-in", prescriber: "on call", dispatcher: "dispatch" };

/**
 * One line each; whoever has a number is called by pressing the line, and the number itself stands on it.
 * @param {View} view @param {unknown} [mine] drawn in my own line
 */
export function people(view, mine = nothing) {
  return html`<ul class="people">${view.people.map((one) => html`<li class=${one.there && !one.page_silent ? "there" : view.state === "scheduled" ? "later" : "away"}>${line(one, view, mine)}</li>`)}${(view.vacant ?? []).map((said) => html`<li class="away"><span class="person"><span class="name">${said}</span></span></li>`)}</ul>`;
}

/** What is not there of whom, in words. @type {Record<string, string>} */
const MISSING = { client: "no picture", therapist: "no picture", support: "not heard from", standin: "not on duty", prescriber: "not on duty", dispatcher: "not on duty" };

/**
 * What is not proven of somebody. Being here is proven by a picture, an answer or a duty taken, never by a page that is open somewhere.
 * Before the lobby nobody is awaited, and nothing is missing.
 * @param {import("../lib/types.js").Seen} one @param {View} view
 */
function missing(one, view) {
  return view.state === "scheduled" ? "" : (MISSING[one.role] ?? "not seen");
}

/** @param {import("../lib/types.js").Seen} one @param {View} view @param {unknown} mine */
function line(one, view, mine) {
  const me = one.person === view.me.person;
  // A picture goes on when the page's own line is cut: then no press on "help" comes through, which the picture does not show.
  const silent = one.page_silent && view.state !== "scheduled";
  const where = silent ? "page silent" : one.in_room ? "in room" : one.there ? "" : missing(one, view);
  const name = html`<span class="dot" aria-hidden="true"></span><span class="name"><span><b>${me ? "You" : short(one.name)}</b> ${where ? html`<small class="where">${where}</small> ` : nothing}<small class="role">${ROLES[one.role]}</small></span>
    ${one.phone && !me ? html`<span><span class="num phone">${one.phone}</span></span>` : nothing}</span>`;
  if (me) return html`<span class="person me">${mine === nothing ? name : mine}</span>`;
  return one.phone ? html`<a class="person call" href="tel:${one.phone}"><span class="unseen">Phone </span>${name}</a>` : html`<span class="person">${name}</span>`;
}
