/**
 * The client's screens, one per state: few words, one choice, and from the first unit on nothing but one control. No alarm, no colour
 * of a gate and no number is ever shown here.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {import("../lib/types.js").Role} Role
 * @typedef {{kind: string, title: string, body: unknown}} Screen class of the body, title of the tab, what is drawn
 * @typedef {object} Page
 * @property {import("../lib/live.js").Live} live @property {import("../lib/api.js").Api} api
 * @property {import("../lib/form.js").Drafts} drafts @property {import("../lib/seat.js").Seat} seat
 * @property {import("./gate-walk.js").GateWalk} walk @property {import("./help-signal.js").HelpSignal} help
 * @property {() => void} redraw @property {string} ask what the page itself asks just now @property {string} problem
 */

import { both, countdown, day, inWords, wall } from "../lib/clock.js";
import { html, icon, nothing, ring, short } from "../lib/dom.js";
import { Refusal } from "../lib/api.js";
import { elsewhere } from "./elsewhere.js";
import { units, takenQuestion } from "./taken.js";

/** After this long without a line (real ms) a dosed client is told that somebody comes: by then the support person was sent. */
const COMING_MS = 30_000;
/** Before the dose an old page says so after the usual 10 s; see Live.stale. */
const NOT_LIVE = "Not live. We lost the line.";

/** @param {View} view @param {Role} role @param {string} otherwise */
const name = (view, role, otherwise) => short(view.people.find((one) => one.role === role)?.name) || otherwise;
/** @param {View} view */
const names = (view) => ({ therapist: name(view, "therapist", "your therapist"), beside: name(view, "support", "the person with you") });

/** @param {Page} page @returns {Screen} */
export function screen(page) {
  const { live } = page;
  const view = live.view;
  if (live.line === "ended" || live.line === "gone") return still("This link has ended.", "Call the clinic.");
  if (!view) return still("One moment.", live.stale() && live.line === "lost" ? "Looking for the line." : "");
  if (view.question && view.state !== "dosed") return { kind: "together", title: "Do not take it", body: question(page, view) };
  return (SCREENS[view.state] ?? SCREENS.closed)(page, view);
}

/** @type {Record<string, (page: Page, view: View) => Screen>} */
const SCREENS = {
  scheduled: (page, view) => ({ kind: "arrive", title: "Today", body: early(page, view) }),
  arriving: (page, view) => arriving(page, view),
  released: (page, view) => ({ kind: "together", title: "It is time", body: released(page, view) }),
  dosed: (page, view) => dosed(page, view),
  discharged: (page, view) => ({ kind: "dawn", title: "Home safe", body: homeSafe(page, view) }),
  transferred: (page, view) => ({ kind: "dawn", title: "Help is with you", body: end(page, view, "Help is with you.", `${names(view).beside} stays with you.`) }),
  held: () => still("That was your session.", "See you next time."),
  closed: () => still("You are home safe.", "Your session is over."),
  stood_down: (page, view) => ({ kind: "arrive", title: "Not today", body: notToday(page, view) }),
  cancelled: () => still("This appointment was cancelled.", "Call the clinic for a new one."),
  no_show: () => still("This appointment is over.", "Call the clinic for a new one."),
};

/** @param {string} lead @param {string} small @returns {Screen} */
function still(lead, small) {
  return { kind: "arrive", title: lead, body: html`<main class="page center"><div class="stack center"><h1 class="lead">${lead}</h1><p class="soft">${small}</p></div></main>` };
}

/** @param {Page} page @param {View} view @param {unknown} middle @param {unknown} [ways] */
function frame(page, view, middle, ways = wayOut(page)) {
  const { live, api } = page;
  return html`<main class="page">
    <div class="stack">${live.stale() ? html`<p class="notlive" role="alert">${NOT_LIVE}</p>` : nothing}
      ${elsewhere(page.seat)}${middle}${page.problem ? html`<p class="wrong" role="alert">${page.problem}</p>` : nothing}</div>
    <div class="foot">${withMe(view)}${api.struggling ? html`<span class="saving" role="status">Saving…</span>` : nothing}<span class="row">${ways}</span></div>
  </main>`;
}

/** @param {View} view */
function withMe(view) {
  const order = /** @type {Role[]} */ (["support", "therapist"]);
  const seen = order.map((role) => view.people.find((one) => one.role === role)).filter((one) => one !== undefined);
  return html`<ul class="with" aria-label="Who is with you">${seen.map(
    (one) => html`<li class=${one.there ? "" : "away"}><span class="face" aria-hidden="true">${short(one.name).replace("Dr ", "")[0] ?? "?"}</span>
      <span><b>${short(one.name)}</b><small>${one.there ? (one.role === "support" ? "in the house" : "with you") : "not here yet"}</small></span></li>`,
  )}</ul>`;
}

