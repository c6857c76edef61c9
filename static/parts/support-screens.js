/**
 * The support person's screens: one hand, maybe dark, maybe frightened. At most three acts, *Help now* always last, in the same place.
 * First what cannot wait (lost line, "do not take it", an alarm that is theirs), then what is due, then watching.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {import("../lib/types.js").AlarmView} AlarmView
 * @typedef {import("./client-screens.js").Screen} Screen
 * @typedef {object} Page
 * @property {import("../lib/live.js").Live} live @property {import("../lib/api.js").Api} api
 * @property {import("../lib/form.js").Drafts} drafts @property {import("./alarm-sound.js").AlarmSound} sound
 * @property {import("./emergency-card.js").EmergencyCard} card @property {import("./gate-walk.js").GateWalk} walk
 * @property {import("./look-in.js").LookIn} lookIn @property {() => void} redraw
 * @property {string} ask what the page itself asks just now @property {string} told last thing that was sent @property {number} toldAt
 * @property {Set<string>} signed sessions whose end was signed on this page
 * @property {Set<string>} gone alarms (id/step) answered by going there @property {string} problem @property {number} withThem when they said they are with the client while the line is lost (real ms)
 */

import { countdown, day, elapsed, inWords, wall, both } from "../lib/clock.js";
import { html, icon, nothing, ring, short } from "../lib/dom.js";
import { Refusal } from "../lib/api.js";
import { fieldset, sendButton } from "../lib/form.js";
import { takenQuestion, units } from "./taken.js";

/** "Told Ana." stays this long (real ms). */
const TOLD_MS = 8_000;
/** After "I am with Sam" the lost-line card comes back (real ms), as long as the line is lost. */
const WITH_THEM_MS = 60_000;
const DONE = new Set(["closed", "cancelled", "no_show", "held"]);

/** A wrong address on the card is corrected from the card. @param {Page} page @param {View} view */
function elsewhere(page, view) {
  if (!page.walk.mine(view).some((gate) => gate.gate === "location")) return nothing;
  const press = () => {
    page.walk.chosen = "location";
    page.card.show(false);
  };
  return html`<button type="button" class="btn support plain" @click=${press}>We are somewhere else</button>`;
}

/** @param {View} view @param {import("../lib/types.js").Role} role @param {string} otherwise */
const name = (view, role, otherwise) => short(view.people.find((one) => one.role === role)?.name) || otherwise;
/** @param {View} view */
const sam = (view) => short(view.client.name) || "the client";
/** @param {View} view */
const ana = (view) => name(view, "therapist", "the therapist");

/** @param {Page} page @returns {Screen} */
export function screen(page) {
  const { live, card } = page;
  const view = live.view;
  if (card.open) return { kind: "emergency", title: "Emergency", body: card.screen(!live.stale(), view ? elsewhere(page, view) : nothing) };
  if (!view) {
    const words = live.line === "ended" || live.line === "gone" ? "This link has ended. Call the clinic." : live.stale() ? "Looking for the line." : "One moment.";
    return { kind: "watch", title: "telekap", body: html`<main class="page"><header class="top"><span></span>${card.door()}</header><div class="mid"><h1 class="lead">${words}</h1></div></main>` };
  }
  if (view.state === "dosed" && live.stale() && performance.now() - page.withThem > WITH_THEM_MS) return lineLost(page, view);
  if (view.question && view.state !== "dosed") return question(page, view);
  const mine = view.alarms.find((one) => !one.over && asksMe(page, view, one));
  const looking = page.lookIn.open !== "" && page.lookIn.now(view)?.id === page.lookIn.open;
  if (mine && !looking) return alarm(page, view, mine);
  if (page.walk.chosen === "location" && view.state !== "arriving") return address(page, view);
  return (SCREENS[view.state] ?? over)(page, view);
}

/** @type {Record<string, (page: Page, view: View) => Screen>} */
const SCREENS = { scheduled: early, arriving, released, dosed: watching, discharged: afterwards, transferred: afterwards, stood_down: stoodDown };

