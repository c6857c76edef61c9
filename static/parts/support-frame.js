/**
 * What the support person's screens share: the frame, *Help now* always last and always the same, and how a press is sent.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {import("./client-frame.js").Screen} Screen
 * @typedef {object} Page
 * @property {import("../lib/live.js").Live} live @property {import("../lib/api.js").Api} api
 * @property {import("../lib/form.js").Drafts} drafts @property {import("./alarm-sound.js").AlarmSound} sound
 * @property {import("./emergency-card.js").EmergencyCard} card @property {import("./gate-walk.js").GateWalk} walk
 * @property {import("./look-in.js").LookIn} lookIn @property {import("./questions.js").Questions} questions
 * @property {import("../lib/last-view.js").LastView} last @property {import("./learn.js").Learn} learn @property {() => void} redraw
 * @property {string} ask what the page itself asks just now @property {string} clinic the clinic's number, "" until it is known @property {string} told last thing that was sent @property {number} toldAt
 * @property {Map<string, {step: number, words: string, at: number}>} gone alarms (id) answered by going there: at which step, to which words, when (real ms)
 * @property {string} problem
 * @property {number[]} later numbers of the later units that were offered last
 * @property {number} helpedAt when "Help now" was pressed or delivered last (real ms) @property {boolean} helpKnown whether the server has it
 * @property {number} withThem when they said they are with the client while the line is lost (real ms)
 */

import { html, icon, nothing, short } from "../lib/dom.js";
import { Refusal } from "../lib/api.js";
import { relief, whoIsInTheCall } from "./in-call.js";

/** "Told Ana." stays this long (real ms). */
const TOLD_MS = 8_000;
export const DONE = new Set(["closed", "cancelled", "no_show", "held"]);

/** @param {View} view @param {import("../lib/types.js").Role} role @param {string} otherwise */
const name = (view, role, otherwise) => short(view.people.find((one) => one.role === role)?.name) || otherwise;
/** @param {View} view */
export const sam = (view) => short(view.client.name) || "the client";
/** @param {View} view */
export const ana = (view) => name(view, "therapist", "the therapist");

/** @param {Page} page @param {View} view @param {{lead: unknown, small?: unknown, middle?: unknown, acts?: unknown, clock?: unknown, help?: boolean}} parts */
export function frame(page, view, { lead, small = nothing, middle = nothing, acts = nothing, clock = nothing, help: withHelp = true }) {
  const { live, api, card } = page;
  const told = performance.now() - page.toldAt < TOLD_MS ? page.told : "";
  const there = view.people.find((one) => one.role === "therapist")?.there;
  const lost = new Set(view.alarms.filter((one) => !one.over).map((one) => one.kind));
  const where = lost.has("therapist_line_lost") ? "is away just now" : there ? "is here too" : "is not here yet";
  return html`<main class="page">
    <header class="top">${clock === nothing ? html`<b>${ana(view)} ${where}</b>` : clock}${card.door()}${soundOff(page, view)}
      <p class="incall">${lost.has("therapist_line_lost") || lost.has("video_lost") ? "" : whoIsInTheCall(view)}</p></header>
    <div class="mid">${live.stale() ? html`<p class="notlive" role="alert">Not live. We lost the line.</p>` : nothing}
      ${middle}${lead ? html`<h1 class="lead" id="question" tabindex="-1">${lead}</h1>` : nothing}${small ? html`<div class="quiet">${small}</div>` : nothing}
      ${page.problem ? html`<p class="wrong" role="alert">${page.problem}</p>` : nothing}
      <p class="told" role="status">${told || (api.struggling ? "Saving…" : relief(page, view))}</p></div>
    <div class="acts">${acts}${withHelp ? helpNow(page) : nothing}</div></main>`;
}

/** The therapist is at their page, as far as anybody knows. @param {View} view */
export const watched = (view) => view.people.some((one) => one.role === "therapist" && one.there) && !view.alarms.some((one) => !one.over && one.kind === "therapist_line_lost");

