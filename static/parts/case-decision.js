/**
 * Clear, clear with limits, ask, refuse: four answers of equal weight, none chosen beforehand. The words that others will read come from
 * the server with every change and are shown before signing.
 */

import { html, nothing } from "../lib/dom.js";
import { Refusal } from "../lib/api.js";
import { day } from "../lib/clock.js";
import { noState, statesOf } from "../lib/states.js";
import { answer } from "./answer.js";
import { bureauForm, figure, text } from "./bureau-form.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {import("../lib/types.js").Field} Field */

const ANSWERS = /** @type {[string, string][]} */ ([["clear", "Clear"], ["limits", "Clear with limits"], ["ask", "Ask"], ["refuse", "Refuse"]]);
/** @param {number} n @param {string} noun */
const some = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
const WAIT_MS = 250;
const note = () => text("note", "In your own words", "Read by the client and the therapist, as you write it.", false);

/** The questions asked so far, and the four answers. @param {Bureau} desk @param {any} told */
export function decision(desk, told) {
  const asked = questions(desk, told);
  if (!told.mine) return html`${cosignature(desk, told)}${asked}`;
  const draft = desk.drafts.of("decision");
  const which = String(draft.typed["which"] ?? "");
  const choose = (/** @type {string} */ value) => {
    draft.set("which", value);
    propose(desk, told);
    desk.paint();
  };
  const small = /** @type {Record<string, string>} */ ({ clear: `${some(usual(told).sessions, "session")}, ${some(usual(told).days, "day")}`, limits: "you name each figure", ask: "nothing is decided", refuse: "no sessions at home" });
  return html`${asked}<section class="panel decision" aria-label="Your decision"><header><h2>Your decision</h2></header>
    <div class="fourways" role="radiogroup" aria-label="Your decision">${ANSWERS.map(([value, words], n) => html`<button type="button" class="btn" role="radio" aria-checked=${which === value ? "true" : "false"} tabindex=${which === value || (!which && n === 0) ? 0 : -1} @click=${() => choose(value)} @keydown=${walk}><span>${words}<small>${small[value]}</small></span></button>`)}</div>
    ${which === "ask" ? bureauForm(desk, { place: "ask", label: "Ask the clinic", noun: "question", how: { course: told.course }, fields: [text("question", "What do you need to know?", "The board shows it until it is answered. Nothing is decided by asking.")] }) : nothing}
    ${which === "refuse" ? signed(desk, told, "refusal", [text("reason", "Why, for the clinic"), note()], "Refuse") : nothing}
    ${which === "clear" || which === "limits" ? signed(desk, told, "clearance", fields(told, which === "limits"), which === "limits" ? "Sign" : `Sign: ${small["clear"]}`, which === "limits" ? nothing : figures(told)) : nothing}</section>`;
}

/** Arrow keys walk the four. @param {KeyboardEvent} event */
function walk(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const all = /** @type {HTMLElement[]} */ ([...(/** @type {HTMLElement} */ (event.currentTarget).parentElement?.children ?? [])]);
  const next = step && all[(all.indexOf(/** @type {HTMLElement} */ (event.currentTarget)) + step + all.length) % all.length];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
}

/** The figures a clearance has unless somebody names others: those of the last one, or, for the first, the most the protocol allows. @param {any} told */
const usual = (told) => told.proposed ?? { sessions: told.limits.sessions, days: told.limits.days, gap_h: told.limits.gap_h, max_mg: 0, calming: "", calming_dose: "", states: [] };

/** What was last signed stands in the fields, to be changed; what somebody typed already stays. @param {Bureau} desk @param {any} told */
function propose(desk, told) {
  const draft = desk.drafts.of("decision.clearance");
  const last = usual(told);
  const fill = { states: last.states.join(", "), sessions: String(last.sessions), days: String(last.days), gap_h: String(last.gap_h), max_mg: last.max_mg ? String(last.max_mg) : "", calming: last.calming ?? "", calming_dose: last.calming_dose ?? "" };
  for (const [name, value] of Object.entries(fill)) if (value && draft.typed[name] === undefined) draft.set(name, value);
}

