/**
 * Who is here: fixed order, each with a word, each with a telephone where the server gives a number.
 */

import { wall } from "../lib/clock.js";
import { html, nothing, short } from "../lib/dom.js";

/** @typedef {import("../lib/types.js").View} View */

const ROLES = { client: "client", support: "support", therapist: "therapist", standin: "stand-in", prescriber: "on call", dispatcher: "dispatch" };

/**
 * One line each; whoever has a number is called by pressing the line, and the number itself stands on it.
 * @param {View} view @param {unknown} [mine] drawn in my own line
 */
export function people(view, mine = nothing) {
  return html`<ul class="people">${view.people.map((one) => html`<li class=${!awaited(view) ? "later" : one.there && !one.page_silent ? "there" : "away"}>${line(one, view, mine)}</li>`)}${(view.vacant ?? []).map((said) => html`<li class="away"><span class="person"><span class="name">${said}</span></span></li>`)}</ul>`;
}

/** Before the lobby and after the end nobody is awaited, and nothing is missing. @param {View} view */
export const awaited = (view) => !UNAWAITED.has(view.state);
const UNAWAITED = new Set(["scheduled", "closed", "cancelled", "no_show"]);

/** What is not there of whom, in words. @type {Record<string, string>} */
const MISSING = { client: "no picture", therapist: "no picture", support: "not heard from", };
const ON_DUTY = new Set(["standin", "prescriber", "dispatcher"]);

/**
 * How it stands with somebody's duty: whether a test page went, and whether they answered. "" where they are on duty.
 * @param {import("../lib/types.js").Seen} one @param {string} zone
 */
export function dutyOf(one, zone) {
  if (one.there) return "";
  if (one.paged == null) return one.answered == null ? "not paged yet" : `too old: ${wall(one.answered, zone)}`;
  return (one.answered ?? 0) < one.paged ? `no answer since ${wall(one.paged, zone)}` : `too old: ${wall(one.answered ?? 0, zone)}`;
}

/**
 * What is not proven of somebody. Being here is proven by a picture, an answer or a duty taken, never by a page that is open somewhere.
 * @param {import("../lib/types.js").Seen} one @param {View} view
 */
function missing(one, view) {
  if (!awaited(view)) return "";
  return ON_DUTY.has(one.role) ? dutyOf(one, view.zone) : (MISSING[one.role] ?? "not seen");
}

/** @param {import("../lib/types.js").Seen} one @param {View} view @param {unknown} mine */
function line(one, view, mine) {
  const me = one.person === view.me.person;
  // A picture goes on when the page's own line is cut: then no press on "help" comes through, which the picture does not show.
  const silent = one.page_silent && awaited(view);
  const where = silent ? "page silent" : one.in_room ? "in room" : one.there ? "" : missing(one, view);
  const name = html`<span class="dot" aria-hidden="true"></span><span class="name"><span><b>${me ? "You" : short(one.name)}</b> ${where ? html`<small class="where">${where}</small> ` : nothing}<small class="role">${ROLES[one.role]}</small></span>
    ${one.phone && !me ? html`<span><span class="num phone">${one.phone}</span></span>` : nothing}</span>`;
  if (me) return html`<span class="person me">${mine === nothing ? name : mine}</span>`;
  return one.phone ? html`<a class="person call" href="tel:${one.phone}"><span class="unseen">Phone </span>${name}</a>` : html`<span class="person">${name}</span>`;
}
