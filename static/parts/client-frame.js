/**
 * What the client's screens share: who is who, the frame with its foot, the therapist's picture, and how a press is sent.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {import("../lib/types.js").Role} Role
 * @typedef {{kind: string, title: string, body: unknown}} Screen class of the body, title of the tab, what is drawn
 * @typedef {object} Page
 * @property {import("../lib/live.js").Live} live @property {import("../lib/api.js").Api} api
 * @property {import("../lib/form.js").Drafts} drafts @property {import("../lib/seat.js").Seat} seat
 * @property {import("./gate-walk.js").GateWalk} walk @property {import("./help-signal.js").HelpSignal} help
 * @property {import("./device-check.js").DeviceCheck} check @property {import("../lib/last-view.js").LastView} last
 * @property {import("./off-air.js").OffAir} air whether the camera may be on
 * @property {boolean} comes the picture starts by itself, and nobody has to be asked for it
 * @property {() => void} redraw @property {string} ask what the page itself asks just now @property {number} askedAt when the client last asked something (real ms)
 * @property {string} clinic the clinic's number, "" until it is known @property {string} problem
 */

import { Refusal } from "../lib/api.js";
import { html, nothing, short } from "../lib/dom.js";
import { elsewhere } from "./elsewhere.js";
import { inCall, relief } from "./in-call.js";

/** Before the dose an old page says so after the usual 10 s; see Live.stale. */
export const NOT_LIVE = "Not live. We lost the line.";

/** @param {View} view @param {Role} role @param {string} otherwise */
const name = (view, role, otherwise) => short(view.people.find((one) => one.role === role)?.name) || otherwise;

/** @param {View} view */
export const names = (view) => ({ therapist: name(view, "therapist", "your therapist"), beside: name(view, "support", "the person with you") });

/** Where nobody of the session is there to be asked. @param {{clinic: string}} page */
export function callTheClinic({ clinic }) {
  return clinic ? html`<a class="btn client small" href="tel:${clinic}">Call the clinic: ${clinic}</a>` : nothing;
}

/** @param {Page} page @param {string} lead @param {string} small @returns {Screen} */
export function still(page, lead, small) {
  return { kind: "arrive", title: lead, body: html`<main class="page center"><div class="stack center"><h1 class="lead">${lead}</h1><p class="soft">${small}</p><p>${callTheClinic(page)}</p></div></main>` };
}

/** @param {Page} page @param {View} view @param {unknown} middle @param {unknown} [ways] */
export function frame(page, view, middle, ways = wayOut(page)) {
  const { live, api } = page;
  const taken = relief(page, view);
  return html`<main class="page">
    <div class="stack">${live.stale() ? html`<p class="notlive" role="alert">${NOT_LIVE}</p>` : nothing}
      ${taken ? html`<p class="news" role="status">${taken}</p>` : nothing}${elsewhere(page.seat)}${middle}${page.problem ? html`<p class="wrong" role="alert">${page.problem}</p>` : nothing}</div>
    <div class="foot">${withMe(view, live.stale())}${api.struggling ? html`<span class="saving" role="status">Saving…</span>` : nothing}<span class="row">${ways}</span></div>
  </main>`;
}

/** States after the watch: nobody is still expected. */
const AFTER = new Set(["discharged", "transferred", "closed"]);

/** Who is in the house is there without a line too; of everybody else a page without one knows nothing. @param {View} view @param {boolean} stale */
function withMe(view, stale) {
  const order = /** @type {Role[]} */ (["support", "therapist"]);
  const others = inCall(view).filter((one) => !order.includes(one.role));
  const all = [...order.map((role) => view.people.find((one) => one.role === role)).filter((one) => one !== undefined), ...others];
  const seen = AFTER.has(view.state) || view.closing?.end ? all.filter((one) => one.there || one.in_room) : all; // who has gone by then is not "not here yet"
  return html`<ul class="with" aria-label="Who is with you">${seen.map(
    (one) => html`<li class=${one.there ? "" : "away"}><span class="face" aria-hidden="true">${short(one.name).replace("Dr ", "")[0] ?? "?"}</span>
      <span><b>${short(one.name)}</b><small>${stale && one.role !== "support" ? "no line" : one.in_room ? "in the call" : one.there ? (one.role === "support" ? "in the house" : "with you") : "not here yet"}</small></span></li>`,
  )}${pairing(view)}</ul>`;
}

/** Three figures that the person beside types into the own phone: both are in one place. @param {View} view */
function pairing(view) {
  if (view.code_for !== "pairing" || !view.code) return nothing;
  return html`<li class="pair"><span><small>For ${names(view).beside}’s phone</small><b class="num" aria-label=${view.code.split("").join(" ")}>${view.code}</b></span></li>`;
}

/** @param {Page} page @param {View} [view] given where nothing else on the screen says what became of a call @returns {unknown} */
export function callForHelp(page, view) {
  const heard = view && page.help.words(view, page.live.now(), names(view));
  return html`${heard ? html`<span class="heard" role="status"><b>${heard.lead}</b> ${heard.small}</span>` : nothing}<button type="button" class="btn" @click=${() => page.help.call("hold")}>Call for help</button>`;
}

/** @param {Page} page */
export function wayOut(page) {
  return html`${callForHelp(page)}<button type="button" class="btn" @click=${() => set(page, "not-today")}>I do not want to today</button>`;
}

/** @param {Page} page @param {string} ask */
export function set(page, ask) {
  page.ask = ask;
  page.problem = "";
  page.redraw();
}

/** @param {Page} page @param {string} noun @param {Record<string, unknown>} [body] */
export async function post(page, noun, body) {
  page.problem = "";
  try {
    await page.api.post(noun, body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    page.problem = error.sentence;
  }
  page.redraw();
}

/** @param {Page} page @param {View} view */
export function therapistTile({ seat, live }, view) {
  const frozen = live.stale() || seat.frozen("therapist");
  const there = view.people.find((one) => one.role === "therapist")?.there;
  const others = inCall(view).filter((one) => one.role !== "therapist" && one.role !== "support");
  const words = !there ? "not here yet" : frozen ? "picture stopped, stay there" : "sees and hears you";
  return html`<figure class="tile ${frozen ? "quietly" : ""}">${seat.of("therapist")}
    <figcaption><b>${names(view).therapist}</b> <span>${words}</span>${others.length ? html` <span>${others.map((one) => short(one.name)).join(", ")} too</span>` : nothing}</figcaption></figure>`;
}
