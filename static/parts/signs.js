/**
 * The signs of a staff page. Shape says what a thing is, colour only repeats it, and a word always stands beside it.
 */

import { html, icon, svg } from "../lib/dom.js";

/** @typedef {"ok" | "ask" | "stop" | "wait"} Kind */

/** Octagon with a bar: filled, because red must be heavier than amber also for eyes that see no red. */
const STOP = svg`<path d="M7.2 1h9.6L23 7.2v9.6L16.8 23H7.2L1 16.8V7.2z" fill="currentColor"/><path d="M6 12h12" stroke="var(--surface)" stroke-width="3.2"/>`;

/**
 * Circle with tick (proven), diamond (a person decides), octagon (red), dashed circle (waits for an answer).
 * @param {Kind} kind
 */
export function sign(kind) {
  if (kind === "ok") return icon("open", "sign ok");
  if (kind === "ask") return icon("ask", "sign ask");
  if (kind === "wait") return icon("due", "sign wait");
  return html`<svg class="sign stop" viewBox="0 0 24 24" aria-hidden="true">${STOP}</svg>`;
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
