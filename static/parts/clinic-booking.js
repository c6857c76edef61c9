/**
 * An appointment for everybody at once. The server says which moment is meant, what it is in every zone, who is on call then, and what
 * speaks against it, before anything is booked. What it said is what is booked.
 */

import { html, nothing } from "../lib/dom.js";
import { day, wall, zoneName } from "../lib/clock.js";
import { Refusal } from "../lib/api.js";
import { LAST, unlessHalfTyped } from "../lib/form.js";
import { answer } from "./answer.js";
import { PARTS, able } from "./clinic-parts.js";
import { booked } from "./clinic-told.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {{kind: string, course: string, roles: Record<string, string>, zone: string, session?: string}} Plan */
/** @typedef {{asked: string, answer: any, refusal: Refusal | null, timer: number}} Checked */

const KINDS = /** @type {[string, string][]} */ ([["preparation", "Preparation"], ["dosing", "Dosing"], ["integration", "Integration"]]);
/** What the roster says stands first; everybody else is named here. */
const ROLES = ["therapist", "support", "prescriber", "standin", "dispatcher"];
const WAIT_MS = 250;

/** Ask again when what is planned changed, shortly after the last key. @param {Bureau} desk @param {string} place @param {Plan} plan @returns {Checked} */
function checked(desk, place, plan) {
  const draft = desk.drafts.of(place);
  const local = String(draft.typed["local"] ?? "");
  const later = draft.typed["later"];
  /** @type {Record<string, unknown>} */
  const body = { ...plan, roles: Object.fromEntries(Object.entries(plan.roles).filter(([, who]) => who)), local, ...(later === undefined ? {} : { later: later === "yes" }) };
  const asked = local ? JSON.stringify(body) : "";
  let state = /** @type {Checked | undefined} */ (desk.made.get(place));
  if (!state) desk.made.set(place, (state = { asked: "", answer: null, refusal: null, timer: 0 }));
  if (state.asked !== asked) {
    const mine = state;
    mine.asked = asked;
    mine.answer = mine.refusal = null;
    clearTimeout(mine.timer);
    if (asked) mine.timer = setTimeout(() => void ask(desk, mine, body, asked), WAIT_MS);
  }
  return state;
}

/** @param {Bureau} desk @param {Checked} state @param {Record<string, unknown>} body @param {string} asked */
async function ask(desk, state, body, asked) {
  try {
    const told = await desk.api.ask("clinic/booking-check", body);
    if (state.asked === asked) state.answer = told;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (state.asked === asked) state.refusal = error;
  }
  desk.paint();
}

/**
 * When, in every zone, and what speaks against it. @param {Bureau} desk @param {string} place @param {Plan} plan @param {string} [from] local time shown first
 * @returns {{fields: unknown, ready: boolean, appointed: number, despite: string[], rostered: Record<string, string>}}
 */
export function whenFields(desk, place, plan, from = "") {
  const draft = desk.drafts.of(place);
  if (from && draft.typed["local"] === undefined) draft.set("local", from);
  const { answer: told, refusal, asked } = checked(desk, place, plan);
  const put = (/** @type {string} */ name) => (/** @type {Event} */ event) => {
    draft.set(name, /** @type {HTMLInputElement} */ (event.target).value);
    desk.paint();
  };
  const problems = /** @type {any[]} */ (told?.problems ?? []);
  const despite = problems.filter((one) => one.clash && draft.typed[`over.${one.code}`] === true).map((one) => one.code);
  const left = problems.filter((one) => !despite.includes(one.code));
  const zones = told ? [...new Set([plan.zone, ...Object.values(/** @type {Record<string, string>} */ (told.zones))])] : [];
  const twice = refusal?.field === "later" || draft.typed["later"] !== undefined;
  const fields = html`<div class="field ${refusal ? "bad" : ""}"><label class="ask" for="local.${place}">When, on the client’s clock?</label>
      <span class="hint">${plan.zone.replaceAll("_", " ")}</span>
      <span class="entry"><input id="local.${place}" class="figure" type="datetime-local" max=${LAST} .value=${unlessHalfTyped(`local.${place}`, String(draft.typed["local"] ?? ""))} @input=${put("local")}></span>
      ${refusal && refusal.field !== "later" ? html`<span class="wrong" role="alert">${refusal.sentence}</span>` : nothing}</div>
    ${twice ? html`<div class="field scale" role="radiogroup" aria-label="Which one?"><span class="ask">This time comes twice that night. Which one?</span><span class="steps n2">
      ${[["no", "The first, summer time"], ["yes", "The second, standard time"]].map(([value = "", words]) => html`<button type="button" class="step" role="radio" aria-checked=${draft.typed["later"] === value ? "true" : "false"} @click=${() => { draft.set("later", value); desk.paint(); }}>${words}</button>`)}</span></div>` : nothing}
    ${told ? html`<ul class="zones" aria-label="The same moment elsewhere">${zones.map((zone) => html`<li><b class="num">${wall(told.appointed, zone)} ${zoneName(told.appointed, zone)}</b> ${day(told.appointed, zone)} <span class="meta">${zone.replaceAll("_", " ")}: ${whoIn(told.zones, zone, plan.zone)}</span></li>`)}
      <li class="meta">Takes everybody from ${wall(told.takes.from, plan.zone)} to ${wall(told.takes.to, plan.zone)} ${zoneName(told.takes.to, plan.zone)}.</li></ul>` : asked && !refusal ? html`<p class="quiet" role="status">Looking at everybody’s day…</p>` : nothing}
    ${problems.length ? html`<ul class="against" aria-label="What speaks against it">${problems.map((one) => html`<li class=${despite.includes(one.code) ? "over" : ""}><b>${one.sentence}</b> ${one.action}
      ${one.clash ? html`<label class="tickbox"><input type="checkbox" .checked=${draft.typed[`over.${one.code}`] === true} @change=${(/** @type {Event} */ event) => { draft.set(`over.${one.code}`, /** @type {HTMLInputElement} */ (event.target).checked); desk.paint(); }}>Book over it: I know</label>` : nothing}</li>`)}</ul>` : told ? html`<p class="fits">Nothing speaks against it.</p>` : nothing}`;
  return { fields, ready: Boolean(told) && !left.length, appointed: told?.appointed ?? 0, despite, rostered: told?.rostered ?? {} };
}

