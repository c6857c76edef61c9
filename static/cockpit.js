/**
 * The cockpit: one page for the whole session, for the therapist and, with the same eyes, for the stand-in. Everything has a fixed
 * place; what changes is which panel stands in the right column, and the session itself chooses that unless somebody asks for another.
 */

import { wall } from "./lib/clock.js";
import { demo } from "./lib/demo-mode.js";
import { html, nothing, place, short, shown } from "./lib/dom.js";
import { Seat } from "./lib/seat.js";
import { actButton, actPlaces, actsPanel, recorded } from "./parts/acts.js";
import { agreed } from "./parts/agreed.js";
import { acknowledgeAlarm, alarmStrip, allAlarms, secondRow } from "./parts/alarm-strip.js";
import { askForCode } from "./parts/answer.js";
import { checkIn } from "./parts/check-in.js";
import { TAPS, Taps, bar } from "./parts/cockpit-bar.js";
import { Desk } from "./parts/desk.js";
import { discharge } from "./parts/discharge.js";
import { duty } from "./parts/duty.js";
import { emergency } from "./parts/emergency.js";
import { gates } from "./parts/gate-row.js";
import { Keys } from "./parts/keys.js";
import { listen } from "./parts/listening.js";
import { later } from "./parts/later.js";
import { people } from "./parts/people.js";
import { question } from "./parts/question.js";
import { release, released } from "./parts/release.js";
import { stoodDown } from "./parts/stood-down.js";
import { timeline, toRecord } from "./parts/timeline.js";
import { trend, vitals } from "./parts/trend.js";
import { dark, ownPicture, videoTile } from "./parts/video-tile.js";

/** @typedef {import("./lib/types.js").View} View */

/** States in which the server gives seats. */
const SEATED = new Set(["arriving", "released", "dosed", "discharged", "stood_down"]);
/** Before the lobby and after the end nobody is watched. */
const DARK = new Set(["scheduled", "closed", "cancelled", "no_show"]);
/** Somebody is in the room and this person acts: what is seen may be noted by one key. @param {View} view */
const watched = (view) => !DARK.has(view.state) && view.me.acting !== false;
/** Acts that stand in the open instead of under More, when the server offers them as the main or the stopping act. */
const ELSEWHERE = new Set(["recall", "release", "help", "doses"]);

const desk = new Desk(draw, place("page"));
// What comes behind the first drawing may move nothing: in one column, where no place is fixed (`cockpit.css`), all comes at once.
desk.whole = innerWidth <= 56.25 * parseFloat(getComputedStyle(document.documentElement).fontSize);
const sound = listen(desk, { everything: true });
const taps = new Taps(desk);
let seat = new Seat(desk);
/** The role our seat belongs to: a take-over is another seat. */
let seated = "";

/** Focus what the next paint shows: behind the microtask that paints. @param {string} id */
const focus = (id) => queueMicrotask(() => document.getElementById(id)?.focus());
/** The same for what has no name of its own. @param {string} selector */
const reach = (selector) => queueMicrotask(() => {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) found.focus();
});
/** @param {string} pane @param {string} [id] show a panel, never the other way */
const look = (pane, id = pane) => {
  desk.pane = pane;
  desk.paint();
  focus(id);
};

const keys = new Keys(
  [
    { key: "c", words: "Check-in", act: () => look("check-in") },
    { key: "g", words: "Gates", act: () => look("gates") },
    { key: "t", words: "Timeline", act: () => look("timeline") },
    { key: "v", words: "Vitals as a table", act: () => look("vitals") },
    { key: "s", words: "Agreed while sober", act: () => look("card") },
    { key: "d", words: "Discharge", act: () => look("discharge") },
    { key: "r", words: "Release: go to the button (it still has to be held)", act: () => look("", "release") },
    { key: "a", words: "Acknowledge the alarm in the strip", act: () => acknowledgeFirst() },
    { key: "n", words: "Note", act: () => { if (desk.view && watched(desk.view)) taps.write(); } },
    { key: "m", words: "More acts", act: () => look("more") },
    { key: "e", twice: true, words: "Emergency card", act: () => look("emergency") },
    { key: "?", words: "This list", act: () => look("keys") },
    { key: "escape", words: "Back to what the session asks for now", act: () => home() },
    ...["1", "2", "3", "4", "5", "6", "7", "8"].map((key, n) => ({ key, words: `Note “${TAPS[n]?.[0]}”, while no check-in waits`, act: () => digit(key, n) })),
  ],
  () => desk.paint(),
);