/** @param {Page} page @param {View} view @param {{lead: unknown, small?: unknown, middle?: unknown, acts?: unknown, clock?: unknown, help?: boolean}} parts */
function frame(page, view, { lead, small = nothing, middle = nothing, acts = nothing, clock = nothing, help: withHelp = true }) {
  const { live, api, card } = page;
  const told = performance.now() - page.toldAt < TOLD_MS ? page.told : "";
  return html`<main class="page">
    <header class="top">${clock === nothing ? html`<b>${ana(view)} ${view.people.find((one) => one.role === "therapist")?.there ? "is here too" : "is not here yet"}</b>` : clock}${card.door()}</header>
    <div class="mid">${live.stale() ? html`<p class="notlive" role="alert">Not live. We lost the line.</p>` : nothing}
      ${soundOff(page, view)}${middle}${lead ? html`<h1 class="lead">${lead}</h1>` : nothing}${small ? html`<p class="quiet">${small}</p>` : nothing}
      ${page.problem ? html`<p class="wrong" role="alert">${page.problem}</p>` : nothing}
      <p class="told" role="status">${told || (api.struggling ? "Saving…" : "")}</p></div>
    <div class="acts">${acts}${withHelp ? helpNow(page) : nothing}</div></main>`;
}

/** A page opened by itself (a reload at night) is mute until somebody touches it; any touch will do. @param {Page} page @param {View} view */
function soundOff({ sound, redraw }, view) {
  if (sound.open || DONE.has(view.state)) return nothing;
  return html`<button type="button" class="btn mute" @click=${() => void sound.wake().then(redraw)}>${icon("voice")} The sound is off. Touch to turn it on</button>`;
}

/** Always last, always the same. It tells the clinic and opens the card. @param {Page} page */
function helpNow(page) {
  const press = () => {
    void post(page, "help", { strength: "hold" }, "Help is called.");
    page.card.show(true);
  };
  return html`<button type="button" class="btn support stop help" @click=${press}>${icon("phone")} Help now</button>`;
}

