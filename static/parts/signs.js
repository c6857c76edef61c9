/**
 * The signs of a staff page. Shape says what a thing is, colour only repeats it, and a word always stands beside it.
 */

import { html, icon } from "../lib/dom.js";

/** @typedef {"ok" | "ask" | "stop" | "wait"} Kind */

/**
 * Circle with tick (proven), diamond (a person decides), octagon (red), dashed circle (waits for an answer). A board holds fifty of them,
 * so each is one piece without gaps to be filled. The octagon is filled, because red must be heavier than amber also for eyes that see
 * no red.
 */
const SIGNS = {
  ok: html`<svg class="sign ok" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="9"></circle><path d="m8 12.5 3 3 5.5-6.5"></path></svg>`,
  ask: html`<svg class="sign ask" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M12 2 22 12 12 22 2 12z"></path><path d="M9.7 9.6a2.4 2.4 0 1 1 3.3 2.2c-.7.3-1 .8-1 1.6"></path><path d="M12 16.4v.1"></path></svg>`,
  stop: html`<svg class="sign stop" viewBox="0 0 24 24" aria-hidden="true"><path d="M7.2 1h9.6L23 7.2v9.6L16.8 23H7.2L1 16.8V7.2z" fill="currentColor"></path><path d="M6 12h12" stroke="var(--surface)" stroke-width="3.2"></path></svg>`,
  wait: html`<svg class="sign wait" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="9" stroke-dasharray="3 3"></circle></svg>`,
};

/** What a thing is, before it is read. @param {Kind} kind */
export function sign(kind) {
  return SIGNS[kind];
}

/** The alarm triangle: `!!!`, `!!`, `!`. @param {"high" | "medium" | "low"} priority */
export function triangle(priority) {
  return icon(priority === "high" ? "alarm3" : priority === "medium" ? "alarm2" : "alarm1");
}

/** The ring of the house. */
export function logo() {
  return html`<svg class="logo" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2.5a9.5 9.5 0 1 1-6.7 2.8" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"></path><circle cx="12" cy="12" r="3.2" fill="currentColor"></circle></svg>`;
}

/** A lock, on what is shut. */
export function lock() {
  return html`<svg class="i" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><rect x="5" y="11" width="14" height="9" rx="2"></rect><path d="M8 11V8a4 4 0 0 1 8 0v3"></path></svg>`;
}