/** What the session itself asks to see; a gate that is being answered folds, with what was typed kept. */
function home() {
  if (desk.open.startsWith("gate.")) desk.open = "";
  look("");
}

/**
 * A digit while a check-in waits is the check-in's: it stands printed there, and the record takes nothing back. It leads to the first
 * scale without an answer, and answers it where the form was asked for. @param {string} key @param {number} n which note it is else
 */
function digit(key, n) {
  if (!desk.view || !watched(desk.view)) return;
  const form = document.querySelector("form.checking");
  if (!form) return taps.tap(n);
  const asked = document.activeElement?.id === "check-in";
  const scale = form.querySelector("[role=radiogroup]:not(:has([aria-checked='true']))");
  const step = scale?.querySelector(asked ? `[data-value='${key}']` : "[tabindex='0']") ?? scale?.querySelector("[tabindex='0']");
  if (!(step instanceof HTMLElement)) return;
  step.focus();
  if (asked && step.dataset["value"] === key) step.click();
}

function acknowledgeFirst() {
  const alarm = desk.view?.alarms.find((one) => one.may.acknowledge && !one.over);
  if (alarm) acknowledgeAlarm(desk, alarm);
}

/** Take the seat of our role, once. A therapist sends a picture; a stand-in looks on until the cockpit is theirs; a guest has no seat. */
async function sit() {
  const view = desk.view;
  if (view && DARK.has(view.state)) return leave();
  if (!view || !SEATED.has(view.state)) return;
  const role = view.me.acting === false ? "guest" : view.me.role;
  if (seated === role) return;
  seated = role;
  await Promise.all([shown(), desk.complete]);
  if (seated !== role) return;
  seat.close();
  seat = new Seat(desk);
  seat.addEventListener("change", () => desk.paint());
  if (role === "guest") return;
  const drawn = role === "therapist" && (await demo) !== null;
  await (drawn ? seat.useDrawn(role) : seat.watch());
}

/** It is over: the camera goes off by itself, and nothing joins a room that is gone. */
function leave() {
  if (!seated) return;
  seated = "";
  seat.close();
  seat = new Seat(desk);
}

/** Panel in which the act of a noun is done. "" is what the state of the session shows by itself. @type {Record<string, string>} */
const PLACES = {
  "check-ins": "check-in", "misses": "check-in", "assessments": "discharge", "discharge": "discharge",
  "resolutions": "alarms", "acknowledgements": "alarms", "orders": "alarms",
};
/** What is pressed for a noun without a panel: the hand goes there, and it is in sight. @type {Record<string, (subject: string) => string>} */
const PRESSED = {
  "test-pages": (subject) => `[data-act="act.test-pages.${subject}"]`,
  "duty": () => ".duty .btn", "unit-counts": () => ".asked .step",
};

/** Go where the next act is done. */
function next() {
  const { noun = "", subject = "" } = desk.view?.next ?? {};
  desk.pane = "";
  if (desk.open.startsWith("gate.")) desk.open = "";
  const pressed = noun ? PRESSED[noun]?.(subject) : subject === "assessments" ? "" : "#gates";
  if (noun === "gate-answers") desk.unfold(`gate.${subject}`);
  else if (noun === "second-factor") askForCode(desk);
  else if (pressed) {
    desk.paint();
    reach(pressed);
  } else if (!noun) look("discharge");
  else if (noun === "release" || noun === "doses") look("", noun === "release" ? "release" : "taken");
  else if (noun === "assessments") {
    desk.pane = "discharge";
    desk.unfold("assessment");
  } else look(PLACES[noun] ?? "");
}

