/**
 * The screening before a clearance: how the newest one stands, and the form for a new one. Three answers a row, none chosen beforehand and
 * none for several rows at once; what was said the last time is marked beside, never filled in.
 */

import { html, nothing } from "../lib/dom.js";
import { day } from "../lib/clock.js";
import { fieldset, sendButton } from "../lib/form.js";
import { answer } from "./answer.js";
import { choice, opener, text } from "./bureau-form.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {import("../lib/types.js").Field} Field */
/** @typedef {import("../lib/wire.js").ScreeningLook} Look */
/** @typedef {import("../lib/wire.js").ScreeningItem} Item */

const PLACE = "screening";
const SAID = [{ value: "no", label: "No" }, { value: "yes", label: "Yes" }, { value: "unknown", label: "Not known" }];
const GROUPS = /** @type {[string, string, (one: Item) => boolean][]} */ ([
  ["Rules dosing at home out", "Yes or not known: no clearance. Nobody overrides these.", (one) => one.part === "conditions" && one.rule === "absolute"],
  ["Needs your reason", "Yes or not known: say why it may go ahead, and what is done about it.", (one) => one.part === "conditions" && one.rule !== "absolute"],
  ["Takes or uses", "Which one and how much. Nobody is told here to stop a medicine: you decide.", (one) => one.part === "medicines"],
]);
const words = (/** @type {string} */ code) => `${code}.words`;

/** @param {Bureau} desk @param {any} told */
export function screening(desk, told) {
  const look = /** @type {Look} */ (told.screening);
  const { last } = look;
  return html`<section class="panel screening" aria-label="Screening"><header><h2>Screening</h2><span class="end meta">${last ? `${day(last.at, told.zone)}, ${last.by}${last.old ? ", too old to sign on" : ""}` : "none recorded"}</span></header>
    ${last ? found(look) : html`<p class="quiet">Recorded before a clearance is signed. It holds for ${look.days} days.</p>`}
    ${look.waits.length && last ? html`<ul class="against" aria-label="What stands against signing">${look.waits.map((one) => html`<li><b>${one.sentence}</b> ${one.action}</li>`)}</ul>` : nothing}
    ${look.may ? html`<div class="row wrap">${opener(desk, PLACE, last ? "Record a new screening" : "Record a screening")}</div>` : nothing}
    ${look.may && desk.open === PLACE ? form(desk, told, look) : answer(desk, PLACE)}</section>`;
}

/** What the newest one found. @param {Look} look */
function found({ last }) {
  if (!last?.against.length) return html`<p class="quiet">Every row was answered with no.</p>`;
  return html`<dl class="card">${last.against.map((one) => html`<dt>${one.title}</dt><dd><b>${one.said}</b>${one.words ? `: ${one.words}` : nothing}</dd>`)}</dl>`;
}

/** The rows of a group, each with what its answer leads to and its words once that answer speaks against. @param {Look} look @param {Record<string, unknown>} typed @param {(one: Item) => boolean} of @returns {Field[]} */
function rows({ items, speaks }, typed, of) {
  const against = (/** @type {Item} */ one) => speaks.includes(String(one.known || typed[one.code]));
  const ruledOut = items.some((one) => one.rule === "absolute" && against(one));
  return items.filter(of).flatMap((one) => {
    const asked = one.known ? [] : [choice(one.code, one.title, SAID, against(one) ? one.leads : "")];
    // Whoever is ruled out is written down at once: nothing else holds that up.
    const needed = one.rule === "relative" && !ruledOut;
    const said = one.part === "medicines" ? "Which, and how much? Why may it go ahead, and what is done about it?" : "Why may it go ahead, and what is done about it?";
    return against(one) && (one.rule !== "absolute" || one.part === "medicines") ? [...asked, text(words(one.code), one.rule === "relative" ? `${one.title}: ${said}` : `${one.title}: which, and how much?`, "", needed)] : asked;
  });
}

/** @param {Bureau} desk @param {any} told @param {Look} look */
function form(desk, told, look) {
  const draft = desk.drafts.of(PLACE);
  const how = { now: desk.now(), zone: told.zone, redraw: () => desk.paint(), ...(look.last ? { last: look.last.answers } : {}) };
  const groups = GROUPS.map(([title, hint, of]) => ({ title, hint, fields: rows(look, draft.typed, of), known: look.items.filter((one) => of(one) && one.known) }));
  const all = groups.flatMap((one) => one.fields);
  const open = all.filter((one) => (draft.typed[one.name] ?? "") === "" && one.required !== false).length;
  const send = async () => {
    const values = draft.values(all, how);
    desk.paint();
    if (!values) return void first();
    const body = { answers: /** @type {Record<string, unknown>} */ ({}), words: /** @type {Record<string, unknown>} */ ({}) };
    for (const one of look.items) {
      if (one.code in values) body.answers[one.code] = values[one.code];
      if (words(one.code) in values) body.words[one.code] = values[words(one.code)];
    }
    const done = () => {
      draft.clear();
      desk.open = "";
    };
    await desk.send(PLACE, "screening", body, { course: told.course, done });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void send();
  };
  return html`<form class="inrow" aria-label="Screening" data-place=${PLACE} @submit=${submit}>
    ${groups.map(({ title, hint, fields, known }) => html`<h3>${title}</h3><p class="meta">${hint}</p>
      ${known.length ? html`<p class="meta">${known.map((one) => `${one.title}: ${one.known}, from the record.`).join(" ")}</p>` : nothing}${fieldset(fields, draft, how)}`)}
    <p class="row endrow"><span class="meta" role="status">${open ? `${open} still to answer` : "Every row is answered"}</span>${sendButton({ label: desk.waiting.has(PLACE) ? "Sending…" : "Record the screening", draft, disabled: desk.waiting.has(PLACE), send: () => void send() })}
    <button type="submit" hidden>Send</button></p>${answer(desk, PLACE)}</form>`;
}

/** The first row that still wants an answer is where the hands go. */
function first() {
  queueMicrotask(() => /** @type {HTMLElement | null} */ (document.querySelector(".screening .bad [tabindex='0'], .screening .bad input"))?.focus());
}
