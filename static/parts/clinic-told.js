/**
 * What stands on the page after a press that changed a day of several people: that it is done, and who knows of it. telekap writes to
 * nobody about an appointment, so whoever pressed must: the numbers stand beside it.
 */

import { html, nothing } from "../lib/dom.js";
import { whenOf } from "../lib/clock.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {{name: string, phone: string} | undefined} Reached */
/** @typedef {{name: string, appointed: number, zone: string, kind?: string, call: Reached[]}} Told */

/** @param {Reached[]} call */
const numbers = (call) => html`<span class="row wrap">${call.filter((one) => one?.phone).map((one) => html`<a class="btn" href="tel:${one?.phone}">Call ${one?.name.split(" ")[0]} <span class="num">${one?.phone}</span></a>`)}</span>`;

/** @param {Bureau} desk @param {Told} of */
export function booked(desk, { name, appointed, zone, kind, call }) {
  desk.say(html`<p><b>Booked: ${name}, ${kind ?? ""}, ${whenOf(appointed, zone)}.</b></p>
    <p>It stands in the list of every one of the staff who is named. <b>telekap has written to nobody.</b> Tell those at home, and make their links below, under Sessions.</p>${numbers(call)}`);
}

/** @param {Bureau} desk @param {Told & {before: number}} of */
export function moved(desk, { name, appointed, zone, before, kind, call }) {
  desk.say(html`<p><b>Moved: ${name}, to ${whenOf(appointed, zone)}.</b> It was ${whenOf(before, zone)}.</p>
    <p>Everybody’s page and link shows the new time. <b>telekap has written to nobody:</b> tell them.${kind === "dosing" ? " Book next-day check and integration anew." : nothing}</p>${numbers(call)}`);
}

/** @param {Bureau} desk @param {Told} of */
export function cancelled(desk, { name, appointed, zone, call }) {
  desk.say(html`<p><b>Cancelled: ${name}, ${whenOf(appointed, zone)}.</b></p>
    <p>Whose page of it is open reads it there. <b>telekap has written to nobody:</b> tell them.</p>${numbers(call)}`);
}

/** What was said last, until it is put away or another place is opened. @param {Bureau} desk */
export function said(desk) {
  if (desk.said === nothing) return nothing;
  return html`<section class="note told" role="status" aria-label="Done"><div>${desk.said}</div><button class="btn" type="button" @click=${() => desk.say(nothing)}>Close</button></section>`;
}