/** @param {Record<string, string>} zones @param {string} zone @param {string} own */
function whoIn(zones, zone, own) {
  const names = Object.entries(zones).filter(([, one]) => one === zone).map(([role]) => PARTS[role] ?? role);
  return names.join(", ") || (zone === own ? "client" : "");
}

/** What the server said to the press. @param {Bureau} desk @param {string} place */
export const reasonsFor = (desk, place) => answer(desk, place);

/** Book one session of a course. @param {Bureau} desk @param {any} told the client as the server tells it @param {any} course */
export function bookingForm(desk, told, course) {
  const place = `book.${course.course}`;
  const staff = desk.want("clinic/staff");
  if (!staff) return desk.waitingFor("clinic/staff");
  const draft = desk.drafts.of(place);
  const kind = String(draft.typed["kind"] ?? "");
  const lists = /** @type {Record<string, any[]>} */ ({ support: told.circle.filter((/** @type {any} */ one) => one.part === "support") });
  for (const role of ROLES) lists[role] ??= able(staff, role);
  const rostered = /** @type {Checked | undefined} */ (desk.made.get(place))?.answer?.rostered ?? {};
  /** Chosen by hand, else by the roster, else the course's own, else the only one there is. @param {string} role @returns {string} */
  const who = (role) => {
    const typed = draft.typed[role];
    if (typed !== undefined) return String(typed);
    if (role === "therapist") return course.therapist.person;
    return rostered[role] ?? (lists[role]?.length === 1 ? lists[role][0].person : "");
  };
  /** @type {Record<string, string>} */
  const roles = { client: told.client.person, ...Object.fromEntries(ROLES.map((role) => [role, who(role)])) };
  const found = kind ? whenFields(desk, place, { kind, course: course.course, roles, zone: told.client.zone }) : null;
  const appointed = found?.appointed ?? 0;
  const done = () => {
    draft.clear();
    desk.made.delete(place);
    desk.open = "";
    const adult = told.circle.find((/** @type {any} */ one) => one.person === roles["support"]);
    booked(desk, { name: told.client.name, appointed: appointed, zone: told.client.zone, kind, call: [told.client, adult] });
  };
  const send = () => {
    if (!found?.ready) return;
    const body = { kind, course: course.course, zone: told.client.zone, appointed: found.appointed, despite: found.despite, roles: Object.fromEntries(Object.entries(roles).filter(([, one]) => one)) };
    void desk.clinic(place, "sessions", body, { done });
  };
  const put = (/** @type {string} */ name) => (/** @type {Event} */ event) => {
    draft.set(name, /** @type {HTMLInputElement} */ (event.target).value);
    desk.paint();
  };
  return html`<form class="inrow booking" aria-label="Book a session" data-place=${place} @submit=${(/** @type {Event} */ event) => { event.preventDefault(); send(); }}>
    <div class="field scale" role="radiogroup" aria-label="What kind of session?"><span class="ask">What kind of session?</span><span class="steps n3">${KINDS.map(([value, words], n) => html`<button type="button" class="step" role="radio" aria-checked=${kind === value ? "true" : "false"} tabindex=${kind === value || (!kind && n === 0) ? 0 : -1} @click=${() => { draft.set("kind", value); desk.paint(); }}>${words}</button>`)}</span></div>
    ${found ? html`<div class="parts">${ROLES.map((role) => html`<div class="field"><label class="ask" for="${place}.${role}">${PARTS[role]}${rostered[role] && who(role) === rostered[role] && draft.typed[role] === undefined ? html` <small>by the roster</small>` : nothing}</label>
      <span class="entry"><select id="${place}.${role}" class="words" @change=${put(role)}><option value="" ?selected=${who(role) === ""}>Nobody yet</option>${(lists[role] ?? []).map((one) => html`<option value=${one.person} ?selected=${who(role) === one.person}>${one.name}</option>`)}</select></span></div>`)}</div>
      ${found.fields}<p class="row endrow"><span class="meta">${found.ready ? "" : "Choose a time that fits everybody."}</span><button class="btn main" type="submit" aria-disabled=${found.ready ? nothing : "true"}>${desk.waiting.has(place) ? "Booking…" : "Book for everybody"}</button></p>` : nothing}
    ${answer(desk, place)}</form>`;
}
