/**
 * The support person's screens: one hand, maybe dark, maybe frightened. At most three acts, *Help now* always last, in the same place.
 * First what cannot wait (lost line, "do not take it", an alarm that is theirs), then what is due, then watching.
 *
 * @typedef {import("./support-frame.js").Page} Page
 * @typedef {import("./support-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 */

import { html, nothing, short } from "../lib/dom.js";
import { arriving, early, later, question, released } from "./support-before.js";
import { afterwards, over, stoodDown } from "./support-end.js";
import { again, callTheClinic, frame, helped, helpNow, sam } from "./support-frame.js";
import { address, alarm, asksMe, lineLost, silence, watching, WITH_THEM_MS } from "./support-watch.js";

/** A page opened without a line waits this long (real ms) before it says so: usually the line is there by then. */
const OPENING_MS = 3_000;

/** A wrong address on the card is corrected from the card. @param {Page} page @param {View} view */
function elsewhere(page, view) {
  if (!page.walk.mine(view).some((gate) => gate.gate === "location")) return nothing;
  const press = () => {
    page.walk.chosen = "location";
    page.card.show(false);
  };
  return html`<button type="button" class="btn support plain" @click=${press}>We are somewhere else</button>`;
}

/** @param {Page} page @returns {Screen} */
export function screen(page) {
  const { live, card } = page;
  const view = live.view ?? page.last.view;
  if (card.open) return { kind: "emergency", title: "Emergency", body: card.screen({ live: !live.stale(), told: helped(page), again: again(page), help: helpNow(page), more: live.view ? elsewhere(page, live.view) : nothing }) };
  if (!view || (!live.view && silence(page) < OPENING_MS)) return waiting(page);
  if (view.me.acting === false) return relieved(page, view);
  if (view.state === "dosed" && live.stale() && performance.now() - page.withThem > WITH_THEM_MS) return lineLost(page, view);
  const more = view.later_unit?.given;
  if (more) page.later = more.units;
  if (view.question) return question(page, view);
  const mine = view.alarms.find((one) => !one.over && asksMe(page, view, one));
  const looking = page.lookIn.open !== "" && page.lookIn.now(view)?.id === page.lookIn.open;
  if (mine && !looking) return alarm(page, view, mine);
  if (more && !looking) return later(page, view, more);
  if (page.walk.chosen === "location" && view.state !== "arriving") return address(page, view);
  return (SCREENS[view.state] ?? over)(page, view);
}

/** Somebody else is the support person now: no look-ins and no signature any more; the card and the call stay. @param {Page} page @param {View} view @returns {Screen} */
function relieved(page, view) {
  const other = short(view.people.find((one) => one.role === "support")?.name) || "Somebody else";
  return { kind: "watch", title: "Thank you", body: frame(page, view, { lead: `${other} is with ${sam(view)} now.`, small: html`<p>Thank you, ${short(view.me.name)}. Your part is done.</p><p>The emergency card stays on this phone.</p>` }) };
}

/** @type {Record<string, (page: Page, view: View) => Screen>} */
const SCREENS = { scheduled: early, arriving, released, dosed: watching, discharged: afterwards, transferred: afterwards, stood_down: stoodDown };

/** Nothing is known yet. The card is one touch away all the same. @param {Page} page @returns {Screen} */
function waiting(page) {
  const { live, card } = page;
  const ended = live.line === "ended" || live.line === "gone";
  const words = ended ? "This link has ended. Call the clinic." : live.stale() && performance.now() > OPENING_MS ? "Looking for the line." : "One moment.";
  return { kind: "watch", title: "telekap", body: html`<main class="page"><header class="top"><span></span>${card.door()}</header><div class="mid"><h1 class="lead" role="status">${words}</h1></div><div class="acts">${callTheClinic(page)}</div></main>` };
}
