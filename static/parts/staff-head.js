/**
 * The head of a staff page that is not the cockpit: the house, who I am, whether this page is live.
 */

import { html, nothing } from "../lib/dom.js";
import { logo } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * @param {string} login @param {string} name @param {unknown} [beside]
 * @param {boolean} [coordinates] keeps the clinic's calendar: the way to it stands on every page
 */
export function head(login, name, beside = nothing, coordinates = false) {
  return html`<header class="head"><a class="brand" href="/as/${login}/" aria-label="telekap, my sessions">${logo()}<span>telekap</span></a>
    ${coordinates ? html`<a class="btn" href="/as/${login}/clinic">Board, bookings, roster</a>` : nothing}<span class="end">${beside}<a class="btn plain" href="/as/${login}/account">${name || "My account"}</a></span></header>`;
}

/** The line is gone: said in words, above everything. @param {Desk} desk */
export function notLive(desk) {
  if (desk.live.line === "ended") return html`<p class="notlive" role="alert">This login has ended. <a href="/sign-in">Sign in again.</a></p>`;
  if (!desk.live.stale()) return nothing;
  return html`<p class="notlive" role="alert">Not live. What you see may be old; nothing can be permitted from here. Connecting again by itself.</p>`;
}
