/**
 * The support person while the client is dosed: the ring to the next look-in and three buttons, an alarm that wants their hands, and the
 * screen for a phone that hears nothing.
 *
 * @typedef {import("./support-frame.js").Page} Page
 * @typedef {import("./support-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 * @typedef {import("../lib/types.js").AlarmView} AlarmView
 * @typedef {import("../lib/types.js").CheckInView} CheckInView
 */

import { countdown, elapsed, inWords, wall } from "../lib/clock.js";
import { html, icon, nothing, ring, short } from "../lib/dom.js";
import { agreedRows } from "./agreed-rows.js";
import { finish, ownEnd, signed, signedAt } from "./support-end.js";
import { ana, frame, helpNow, look, post, sam, set, sheet } from "./support-frame.js";

/** After "I am with Sam" the lost-line card comes back (real ms), as long as the line is lost. */
export const WITH_THEM_MS = 60_000;

/** Answered at the bed, and not in the record yet. */
const SENDING = "Sending what you saw…";

/** The end of the hold is in the record: nothing is in the mouth any more. How the cup was is still asked, and hurries nobody. @param {View} view @param {CheckInView} check */
const cupOver = (view, check) => check.id === "hold" && !["", "maybe"].includes(view.dose?.hold?.result ?? "");

/** @param {Page} page @param {View} view @returns {Screen} */
export function watching(page, view) {
  const { live, lookIn } = page;
  const check = lookIn.now(view);
  if (check && lookIn.open === check.id) return { kind: "look", title: "Look in", body: lookIn.screen(view, check, helpNow(page)) };
  if ((page.ask === "tonight" || page.ask === "sign") && !check && ownEnd(page, view).length) return finish(page, view);
  const now = live.now();
  const t0 = view.dose?.t0 ?? now;
  const mine = view.check_ins.filter((one) => one.parts.some((part) => part.role === "support"));
  const open = (/** @type {CheckInView} */ one) => one.due > now && !cupOver(view, one) && one.parts.some((part) => part.role === "support" && part.status !== "done");
  const next = check && !cupOver(view, check) ? check : mine.find(open);
  const before = mine.filter((one) => next && one.due < next.due).at(-1)?.due ?? t0;
  const due = next ? next.due - now : 0;
  const late = next !== undefined && next === check && due <= 0;
  const cup = next?.id === "hold"; // the medicine is still in the mouth: no look-in yet, but the cup
  const what = cup ? "Spit cup" : late ? "Look-in" : "Next look-in";
  const label = !next ? "No look-in is planned" : late ? (cup ? "Spit cup now" : "Look in now") : `${what} in ${inWords(due)}`;
  const timer = ring({ part: next ? due / Math.max(1, next.due - before) : 1, label, kind: late ? "due" : "" }, next
    ? html`<small>${what}</small><span class="clock">${late ? "Now" : countdown(due)}</span><small>at ${wall(next.due, view.zone, true)}</small>`
    : html`<span class="clock">${elapsed(now - t0)}</span>`);
  return { kind: "watch", title: late ? `(1) ${label}` : `Watching ${sam(view)}`, body: frame(page, view, {
    clock: html`<span class="clock" aria-label="${inWords(Math.floor((now - t0) / 60_000) * 60_000)} since the medicine">${elapsed(now - t0)} <span class="since">since the dose</span></span>`,
    middle: html`${toldOf(view)}<h1 class="unseen">${label}</h1>${timer}`, lead: nothing, small: html`<p>${lookIn.sent.size ? SENDING : late ? `Go to ${sam(view)}.` : view.sentence}</p>${signed(view)}`, acts: watchActs(page, view, check),
  }) };
}

/** @param {Page} page @param {View} view @param {CheckInView | null} check */
function watchActs(page, view, check) {
  const last = ownEnd(page, view).length > 0 && !check;
  const again = signedAt(view) !== null;
  const ripe = view.next?.noun === "assessments"; // it may be signed; whether now is the time for it, the list of the other one says
  return html`${last ? html`<button type="button" class="btn support ${!again && ripe ? "all" : ""}" @click=${() => set(page, "tonight")}>${again ? "Change what I signed" : `Finish with ${ana(view)}`}</button>` : html`
    <button type="button" class="btn support ${check && !cupOver(view, check) ? "all urgent" : ""}" @click=${() => (check ? page.lookIn.start(check.id) : post(page, "words", { what: "note", note: "All well, between look-ins." }, `${ana(view)} knows.`))}>${icon("tick")} ${!check ? "All well" : cupOver(view, check) ? "Answer: the spit cup" : `I am with ${sam(view)}`}</button>`}
    <button type="button" class="btn support" @click=${() => post(page, "words", { what: "question", note: "" }, `${ana(view)} is asked. Stay with ${sam(view)}.`)}>${icon("voice")} Not sure. Ask ${ana(view)}</button>${agreedRows(view)}`;
}

/**
 * What somebody beside the client does about an alarm that another person owns, in words of one breath. Other alarms they were told
 * of stand as one line over the ring.
 * @type {Record<string, (sam: string) => string>}
 */
const BESIDE = {
  video_lost: (sam) => `Go to ${sam} now.`,
  check_in_overdue: (sam) => `Look in on ${sam} now.`,
  help_asked: (sam) => `Go to ${sam} now.`,
  contradiction: (sam) => `Go to ${sam}. Say the name loudly.`,
  dose_presumed: (sam) => `Go to ${sam}. Take the packet with you.`,
  dose_outside_release: (sam) => `Go to ${sam}. Take the medicine away.`,
};

/** What it asks of them, in words. @param {View} view @param {AlarmView} one */
const wordsOf = (view, one) => one.card || (one.order_mine && one.order ? one.order : (BESIDE[one.kind]?.(sam(view)) ?? one.sentence));

