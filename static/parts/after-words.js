/**
 * The hours after, asked of each at home: the adult's evening word, the client's next day. The form and its hour are the server's.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {{live: import("../lib/live.js").Live, api: import("../lib/api.js").Api, drafts: import("../lib/form.js").Drafts,
 *   questions: import("./questions.js").Questions, redraw: () => void}} Parts
 */

import { html } from "../lib/dom.js";

/** What the record has and the view does not say yet: nobody is asked again in between. @type {Set<string>} */
const sent = new Set();

const TITLES = { evening: "How is it now?", next_day: "How was the night?" };

/** The questions that are asked of this person now, or null. @param {Parts} page @param {View} view @param {string} kind class of the buttons */
export function afterWords({ live, api, drafts, questions, redraw }, view, kind) {
  const now = view.afterwards?.asked.find((one) => one.mine && !one.done && one.form.length > 0 && live.now() >= one.opens);
  if (!now) return null;
  const name = `after.${now.what}`;
  const look = { now: live.now(), zone: view.zone, redraw, disabled: live.stale(), hour12: true };
  if (sent.has(name)) return html`<section class="gatewalk"><h1 class="lead" id="question" tabindex="-1">Thank you.</h1></section>`;
  const send = () => drafts.of(name).send(now.form, look, async (values) => {
    await api.post("afterwards", { what: now.what, values });
    sent.add(name);
  }, redraw);
  return html`<section class="gatewalk">${questions.draw({ name, title: TITLES[now.what], form: now.form, look, kind, send })}</section>`;
}
