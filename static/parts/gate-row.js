/**
 * The board: what is shut stands on top, large, with why and the one act; what is open is a thin line. One press opens the form of
 * a gate, which has the whole board's room while it is open: what others answered stands above it, and the way back beside its name.
 */

import { html, nothing, short } from "../lib/dom.js";
import { fieldset, lacks, sendButton } from "../lib/form.js";
import { onDay, wall } from "../lib/clock.js";
import { actButton, actPlaces, isTestPage } from "./acts.js";
import { answer, proveFirst } from "./answer.js";
import { sign } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").GateView} GateView */

/** With more shut gates than this the rows are drawn low, so that all of them can be seen at once. */
const FEW = 4;

/** @type {Record<string, import("./signs.js").Kind>} */
const SIGN = { green: "ok", amber: "ask", red: "stop", shut: "wait" };
/** Word for the colour: no state is told by colour alone. @type {Record<string, string>} */
const WORD = { green: "open", amber: "a prescriber decides", red: "red", shut: "waits" };
/** Gates that a person opens by answering a test page. */
const DUTIES = new Set(["on_call", "standin_dispatcher"]);
/** Red before amber before what only waits. @type {Record<string, number>} */
const RANK = { red: 0, amber: 1, shut: 2 };

/** @param {GateView} gate */
const stands = (gate) => gate.colour === "green" || gate.colour === "open" || (gate.colour === "amber" && gate.decided?.proceed === true);

/** Where the form of a gate opens. @param {GateView} gate */
const placeOf = (gate) => `gate.${gate.gate}`;

/** This person may answer it now. @param {GateView} gate */
const askable = (gate) => gate.mine && gate.form.length > 0;

/** Names of the rows as last drawn. @type {WeakMap<Desk, string[]>} */
const drawn = new WeakMap();

/**
 * What is shut, red first. While a pointer is over the rows, or the focus among them, each keeps its place, also one that opens just now:
 * a press aimed at one gate must not fall on another.
 * @param {Desk} desk @param {View} view
 */
function shutRows(desk, view) {
  const before = drawn.get(desk) ?? [];
  const held = document.querySelector(".shutrows:hover, .shutrows:focus-within") !== null;
  const place = (/** @type {GateView} */ gate) => (before.includes(gate.gate) ? before.indexOf(gate.gate) : before.length);
  const rank = (/** @type {GateView} */ gate) => RANK[gate.colour] ?? 3;
  const rows = view.gates.filter((gate) => !stands(gate) || (held && before.includes(gate.gate)));
  rows.sort(held ? (a, b) => place(a) - place(b) : (a, b) => rank(a) - rank(b));
  drawn.set(desk, rows.map((gate) => gate.gate));
  return rows;
}

/** @param {Desk} desk @param {View} view */
export function gates(desk, view) {
  const asked = view.gates.find((gate) => desk.open === placeOf(gate) && askable(gate));
  if (asked) return answering(desk, view, asked);
  const rows = shutRows(desk, view);
  const shut = view.gates.filter((gate) => !stands(gate));
  const open = view.gates.filter((gate) => stands(gate) && !rows.includes(gate));
  return html`<section class="panel board" aria-label="Gates" id="gates" tabindex="-1">
    <header><h2>Gates</h2><span class="meta count">${shut.length} shut, ${view.gates.length - shut.length} open</span><span class="end meta cut" title=${firstToShut(desk, view)}>${firstToShut(desk, view)}</span></header>
    ${first(desk, view)}
    <div class="scroll">
      <ul class="shutrows ${rows.length > FEW ? "many" : ""}">${rows.map((gate) => (rows.length > FEW ? lowRow(desk, view, gate) : shutRow(desk, view, gate)))}</ul>
      <ul class="gates two">${open.map((gate) => openRow(desk, view, gate))}</ul>
      ${view.course?.words ? html`<p class="note cleared"><b>Clearance:</b> ${view.course.words}</p>` : nothing}
    </div></section>`;
}