/** @type {Record<string, (view: View) => unknown>} */
const PANES = {
  "gates": (view) => html`${gates(desk, view)}`,
  "check-in": (view) => checkIn(desk, view),
  "timeline": (view) => timeline(desk, view.zone),
  "discharge": (view) => (view.discharge ? discharge(desk, view) : html`<section class="panel"><p class="quiet">Discharge begins after the dose.</p></section>`),
  "vitals": (view) => vitals(view),
  "card": (view) => agreed(desk, view),
  "alarms": (view) => allAlarms(desk, view),
  "more": (view) => html`<div class="everything">${actsPanel(desk, view)}${later(desk, view)}</div>`,
  "emergency": (view) => emergency(desk, view),
  "keys": () => keys.draw(),
};

/** Panels that need the whole column. */
const ALONE = new Set(["timeline", "gates", "more", "vitals", "card"]);

/** What the session itself asks to see. @param {View} view @returns {unknown[]} one to three panels, top to bottom */
function chosen(view) {
  const record = () => timeline(desk, view.zone, Boolean(desk.pane) || !DARK.has(view.state));
  if (desk.pane) return [PANES[desk.pane]?.(view), ALONE.has(desk.pane) ? nothing : record()];
  if (view.question) return [question(desk, view), gates(desk, view)];
  if (view.state === "arriving") return [gates(desk, view)];
  if (view.state === "released") return [released(desk, view), gates(desk, view)];
  if (view.state === "dosed") {
    const ending = view.next?.noun === "assessments" || view.next?.noun === "discharge";
    return ending ? [discharge(desk, view), record()] : [checkIn(desk, view), record()];
  }
  if (view.state === "stood_down") return [stoodDown(desk, view), record()];
  return [DARK.has(view.state) ? ended(view) : actsPanel(desk, view, view.acts.filter((act) => !firsts(view).includes(act))), record()];
}

/** Where a session stands that nobody watches: in one sentence, and what is still open. @param {View} view */
function ended(view) {
  return html`<section class="panel" aria-label="State"><header><h2>${view.sentence}</h2></header>
    ${view.dose ? html`<p>The record stands below, line by line. On a page of its own it can be read whole, printed and taken along.</p>` : nothing}
    <p class="row wrap">${view.state === "scheduled" ? nothing : html`<a class="btn" href=${toRecord(desk)}>Read, print, take along</a>`}<a class="btn" href="/as/${desk.live.login}/">My sessions</a></p>
    ${view.acts.length ? html`<div class="row wrap">${view.acts.map((act) => actButton(desk, view, act))}</div>${actPlaces(desk, view, view.acts)}` : nothing}</section>`;
}

/** @param {View} view */
function tabs(view) {
  const ending = view.discharge ? [["discharge", "Discharge"]] : [];
  const watching = view.dose ? [["check-in", "Check-in"]] : [];
  const list = [["", "Now"], ["gates", "Gates"], ...watching, ...ending, ["timeline", "Timeline"], ["card", "Card"], ["keys", "Keys"]];
  return html`<nav class="tabs" aria-label="Panels">${list.map(
    ([pane = "", words]) => html`<button type="button" aria-pressed=${desk.pane === pane} @click=${() => { desk.pane = pane; desk.paint(); }}>${words}</button>`,
  )}</nav>`;
}

/** What stands in the open, above every panel. @param {View} view */
const firsts = (view) => view.acts.filter((act) => act.tone === "main" && act.noun !== "duty" && !ELSEWHERE.has(act.noun));

/** Who holds a part now. @param {View} view @param {string} role */
const holder = (view, role) => short(view.people.find((one) => one.role === role)?.name) || "Somebody else";

