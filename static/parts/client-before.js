/**
 * The client before the first unit: the checks of the device, today's answers, waiting, together, and "it is time". One thing a screen;
 * no colour of a gate, no reason and no figure.
 *
 * @typedef {import("./client-frame.js").Page} Page
 * @typedef {import("./client-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 */

import { both, day, timeLeft, wall } from "../lib/clock.js";
import { html, icon, nothing, short } from "../lib/dom.js";
import { agreeDoor, agreeing } from "./agreed-home.js";
import { callForHelp, callTheClinic, frame, names, NOT_LIVE, post, set, therapistTile } from "./client-frame.js";
import { consent, consentAgain, written } from "./client-papers.js";
import { takenQuestion, units } from "./taken.js";

/** @param {Page} page @param {View} view @returns {Screen} */
export function early(page, view) {
  const paper = consent(page, view);
  if (paper) return paper;
  const { live } = page;
  const form = agreeing(page, view, { now: live.now(), zone: view.zone, redraw: page.redraw, disabled: live.stale(), hour12: true });
  if (form) return form;
  const at = view.appointed;
  const { therapist, beside } = names(view);
  return { kind: "arrive", title: "Today", body: html`<main class="page"><div class="stack">
    <h1 class="lead">Hello ${short(view.me.name)}.</h1>
    <p>${day(at, view.zone)}, ${both(at, view.zone)}, with ${therapist}.</p>
    ${view.people.some((one) => one.role === "support") ? html`<p>${beside} stays with you.</p>` : nothing}
    <p class="soft">${live.stale() ? NOT_LIVE : view.sentence || "This page opens by itself. Leave it open."}</p>${written(view)}<div class="row">${consentAgain(page, view)}${agreeDoor(page, view)}</div></div>
    <div class="foot"><span>Charge this device. Find a quiet room.</span>${callTheClinic(page)}</div></main>` };
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function arriving(page, view) {
  const { seat, walk, live, check } = page;
  if (page.ask === "not-today") return { kind: "arrive", title: "Not today?", body: notTodayQuestion(page, view) };
  const signal = page.help.words(view, live.now(), names(view));
  if (signal) return { kind: "together", title: signal.lead, body: frame(page, view, html`<div class="stack center grow" role="status"><h1 class="lead">${signal.lead}</h1><p class="soft">${signal.small}</p></div>`) };
  const paper = consent(page, view);
  if (paper) return paper;
  const doing = seat.elsewhere ? null : seat.sending || page.comes ? check.now : "camera";
  if (doing) return { kind: "arrive", title: "Your device", body: frame(page, view, check.screen(doing, names(view).therapist)) };
  const gate = walk.pick(view);
  const look = { now: live.now(), zone: view.zone, redraw: page.redraw, disabled: live.stale(), hour12: true };
  if (gate) {
    const body = html`<div class="two ask">${walk.question(view, gate, look, { kind: "client" })}<div class="sides">${therapistTile(page, view)}</div></div>`;
    return { kind: "arrive", title: gate.title, body: frame(page, view, body) };
  }
  const form = agreeing(page, view, look);
  if (form) return form;
  const dosing = view.kind === "dosing";
  const there = view.people.find((one) => one.role === "therapist")?.there ?? false;
  if (!there) return { kind: "waiting", title: "You are in", body: frame(page, view, waiting(page, view, dosing)) };
  const lead = dosing ? "Not yet. Keep the medicine closed." : view.sentence;
  return { kind: "together", title: lead, body: frame(page, view, together(page, view, lead, view.sentence, html`${askThem(page, view)}${walk.list(view, "client small")}${consentAgain(page, view)}`)) };
}

/** Nobody is there yet, and the page says exactly that. @param {Page} page @param {View} view @param {boolean} dosing */
function waiting(page, view, dosing) {
  const { live, walk } = page;
  const { therapist } = names(view);
  const late = live.now() > view.appointed;
  const lead = late ? `You are in. ${therapist} is late.` : `You are in. ${therapist} comes at ${wall(view.appointed, view.zone, true).replace(/ [AP]M$/, "")}.`;
  return html`<div class="stack grow"><h1 class="lead" role="status">${lead}</h1>
    <p class="soft">You will hear a soft chime. If this page closes, your place is kept.</p>
    ${dosing ? medicine("Keep the medicine closed.", `${therapist} will say when.`) : nothing}${written(view)}<div class="row">${late ? callTheClinic(page) : nothing}${askThem(page, view)}${walk.list(view, "client small")}${agreeDoor(page, view)}${consentAgain(page, view)}</div></div>`;
}

/** "Asked." stays this long (real ms). */
const ASKED_MS = 20_000;

/** A doubt is said with one touch, and gets an answer before the dose. @param {Page} page @param {View} view */
function askThem(page, view) {
  const { therapist } = names(view);
  if (performance.now() - page.askedAt < ASKED_MS) return html`<p class="soft" role="status">${therapist} is asked.</p>`;
  const press = async () => {
    await post(page, "words", { what: "question", note: "" });
    if (!page.problem) page.askedAt = performance.now();
    page.redraw();
  };
  return html`<button type="button" class="btn client small" @click=${() => void press()}>Not sure? Ask ${therapist}</button>`;
}

/** @param {string} lead @param {string} small @param {string} [role] */
function medicine(lead, small, role = "status") {
  return html`<div class="medicine" role=${role}>${icon("box")}<div><h1 class="strong">${lead}</h1>${small ? html`<span class="soft">${small}</span>` : nothing}</div></div>`;
}

/** @param {Page} page @param {View} view @param {string} lead @param {string} small @param {unknown} [more] */
function together(page, view, lead, small, more = nothing) {
  return html`${medicine(lead, small === lead ? "" : small)}
    <div class="two talk">${therapistTile(page, view)}
      <div class="stack"><figure class="tile cam">${page.seat.own}<figcaption><span>You</span></figcaption></figure><div class="aside">${cameraSwap(page)}${more}</div></div></div>`;
}

/** @param {Page} page */
function cameraSwap({ seat }) {
  if (seat.source !== "drawn") return nothing;
  return html`<button type="button" class="btn client small plain" @click=${() => void seat.useCamera()}>Use my camera</button>
    ${seat.problem ? html`<p class="wrong" role="alert">${seat.problem}</p>` : nothing}`;
}

/** @param {Page} page @param {View} view */
function notTodayQuestion(page, view) {
  const no = () => {
    page.ask = "";
    void post(page, "words", { what: "no" });
  };
  return frame(page, view, html`<div class="stack grow"><h1 class="lead">Not today? That is always fine.</h1>
    <div class="acts"><button type="button" class="btn client" @click=${no}>Not today</button>
    <button type="button" class="btn client" @click=${() => set(page, "")}>Go back</button></div></div>`, nothing);
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function released(page, view) {
  return { kind: "together", title: "It is time", body: itIsTime(page, view) };
}

/** @param {Page} page @param {View} view */
function itIsTime(page, view) {
  const { live } = page;
  const given = view.release.given;
  const left = given ? given.ends - live.now() : 0;
  if (live.stale() || left <= 0) return doNotTake(page, view, live.stale() ? "Keep it closed." : "The time is over.");
  const count = given?.units ?? view.order?.units ?? 1;
  return frame(page, view, html`<div class="two"><div class="stack">
      <h1 class="lead">${names(view).therapist} says it is time.</h1>
      <p>${units(view.order, count)} under the tongue. ${view.order?.swallow ? "Let it melt." : "Let it melt. Do not swallow."}</p>
      <button type="button" class="btn client main" @click=${() => take(page, view, count)}>${count === 1 ? "I took it" : count === 2 ? "I took both" : `I took all ${count}`}</button>
      <p class="soft" role="timer" aria-live="off">${timeLeft(left)} No hurry: you can also wait.</p>
    </div>${therapistTile(page, view)}</div>`,
    html`${callForHelp(page, view)}
      <button type="button" class="btn" @click=${() => void post(page, "recall", { reason: "the client does not want to now" })}>Not now</button>`);
}

/** A dead line or a lapsed release: nothing is permitted; what already happened can still be said. @param {Page} page @param {View} view @param {string} why */
function doNotTake(page, view, why) {
  const count = view.release.given?.units ?? view.order?.units ?? 1;
  return frame(page, view, html`${medicine("Do not take it.", why, "alert")}
    <button type="button" class="btn client" @click=${() => take(page, view, count)}>I already took it</button>`, callForHelp(page, view));
}

/** @param {Page} page @param {View} view @param {number} count */
function take(page, view, count) {
  page.ask = "";
  void post(page, "doses", { units: Array.from({ length: count }, (_, at) => at + 1), said_at: Math.round(page.live.now()) });
}

/** A release ended, and nobody knows yet whether anything was taken. @param {Page} page @param {View} view @returns {Screen} */
export function question(page, view) {
  const { therapist } = names(view);
  const said = page.ask === "said-no";
  return { kind: "together", title: "Do not take it", body: frame(page, view, html`<div class="two"><div class="stack">
      ${medicine("Do not take it.", said ? `Show them to ${therapist}.` : "Was anything taken?", "alert")}
      ${said
        ? html`<p>${therapist} counts them with you.</p><button type="button" class="btn client plain" @click=${() => set(page, "")}>Something was taken</button>`
        : takenQuestion({ view, asked: page.ask === "how-many", kind: "client", yes: () => set(page, "how-many"), no: () => set(page, "said-no"), take: (count) => take(page, view, count) })}
    </div>${therapistTile(page, view)}</div>`, callForHelp(page, view)) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function notToday(page, view) {
  const { rows = [], end = "" } = view.closing ?? {};
  const said = medicine("Not today. You did nothing wrong.", rows[0]?.sentence ?? end);
  const off = page.air.out ? html`<p class="soft" role="status">Your camera and microphone are off.</p>` : nothing;
  if (end) return { kind: "arrive", title: "Over", body: frame(page, view, html`${said}${off}`, html`${callForHelp(page, view)}${callTheClinic(page)}`) };
  const lit = page.air.out
    ? html`${off}<button type="button" class="btn client" @click=${() => void page.seat.wake()}>Turn on the camera</button>${page.seat.problem ? html`<p class="wrong" role="alert">${page.seat.problem}</p>` : nothing}`
    : nothing;
  const mine = page.air.out ? nothing : html`<figure class="tile cam">${page.seat.own}<figcaption><span>You</span></figcaption></figure>`;
  return { kind: "arrive", title: "Not today", body: frame(page, view, html`${said}${lit}
    <div class="two talk">${therapistTile(page, view)}<div class="stack">${mine}</div></div>`,
    html`${callForHelp(page, view)}${callTheClinic(page)}`) };
}