/** Which of the open ones is asked again first, by time alone, and when. @param {Desk} desk @param {View} view */
function firstToShut(desk, view) {
  const { shuts, shuts_because } = view.board ?? {};
  if (!shuts) return "";
  const gate = view.gates.find((one) => one.gate === shuts_because);
  return `Due again first: ${gate ? `${gate.title}, ` : ""}${onDay(shuts, view.zone, desk.now())}`;
}

/** One gate with its form, in the room of them all. @param {Desk} desk @param {View} view @param {GateView} gate */
function answering(desk, view, gate) {
  const place = placeOf(gate);
  const kind = stands(gate) ? "ok" : (SIGN[gate.colour] ?? "wait");
  return html`<section class="panel board answering" aria-label="Gates" id="gates" tabindex="-1">
    <header>${sign(kind)}<h2>${gate.title}</h2><span class="meta">${stands(gate) ? "open" : WORD[gate.colour]}</span>
      <button class="btn small end" type="button" @click=${() => desk.toggle(place)}>All gates</button></header>
    <div class="scroll"><p class="why">${gate.sentence} ${gate.action}${gate.disagree ? " The two answers differ." : ""}</p>${proof(gate, view.zone)}
      ${gateForm(desk, view, gate, place)}${answer(desk, place)}</div></section>`;
}

/** The server names the second factor among what a release waits for. @param {View} view */
const needsCode = (view) => view.next?.noun === "second-factor" || view.release.reasons.some((one) => one.code === "second_factor");

/** Test pages stand with the gates they open. @param {View} view */
export const pagesWanted = (view) => view.gates.some((gate) => !stands(gate) && DUTIES.has(gate.gate));

/** The newest test page was answered. @param {import("../lib/types.js").Seen} one */
const hasAnswered = (one) => one.answered != null && one.answered >= (one.paged ?? 0);

/** What is no gate's form: the second factor, and test pages to those on duty while one of their gates is shut. @param {Desk} desk @param {View} view */
function first(desk, view) {
  // Whoever has answered is not paged again from here; it can be done under More.
  const there = new Set(view.people.filter((one) => one.there && hasAnswered(one)).map((one) => one.role));
  const acts = pagesWanted(view) ? view.acts.filter((act) => isTestPage(act) && !there.has(/** @type {import("../lib/types.js").Role} */ (act.subject))) : [];
  const code = needsCode(view);
  if (!code && !acts.length) return nothing;
  return html`<div class="row wrap testpages" role="group" aria-label="Before a release">${code ? proveFirst(desk) : nothing}${acts.map((act) => actButton(desk, view, act))}${paged(view, acts)}</div>${actPlaces(desk, view, acts)}`;
}

/** What became of the test pages that were sent: nobody presses twice because nothing seemed to happen. @param {View} view @param {import("../lib/types.js").Act[]} acts */
function paged(view, acts) {
  const sent = acts.length ? view.people.filter((one) => one.paged != null) : [];
  if (!sent.length) return nothing;
  const words = sent.map((one) => `${short(one.name)} ${wall(one.paged ?? 0, view.zone)}, ${hasAnswered(one) ? `answered ${wall(one.answered ?? 0, view.zone)}` : "no answer yet"}`);
  return html`<p class="meta paged" role="status">Sent: ${words.join(" · ")}</p>`;
}

/** @param {Desk} desk @param {View} view @param {GateView} gate */
function shutRow(desk, view, gate) {
  const place = placeOf(gate);
  const kind = SIGN[gate.colour] ?? "wait";
  return html`<li class="gate shut ${kind}">
    ${sign(kind)}
    <div class="text"><b>${gate.title}</b> <span class="unseen">${WORD[gate.colour]}</span><p class="why">${gate.sentence}${gate.disagree ? " The two answers differ." : ""}</p>
      ${gate.action ? html`<p class="do">${gate.action}</p>` : nothing}${proof(gate, view.zone)}</div>
    ${askable(gate) ? html`<button class="btn opener" type="button" @click=${() => desk.toggle(place)}>${answered(gate, view) ? "Answer again" : "Answer"}</button>` : nothing}</li>`;
}

