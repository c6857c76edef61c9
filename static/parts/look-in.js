/**
 * One check-in at the bed: one question a screen, in the order of the server's form. A choice goes on by itself, figures have a pad of
 * their own. What was pressed is kept until the record has it, and carries the moment it was seen.
 *
 * @typedef {import("../lib/types.js").CheckInView} CheckInView
 * @typedef {import("../lib/types.js").Field} Field
 * @typedef {import("../lib/types.js").View} View
 */

import { countdown } from "../lib/clock.js";
import { html, icon, nothing, short } from "../lib/dom.js";
import { fieldset, sendButton } from "../lib/form.js";
import { Refusal } from "../lib/api.js";

/** A check-in in one of these asks nothing of anybody. */
export const FREE = new Set(["done", "later"]);
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "back"];
/** The presence code on the client's screen has this many figures. */
const CODE_LENGTH = 3;

export class LookIn {
  /**
   * @param {{api: import("../lib/api.js").Api, drafts: import("../lib/form.js").Drafts, live: import("../lib/live.js").Live, redraw: () => void}} parts
   */
  constructor({ api, drafts, live, redraw }) {
    this.api = api;
    this.drafts = drafts;
    this.live = live;
    this.redraw = redraw;
    /** Id of the check-in being answered; "" none. */
    this.open = "";
    this.at = 0;
    this.problem = "";
    /** Sent, and perhaps not yet answered by the server: not offered again meanwhile. @type {Set<string>} */
    this.sent = new Set();
  }

  /** The check-in this person may answer now. @param {View} view */
  now(view) {
    const one = view.check_ins.find((check) => check.id === view.now_check_in);
    return one && one.form.length > 0 && !this.sent.has(one.id) ? one : null;
  }

  /** @param {string} id */
  start(id) {
    this.open = id;
    this.at = 0;
    this.problem = "";
    this.redraw();
  }

  stop() {
    this.open = "";
    this.redraw();
  }

  /** @private @param {CheckInView} check @param {string | boolean | undefined} value undefined: left empty */
  step(check, value) {
    const field = check.form[this.at];
    const draft = this.drafts.of(`check.${check.id}`);
    if (field && value !== undefined) draft.set(field.name, value);
    if (this.at + 1 < check.form.length) {
      this.at += 1;
      this.redraw();
    } else {
      void this.send(check);
    }
  }

  /** @private @param {CheckInView} check */
  async send(check) {
    const draft = this.drafts.of(`check.${check.id}`);
    const view = this.live.view;
    const said = Math.round(this.live.now());
    const values = draft.values(check.form, { now: said, zone: view?.zone ?? "UTC" });
    if (!values) {
      this.at = Math.max(0, check.form.findIndex((field) => draft.errors[field.name]));
      this.redraw();
      return;
    }
    // It is on its way and will be tried until it is answered: the phone goes back to watching, nobody waits for a network.
    this.sent.add(check.id);
    this.open = "";
    this.redraw();
    try {
      await this.api.post("check-ins", { check_in: check.id, values, said_at: said });
      draft.clear();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.problem = error.sentence;
      this.open = check.id;
      this.at = Math.max(0, check.form.findIndex((field) => field.name === error.field));
    } finally {
      this.sent.delete(check.id);
      this.redraw();
    }
  }

  /** The screen of the present question. @param {View} view @param {CheckInView} check @param {unknown} help the button that is always last */
  screen(view, check, help) {
    const field = check.form[this.at];
    if (!field) return nothing;
    const left = check.grace_until - this.live.now();
    return html`<main class="page">
      <header class="top"><span>${this.at + 1} of ${check.form.length}</span>
        <span class="clock">${left > 0 ? html`${countdown(left)} <span class="since">left</span>` : "Now"}</span></header>
      <div class="step2"><h1 class="lead" id="f-${field.name}-l">${field.label.replace("{client}", short(view.client.name))}</h1>
        ${field.hint ? html`<p class="quiet">${field.hint}</p>` : nothing}
        ${this.problem ? html`<p class="wrong" role="alert">${this.problem}</p>` : nothing}${this.answer(view, check, field)}</div>
      <div class="acts">${this.at > 0
        ? html`<button type="button" class="btn support" @click=${() => { this.at -= 1; this.redraw(); }}>${icon("back")} Back</button>`
        : html`<button type="button" class="btn support" @click=${() => this.stop()}>${icon("back")} Not now</button>`}${help}</div></main>`;
  }

  /** @private @param {View} view @param {CheckInView} check @param {Field} field */
  answer(view, check, field) {
    const draft = this.drafts.of(`check.${check.id}`);
    const wrong = draft.errors[field.name];
    const typed = String(draft.typed[field.name] ?? "");
    const skip = field.required === false
      ? html`<button type="button" class="btn support" @click=${() => this.step(check, "")}>${isCode(field) ? "I cannot see it" : "Leave it empty"}</button>`
      : nothing;
    if (field.kind === "choice" || field.kind === "flag") {
      const choices = field.kind === "flag" ? [{ value: true, label: "Yes" }, { value: false, label: "No" }] : (field.choices ?? []);
      return html`<div class="acts" role="group" aria-labelledby="f-${field.name}-l">${choices.map(
        (one) => html`<button type="button" class="btn support" @click=${() => this.step(check, one.value)}>${one.label}</button>`,
      )}</div>${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}`;
    }
    if (isCode(field)) return html`${this.pad(check, field, typed)}${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}${skip}`;
    const look = { now: this.live.now(), zone: view.zone, redraw: this.redraw, hour12: true };
    return html`${fieldset([field], draft, look)}
      ${sendButton({ label: "Next", draft, disabled: false, kind: "support all", send: () => this.step(check, undefined) })}${skip}`;
  }

  /** @private @param {CheckInView} check @param {Field} field @param {string} typed */
  pad(check, field, typed) {
    const press = (/** @type {string} */ digit) => {
      const next = digit === "back" ? typed.slice(0, -1) : `${typed}${digit}`.slice(0, CODE_LENGTH);
      this.drafts.of(`check.${check.id}`).set(field.name, next);
      if (digit !== "back" && next.length === CODE_LENGTH) this.step(check, next);
      else this.redraw();
    };
    return html`<ol class="digits" aria-label="Figures so far: ${typed.split("").join(" ") || "none"}">${Array.from({ length: CODE_LENGTH }, (_, at) =>
      html`<li class=${at === typed.length ? "now" : ""}>${typed[at] ?? ""}</li>`)}</ol>
      <div class="pad" role="group" aria-label="Figures">${DIGITS.map((digit) => digit === ""
        ? html`<span></span>`
        : html`<button type="button" class="btn" aria-label=${digit === "back" ? "Delete" : digit} @click=${() => press(digit)}>${digit === "back" ? icon("back") : digit}</button>`)}</div>`;
  }
}

/** The presence code is asked with a pad of its own. @param {Field} field */
const isCode = (field) => field.name === "code" || field.name === "presence_code";
