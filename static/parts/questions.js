/**
 * A form for people at home: one question a screen, then what was said, once, to be confirmed. A press on a choice goes on by itself;
 * nothing is sent by it, so a wrong press costs one touch and no session. Words that belong together (an address) stand together.
 *
 * @typedef {import("../lib/types.js").Field} Field
 * @typedef {import("../lib/form.js").Draft} Draft
 * @typedef {import("../lib/form.js").Look} Look
 * @typedef {{typed: boolean, fields: Field[]}} Sheet
 */

import { day, wall } from "../lib/clock.js";
import { html, icon, nothing } from "../lib/dom.js";
import { asked, fieldset, moment, sendButton } from "../lib/form.js";

/** More choices than this are a list to pick from, beside the words of an address. */
const MOST_BUTTONS = 12;

/** @param {Field} field */
const choices = (field) => (field.kind === "flag" ? [{ value: true, label: "Yes" }, { value: false, label: "No" }] : field.kind === "choice" ? (field.choices ?? []) : []);

/** What stands on one screen each. @param {Field[]} form @returns {Sheet[]} */
export function sheetsOf(form) {
  /** @type {Sheet[]} */
  const sheets = [];
  for (const field of form) {
    const typed = !choices(field).length || choices(field).length > MOST_BUTTONS;
    const last = sheets.at(-1);
    if (typed && last && (last.typed || field.required === false)) last.fields.push(field);
    else sheets.push({ typed, fields: [field] });
  }
  return sheets;
}

/** Remembers on which screen of each form somebody is. */
export class Questions {
  /** @param {{drafts: import("../lib/form.js").Drafts, redraw: () => void}} parts */
  constructor({ drafts, redraw }) {
    this.drafts = drafts;
    this.redraw = redraw;
    /** @type {Map<string, number>} */
    this.at = new Map();
  }

  /** @param {string} name */
  forget(name) {
    this.at.delete(name);
  }

  /** Go to one screen, and let ears and keyboards follow. @private @param {string} name @param {number} at */
  go(name, at) {
    this.at.set(name, at);
    this.redraw();
    scrollTo(0, 0);
    queueMicrotask(() => document.getElementById("question")?.focus({ preventScroll: true })); // behind the microtask that draws
  }

  /** Into the first field that is not right yet: it may stand above what is in sight, and then nothing would seem to have happened. @private */
  toTheWrong() {
    this.redraw();
    queueMicrotask(() => {
      const field = /** @type {HTMLElement | null} */ (document.querySelector(".field.bad :is(input, select, [role=radio])"));
      field?.closest(".field")?.scrollIntoView({ block: "center" });
      field?.focus({ preventScroll: true });
    });
  }

  /**
   * @param {{name: string, title: string, form: Field[], look: Look, kind: string, label?: string, note?: (titled: boolean) => unknown, extra?: unknown,
   *   kept?: Record<string, string>, whole?: () => void, leave?: {label: string, press: () => void} | null, send: () => Promise<boolean>}} what
   *   `note`: what stands above; `titled`: the title stands below it anyway. `kind`: class of the buttons. `label`: what confirms. `leave`: the way out of the first screen. `send`: whether the record has it.
   *   `kept`: what is not asked again but read back with the rest; `whole`: somebody wants to say all of it anew
   */
  draw({ name, title, form, look, kind, label = "That is right", note = () => nothing, extra = nothing, kept = {}, whole = () => {}, leave = null, send }) {
    const draft = this.drafts.of(name);
    const sheets = sheetsOf(asked(form, draft.typed).filter((field) => kept[field.name] === undefined));
    // Settled when the form is first drawn: what is being typed must not carry anybody on.
    if (!this.at.has(name)) this.at.set(name, begun(sheets, draft));
    const at = Math.min(this.at.get(name) ?? 0, sheets.length);
    const sheet = sheets[at];
    const back = at > 0 ? { label: "Back", press: () => this.go(name, at - 1) } : leave;
    const way = back ? html`<button type="button" class="btn ${kind} plain" @click=${back.press}>${icon("back")} ${back.label}</button>` : nothing;
    if (!sheet) return this.review({ name, sheets, fields: asked(form, { ...kept, ...draft.typed }), kept, whole, draft, look, kind, label, way, send });
    const one = sheet.fields.length === 1 && !sheet.typed ? sheet.fields[0] : undefined;
    return html`${note(!one)}<h1 class="lead" id="question" tabindex="-1">${one ? one.label : title}</h1>
      ${at === 0 ? extra : nothing}${one ? this.choose(name, one, at, draft, kind) : this.type(name, sheet, at, draft, look, kind)}
      ${way === nothing ? nothing : html`<div class="acts">${way}</div>`}`;
  }

