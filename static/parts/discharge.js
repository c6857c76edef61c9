/**
 * The end of the watch: what is missing, the assessment form, and the finish button that stays shut until the server says "may".
 */

import { html, nothing } from "../lib/dom.js";
import { fieldset, sendButton } from "../lib/form.js";
import { countdown, wall } from "../lib/clock.js";
import { answer } from "./answer.js";
import { HoldButton } from "./hold-button.js";
import { sign } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */

const PLACE = "discharge";
/** @type {WeakMap<Desk, HoldButton>} */
const buttons = new WeakMap();

/** @param {Desk} desk @param {View} view */
export function discharge(desk, view) {
  const plan = view.discharge;
  if (!plan) return nothing;
  const button = buttons.get(desk) ?? new HoldButton(() => desk.paint());
  buttons.set(desk, button);
  const shut = !plan.may || !desk.fresh(PLACE);
  const early = plan.earliest - desk.now();
  const opened = desk.open === "assessment";
  return html`<section class="panel ending" aria-label="Discharge" id="discharge" tabindex="-1">
    <header><h2>Discharge</h2><span class="end meta">${early > 0 ? html`not before ${wall(plan.earliest, view.zone)}, in <span class="num">${countdown(early)}</span>` : "watched long enough"}</span></header>
    <div class="scroll">
      ${plan.assessments.length ? html`<ol class="assessed">${plan.assessments.map((one) => assessed(one, view.zone))}</ol>` : nothing}
      ${plan.form.length ? html`<button class="btn opener" type="button" aria-expanded=${opened} @click=${() => desk.toggle("assessment")}>${opened ? "Fold the assessment" : "New assessment"}</button>` : nothing}
      ${opened && plan.form.length ? assessment(desk, view) : nothing}
      ${plan.adult_form?.length && !plan.signed ? adult(desk, view, plan.adult_form) : nothing}
      <ul class="missing" id="discharge-why" aria-label="Missing">${plan.reasons.map((one) => html`<li>${sign("wait")}<span>${one.sentence} ${one.action ? html`<b>${one.action}</b>` : nothing}</span></li>`)}</ul>
    </div>
    <div class="finish">${button.draw({
      id: "finish", label: "Hold to discharge", sure: `Discharge ${view.client.name}`, shut, reasons: "discharge-why", busy: desk.waiting.has(PLACE),
      act: () => void desk.send(PLACE, PLACE),
    })}<span class="meta">${plan.may ? "All true, on two assessments." : `${plan.reasons.length} missing`}</span></div>
    ${answer(desk, PLACE)}</section>`;
}

/** What was not met; a signature of the adult is no assessment. @param {import("../lib/wire.js").Assessed} one @param {string} zone */
function assessed(one, zone) {
  const good = one.role === "support" ? "signed for tonight" : "all met";
  return html`<li>${sign(one.unmet.length ? "stop" : "ok")}<span>${wall(one.at, zone)} ${one.name}: ${one.unmet.length ? `not met: ${one.lacks.join("; ")}` : good}</span></li>`;
}

/** The adult's phone is dead: what they say on video is written down for them. @param {Desk} desk @param {View} view @param {import("../lib/types.js").Field[]} form */
function adult(desk, view, form) {
  const name = view.people.find((one) => one.role === "support")?.name ?? "The adult";
  const opened = desk.open === "adult";
  return html`<button class="btn opener" type="button" aria-expanded=${opened} @click=${() => desk.toggle("adult")}>${name} says it on video: their phone is dead</button>
    ${opened ? written(desk, view, "adult", form, { on_video: true }, `${name}, on video`) : nothing}`;
}

/** @param {Desk} desk @param {View} view */
const assessment = (desk, view) => written(desk, view, "assessment", view.discharge?.form ?? [], {}, "Assessment");

/** @param {Desk} desk @param {View} view @param {string} place @param {import("../lib/types.js").Field[]} form @param {Record<string, unknown>} more @param {string} label */
function written(desk, view, place, form, more, label) {
  const draft = desk.drafts.of(place);
  const look = { now: desk.now(), zone: view.zone, redraw: () => desk.paint() };
  const send = async () => {
    if (await draft.send(form, look, (values) => desk.api.post("assessments", { values, ...more }), look.redraw)) desk.toggle(place);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void send();
  };
  return html`<form class="inrow" aria-label=${label} data-place=${place} @submit=${submit}>${fieldset(form, draft, look)}
    <p class="row endrow">${sendButton({ label: place === "adult" ? "Record what they say" : "Record the assessment", draft, disabled: false, send: () => void send() })}<button class="unseen" type="submit" tabindex="-1" aria-hidden="true">Record</button></p></form>`;
}