/** What "Clear" permits, in figures, before anything is signed. @param {any} told */
function figures(told) {
  const { sessions, days, gap_h: gap, max_mg: most, calming, calming_dose: dose } = usual(told);
  const whose = told.proposed ? `As signed on ${day(told.clearance.signed, told.zone)}` : "As the protocol has it for a first clearance";
  return html`<p class="permits"><b>${some(sessions, "session")} within ${some(days, "day")}</b>, ${gap} h between two doses, ${most ? `at most ${most} mg a session` : `up to the protocol’s ${told.limits.ceiling_mg} mg a session`}${calming ? `; cleared beforehand: ${calming}, at most ${dose}` : ""}. <span class="quiet">${whose}. Other figures: clear with limits.</span></p>`;
}

/** What a clearance asks: with limits, every figure; without, only where. @param {any} told @param {boolean} limits @returns {Field[]} */
function fields(told, limits) {
  const most = told.limits;
  const figures = [
    figure("sessions", "Sessions", 1, most.sessions, "", `At most ${most.sessions}.`), figure("days", "Valid for", 1, most.days, "days", `At most ${most.days}.`),
    figure("gap_h", "Hours between two doses, at least", most.gap_floor_h, 24 * 90, "h", `Usual ${most.gap_h}, never under ${most.gap_floor_h}.`),
    { ...figure("max_mg", "Most milligrams of one session", 1, most.ceiling_mg, "mg", `The protocol’s ceiling is ${most.ceiling_mg} mg.`), required: false },
    text("calming", "A calming or sleeping medicine that may have been taken", "One, by name. Any other, or more of it, keeps the session red until you have looked.", false),
    text("calming_dose", "The most of it before a session", "For example 1 mg.", false),
  ];
  const licensed = told.licensed.length ? ` You are licensed in ${told.licensed.join(", ")}.` : " No licence of yours is written down: an administrator does that under Team.";
  return [text("states", "States where the client may be", `For example CA, or California.${licensed}`), ...(limits ? figures : []), note()];
}

/** @param {any} told @param {string} noun @param {Record<string, any>} typed */
function bodyOf(told, noun, typed) {
  if (noun === "refusal") return { reason: String(typed["reason"] ?? ""), note: String(typed["note"] ?? "") };
  const last = usual(told);
  // A field that is shown counts as it stands, empty too; one that is not shown is as it was last signed.
  const number = (/** @type {string} */ name, /** @type {number} */ empty) => (!(name in typed) ? Number(last[name]) : typed[name] === undefined || typed[name] === "" ? empty : Number(typed[name]));
  const words = (/** @type {string} */ name) => String((name in typed ? typed[name] : last[name]) ?? "");
  const states = statesOf(String(typed["states"] ?? "")).codes;
  return { sessions: number("sessions", last.sessions), days: number("days", last.days), gap_h: number("gap_h", last.gap_h), max_mg: number("max_mg", 0), calming: words("calming"), calming_dose: words("calming_dose"), states, note: String(typed["note"] ?? "") };
}

/** What the server says others would read of what stands here. @param {Bureau} desk @param {any} told @param {string} noun @param {Record<string, unknown>} body */
function preview(desk, told, noun, body) {
  const key = `preview.${noun}`;
  const asked = JSON.stringify(body);
  let state = desk.made.get(key);
  if (state?.asked !== asked) {
    clearTimeout(state?.timer);
    const mine = (state = { asked, told: state?.told ?? null, old: true, timer: 0 });
    desk.made.set(key, mine);
    mine.timer = setTimeout(async () => {
      try {
        mine.told = await desk.api.ask(`courses/${told.course}/previews/${noun}`, body);
        mine.old = false;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        mine.told = null; // half typed: nothing to read yet
      }
      desk.paint();
    }, WAIT_MS);
  }
  return state;
}