/** @param {Page} page */
function wayOut(page) {
  return html`<button type="button" class="btn" @click=${() => page.help.call("hold")}>Call for help</button>
    <button type="button" class="btn" @click=${() => set(page, "not-today")}>I do not want to today</button>`;
}

/** @param {Page} page @param {string} ask */
function set(page, ask) {
  page.ask = ask;
  page.problem = "";
  page.redraw();
}

/** @param {Page} page @param {string} noun @param {Record<string, unknown>} [body] */
async function post(page, noun, body) {
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
function early({ live }, view) {
  const at = view.appointed;
  return html`<main class="page"><div class="stack">
    <h1 class="lead">Hello ${short(view.me.name)}.</h1>
    <p>${day(at, view.zone)}, ${both(at, view.zone)}, with ${names(view).therapist}.</p>
    <p class="soft">${live.stale() ? NOT_LIVE : view.sentence || "This page opens by itself. Leave it open."}</p></div>
    <div class="foot">${withMe(view)}</div></main>`;
}

/** @param {Page} page @param {View} view @returns {Screen} */
function arriving(page, view) {
  const { seat, walk, live } = page;
  if (page.ask === "not-today") return { kind: "arrive", title: "Not today?", body: notTodayQuestion(page, view) };
  const signal = page.help.words(view, live.now(), names(view));
  if (signal) return { kind: "together", title: signal.lead, body: frame(page, view, html`<div class="stack center grow" role="status"><p class="lead">${signal.lead}</p><p class="soft">${signal.small}</p></div>`) };
  if (!seat.sending && !seat.elsewhere) return { kind: "arrive", title: "Your camera", body: frame(page, view, cameraQuestion(page, view)) };
  const gate = walk.pick(view);
  const look = { now: live.now(), zone: view.zone, redraw: page.redraw, disabled: live.stale(), hour12: true };
  if (gate) {
    const body = html`<div class="two ask">${walk.question(view, gate, look, { kind: "client" })}<div class="sides">${therapistTile(page, view)}</div></div>`;
    return { kind: "arrive", title: gate.title, body: frame(page, view, body) };
  }
  const lead = view.kind === "dosing" ? "Not yet. Keep the medicine closed." : view.sentence;
  return { kind: "together", title: lead, body: frame(page, view, together(page, view, lead, view.sentence, walk.list(view, "client"))) };
}

/** @param {Page} page @param {View} view */
function cameraQuestion(page, view) {
  const who = names(view).therapist;
  return html`<div class="stack grow center">${icon("camera", "i large")}
    <h1 class="lead">Let ${who} see you.</h1><p class="soft">Face and chest in the picture. Nothing is recorded.</p>
    <button type="button" class="btn client main" @click=${() => void page.seat.useCamera()}>Turn on the camera</button>
    ${page.seat.problem ? html`<p class="wrong" role="alert">${page.seat.problem}</p>` : nothing}</div>`;
}

/** @param {Page} page @param {View} view */
function therapistTile({ seat, live }, view) {
  const frozen = live.stale() || seat.frozen("therapist");
  const there = view.people.find((one) => one.role === "therapist")?.there;
  const words = !there ? "not here yet" : frozen ? "picture stopped, stay there" : "sees and hears you";
  return html`<figure class="tile ${frozen ? "quietly" : ""}">${seat.of("therapist")}
    <figcaption><b>${names(view).therapist}</b> <span>${words}</span></figcaption></figure>`;
}

/** @param {Page} page @param {View} view @param {string} lead @param {string} small @param {unknown} [more] */
function together(page, view, lead, small, more = nothing) {
  const { seat } = page;
  return html`<div class="medicine" role="status">${icon("box")}<div><strong>${lead}</strong>${small && small !== lead ? html`<span class="soft">${small}</span>` : nothing}</div></div>
    <div class="two talk">${therapistTile(page, view)}
      <div class="stack"><figure class="tile cam">${seat.own}<figcaption><span>You</span></figcaption></figure>${cameraSwap(page)}${more}</div></div>`;
}

/** @param {Page} page */
function cameraSwap({ seat }) {
  if (seat.source !== "drawn") return nothing;
  return html`<button type="button" class="btn client plain" @click=${() => void seat.useCamera()}>Use my camera</button>
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

/** @param {Page} page @param {View} view */
function released(page, view) {
  const { live } = page;
  const { therapist } = names(view);
  const given = view.release.given;
  const left = given ? given.ends - live.now() : 0;
  if (live.stale() || left <= 0) return doNotTake(page, view, live.stale() ? "Keep it closed." : "The time is over.");
  const count = given?.units ?? view.order?.units ?? 1;
  const minutes = Math.floor(left / 60_000);
  return frame(page, view, html`<div class="two"><div class="stack">
      <h1 class="lead">${therapist} says it is time.</h1>
      <p>${units(view.order, count)} under the tongue. ${view.order?.swallow ? "Let it melt." : "Let it melt. Do not swallow."}</p>
      <button type="button" class="btn client main" @click=${() => take(page, view, count)}>${count === 1 ? "I took it" : count === 2 ? "I took both" : `I took all ${count}`}</button>
      <p class="soft" role="timer" aria-live="off">${minutes < 1 ? "Less than a minute. You can also wait." : `No hurry. About ${minutes} minute${minutes === 1 ? "" : "s"}.`}</p>
    </div>${therapistTile(page, view)}</div>`,
    html`<button type="button" class="btn" @click=${() => page.help.call("hold")}>Call for help</button>
      <button type="button" class="btn" @click=${() => void post(page, "recall", { reason: "the client does not want to now" })}>Not now</button>`);
}

/** A dead line or a lapsed release: nothing is permitted; what already happened can still be said. @param {Page} page @param {View} view @param {string} why */
function doNotTake(page, view, why) {
  const count = view.release.given?.units ?? view.order?.units ?? 1;
  return frame(page, view, html`<div class="medicine" role="alert">${icon("box")}<div><strong>Do not take it.</strong><span class="soft">${why}</span></div></div>
    <button type="button" class="btn client" @click=${() => take(page, view, count)}>I already took it</button>`,
    html`<button type="button" class="btn" @click=${() => page.help.call("hold")}>Call for help</button>`);
}

/** @param {Page} page @param {View} view @param {number} count */
function take(page, view, count) {
  page.ask = "";
  void post(page, "doses", { units: Array.from({ length: count }, (_, at) => at + 1), said_at: Math.round(page.live.now()) });
}

/** @param {Page} page @param {View} view */
function question(page, view) {
  const { therapist } = names(view);
  const said = page.ask === "said-no";
  return frame(page, view, html`<div class="two"><div class="stack">
      <div class="medicine" role="alert">${icon("box")}<div><strong>Do not take it.</strong><span class="soft">${said ? `Show them to ${therapist}.` : "Was anything taken?"}</span></div></div>
      ${said
        ? html`<p>${therapist} counts them with you.</p><button type="button" class="btn client plain" @click=${() => set(page, "")}>Something was taken</button>`
        : takenQuestion({ view, asked: page.ask === "how-many", kind: "client", yes: () => set(page, "how-many"), no: () => set(page, "said-no"), take: (count) => take(page, view, count) })}
    </div>${therapistTile(page, view)}</div>`,
    html`<button type="button" class="btn" @click=${() => page.help.call("hold")}>Call for help</button>`);
}

/** @param {Page} page @param {View} view @returns {Screen} */
function dosed(page, view) {
  page.ask = "";
  const signal = page.help.words(view, page.live.now(), names(view));
  const hold = view.dose?.hold;
  if (!signal && hold && !hold.result && view.step === "hold") return { kind: "holding", title: "Let it melt", body: holding(page, view, hold.ends) };
  if (view.step === "return" || view.step === "rest" || view.step === "discharge") return { kind: "dawn", title: "You are home", body: dawn(page, view, signal) };
  return { kind: signal ? "journey heard" : "journey", title: "telekap", body: journey(page, view, signal) };
}

/** Everything a dosed client sees is inside one real button. @param {Page} page @param {string} label @param {unknown} inside */
function whole({ help, seat }, label, inside) {
  const { down, up, click } = help.handlers;
  return html`<button type="button" class="all" aria-label=${label} @pointerdown=${down} @pointerup=${up} @pointercancel=${up} @pointerleave=${up}
      @click=${click} @contextmenu=${(/** @type {Event} */ e) => e.preventDefault()}>${inside}</button>
    ${elsewhere(seat)}<div class="unseen">${seat.of("therapist")}${seat.own}</div>`;
}

/** @param {Page} page @param {View} view @param {number} ends */
function holding(page, view, ends) {
  const { therapist, beside } = names(view);
  const left = ends - page.live.now();
  const over = left <= 0;
  const swallow = view.order?.swallow ?? false;
  const lead = over ? [swallow ? "Lie down. Mask on." : "Spit it into the cup."] : swallow ? ["Let it melt."] : ["Let it melt.", "Do not swallow."];
  const all = (view.order?.hold_min ?? 0) * 60_000;
  return whole(page, `${lead.join(" ")} ${over ? "" : `${inWords(left)} left.`} Touch anywhere and ${therapist} answers.`, html`<span class="page hold">
    <span class="stack center"><span class="lead">${lead.map((line) => html`<span class="line">${line}</span>`)}</span>
      ${ring({ part: all ? left / all : 0, label: over ? "The time is over" : `${inWords(Math.ceil(left / 60_000) * 60_000)} left` }, html`<span class="clock">${countdown(left)}</span>`)}
      <span class="soft">${over ? `${beside} has the cup.` : swallow ? "" : `Then ${beside} brings the cup.`}</span></span>
    <span class="foot"><span class="soft">${therapist} and ${beside} are with you.</span><span>Touch anywhere: ${therapist} answers.</span></span></span>`);
}

/** @param {Page} page @param {View} view @param {{lead: string, small: string} | null} signal */
function journey(page, view, signal) {
  const { live } = page;
  const { therapist, beside } = names(view);
  const coming = !signal && live.age() > COMING_MS ? { lead: `${beside} is coming.`, small: "" } : null;
  const shown = signal ?? coming;
  return html`${whole(page, `Touch anywhere and ${therapist} answers. Hold to call.`, html`<span class="glow" aria-hidden="true"></span>
    ${code(view)}${shown ? html`<span class="here"><span>${shown.lead}</span>${shown.small ? html`<small>${shown.small}</small>` : nothing}</span>` : nothing}`)}
    <p class="unseen" role="status">${shown ? `${shown.lead} ${shown.small}` : ""}</p>`;
}

/** The presence code: read by the person beside, dim in a corner. @param {View} view */
function code(view) {
  return view.code ? html`<span class="code" aria-label="Code: ${view.code.split("").join(" ")}">${view.code}</span>` : nothing;
}

/** @param {Page} page @param {View} view @param {{lead: string, small: string} | null} signal */
function dawn(page, view, signal) {
  const { live } = page;
  const { therapist, beside } = names(view);
  const coming = live.age() > COMING_MS;
  return whole(page, `You are home. Touch anywhere and ${therapist} answers. Hold to call.`, html`<span class="page hold">
    ${code(view)}
    <span class="stack center">${signal
      ? html`<span class="lead">${signal.lead}</span><span class="soft">${signal.small}</span>`
      : html`<span class="lead">You are home.</span><span>${wall(live.now(), view.zone, true)}</span>
        <span class="soft">${coming ? `${beside} is coming.` : `${beside} and ${therapist} are with you.`}</span><span class="soft">Stay lying down.</span>`}</span>
    <span class="foot"><span></span><span>Touch anywhere: ${therapist} answers.</span></span></span>`);
}

/** @param {Page} page @param {View} view */
function homeSafe(page, view) {
  const { beside } = names(view);
  return end(page, view, "You are home safe.", `${beside} stays with you. No driving until tomorrow.`);
}

/** @param {Page} page @param {View} view @param {string} lead @param {string} small */
function end(page, view, lead, small) {
  const signal = page.help.words(view, page.live.now(), names(view));
  return frame(page, view, html`<div class="stack center grow"><h1 class="lead">${signal?.lead ?? lead}</h1>
      <p class="soft">${signal?.small ?? small}</p></div>`,
    html`<button type="button" class="btn" @click=${() => page.help.call("hold")}>Call for help</button>`);
}

/** @param {Page} page @param {View} view */
function notToday(page, view) {
  const { therapist } = names(view);
  return frame(page, view, html`<div class="medicine">${icon("box")}<div><strong>Not today. You did nothing wrong.</strong>
      <span class="soft">Show the medicine to ${therapist}, then put it away.</span></div></div>
    <div class="two talk">${therapistTile(page, view)}<div class="stack"><figure class="tile cam">${page.seat.own}<figcaption><span>You</span></figcaption></figure></div></div>`,
    html`<button type="button" class="btn" @click=${() => page.help.call("hold")}>Call for help</button>`);
}
