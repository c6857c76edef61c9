/**
 * The client from the first unit on: one real button as large as the screen, and almost nothing on it. No alarm, no line, no figure but
 * the hold's own, and the code that somebody beside reads.
 *
 * @typedef {import("./client-frame.js").Page} Page
 * @typedef {import("./client-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 * @typedef {{lead: string, small: string} | null} Signal
 */

import { countdown, timeLeft, wall } from "../lib/clock.js";
import { html, nothing, ring } from "../lib/dom.js";
import { afterWords } from "./after-words.js";
import { callForHelp, frame, names } from "./client-frame.js";
import { elsewhere } from "./elsewhere.js";
import { relief } from "./in-call.js";

/** After this long without a line (real ms) a dosed client is told that somebody comes: by then the support person was sent. */
const COMING_MS = 30_000;
/** A timer is silent for ears except here (ms left), and for so long (ms). */
const SPOKEN = [300_000, 60_000];
const SAID_MS = 10_000;

/** @param {Page} page @param {View} view @returns {Screen} */
export function dosed(page, view) {
  page.ask = "";
  const { live } = page;
  const called = page.help.words(view, live.now(), names(view));
  const more = later(page, view, called);
  const taken = relief(page, view);
  const signal = more ?? called ?? (taken ? { lead: taken, small: "" } : coming(page, view));
  const hold = view.dose?.hold;
  // What is in the mouth comes first: the time goes on beside whatever else is said.
  if (!more && hold && !hold.result && view.step === "hold") return { kind: "holding", title: "Let it melt", body: holding(page, view, hold.ends, signal) };
  if (view.step === "return" || view.step === "rest" || view.step === "discharge") return { kind: "dawn", title: "You are home", body: dawn(page, view, signal) };
  return { kind: signal ? "journey heard" : "journey", title: "telekap", body: journey(page, view, signal) };
}

/** A later unit: that it is time, or that it is not to be taken. Still no choice: the adult beside gives it. @param {Page} page @param {View} view @param {Signal} called @returns {Signal} */
function later({ live }, view, called) {
  const { therapist, beside } = names(view);
  if (view.question?.later) return { lead: "Do not take it.", small: called?.lead ?? "Give it back." };
  const given = view.later_unit?.given;
  if (!given || live.stale() || live.now() >= given.ends) return null;
  return { lead: `${therapist} says: one more.`, small: called?.lead ?? `${beside} gives it.` };
}

/** A page that was just opened has heard nothing yet either: it counts from its own opening. @param {Page} page @param {View} view @returns {Signal} */
function coming({ live }, view) {
  const silent = live.view ? live.age() : Math.min(live.age(), performance.now());
  return silent > COMING_MS ? { lead: `${names(view).beside} is coming.`, small: "" } : null;
}

/**
 * Everything a dosed client sees is inside one real button, or lies over it and lets every touch through.
 * @param {Page} page @param {View} view @param {{heading: string, label: string, inside: unknown, said?: string, code?: boolean}} what
 */
function whole({ help, seat }, view, { heading, label, inside, said = "", code: withCode = true }) {
  const { down, up, click } = help.handlers;
  return html`<main class="whole"><h1 class="unseen">${heading}</h1>
    <button type="button" class="all" @pointerdown=${down} @pointerup=${up} @pointercancel=${up} @pointerleave=${up}
      @click=${click} @contextmenu=${(/** @type {Event} */ e) => e.preventDefault()}>${inside}<span class="unseen">${label}</span></button>
    ${withCode ? code(view) : nothing}${elsewhere(seat, { words: false })}<p class="unseen" role="status">${said}</p><div class="unseen">${seat.of("therapist")}${seat.own}</div></main>`;
}

/** The presence code: read by the person beside, dim in a corner. @param {View} view */
function code(view) {
  return view.code ? html`<p class="code" role="img" aria-label="Code: ${view.code.split("").join(" ")}">${view.code}</p>` : nothing;
}