/** A shut gate among many: low, two beside each other, the whole row is the button. @param {Desk} desk @param {View} view @param {GateView} gate */
function lowRow(desk, view, gate) {
  const kind = SIGN[gate.colour] ?? "wait";
  const mine = askable(gate);
  const head = html`${sign(kind)}<span class="text"><b>${gate.title}</b> <span class="unseen">${WORD[gate.colour]}.</span>
    <span class="why" title="${gate.sentence} ${gate.action}">${mine && !answered(gate, view) ? "You answer." : gate.sentence}</span></span>`;
  return html`<li class="gate low ${kind} ${mine ? "mine" : ""} ${mine && !answered(gate, view) ? "todo" : ""}">
    ${mine ? html`<button class="head" type="button" @click=${() => desk.toggle(placeOf(gate))}>${head}</button>` : html`<span class="head">${head}</span>`}</li>`;
}

/** @param {Desk} desk @param {View} view @param {GateView} gate */
function openRow(desk, view, gate) {
  const at = gate.answers?.at(-1)?.at;
  const stamp = gate.decided ? `decided ${wall(gate.decided.at, view.zone)}` : at ? wall(at, view.zone) : "system";
  const head = html`${sign(gate.decided ? "ask" : "ok")}<b>${gate.title}</b><span class="meta ${stamp === "system" ? "system" : ""}">${stamp}</span>`;
  return html`<li class="gate">${askable(gate)
    ? html`<button class="again" type="button" aria-label="${gate.title}, open. Answer again" @click=${() => desk.toggle(placeOf(gate))}>${head}</button>`
    : html`<span class="again" title=${gate.sentence}>${head}</span>`}</li>`;
}

/** My own answer counts now. @param {GateView} gate @param {View} view */
const answered = (gate, view) => (gate.answers ?? []).some((one) => one.role === view.me.role);

/** @param {GateView} gate @param {string} zone what was said so far, by whom */
function proof(gate, zone) {
  const said = (gate.answers ?? []).map((one) => html`<li><b>${one.name}</b> ${wall(one.at, zone)}${one.text ? `: ${one.text}` : ""}</li>`);
  return said.length ? html`<ul class="proof">${said}</ul>` : nothing;
}

/** @param {Desk} desk @param {View} view @param {GateView} gate @param {string} place */
function gateForm(desk, view, gate, place) {
  const draft = desk.drafts.of(place);
  const look = { now: desk.now(), zone: view.zone, redraw: () => desk.paint() };
  const send = () => {
    const post = async (/** @type {import("../lib/types.js").Values} */ values) => {
      await desk.api.post("gate-answers", { gate: gate.gate, values, how: view.me.role === "therapist" ? "video" : "said" });
      if (desk.open !== place) return;
      desk.open = "";
      queueMicrotask(() => document.getElementById("gates")?.focus({ preventScroll: true })); // a hand on the keyboard stays at the board
    };
    void draft.send(gate.form, look, post, look.redraw);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (desk.fresh("gate-answers")) send();
  };
  const missing = gate.form.filter((field) => lacks(field, draft.typed)).length;
  return html`<form class="inrow" aria-label=${gate.title} data-place=${place} @submit=${submit}>${fieldset(gate.form, draft, look)}
    <p class="row endrow"><span class="meta">${missing ? `${missing} of ${gate.form.length} not answered yet` : ""}</span>${sendButton({ label: "Record this", draft, disabled: !desk.fresh("gate-answers"), send })}
    <button class="unseen" type="submit" tabindex="-1" aria-hidden="true">Record this</button></p></form>`;
}