/** A form whose words are shown before they are signed. @param {Bureau} desk @param {any} told @param {string} noun @param {Field[]} list @param {string} label @param {unknown} [above] */
function signed(desk, told, noun, list, label, above = nothing) {
  const place = `decision.${noun}`;
  const draft = desk.drafts.of(place);
  const whole = Object.fromEntries(list.map((field) => [field.name, draft.typed[field.name]]));
  const body = bodyOf(told, noun, whole);
  const shown = preview(desk, told, noun, body);
  const words = shown.told;
  const strange = noun === "clearance" ? noState(statesOf(String(draft.typed["states"] ?? "")).unknown) : "";
  const against = [...(strange ? [{ sentence: strange, action: "" }] : []), ...(words?.reasons ?? []).filter((/** @type {any} */ one) => noun === "refusal" ? one.code !== "reason" : one.code !== "states")];
  const done = () => {
    desk.drafts.of("decision").clear();
    desk.made.delete(`preview.${noun}`);
  };
  const reads = words?.for_client ? html`<div class="reads ${shown.old ? "old" : ""}" aria-live="polite"><p><small>${told.client.name} will read</small>“${words.for_client}”</p><p><small>${told.therapist.name} and the gate board will read</small>“${words.for_therapist}”</p>
    </div>` : html`<p class="quiet reads">What client and therapist will read appears here before you sign.</p>`;
  const no = against.length ? html`<div class="reads" role="status"><p class="quiet">This cannot be signed as it stands:</p><ul class="against">${against.map((/** @type {any} */ one) => html`<li><b>${one.sentence}</b> ${one.action}</li>`)}</ul></div>` : nothing;
  return html`${above}${bureauForm(desk, {
    place, label, noun, fields: list, body: () => body, how: { course: told.course, done }, shut: against.length > 0,
    below: html`${reads}${no}<p class="meta">${noun === "clearance" ? "Signing asks for your second factor, for these very words. Anybody in the course may suspend; only you reinstate." : "The client reads no reason, only your own words."}</p>`,
  })}`;
}

/** A second prescriber agrees to the order that waits for one, or leaves it waiting: both without a word to the first. @param {Bureau} desk @param {any} told */
function cosignature(desk, told) {
  const { order } = told;
  if (!told.cosigns || !order) return nothing;
  const sign = () => void desk.send("cosignature", "order-cosignature", { order: order.id }, { course: told.course });
  const mg = order.units * order.mg_per_unit;
  return html`<section class="panel decision" aria-label="Second signature"><header><h2>Second signature</h2></header>
    <p>${told.prescriber.name} ordered <b>${order.units} × ${order.mg_per_unit} mg, ${mg} mg</b>${order.booster_units ? html`, and ${order.booster_units} × ${order.mg_per_unit} mg as booster` : nothing}. ${told.waits.map((/** @type {any} */ one) => one.sentence)}</p>
    <p class="meta">No dose until a second prescriber agrees. If you do not, call ${told.prescriber.name}; the order stays as it is.</p>
    <p class="row endrow"><button class="btn main" type="button" @click=${sign}>${desk.waiting.has("cosignature") ? "Sending…" : `I agree to ${mg} mg`}</button></p>${answer(desk, "cosignature")}</section>`;
}

/** @param {Bureau} desk @param {any} told */
function questions(desk, told) {
  if (!told.questions.length) return nothing;
  return html`<section class="panel" aria-label="Questions"><header><h2>Asked</h2></header><ul class="questions">${told.questions.map((/** @type {any} */ one) => html`<li><b>${one.question}</b> <span class="meta">${day(one.at, told.zone)}</span>
    ${one.answer ? html`<p>${one.answer} <span class="meta">${one.by}</span></p>` : told.mine ? html`<p class="quiet">Not answered yet.</p>` : bureauForm(desk, { place: `answer.${one.n}`, label: "Answer", noun: "answer", how: { course: told.course }, fields: [text("answer", "What is known")], body: (values) => ({ ...values, question: one.n }) })}</li>`)}</ul>${answer(desk, "questions")}</section>`;
}
