/**
 * The one way a list of fields becomes a form, on every page. What a person typed lives in a `Draft`, outside the elements, so that
 * it survives every redraw, a lost line and a reload of the page; it goes only when the record has it.
 *
 * @typedef {import("./types.js").Field} Field
 * @typedef {import("./types.js").Value} Value
 * @typedef {import("./types.js").Values} Values
 */

import { html, noChange, nothing, only } from "./dom.js";
import { ago, day, lastTime, toLocal, toUtc, wall } from "./clock.js";
import { Refusal } from "./api.js";
import { tab } from "./shelf.js";

/** How many drafts this page has had. */
let drafts = 0;

/** What is being typed into one form, and what is wrong with it. */
export class Draft {
  /** @param {string} shelf name under which this tab keeps it */
  constructor(shelf) {
    this.shelf = `telekap.draft.${shelf}`;
    /** As typed: numbers and times stay text here, so that a half typed `1` is not lost or judged. @type {Record<string, string | boolean>} */
    this.typed = tab.read(this.shelf, {});
    /** Field name → sentence; `""` is about the whole form. @type {Record<string, string>} */
    this.errors = {};
    this.sending = false;
    /** Which form of this page: two that are open at once ask for a reason each, and an id is one element's. */
    this.n = ++drafts;
  }

  /** @param {string} name @param {string | boolean} value */
  set(name, value) {
    this.typed[name] = value;
    delete this.errors[name];
    this.keep();
  }

  /** @param {string} name */
  forget(name) {
    delete this.typed[name];
    this.keep();
  }

  /** The record has it. */
  clear() {
    this.typed = {};
    this.errors = {};
    this.keep();
  }

  /** @private */
  keep() {
    tab.set(this.shelf, Object.keys(this.typed).length ? JSON.stringify(this.typed) : null);
  }

  /**
   * Values to send, or null with `errors` set. Only shape is judged here (empty, not a number); what a value means is the server's.
   * @param {Field[]} fields @param {{now: number, zone: string}} when @returns {Values | null}
   */
  values(fields, when) {
    /** @type {Values} */
    const values = {};
    this.errors = {};
    for (const field of asked(fields, this.typed)) {
      const typed = this.typed[field.name];
      if (field.kind === "date" && halfTyped(`f${this.n}-${field.name}`)) {
        this.errors[field.name] = "Finish the date, or leave it empty.";
      } else if (typed === undefined || typed === "") {
        if (lacks(field, this.typed)) this.errors[field.name] = field.unless ? "Fill this in, or say below why not." : field.kind === "choice" || field.kind === "flag" ? "Choose one." : "Fill this in.";
      } else if (field.kind === "number") {
        this.number(field, String(typed), values);
      } else if (field.kind === "time") {
        values[field.name] = moment(field, String(typed), when);
      } else {
        values[field.name] = typed;
      }
    }
    return Object.keys(this.errors).length ? null : values;
  }

  /** @private @param {Field} field @param {string} typed @param {Values} values */
  number(field, typed, values) {
    const value = Number(typed.trim().replace(",", "."));
    if (!Number.isFinite(value) || typed.trim() === "") this.errors[field.name] = "A number, please.";
    else if ((field.low ?? -Infinity) > value || (field.high ?? Infinity) < value) this.errors[field.name] = `Between ${field.low} and ${field.high}.`;
    else values[field.name] = value;
  }

  /**
   * Send: `post` gets the values; what was typed stays until it resolves. Errors go beside their field.
   * @param {Field[]} fields @param {{now: number, zone: string}} when @param {(values: Values) => Promise<unknown>} post
   * @param {() => void} redraw @returns {Promise<boolean>} whether the record has it
   */
  async send(fields, when, post, redraw) {
    if (this.sending) return false;
    const values = this.values(fields, when);
    if (!values) {
      redraw();
      return false;
    }
    this.sending = true;
    redraw();
    try {
      await post(values);
      this.clear();
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const beside = fields.some((field) => field.name === error.field) ? error.field : "";
      this.errors[beside] = error.sentence;
      return false;
    } finally {
      this.sending = false;
      redraw();
    }
  }
}

/** One draft per name for as long as the page lives. */
export class Drafts {
  /** @param {string} session */
  constructor(session) {
    this.session = session;
    /** @type {Map<string, Draft>} */
    this.all = new Map();
  }

  /** @param {string} name */
  of(name) {
    let draft = this.all.get(name);
    if (!draft) {
      draft = new Draft(`${this.session}.${name}`);
      this.all.set(name, draft);
    }
    return draft;
  }
}

/** More choices than this are a list to pick from: fifty buttons are no choice. */
const MOST_BUTTONS = 12;

