/**
 * The client's screens, one per state: few words, one choice, and from the first unit on nothing but one control. No alarm, no colour
 * of a gate and no number is ever shown here.
 *
 * @typedef {import("./client-frame.js").Page} Page
 * @typedef {import("./client-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 */

import { dosed, handedOver, homeSafe } from "./client-after.js";
import { arriving, early, notToday, question, released } from "./client-before.js";
import { still } from "./client-frame.js";

/** @param {Page} page @returns {Screen} */
export function screen(page) {
  const { live } = page;
  if (live.line === "ended" || live.line === "gone") return still(page, "This link has ended.", "Call the clinic.");
  // Opened without a line: what this tab last knew is shown, and is old. A dosed client sees what was there before.
  const view = live.view ?? page.last.view;
  if (!view) return still(page, "One moment.", live.stale() && live.line === "lost" ? "Looking for the line." : "");
  if (view.question && view.state !== "dosed") return question(page, view);
  return (SCREENS[view.state] ?? SCREENS.closed)(page, view);
}

/** @type {Record<string, (page: Page, view: View) => Screen>} */
const SCREENS = {
  scheduled: early,
  arriving,
  released,
  dosed,
  discharged: homeSafe,
  transferred: handedOver,
  stood_down: notToday,
  held: (page) => still(page, "That was your session.", "See you next time."),
  closed: (page, view) => (view.afterwards?.asked.some((one) => one.mine && !one.done) ? homeSafe(page, view) : still(page, "You are home safe.", "Your session is over.")),
  cancelled: (page) => still(page, "This appointment was cancelled.", "Call the clinic for a new one."),
  no_show: (page) => still(page, "This appointment is over.", "Call the clinic for a new one."),
};