/** @param {Page} page @param {string} noun @param {Record<string, unknown>} body @param {string} told */
async function post(page, noun, body, told) {
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
function set(page, ask) {
  page.ask = ask;
  page.redraw();
}

/** @param {Page} page */
const look = (page) => ({ now: page.live.now(), zone: page.live.view?.zone ?? "UTC", redraw: page.redraw, disabled: page.live.stale(), hour12: true });

/** @param {Page} page @param {View} view @returns {Screen} */
function early(page, view) {
  return { kind: "watch", title: "Today", body: frame(page, view, {
    lead: `Hello ${short(view.me.name)}.`,
    small: html`${day(view.appointed, view.zone)}, ${both(view.appointed, view.zone)}.<br>This page opens by itself.`,
    acts: soundTest(page),
  }) };
}

/** @param {Page} page */
function soundTest({ sound }) {
  return html`<button type="button" class="btn support" @click=${() => { void sound.once("high"); navigator.vibrate?.([400, 200, 400]); }}>${icon("voice")} Play the alarm sound</button>`;
}

/** @param {Page} page @param {View} view @returns {Screen} */
function arriving(page, view) {
  const { walk, card, live } = page;
  const gate = walk.pick(view);
  if (gate) {
    const extra = gate.gate === "lines" ? soundTest(page) : nothing;
    return { kind: "gates", title: gate.title, body: html`<main class="page"><header class="top"><b>Before ${sam(view)} starts</b>${card.door()}</header>
      ${live.stale() ? html`<p class="notlive" role="alert">Not live. We lost the line.</p>` : nothing}
      ${walk.question(view, gate, look(page), { kind: "support", extra })}<div class="acts">${helpNow(page)}</div></main>` };
  }
  return { kind: "watch", title: "Ready", body: frame(page, view, {
    lead: "The medicine stays closed.", small: view.sentence, acts: html`${walk.list(view, "support")}${walk.listing ? nothing : acts(page, view)}`,
  }) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
function released(page, view) {
  const given = view.release.given;
  const left = given ? given.ends - page.live.now() : 0;
  const count = given?.units ?? view.order?.units ?? 1;
  const shut = page.live.stale() || left <= 0;
  const took = () => post(page, "doses", { units: Array.from({ length: count }, (_, at) => at + 1), said_at: Math.round(page.live.now()) }, "Noted.");
  return { kind: "watch", title: "It is time", body: frame(page, view, {
    lead: shut ? `Do not let ${sam(view)} take it.` : `${sam(view)} may take it now.`,
    small: shut ? "Keep the medicine closed." : `${units(view.order, count)} under the tongue. Stay beside ${sam(view)}. ${inWords(Math.ceil(left / 60_000) * 60_000)} left.`,
    acts: html`<button type="button" class="btn support" @click=${took}>${sam(view)} took it</button>
      <button type="button" class="btn support" @click=${() => post(page, "recall", { reason: "the support person said stop" }, "Stopped.")}>Stop. Not now</button>`,
  }) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
function question(page, view) {
  const take = (/** @type {number} */ count) => void post(page, "doses", { units: Array.from({ length: count }, (_, at) => at + 1), said_at: Math.round(page.live.now()) }, "Noted.");
  const no = page.ask === "said-no";
  const middle = html`<div class="band high" role="alert">${icon("alarm3")}<strong>Do not let ${sam(view)} take it.</strong></div>`;
  return { kind: "card", title: "Do not take it", body: frame(page, view, {
    middle, lead: no ? `Hold them up to ${ana(view)}.` : "Was anything taken?",
    small: no ? "All of them, in front of the camera. Your phone may ring." : "Look at the packet. Count.",
    acts: no
      ? html`<button type="button" class="btn support" @click=${() => set(page, "")}>Something was taken</button>`
      : takenQuestion({ view, asked: page.ask === "how-many", kind: "support", yes: () => set(page, "how-many"), no: () => set(page, "said-no"), take }),
  }) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
function watching(page, view) {
  const { live, lookIn } = page;
  const check = lookIn.now(view);
  if (check && lookIn.open === check.id) return { kind: "look", title: "Look in", body: lookIn.screen(view, check, helpNow(page)) };
  if (page.ask === "finish" && !check && ownEnd(page, view).length) return finish(page, view, ownEnd(page, view));
  const now = live.now();
  const t0 = view.dose?.t0 ?? now;
  const mine = view.check_ins.filter((one) => one.parts.some((part) => part.role === "support"));
  const next = check ?? mine.find((one) => one.due > now && one.status !== "done");
  const before = mine.filter((one) => next && one.due < next.due).at(-1)?.due ?? t0;
  const due = next ? next.due - now : 0;
  const late = check !== null && due <= 0;
  const label = !next ? "No look-in is planned" : late ? "Look in now" : `Next look-in in ${inWords(due)}`;
  const timer = ring({ part: next ? due / Math.max(1, next.due - before) : 1, label, kind: late ? "due" : "" }, next
    ? html`<small>${late ? "Look-in" : "Next look-in"}</small><span class="clock">${late ? "Now" : countdown(due)}</span><small>at ${wall(next.due, view.zone, true)}</small>`
    : html`<span class="clock">${elapsed(now - t0)}</span>`);
  return { kind: "watch", title: late ? "(1) Look in now" : `Watching ${sam(view)}`, body: frame(page, view, {
    clock: html`<span class="clock" aria-label="${inWords(Math.floor((now - t0) / 60_000) * 60_000)} since the medicine">${elapsed(now - t0)} <span class="since">in</span></span>`,
    middle: html`${toldOf(view)}${timer}`, lead: nothing, small: late ? `Go to ${sam(view)}.` : view.sentence, acts: watchActs(page, view, check),
  }) };
}

/** @param {Page} page @param {View} view @param {import("../lib/types.js").CheckInView | null} check */
function watchActs(page, view, check) {
  const form = ownEnd(page, view);
  const last = form.length > 0 && !check;
  return html`${last ? html`<button type="button" class="btn support all" @click=${() => set(page, "finish")}>Finish with ${ana(view)}</button>` : html`
    <button type="button" class="btn support ${check ? "all" : ""}" @click=${() => (check ? page.lookIn.start(check.id) : post(page, "words", { what: "note", note: "All well, between look-ins." }, `${ana(view)} knows.`))}>${icon("tick")} All well</button>`}
    <button type="button" class="btn support" @click=${() => post(page, "words", { what: "concern", note: "" }, `${ana(view)} is asked. Stay with ${sam(view)}.`)}>${icon("voice")} Not sure. Ask ${ana(view)}</button>`;
}

/** The form of the adult's own part of the end: from the floor on, until it is signed here. @param {Page} page @param {View} view */
function ownEnd(page, view) {
  const end = view.discharge;
  return end && page.live.now() >= end.earliest && !page.signed.has(view.session) ? end.form : [];
}

/** Signed on this phone. @param {Page} page @param {View} view @param {import("../lib/types.js").Field[]} form @returns {Screen} */
function finish(page, view, form) {
  const draft = page.drafts.of("finish");
  const send = async () => {
    const done = await draft.send(form, look(page), (values) => page.api.post("assessments", { values }), page.redraw);
    if (done) page.signed.add(view.session);
    if (done) set(page, "");
  };
  return { kind: "gates", title: "Finish", body: html`<main class="page"><header class="top"><b>Before ${ana(view)} goes</b>${page.card.door()}</header>
    <section class="gatewalk"><h1 class="lead">You stay with ${sam(view)}.</h1>${fieldset(form, draft, look(page))}
      <div class="acts">${sendButton({ label: "I sign this", draft, disabled: page.live.stale(), kind: "support all", send: () => void send() })}
      <button type="button" class="btn support" @click=${() => set(page, "")}>${icon("back")} Back</button></div></section>
    <div class="acts">${helpNow(page)}</div></main>` };
}

/** Further acts the server offers this person in this state. @param {Page} page @param {View} view */
function acts(page, view) {
  return view.acts.filter((act) => act.enabled && act.noun in PLAIN).slice(0, 1).map(
    (act) => html`<button type="button" class="btn support" @click=${() => post(page, act.noun, PLAIN[act.noun] ?? {}, "Noted.")}>${act.label}</button>`,
  );
}

/** Acts that need no words from this person. @type {Record<string, Record<string, unknown>>} */
const PLAIN = { recall: { reason: "" }, duty: {} };

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

/** This alarm wants this person's hands now. @param {Page} page @param {View} view @param {AlarmView} one */
function asksMe(page, view, one) {
  if (one.order_mine) return true;
  if (one.owner.role === "support") return !one.acked;
  return one.kind in BESIDE && !page.gone.has(`${one.id}/${one.step}`);
}

/** The band over the ring: alarms this person was told of and that somebody else has. @param {View} view */
function toldOf(view) {
  return view.alarms.filter((one) => !one.over).slice(0, 2).map((one) => html`<p class="line ${one.priority}">${icon(one.priority === "high" ? "alarm3" : "alarm2")}<span><b>${one.sentence}</b> ${short(one.owner.name)} has it.</span></p>`);
}

/** Somewhere else than was said: the address is asked again, and the card and the dispatcher follow at once. @param {Page} page @param {View} view @returns {Screen} */
function address(page, view) {
  const gate = page.walk.pick(view);
  if (!gate) {
    page.walk.chosen = "";
    return watching(page, view);
  }
  return { kind: "gates", title: gate.title, body: html`<main class="page"><header class="top"><b>Where are you?</b>${page.card.door()}</header>
    ${page.walk.question(view, gate, { ...look(page), disabled: false }, { kind: "support" })}<div class="acts">${helpNow(page)}</div></main>` };
}

/** @param {Page} page @param {View} view @param {AlarmView} one @returns {Screen} */
function alarm(page, view, one) {
  const kind = one.priority === "high" ? "high" : "medium";
  const words = one.order_mine && one.order ? one.order : (BESIDE[one.kind]?.(sam(view)) ?? one.sentence);
  const there = () => {
    page.gone.add(`${one.id}/${one.step}`);
    void post(page, "words", { what: "note", note: `With the client, after: ${one.sentence}` }, `${ana(view)} knows.`);
  };
  const answer = (/** @type {string} */ outcome) => post(page, "orders", { alarm: one.id, step: one.step, outcome }, "Noted.");
  const check = page.lookIn.now(view);
  const buttons = one.order_mine
    ? html`<button type="button" class="btn support all" @click=${() => answer("reached")}>${icon("tick")} I am with ${sam(view)}</button>
      <button type="button" class="btn support" @click=${() => answer("not_reached")}>I cannot get to ${sam(view)}</button>`
    : html`${one.may.acknowledge && !one.acked ? html`<button type="button" class="btn support all" @click=${() => post(page, "acknowledgements", { alarm: one.id }, "Noted.")}>${icon("tick")} I am on it</button>` : nothing}
      ${check ? html`<button type="button" class="btn support all" @click=${() => page.lookIn.start(check.id)}>Look in now</button>`
        : one.owner.role === "support" ? nothing : html`<button type="button" class="btn support all" @click=${there}>${icon("tick")} I am with ${sam(view)}</button>`}`;
  return { kind: "card", title: `(1) ${one.sentence}`, body: frame(page, view, {
    middle: html`<div class="band ${kind}" role="alert">${icon(kind === "high" ? "alarm3" : "alarm2")}<strong>${words}</strong></div>`,
    lead: nothing, small: words === one.sentence ? `${one.owner.name} has it.` : one.sentence, acts: buttons,
  }) };
}

/** This phone hears nothing: it cannot know whether anybody else does. So: go. @param {Page} page @param {View} view @returns {Screen} */
function lineLost(page, view) {
  const here = () => {
    page.withThem = performance.now();
    void page.api.post("words", { what: "note", note: `With the client since ${wall(page.live.now(), view.zone)}; this phone had no line.` }).catch(() => {});
    page.redraw();
  };
  return { kind: "card", title: "(1) Line lost", body: html`<main class="page card">
    <div class="band medium" role="alert">${icon("alarm2")}<strong>No line. Go to ${sam(view)} now.</strong></div>
    <ol class="todo"><li><p>Say ${sam(view)}’s name. Look for an answer or a movement.</p></li><li><p>Watch the breathing for one minute.</p></li><li><p>Stay. ${ana(view)} phones you.</p></li></ol>
    <p class="quiet">This phone heard nothing for ${inWords(page.live.age())}. It tries by itself.</p>
    <div class="acts"><button type="button" class="btn support all" @click=${here}>${icon("tick")} I am with ${sam(view)}</button>
      <button type="button" class="btn support stop help" @click=${() => page.card.show(true)}>${icon("phone")} Emergency card</button></div></main>` };
}

/** @param {Page} page @param {View} view @returns {Screen} */
function afterwards(page, view) {
  const wrong = () => {
    void post(page, "help", { strength: "hold" }, "The clinic is called.");
    if (view.state === "discharged") void page.api.post("reopening", { reason: "the adult says something is wrong" }).catch(() => {});
    else void page.api.post("return", { reason: "the adult says the client is back" }).catch(() => {});
    page.card.show(true);
  };
  const home = view.state === "discharged";
  return { kind: "watch", title: home ? "Home safe" : "With the crew", body: frame(page, view, {
    lead: home ? `${sam(view)} is well. Stay with ${sam(view)}.` : `A crew has ${sam(view)}.`,
    small: home ? html`At least 4 hours in the house, and reachable tonight. No driving until tomorrow.` : view.sentence,
    acts: html`<button type="button" class="btn support stop" @click=${wrong}>${icon("phone")} ${home ? "Something is wrong" : `${sam(view)} is back. Help`}</button>`, help: false,
  }) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
function stoodDown(page, view) {
  return { kind: "watch", title: "Not today", body: frame(page, view, { lead: "Not today.", small: `Take the medicine from ${sam(view)}. Count it in front of the camera and put it away.` }) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
function over(page, view) {
  return { kind: "watch", title: "Over", body: frame(page, view, { lead: DONE.has(view.state) ? "This is over. Thank you." : view.sentence, small: "In danger: call from this phone.", help: false }) };
}