/**
 * This alarm wants this person's hands now. Whoever said "I am with them" is not sent again in the same words for a minute, though it has
 * gone on to somebody else meanwhile; other words, or an order of their own, come at once.
 * @param {Page} page @param {View} view @param {AlarmView} one
 */
export function asksMe(page, view, one) {
  if (one.order_mine) return true;
  if (one.owner.role === "support") return !one.acked;
  const gone = page.gone.get(one.id);
  const answered = gone !== undefined && gone.words === wordsOf(view, one) && (gone.step === one.step || performance.now() - gone.at < WITH_THEM_MS);
  return (one.kind in BESIDE || Boolean(one.card)) && !answered;
}

/** The band over the ring: alarms this person was told of and that somebody else has. @param {View} view */
function toldOf(view) {
  return view.alarms.filter((one) => !one.over).slice(0, 2).map((one) => html`<p class="line ${one.priority}">${icon(one.priority === "high" ? "alarm3" : "alarm2")}<span><b>${one.sentence}</b> ${short(one.owner.name)} has it.</span></p>`);
}

/** Somewhere else than was said: the address is asked again, and the card and the dispatcher follow at once. @param {Page} page @param {View} view @returns {Screen} */
export function address(page, view) {
  const gate = page.walk.pick(view);
  if (!gate) {
    page.walk.chosen = "";
    return watching(page, view);
  }
  return { kind: "gates", title: gate.title, body: sheet(page, "Where are you?", page.walk.question(view, gate, { ...look(page), disabled: false }, { kind: "support" })) };
}

/** @param {Page} page @param {View} view @param {AlarmView} one @returns {Screen} */
export function alarm(page, view, one) {
  const kind = one.priority === "high" ? "high" : "medium";
  const words = wordsOf(view, one);
  // Whoever is told to dial gets the number under the thumb: by the order, or because the card names it.
  const calls = (one.order_code === "dial" && one.order_mine) || (one.card ?? "").includes(view.emergency.number);
  const there = () => {
    page.gone.set(one.id, { step: one.step, words, at: performance.now() });
    void post(page, "words", { what: "note", note: `With the client, after: ${one.sentence}` }, `${ana(view)} knows.`);
  };
  const answer = (/** @type {string} */ outcome) => post(page, "orders", { alarm: one.id, step: one.step, outcome }, "Noted.");
  const check = page.lookIn.now(view);
  const call = html`<a class="btn support all urgent" href="tel:${view.emergency.number}">${icon("phone")} Call ${view.emergency.number}</a>`;
  const buttons = calls
    ? html`${call}${one.order_mine
      ? html`<div class="ways"><button type="button" class="btn support" @click=${() => answer("dialled_reached")}>${icon("tick")} They are coming</button><button type="button" class="btn support" @click=${() => answer("dialled_not_reached")}>Nobody answers</button></div>`
      : html`<button type="button" class="btn support" @click=${there}>${icon("tick")} I am with ${sam(view)}</button>`}`
    : one.order_mine
    ? html`<button type="button" class="btn support all urgent" @click=${() => answer("reached")}>${icon("tick")} I am with ${sam(view)}</button>
      <button type="button" class="btn support" @click=${() => answer("not_reached")}>I cannot get to ${sam(view)}</button>`
    : html`${one.may.acknowledge && !one.acked ? html`<button type="button" class="btn support all ${check ? "" : "urgent"}" @click=${() => post(page, "acknowledgements", { alarm: one.id }, "Noted.")}>${icon("tick")} I am on it</button>` : nothing}
      ${check ? html`<button type="button" class="btn support all urgent" @click=${() => page.lookIn.start(check.id)}>Look in now</button>`
        : one.owner.role === "support" ? nothing : html`<button type="button" class="btn support all urgent" @click=${there}>${icon("tick")} I am with ${sam(view)}</button>`}`;
  return { kind: "card", title: `(1) ${one.sentence}`, body: frame(page, view, {
    middle: html`<div class="band ${kind}" role="alert">${icon(kind === "high" ? "alarm3" : "alarm2")}<strong><h1>${words}</h1></strong></div>`,
    lead: nothing, small: words === one.sentence ? `${one.owner.name} has it.` : one.sentence, acts: buttons,
  }) };
}

/** How long this page has heard nothing: one that was just opened counts from its opening. @param {Page} page */
export const silence = ({ live }) => (live.view ? live.age() : Math.min(live.age(), performance.now()));

/** This phone hears nothing: it cannot know whether anybody else does. So: go. @param {Page} page @param {View} view @returns {Screen} */
export function lineLost(page, view) {
  const here = () => {
    page.withThem = performance.now();
    void page.api.post("words", { what: "note", note: `With the client since ${wall(page.live.now(), view.zone)}; this phone had no line.` }).catch(() => {});
    page.redraw();
  };
  return { kind: "card", title: "(1) Line lost", body: html`<main class="page card">
    <div class="band medium" role="alert">${icon("alarm2")}<strong><h1>No line. Go to ${sam(view)} now.</h1></strong></div>
    <ol class="todo"><li><p>Say ${sam(view)}’s name. Look for an answer or a movement.</p></li><li><p>Watch the breathing for one minute.</p></li><li><p>Stay. ${ana(view)} phones you.</p></li></ol>
    <p class="quiet">This phone heard nothing for ${inWords(silence(page))}. It tries by itself.</p>
    <div class="acts"><button type="button" class="btn support all urgent" @click=${here}>${icon("tick")} I am with ${sam(view)}</button>
      <button type="button" class="btn support stop help" @click=${() => page.card.show(true)}>${icon("phone")} Emergency</button></div></main>` };
}