/** @param {View} view */
function right(view) {
  const urgentDuty = view.duty.mine && !(view.duty.fresh && (view.duty.asked === null || (view.duty.acknowledged ?? 0) >= view.duty.asked));
  const first = firsts(view);
  const panels = chosen(view).filter((panel) => panel && panel !== nothing);
  const foot = view.state === "arriving" && !view.question && view.me.role === "therapist" ? release(desk, view) : nothing;
  return html`<div class="right">${tabs(view)}
    <div class="panes n${panels.length}">
      ${view.me.acting === false ? html`<p class="note">${holder(view, view.me.role)} has your part now: you look on. Nothing here is yours to press.</p>` : nothing}
      ${view.me.acting !== false && view.me.role === "standin" && SEATED.has(view.state) ? html`<p class="note">You are stand-in. ${holder(view, "therapist")} has the cockpit.</p>` : nothing}
      ${view.hand_over ? html`<p class="note wait" role="status"><b>${recorded(view, view.hand_over)}</b> ${view.acts.some((act) => act.noun === "hand-over-confirmation") ? "" : `A second person confirms it; you can from ${wall(view.hand_over.alone, view.zone)} on.`}</p>` : nothing}
      ${urgentDuty ? duty(desk, view) : nothing}
      ${first.length && desk.pane !== "more" ? html`<div class="row wrap firsts">${first.map((act) => actButton(desk, view, { ...act, tone: view.next?.noun === act.noun ? "main" : "quiet" }))}${actPlaces(desk, view, first)}</div>` : nothing}
      ${panels}</div>${foot}</div>`;
}

/** Why no picture comes to this page; "" where one does. What the server sees of it is then no news of what is seen here. @param {View} view */
function unseen(view) {
  if (DARK.has(view.state)) return view.dose ? "The watch is over. No picture is sent." : "No picture is sent.";
  if (view.me.acting === false) return `${holder(view, "therapist")} has the cockpit. No picture comes here.`;
  return seat.elsewhere ? "The call is on your other device." : "";
}

/** @param {View} view */
function left(view) {
  const client = view.client.name.split(" ")[0] ?? "";
  const trouble = { joining: "joining the room", lost: "line to the room lost, joining again", refused: "the room refused us" };
  const none = unseen(view);
  const picture = none ? dark(client, none) : videoTile(seat, "client", client, html`<span class="linequal">${trouble[/** @type {"lost"} */ (seat.state)] ?? nothing}</span>`, desk.whole);
  const here = desk.whole ? people(view, DARK.has(view.state) ? nothing : ownPicture(seat, view.me.role === "therapist")) : nothing;
  return html`<div class="left">${picture}
    <div class="under">${trend(desk, view)}<section class="panel withme" aria-label="Who is here">${here}</section></div></div>`;
}

/** @returns {unknown} */
function draw() {
  const { view, live } = desk;
  if (!view) return html`<p class="connecting" role="status">${live.line === "gone" ? "This session is not here, or not yours." : live.line === "ended" ? html`This login has ended. <a href="/sign-in">Sign in again.</a>` : "Connecting…"}</p>`;
  document.title = `${view.alarms.length ? `(${view.alarms.length}) ` : ""}${view.client.name}, ${view.state.replace("_", " ")}`;
  return html`<div class="frame ${live.stale() ? "stale" : ""} ${view.state === "arriving" ? "before" : ""}">${bar(desk, view)}${alarmStrip(desk, view, sound)}${secondRow(desk, view, next)}
    <main class="deck">${left(view)}${right(view)}</main>${taps.draw(watched(view))}</div>`;
}

/** State of the session as last drawn ("" just after loading): a new state brings back what the session itself asks to see. */
let state = "";

desk.live.addEventListener("view", () => {
  void sit();
  if (desk.view && state && state !== desk.view.state && desk.pane !== "emergency") desk.pane = "";
  state = desk.view?.state ?? state;
});
new ResizeObserver(() => {
  if (document.querySelector(".trend svg")) desk.paint(); // the drawing is made for the pixels it has
}).observe(place("page"));
desk.warns = true;
desk.start();