/** @param {Page} page @param {View} view @param {number} ends @param {Signal} signal */
function holding(page, view, ends, signal) {
  const { therapist, beside } = names(view);
  const left = ends - page.live.now();
  const over = left <= 0;
  const swallow = view.order?.swallow ?? false;
  const lead = over ? [swallow ? "Lie down. Mask on." : "Spit it into the cup."] : swallow ? ["Let it melt."] : ["Let it melt.", "Do not swallow."];
  const all = (view.order?.hold_min ?? 0) * 60_000;
  const mark = SPOKEN.find((at) => left <= at && left > at - SAID_MS);
  const spoken = over ? lead.join(" ") : mark ? timeLeft(mark) : "";
  return whole(page, view, { heading: lead.join(" "), label: ` Touch anywhere and ${therapist} answers.`, said: signal ? `${signal.lead} ${signal.small}` : spoken, code: false, inside: html`<span class="page hold">
    <span class="stack center"><span class="lead">${lead.map((line) => html`<span class="line">${line}</span>`)}</span>
      <span class="timer">${ring({ part: all ? left / all : 0, label: over ? "The time is over" : timeLeft(left) }, html`<span class="clock">${countdown(left)}</span>`)}</span>
      <span class="soft">${over ? `${beside} has the cup.` : swallow ? "" : `Then ${beside} brings the cup.`}</span></span>
    ${signal ? html`<span class="foot said-now"><b>${signal.lead}</b><span class="soft">${signal.small}</span></span>`
      : html`<span class="foot"><span class="soft">${therapist} and ${beside} are with you.</span><span>Touch anywhere: ${therapist} answers.</span></span>`}</span>` });
}

/** @param {Page} page @param {View} view @param {Signal} signal */
function journey(page, view, signal) {
  const { therapist } = names(view);
  return whole(page, view, { heading: "You are not alone.", label: `Touch anywhere and ${therapist} answers. Hold to call.`,
    said: signal ? `${signal.lead} ${signal.small}` : "", inside: html`<span class="glow" aria-hidden="true"></span>
    ${signal ? html`<span class="here"><span>${signal.lead}</span>${signal.small ? html`<small>${signal.small}</small>` : nothing}</span>` : nothing}` });
}

/** @param {Page} page @param {View} view @param {Signal} signal */
function dawn(page, view, signal) {
  const { therapist, beside } = names(view);
  return whole(page, view, { heading: "You are home.", label: " Hold to call.", said: signal ? `${signal.lead} ${signal.small}` : "", inside: html`<span class="page hold">
    <span class="stack center">${signal
      ? html`<span class="lead">${signal.lead}</span><span class="soft">${signal.small}</span>`
      : html`<span class="lead">You are home.</span><span>It is ${wall(page.live.now(), view.zone, true)}.</span>
        <span class="soft">${beside} and ${therapist} are with you.</span><span class="soft">Stay lying down. ${beside} helps you up.</span>`}</span>
    ${signal ? nothing : html`<span class="foot"><span></span><span>Touch anywhere: ${therapist} answers.</span></span>`}</span>` });
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function homeSafe(page, view) {
  const asked = afterWords({ ...page, questions: page.walk.questions }, view, "client");
  if (asked) return { kind: "dawn", title: "How are you?", body: frame(page, view, asked, callForHelp(page, view)) };
  const { beside, therapist } = names(view);
  return { kind: "dawn", title: "Home safe", body: end(page, view, "You are home safe.", html`<ul class="tonight">
    <li>${beside} stays with you.</li><li>No driving until tomorrow.</li><li>Tomorrow the clinic asks how you are.</li><li>Then you talk with ${therapist}.</li></ul>`) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function handedOver(page, view) {
  const small = view.looked_for ? "Call for help and say where you are." : `${names(view).beside} stays with you.`;
  return { kind: "dawn", title: view.sentence.replace(/\.$/, ""), body: end(page, view, view.sentence, small) };
}

/** @param {Page} page @param {View} view @param {string} lead @param {unknown} small */
function end(page, view, lead, small) {
  const signal = page.help.words(view, page.live.now(), names(view));
  return frame(page, view, html`<div class="stack center grow"><h1 class="lead">${signal?.lead ?? lead}</h1>
      <div class="soft">${signal?.small ?? small}</div></div>`, callForHelp(page));
}