/** A moment that lies ahead is asked with its day; one that lies behind as "at what time". @param {Field} field @param {number} now */
const ahead = (field, now) => field.low != null && field.low > now - 60_000;

/** UTC ms of a time as it was typed. @param {Field} field @param {string} typed @param {{now: number, zone: string}} when */
export function moment(field, typed, when) {
  return typed.includes("T") ? toUtc(typed, when.zone) : lastTime(typed, when.now, when.zone);
}

/**
 * @typedef {object} Look
 * @property {number} now clinic time, for times @property {string} zone IANA zone of the session
 * @property {() => void} redraw
 * @property {boolean} [disabled] not live: nothing that permits may be pressed; typing stays possible
 * @property {boolean} [hour12] people at home read 12 h
 * @property {Values} [last] last known values, shown beside, never filled in
 */

/**
 * The fields of a form, without its buttons. @param {Field[]} fields @param {Draft} draft @param {Look} look
 */
export function fieldset(fields, draft, look) {
  return html`<div class="fields">
    ${asked(fields, draft.typed).map((field) => row(field, draft, look))}
    ${draft.errors[""] ? html`<p class="wrong" role="alert">${draft.errors[""]}</p>` : nothing}
  </div>`;
}

/** @param {Field} field @param {Draft} draft @param {Look} look */
function row(field, draft, look) {
  const error = draft.errors[field.name];
  const id = `f${draft.n}-${field.name}`;
  const notes = html`${field.hint ? html`<span class="hint" id="${id}-hint">${field.hint}</span>` : nothing}
    ${error ? html`<span class="wrong" role="alert" id="${id}-wrong">${error}</span>` : nothing}`;
  const described = [field.hint ? `${id}-hint` : "", error ? `${id}-wrong` : ""].filter(Boolean).join(" ") || nothing;
  const choices = field.kind === "flag" ? [{ value: true, label: "Yes" }, { value: false, label: "No" }] : field.kind === "choice" ? (field.choices ?? []) : null;
  if (choices && choices.length <= MOST_BUTTONS) {
    return html`<div class="field scale ${error ? "bad" : ""}" role="radiogroup" aria-labelledby="${id}-l" aria-describedby=${described}
        @keydown=${arrows}>
      <span class="ask" id="${id}-l">${field.label}${optional(field)}</span>${notes}
      <span class="steps n${choices.length}">${choices.map((choice, at) => step(field, choice, at, draft, look))}</span></div>`;
  }
  return html`<div class="field ${error ? "bad" : ""}"><label class="ask" for=${id}>${field.label}${optional(field)}</label>${notes}
    ${choices ? list(field, id, described, draft, look) : field.kind === "date" ? date(field, id, described, draft, look) : field.kind === "time" ? time(field, id, described, draft, look) : line(field, id, described, draft, look)}</div>`;
}

/** What is asked of somebody who has answered so far: some questions only follow a yes. @param {Field[]} fields @param {Draft["typed"]} typed */
export const asked = (fields, typed) => fields.filter((field) => !field.only || typed[field.only] === "yes");

/** @param {Field} field */
const optional = (field) => (field.required === false && !field.unless ? html` <small>(may stay empty)</small>` : nothing);

/** Nothing is typed where something is wanted: here, or in the field that may stand for it. @param {Field} field @param {Draft["typed"]} typed */
export const lacks = (field, typed) => (typed[field.name] ?? "") === "" && (field.unless ? String(typed[field.unless] ?? "").trim() === "" : field.required !== false);

/**
 * @param {Field} field @param {{value: string | boolean, label: string}} choice @param {number} at @param {Draft} draft @param {Look} look
 */
function step(field, choice, at, draft, look) {
  const chosen = draft.typed[field.name] === choice.value;
  const none = draft.typed[field.name] === undefined;
  const was = look.last?.[field.name] === choice.value;
  return html`<button type="button" class="step ${was ? "was" : ""}" role="radio" aria-checked=${chosen ? "true" : "false"} data-value=${String(choice.value)}
    tabindex=${chosen || (none && at === 0) ? 0 : -1} @click=${() => put(field, choice.value, draft, look)}>${choice.label}</button>`;
}

/** Nothing is chosen until somebody chooses. @param {Field} field @param {string} id @param {unknown} described @param {Draft} draft @param {Look} look */
function list(field, id, described, draft, look) {
  const typed = draft.typed[field.name] ?? "";
  return html`<span class="entry"><select class="words" id=${id} aria-describedby=${described} @change=${(/** @type {Event} */ e) => put(field, value(e), draft, look)}>
    <option value="" ?selected=${typed === ""}>Choose</option>
    ${(field.choices ?? []).map((one) => html`<option value=${one.value} ?selected=${typed === one.value}>${one.label}</option>`)}</select></span>`;
}