/** What was said at the bed is in the record; who reads it there. @param {View | null} view */
export const savedFor = (view) => (view && watched(view) ? `Saved. ${ana(view)} sees it.` : "Saved. Thank you.");

/** A screen that is a form or a card to read: it may scroll, *Help now* stays where it is. @param {Page} page @param {string} head @param {unknown} body */
export function sheet(page, head, body) {
  const { live, card, api } = page;
  return html`<main class="page"><header class="top"><b>${head}</b>${card.door()}${live.view ? soundOff(page, live.view) : nothing}</header>
    <div class="sheet">${live.stale() ? html`<p class="notlive" role="alert">Not live. We lost the line.</p>` : nothing}${body}${api.struggling ? html`<p class="saving" role="status">Saving…</p>` : nothing}</div><div class="acts">${helpNow(page)}</div></main>`;
}

/** A page opened by itself (a reload at night) is mute until somebody touches it; any touch will do, so it is no button. @param {Page} page @param {View} view */
function soundOff({ sound }, view) {
  if (sound.open || DONE.has(view.state)) return nothing;
  return html`<p class="mute" role="status">${icon("voice")} Sound off. Touch anywhere.</p>`;
}

/** Where nobody of the session is there to be asked. @param {{clinic: string}} page */
export function callTheClinic({ clinic }) {
  return clinic ? html`<a class="btn support" href="tel:${clinic}">${icon("phone")} Call the clinic: ${clinic}</a>` : nothing;
}

/** What became of "Help now" stays on the card this long (real ms); after that it can be pressed there again. */
const HELPED_MS = 60_000;

/** The last call for help from this phone was a while ago: the button stands there again. @param {{helpedAt: number}} page */
export const again = ({ helpedAt }) => performance.now() - helpedAt > HELPED_MS;

/** What the clinic knows of a call for help from this phone: only what is known. @param {Page} page */
export function helped({ helpedAt, helpKnown, last, live }) {
  const view = live.view ?? last.view;
  if (!view || helpedAt === Number.NEGATIVE_INFINITY) return "";
  // What was told stays told: a minute later "does not know yet" would be untrue.
  if (helpKnown && again({ helpedAt })) return `${ana(view)} was told.`;
  return helpKnown ? `${ana(view)} is told.` : `Telling ${ana(view)}…`;
}

/** Always last, always the same. It tells the clinic and opens the card. @param {Page} page */
export function helpNow(page) {
  const press = async () => {
    [page.helpedAt, page.helpKnown] = [performance.now(), false];
    page.card.show(true);
    await post(page, "help", { strength: "hold" }, "Help is called.");
    [page.helpedAt, page.helpKnown] = page.problem ? [Number.NEGATIVE_INFINITY, false] : [performance.now(), true];
    page.redraw();
  };
  return html`<button type="button" class="btn support stop help" @click=${() => void press()}>${icon("phone")} Help now</button>`;
}

/** @param {Page} page @param {string} noun @param {Record<string, unknown>} body @param {string} told */
export async function post(page, noun, body, told) {
  page.problem = "";
  page.ask = "";
  try {
    await page.api.post(noun, body);
    page.told = told;
    page.toldAt = performance.now();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    page.problem = error.sentence;
  }
  page.redraw();
}

/** @param {Page} page @param {string} ask */
export function set(page, ask) {
  page.ask = ask;
  page.redraw();
  scrollTo(0, 0);
}

/** @param {Page} page */
export const look = (page) => ({ now: page.live.now(), zone: page.live.view?.zone ?? "UTC", redraw: page.redraw, disabled: page.live.stale(), hour12: true });

/** Cards of a few lines each. @param {{title: string, lines: string[]}} card @param {string} [tag] */
export function linesOf(card, tag = "") {
  return html`<section class="lesson ${tag}"><h2>${card.title}</h2><ul>${card.lines.map((line) => html`<li>${line}</li>`)}</ul></section>`;
}
