/**
 * The further acts of a role in a state, as the server lists them. An act that needs words opens its form in place; the shape of
 * each form is the shape of the request, its meaning is the server's.
 */

import { html, nothing } from "../lib/dom.js";
import { wall, whenOf } from "../lib/clock.js";
import { fieldset, sendButton } from "../lib/form.js";
import { answer } from "./answer.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").Act} Act */
/** @typedef {import("../lib/types.js").Field} Field */
/** @typedef {import("../lib/types.js").Values} Values */
/**
 * `says`: what it means for everybody, before the second press. `stops`: the same, where the button that sends it is red, and a second
 * one leaves all as it is.
 * @typedef {{ fields: (view: View) => Field[], body: (values: Values, view: View, now: number) => Record<string, unknown>, says?: (view: View) => string, stops?: (view: View) => string }} Form
 */

/** @param {string} name @param {string} label @param {boolean} [required] @returns {Field} */
const text = (name, label, required = true) => ({ name, label, kind: "text", required });
/** @param {string} name @param {string} label @param {[string, string][]} pairs @returns {Field} */
const choice = (name, label, pairs) => ({ name, label, kind: "choice", choices: pairs.map(([value, word]) => ({ value, label: word })) });
/** @param {Field[]} fields @returns {Form} */
const plain = (...fields) => ({ fields: () => fields, body: (values) => values });

/** @type {Form} */
const TAKEN = {
  fields: (view) => [
    choice("units", "What entered the mouth?", [
      ...Array.from({ length: view.order?.units ?? 1 }, (_, n) => /** @type {[string, string]} */ ([String(n + 1), `${n + 1} of the ordered`])),
      ["0", "Something not ordered"],
    ]),
    { name: "mg", label: "Milligrams, if it was not ordered", kind: "number", low: 0, high: 5000, required: false, unit: "mg" },
  ],
  body: (values, _view, now) => {
    const count = Number(values["units"]);
    return { units: count ? Array.from({ length: count }, (_, n) => n + 1) : [0], mg: values["mg"] ?? null, said_at: Math.round(now) };
  },
};

/** @param {View} view @param {string} role */
const named = (view, role) => view.people.find((one) => one.role === role)?.name ?? "whoever has it";

/** What one of the staff recorded of a hand-over. @param {View} view @param {import("../lib/wire.js").HandOverView} said */
export const recorded = (view, said) => `${said.sentence} Recorded by ${said.by} at ${wall(said.at, view.zone)}.`;

/** Duties that can be handed on. @type {Record<string, string>} */
const ROLES = { standin: "stand-in", prescriber: "prescriber on call", dispatcher: "dispatcher" };

/** Nouns that need words. Those not listed are one press. @type {Record<string, Form>} */
const FORMS = {
  "doses": TAKEN,
  // No words, but a second press: these move the session on for everybody.
  "take-over": { ...plain(), says: (view) => `You are ${view.client.name}’s therapist from that moment on, in the place of ${named(view, "therapist")}, who becomes the stand-in and can take it back.` },
  "signature": { ...plain(), says: () => "You sign that the record is complete and says what happened. Read it first: it is the timeline beside this. Afterwards nothing can be changed, only added." },
  "hand-over-confirmation": { ...plain(), says: (view) => (view.hand_over ? `${recorded(view, view.hand_over)} You confirm that it is so; the watch at home ends with it.` : "Nothing is recorded.") },
  "cancellation": { ...plain(text("reason", "Why?")), stops: (view) => `This cancels it for everybody: ${view.client.name}, ${whenOf(view.appointed, view.zone)}.` },
  "reopening": plain(text("reason", "Why?", false)),
  "return": plain(text("reason", "What happened?", false)),
  "hand-over": plain(text("to", "Which crew or hospital has the client, or which service looks?"), text("reference", "Unit or reference"), choice("seen", "How do you know?", [["seen", "Seen on video"], ["told", "Told by the adult on site"], ["search", "Not found: emergency services were asked to look"]])),
  "early-release": plain(text("adult", "Which adult stays and accepts?"), text("reason", "Reason, naming each unmet item")),
  "voids": plain({ name: "units_seen", label: "All ordered units seen on video, whole", kind: "flag" }, text("reason", "How do you know?", false)),
  "hold-end": plain(choice("result", "The residue was", [["spat", "Spat out"], ["swallowed_some", "Partly swallowed"], ["swallowed", "Swallowed"]])),
  "words": plain(choice("what", "What?", [["note", "A note"], ["symptom", "A symptom"], ["concern", "A concern"], ["answered", "A question is answered"], ["stop", "The client says stop"], ["no", "The client says no"], ["leaving", "The adult leaves"]]), text("note", "In words", false)),
  "support-person": {
    fields: (view) => [
      view.adults?.length
        ? choice("person", "Which adult?", view.adults.map((one) => [one.person, `${one.name}, ${one.phone}`]))
        : { ...text("person", "Which adult?"), hint: "Nobody else is written down. The coordinator writes them down under Clients." },
      { name: "phone_tested", label: "Seen on video, and their phone rang?", kind: "flag" },
    ],
    body: (values) => values,
  },
  "leftovers": plain(
    { name: "units", label: "Units left, counted", kind: "number", low: 0, high: 50 },
    { name: "secured", label: "Put away where only the adult reaches them?", kind: "flag" },
    choice("how", "How do you know?", [["video", "Counted on video"], ["said", "The adult says so"], ["phone", "By phone"]]),
  ),
  "support-seen": {
    fields: (view) => [choice("how", `How did you reach ${view.people.find((one) => one.role === "support")?.name ?? "the adult"}?`, [["video", "Seen on video, beside the client"], ["phone", "Heard on the phone, beside the client"]])],
    body: (values) => values,
  },
  "successors": {
    fields: (view) => [
      view.named_for?.length
        ? choice("named", "Who shall take which duty?", view.named_for.map((one) => [`${one.role} ${one.person}`, `${one.name}, ${ROLES[one.role] ?? one.role}, ${one.phone}`]))
        : { ...text("named", "Who?"), hint: "Nobody else of the staff has this duty. An administrator gives it under Team." },
    ],
    body: (values) => {
      const [role = "", person = ""] = String(values["named"]).split(" ");
      return { role, person };
    },
  },
  "release-with-tasks": plain(text("reason", "Reason, naming each paper that stays open")),
  "adverse-events": plain(choice("grade", "How bad?", [["mild", "Mild"], ["moderate", "Moderate"], ["severe", "Severe"], ["serious", "Serious: hospital, lasting harm, danger to life"]]), text("note", "What happened?")),
  "readings": { fields: () => READING, body: (values, _view, now) => ({ values, said_at: Math.round(now) }) },
};