/** @param {Field} field @param {string | boolean} value @param {Draft} draft @param {Look} look */
function put(field, value, draft, look) {
  draft.set(field.name, value);
  look.redraw();
}

/** Arrow keys walk a row of choices and digits press one, as in any radio group. @param {KeyboardEvent} event */
function arrows(event) {
  const group = /** @type {HTMLElement} */ (event.currentTarget);
  const steps = /** @type {HTMLElement[]} */ ([...group.querySelectorAll("[role=radio]")]);
  const here = steps.findIndex((step) => step === document.activeElement);
  const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  let target = move === undefined ? undefined : steps[(here + move + steps.length) % steps.length];
  if (/^\d$/.test(event.key)) target = steps.find((step) => step.dataset["value"] === event.key);
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.click();
}

/** @param {Field} field @param {string} id @param {unknown} described @param {Draft} draft @param {Look} look */
function line(field, id, described, draft, look) {
  const number = field.kind === "number";
  const range = number && field.low != null && field.high != null ? `${field.low} to ${field.high}` : "";
  const last = look.last?.[field.name];
  const input = html`<input class=${number ? "figure" : "words"} id=${id} type="text" inputmode=${number ? "decimal" : "text"} autocomplete="off"
    maxlength=${number ? 8 : 500} .value=${String(draft.typed[field.name] ?? "")} placeholder=${range} aria-describedby=${described}
    aria-invalid=${draft.errors[field.name] ? "true" : nothing} @input=${(/** @type {InputEvent} */ e) => put(field, value(e), draft, look)}>`;
  return html`<span class="entry">${input}${field.unit ? html`<span class="unit">${field.unit}</span>` : nothing}
    ${last !== undefined ? html`<span class="last">last ${String(last)}</span>` : nothing}</span>`;
}

/** A day of the calendar, `1984-02-29`. @param {Field} field @param {string} id @param {unknown} described @param {Draft} draft @param {Look} look */
function date(field, id, described, draft, look) {
  return html`<span class="entry"><input class="figure" id=${id} type="date" max=${LAST.slice(0, 10)} autocomplete="off" .value=${unlessHalfTyped(id, String(draft.typed[field.name] ?? ""))}
    aria-describedby=${described} aria-invalid=${draft.errors[field.name] ? "true" : nothing} @input=${(/** @type {InputEvent} */ e) => put(field, value(e), draft, look)}></span>`;
}

/** @param {Field} field @param {string} id @param {unknown} described @param {Draft} draft @param {Look} look */
function time(field, id, described, draft, look) {
  const typed = String(draft.typed[field.name] ?? "");
  const later = ahead(field, look.now);
  const when = typed ? moment(field, typed, look) : null;
  const least = later && field.low != null ? toLocal(field.low, look.zone) : undefined;
  return html`<span class="entry"><input class="figure" id=${id} type=${later ? "datetime-local" : "time"} .value=${unlessHalfTyped(id, typed)} min=${least ?? nothing} max=${later ? LAST : nothing}
      aria-describedby=${described} @input=${(/** @type {InputEvent} */ e) => put(field, value(e), draft, look)}>
    ${when === null || Number.isNaN(when) ? nothing : html`<span class="unit">${day(when, look.zone)}, ${wall(when, look.zone, look.hour12)}${when <= look.now ? html`, ${ago(look.now - when)}` : nothing}</span>`}</span>`;
}

/** The last moment a date field takes: with a year of four digits the next key goes on to the hour. */
export const LAST = "2199-12-31T23:59";

/**
 * What stands in a date or time field. One that is half typed says that it is empty; to write that back would take away the half that
 * was typed, and the next key would fall into another part of it.
 * @param {string} id of the field @param {string} typed
 */
export function unlessHalfTyped(id, typed) {
  return halfTyped(id) ? noChange : typed;
}

/** @param {string} id of the field */
function halfTyped(id) {
  const field = document.getElementById(id);
  return field instanceof HTMLInputElement && field.validity.badInput;
}

/** @param {Event} event */
const value = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/**
 * The button that sends a form. Shut while the page is not live: what would be sent could rest on what is no longer true.
 * @param {{label: string, draft: Draft, disabled: boolean, send: () => void, kind?: string}} button
 */
export function sendButton({ label, draft, disabled, send, kind = "main" }) {
  const shut = disabled || draft.sending;
  return html`<button type="button" class="btn ${kind}" aria-disabled=${only(shut, "true")} @click=${() => { if (!shut) send(); }}>${draft.sending ? "Saving…" : label}</button>`;
}
