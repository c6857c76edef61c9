/**
 * What this tab last knew of its session, so that a page opened without a line can still say the one thing that matters: to the support
 * person "no line, go there", to the client nothing new at all. Ends with the tab, and with the session.
 *
 * @typedef {import("./types.js").View} View
 */

import { tab } from "./shelf.js";

const OVER = new Set(["closed", "cancelled", "no_show", "held"]);

/** Everything that is only true now: codes, alarms, what may be pressed. @type {Partial<View>} */
const NOT_KEPT = { gates: [], alarms: [], acts: [], check_ins: [], now_check_in: null, code: null, code_for: null, next: null, discharge: null, question: null, help: null };

export class LastView {
  /** @param {string} session */
  constructor(session) {
    this.shelf = `telekap.last.${session}`;
    /** @type {View | null} */
    this.view = tab.read(this.shelf, null);
  }

  /** @param {View} view */
  keep(view) {
    const next = OVER.has(view.state) ? null : { ...view, ...NOT_KEPT };
    // A release is never remembered: what nobody can confirm was not given.
    if (next) next.release = { may: false, reasons: [], given: null };
    this.view = next;
    tab.set(this.shelf, next ? JSON.stringify(next) : null);
  }
}