/** A reading outside the plan. Wide ranges: what is implausible is kept as not usable, by the server. @type {Field[]} */
const READING = [
  { name: "sbp", label: "Pressure, upper", kind: "number", unit: "mmHg", required: false },
  { name: "dbp", label: "Pressure, lower", kind: "number", unit: "mmHg", required: false },
  { name: "hr", label: "Pulse", kind: "number", unit: "/min", required: false },
  { name: "spo2", label: "SpO2", kind: "number", unit: "%", required: false },
];

/** Fixed bodies of acts that are one press. @type {Record<string, Record<string, unknown>>} */
const BODIES = { help: { strength: "hold" }, recall: { reason: "" } };

/**
 * One act: a button, and its form when it is open. @param {Desk} desk @param {View} view @param {Act} act
 */
export function actButton(desk, view, act) {
  const place = placeOf(act);
  const form = formOf(act);
  const shut = !act.enabled || !desk.fresh(act.noun);
  const press = () => {
    if (shut) return;
    if (form) desk.toggle(place);
    else void desk.send(place, act.noun, bodyOf(act));
  };
  const tone = act.tone === "quiet" ? "" : act.tone;
  return html`<button class="btn ${tone}" type="button" data-act=${place} aria-expanded=${form ? desk.open === place : nothing} aria-disabled=${shut ? "true" : nothing} title=${act.why || nothing}
    aria-label=${act.why ? `${act.label}. ${act.why}` : nothing} @click=${press}>${desk.waiting.has(place) ? "Sending…" : act.label}</button>`;
}

/** Asks a person on duty to answer. @param {Act} act */
export const isTestPage = (act) => act.noun === "test-pages";

/** @param {Act} act */
const placeOf = (act) => `act.${act.noun}.${act.subject ?? ""}`;

/** Words that say all by themselves ("answered") are one press. @param {Act} act */
const formOf = (act) => (act.noun === "words" && act.subject ? undefined : FORMS[act.noun]);

/** @param {Act} act what goes along when an act is one press @returns {Record<string, unknown>} */
function bodyOf(act) {
  if (act.noun === "test-pages") return { role: act.subject ?? "" };
  if (act.noun === "words") return { what: act.subject, note: "" };
  return BODIES[act.noun] ?? {};
}

/** The open form and the answers of a list of acts. @param {Desk} desk @param {View} view @param {Act[]} list */
export function actPlaces(desk, view, list) {
  return list.map((act) => {
    const place = placeOf(act);
    return html`${desk.open === place && formOf(act) ? actForm(desk, view, act, place) : nothing}${answer(desk, place)}`;
  });
}

/** @param {Desk} desk @param {View} view @param {Act} act @param {string} place */
function actForm(desk, view, act, place) {
  const form = formOf(act);
  if (!form) return nothing;
  const draft = desk.drafts.of(place);
  const fields = form.fields(view);
  const look = { now: desk.now(), zone: view.zone, redraw: () => desk.paint() };
  const send = () => {
    const values = draft.values(fields, look);
    desk.paint();
    if (!values) return;
    const done = () => {
      draft.clear();
      desk.open = "";
    };
    void desk.send(place, act.noun, form.body(values, view, desk.now()), { done });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  };
  const out = html`<button class="btn" type="button" @click=${() => desk.toggle(place)}>${form.stops ? "Keep it" : "Not now"}</button>`;
  return html`<form class="inrow" aria-label=${act.label} data-place=${place} @submit=${submit}>${form.stops || form.says ? html`<p><b>${(form.stops ?? form.says)?.(view)}</b></p>` : nothing}${fields.length ? fieldset(fields, draft, look) : form.says ? nothing : html`<p>${act.label}: press once more to do it.</p>`}
    <p class="row endrow">${out}${sendButton({ label: act.label, draft, disabled: !desk.fresh(act.noun), send, kind: form.stops || act.tone === "stop" ? "stop" : "main" })}<button class="unseen" type="submit" tabindex="-1" aria-hidden="true">Send</button></p></form>`;
}

/** All of them in one panel, or those that stand nowhere else. @param {Desk} desk @param {View} view @param {Act[]} [list] @param {unknown} [beside] */
export function actsPanel(desk, view, list = view.acts, beside = nothing) {
  return html`<section class="panel acts" aria-label="More" id="more" tabindex="-1"><header><h2>More</h2></header>
    <div class="scroll"><div class="row wrap">${list.map((act) => actButton(desk, view, act))}${beside}</div>${actPlaces(desk, view, list)}
    ${list.filter((act) => !act.enabled && act.why).map((act) => html`<p class="meta">${act.label}: ${act.why}</p>`)}</div></section>`;
}
