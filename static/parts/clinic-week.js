/** Seven days of the clinic at a time, for the board and the week: forward as far as anything is booked, and back. */

import { html, nothing } from "../lib/dom.js";
import { day } from "../lib/clock.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {{days: number, week: number, from: number, earlier: number, later: number, zone: string}} Week */

const DAY = 86_400_000;

/** @param {Bureau} desk @param {string} which as the address says it: "" is the week that begins today */
export function boardOf(desk, which) {
  const week = /^[1-9]\d{0,2}$/.test(which) ? `?week=${which}` : "";
  const path = `clinic/board${week}`;
  return { told: desk.want(path), path };
}

/** Noon of a day is that day on every clock, also when a night was an hour shorter. @param {Week} told @param {number} n */
export const noon = (told, n) => told.from + n * DAY + DAY / 2;

/** @param {Week} told */
export const title = (told) => (told.week ? `${day(noon(told, 0), told.zone)} to ${day(noon(told, told.days - 1), told.zone)}` : `Next ${told.days} days`);

/** @param {Week} told @param {(week: string) => string} link */
export function turning(told, link) {
  const many = (/** @type {number} */ n) => html` <span class="num">(${n || "none"} booked)</span>`;
  return html`<nav class="row wrap" aria-label="Which days">
    ${told.week ? html`<a class="btn" href=${link(told.week > 1 ? String(told.week - 1) : "")}>Earlier${many(told.earlier)}</a>${told.week > 1 ? html`<a class="btn" href=${link("")}>Today</a>` : nothing}` : nothing}
    <a class="btn" href=${link(String(told.week + 1))}>Later${many(told.later)}</a></nav>`;
}
