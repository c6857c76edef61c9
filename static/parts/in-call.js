/**
 * Who is in the call, in words: whoever can see and hear is named on every screen, also who only stands by.
 *
 * @typedef {import("../lib/types.js").View} View
 */

import { short } from "../lib/dom.js";

/** @param {View} view */
export const inCall = (view) => view.people.filter((one) => one.in_room && one.person !== view.me.person);

/** That somebody else took a place, as long as that is news; "" otherwise. A page without a line knows nothing of now. @param {{live: import("../lib/live.js").Live}} page @param {View} view */
export const relief = ({ live }, view) => (view.relief && !live.stale() && live.now() < view.relief.until ? view.relief.sentence : "");

/** Few words; empty while nobody else is in the call. @param {View} view */
export function whoIsInTheCall(view) {
  const names = inCall(view).map((one) => short(one.name));
  return names.length ? `In the call: ${names.join(", ")}` : "";
}
