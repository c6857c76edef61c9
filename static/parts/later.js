/**
 * What comes after the first unit: the next unit with its own board, the prescriber's decisions (or by voice, written down and read
 * back), and tasks that are still open. What may be done, and why not, is the server's word.
 */

import { html, nothing } from "../lib/dom.js";
import { fieldset, sendButton } from "../lib/form.js";
import { wall } from "../lib/clock.js";
import { answer } from "./answer.js";
import { sign } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").Field} Field */

/** All of it, or nothing where nothing applies. @param {Desk} desk @param {View} view */
export function later(desk, view) {
  return html`${unit(desk, view)}${decisions(desk, view)}${tasks(view)}`;
}

/** The next unit: all conditions open or none of it; no amber. @param {Desk} desk @param {View} view */
function unit(desk, view) {
  const next = view.later_unit;
  if (!next?.rows) return nothing;
  const shut = next.rows.filter((row) => !row.open);
  const draft = desk.drafts.of("booster");
  const willing = draft.typed["willing"] === true;
  const may = Boolean(next.may) && willing && desk.fresh("release");
  const send = () => void desk.send("booster", "booster-release", { willing, board: next.digest ?? "" }, { done: () => draft.clear() });
  const ask = (/** @type {Event} */ event) => {
    draft.set("willing", /** @type {HTMLInputElement} */ (event.target).checked);
    desk.paint();
  };
  return html`<section class="panel" aria-label="Next unit"><header><h2>Next unit, ${next.mg} mg</h2><span class="end meta">${next.rows.length - shut.length} of ${next.rows.length} open</span></header>
    <ul>${shut.map((row) => html`<li class="row">${sign("wait")}<span><b>${row.title}</b> ${row.sentence} ${row.action}</span></li>`)}</ul>
    ${next.given ? html`<p><b>Permitted since ${wall(next.given.at, view.zone)}, until ${wall(next.given.ends, view.zone)}.</b></p>` : html`<p class="row wrap"><label class="row ticked"><input type="checkbox" .checked=${willing} @change=${ask}> Asked just now: ${view.client.name.split(" ")[0]} does not say no</label>
      <button class="btn main end" type="button" aria-disabled=${may ? nothing : "true"} @click=${() => { if (may) send(); }}>Permit ${next.mg} mg</button></p>`}${answer(desk, "booster")}</section>`;
}

/** @param {Desk} desk @param {View} view */
function decisions(desk, view) {
  const told = view.decisions;
  if (!told || (!told.may && !told.made.length)) return nothing;
  const draft = desk.drafts.of("decide");
  const matter = told.matters.find((one) => one.matter === draft.typed["matter"]);
  /** @type {Field[]} */
  const fields = [
    { name: "matter", label: told.by_voice ? "What did the prescriber decide?" : "Decide about", kind: "choice", choices: told.matters.map((one) => ({ value: one.matter, label: one.title })) },
    ...(matter ? [{ name: "choice", label: "What?", kind: /** @type {const} */ ("choice"), choices: matter.choices }] : []),
    ...(matter && matter.subjects.length > 1 ? [{ name: "subject", label: "About", kind: /** @type {const} */ ("choice"), choices: matter.subjects.map((one) => ({ value: one, label: one })) }] : []),
    ...(matter && matter.choices.some((one) => one.value === "substitute") ? [{ name: "instead", label: "What instead?", kind: /** @type {const} */ ("text"), required: false }] : []),
    { name: "reason", label: "Reason", kind: "text" },
    ...(told.by_voice ? [{ name: "read_back", label: "Read back to the prescriber?", kind: /** @type {const} */ ("flag") }] : []),
  ];
  const look = { now: desk.now(), zone: view.zone, redraw: () => desk.paint() };
  const send = () => {
    const values = draft.values(fields, look);
    desk.paint();
    const subject = matter?.subjects.length === 1 ? { subject: matter.subjects[0] } : {};
    if (values) void desk.send("decide", "decisions", { ...subject, ...values, by_voice: told.by_voice }, { done: () => draft.clear() });
  };
  return html`<section class="panel" aria-label="Decisions"><header><h2>Decisions</h2></header>
    <ul>${told.made.map((one) => html`<li class="row"><span class="num meta">${wall(one.at, view.zone)}</span><span>${inWords(told, one)}${one.instead ? `, ${one.instead}` : ""}. ${one.reason} <span class="meta">${one.prescriber}${one.by_voice ? `, by voice, written by ${one.by}` : ""}</span></span>
      ${one.owed && one.mine ? html`<button class="btn small end" type="button" @click=${() => void desk.send(`sign.${one.n}`, "countersignatures", { decision: one.n })}>Countersign</button>` : nothing}${answer(desk, `sign.${one.n}`)}</li>`)}</ul>
    ${told.may && told.matters.length ? html`<form class="inrow" aria-label="Decision" data-place="decide" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); send(); }}>${fieldset(fields, draft, look)}<p class="row endrow">${sendButton({ label: told.by_voice ? "Write it down" : "Decide", draft, disabled: desk.waiting.has("decide"), send })}</p></form>` : nothing}${answer(desk, "decide")}</section>`;
}

/** What was decided, in the words it was chosen from. @param {{ matters: import("../lib/wire.js").Matter[] }} told @param {{ matter: string, choice: string }} one */
function inWords({ matters }, one) {
  const matter = matters.find((each) => each.matter === one.matter);
  const choice = matter?.choices.find((each) => each.value === one.choice);
  return `${matter?.title ?? one.matter.replaceAll("_", " ")}: ${choice?.label ?? one.choice.replaceAll("_", " ")}`;
}

/** @param {View} view */
function tasks(view) {
  if (!view.tasks?.length) return nothing;
  return html`<section class="panel" aria-label="Open tasks"><header><h2>Open tasks</h2></header><ul>${view.tasks.map((one) => html`<li class="row">${sign("wait")}<span>${one.sentence} <span class="meta">${one.mine ? "yours" : one.owner}</span></span></li>`)}</ul></section>`;
}