  /** @private @param {string} name @param {Field} field @param {number} at @param {Draft} draft @param {string} kind */
  choose(name, field, at, draft, kind) {
    const press = (/** @type {string | boolean} */ value) => {
      draft.set(field.name, value);
      this.go(name, at + 1);
    };
    const wrong = draft.errors[field.name];
    return html`${field.hint ? html`<p class="soft">${field.hint}</p>` : nothing}${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}
      <div class="acts pick n${choices(field).length}" role="group" aria-labelledby="question">${choices(field).map(
        (one) => html`<button type="button" class="btn ${kind}" aria-pressed=${draft.typed[field.name] === one.value ? "true" : "false"} @click=${() => press(one.value)}>${one.label}</button>`,
      )}</div>`;
  }

  /** @private @param {string} name @param {Sheet} sheet @param {number} at @param {Draft} draft @param {Look} look @param {string} kind */
  type(name, sheet, at, draft, look, kind) {
    const next = () => {
      if (draft.values(sheet.fields, look)) this.go(name, at + 1);
      else this.toTheWrong();
    };
    return html`<form class="typed" novalidate @submit=${(/** @type {Event} */ event) => { event.preventDefault(); next(); }}>${fieldset(sheet.fields, draft, look)}
      <div class="acts"><button type="submit" class="btn ${kind} main">Next</button></div></form>`;
  }

  /** @private @param {{name: string, sheets: Sheet[], fields: Field[], kept: Record<string, string>, whole: () => void, draft: Draft, look: Look, kind: string, label: string, way: unknown, send: () => Promise<boolean>}} what */
  review({ name, sheets, fields, kept, whole, draft, look, kind, label, way, send }) {
    const press = async () => {
      if (await send()) {
        this.forget(name);
        return;
      }
      const wrong = sheets.findIndex((sheet) => sheet.fields.some((field) => draft.errors[field.name]));
      if (wrong < 0) return;
      this.go(name, wrong);
      this.toTheWrong();
    };
    return html`<h1 class="lead" id="question" tabindex="-1">Is that right?</h1>
      <dl class="said">${fields.map((field) => html`<div><dt>${field.label}</dt><dd>${said(field, kept[field.name] ?? draft.typed[field.name], look)}</dd></div>`)}</dl>
      ${draft.errors[""] ? html`<p class="wrong" role="alert">${draft.errors[""]}</p>` : nothing}
      <div class="acts">${sendButton({ label, draft, disabled: look.disabled ?? false, kind: `${kind} main`, send: () => void press() })}${way}
      ${Object.keys(kept).length ? html`<button type="button" class="btn ${kind} plain" @click=${whole}>Something else changed</button>` : nothing}</div>`;
  }
}

/** Where a page that was reloaded goes on: at the first question without an answer. @param {Sheet[]} sheets @param {Draft} draft */
function begun(sheets, draft) {
  const open = sheets.findIndex((sheet) => sheet.fields.some((field) => field.required !== false && (draft.typed[field.name] ?? "") === ""));
  return open < 0 ? sheets.length : open;
}

/** One answer as it will be kept, in words. @param {Field} field @param {string | boolean | undefined} typed @param {Look} look */
function said(field, typed, look) {
  if (typed === undefined || typed === "") return "—";
  const choice = choices(field).find((one) => one.value === typed);
  if (choice) return choice.label;
  if (field.kind !== "time") return `${typed} ${field.unit ?? ""}`.trim();
  const at = moment(field, String(typed), look);
  return Number.isNaN(at) ? String(typed) : `${day(at, look.zone)}, ${wall(at, look.zone, look.hour12)}`;
}
