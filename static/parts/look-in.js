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
import { codePad } from "./code-pad.js";

/** A check-in in one of these asks nothing of anybody. */
export const FREE = new Set(["done", "later"]);
const CANNOT_SEE = "cannot_see";
/** So many choices stand on one screen at most. Of more, the first is how it should be and the last "I do not know". */
const MOST = 3;

export class LookIn {
  /**
   * @param {{api: import("../lib/api.js").Api, drafts: import("../lib/form.js").Drafts, live: import("../lib/live.js").Live, redraw: () => void, saved: (remember: string) => void}} parts
   *   `saved`: the record has what was seen; told what is to be remembered after it, "" usually
   */
  constructor({ api, drafts, live, redraw, saved }) {
    this.api = api;
    this.drafts = drafts;
    this.live = live;
    this.redraw = redraw;
    this.saved = saved;
    /** Id of the check-in being answered; "" none. */
    this.open = "";
    this.at = 0;
    /** What is not as it should be is asked on a second screen: which of these. */
    this.other = false;
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
    this.other = false;
    this.problem = "";
    this.redraw();
  }

  stop() {
    this.open = "";
    this.redraw();
  }

  /** @private @param {CheckInView} check @param {string | boolean | undefined} value undefined: what the draft holds */
  step(check, value) {
    const form = questions(check);
    const field = form[this.at];
    const draft = this.drafts.of(`check.${check.id}`);
    if (field && value !== undefined) draft.set(field.name, value);
    this.other = false;
    if (this.at + 1 < form.length) {
      this.at += 1;
      this.redraw();
    } else {
      void this.send(check);
    }
  }

  /** The code is not readable: said in words of its own where the form has them. @private @param {CheckInView} check */
  cannotSee(check) {
    if (check.form.some((field) => field.name === CANNOT_SEE)) this.drafts.of(`check.${check.id}`).set(CANNOT_SEE, true);
    this.step(check, "");
  }

  /** @private @param {CheckInView} check */
  async send(check) {
    const draft = this.drafts.of(`check.${check.id}`);
    const view = this.live.view;
    const said = Math.round(this.live.now());
    const values = draft.values(check.form, { now: said, zone: view?.zone ?? "UTC" });
    if (!values) {
      this.at = Math.max(0, questions(check).findIndex((field) => draft.errors[field.name]));
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
      const lines = (view?.remembered ?? []).filter((one) => values[one.field] === one.value).map((one) => one.line);
      this.saved(lines.join(" "));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.problem = error.sentence;
      this.open = check.id;
      this.at = Math.max(0, questions(check).findIndex((field) => field.name === error.field));
    } finally {
      this.sent.delete(check.id);
      this.redraw();
    }
  }

  /** The screen of the present question. @param {View} view @param {CheckInView} check @param {unknown} help the button that is always last */
  screen(view, check, help) {
    const form = questions(check);
    const field = form[this.at];
    if (!field) return nothing;
    const left = check.grace_until - this.live.now();
    return html`<main class="page">
      <header class="top"><span>${this.at + 1} of ${form.length}</span>
        <span class="clock">${left > 0 ? html`${countdown(left)} <span class="since">left</span>` : "Now"}</span></header>
      <div class="step2"><h1 class="lead" id="f-${field.name}-l">${field.label.replace("{client}", short(view.client.name))}</h1>
        ${field.hint ? html`<p class="quiet">${field.hint}</p>` : nothing}
        ${this.problem ? html`<p class="wrong" role="alert">${this.problem}</p>` : nothing}${this.answer(view, check, field)}</div>
      <div class="acts">${help}</div></main>`;
  }

  /** @private @param {boolean} other */
  otherwise(other) {
    this.other = other;
    this.redraw();
  }

  /** @private */
  back() {
    if (this.other) {
      this.otherwise(false);
      return;
    }
    if (this.at === 0) {
      this.stop();
      return;
    }
    this.at -= 1;
    this.redraw();
  }

  /** @private @param {View} view @param {CheckInView} check @param {Field} field */
  answer(view, check, field) {
    const draft = this.drafts.of(`check.${check.id}`);
    const wrong = draft.errors[field.name];
    const typed = String(draft.typed[field.name] ?? "");
    const empty = field.required === false && !isCode(field) && field.kind !== "choice" && field.kind !== "flag"
      ? html`<button type="button" class="btn support" @click=${() => this.step(check, "")}>Leave it empty</button>`
      : nothing;
    const ways = html`<div class="ways">${empty}<button type="button" class="btn support" @click=${() => this.back()}>${icon("back")} ${this.at || this.other ? "Back" : "Not now"}</button></div>`;
    if (field.kind === "choice" || field.kind === "flag") {
      const choices = field.kind === "flag" ? [{ value: true, label: "Yes" }, { value: false, label: "No" }] : (field.choices ?? []);
      const few = choices.length <= MOST;
      const shown = few ? choices : this.other ? choices.slice(1, -1) : [choices[0], choices.at(-1)];
      const buttons = shown.map((one) => html`<button type="button" class="btn support" @click=${() => this.step(check, one?.value)}>${one?.label}</button>`);
      if (!few && !this.other) buttons.splice(1, 0, html`<button type="button" class="btn support" @click=${() => this.otherwise(true)}>Something else</button>`);
      return html`<div class="acts" role="group" aria-labelledby="f-${field.name}-l">${buttons}</div>${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}${ways}`;
    }
    if (isCode(field)) return html`${this.pad(check, field, typed)}${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}${ways}`;
    const look = { now: this.live.now(), zone: view.zone, redraw: this.redraw, hour12: true };
    return html`${fieldset([field], draft, look)}
      ${sendButton({ label: "Next", draft, disabled: false, kind: "support all", send: () => this.step(check, undefined) })}${ways}`;
  }

  /** @private @param {CheckInView} check @param {Field} field @param {string} typed */
  pad(check, field, typed) {
    const draft = this.drafts.of(`check.${check.id}`);
    const type = (/** @type {string} */ next) => {
      draft.set(field.name, next);
      if (next) draft.forget(CANNOT_SEE);
      this.redraw();
    };
    return codePad({ typed, type, full: (code) => this.step(check, code), cannot: { label: "I cannot see it", press: () => this.cannotSee(check) } });
  }
}

/** The presence code is asked with a pad of its own. @param {Field} field */
const isCode = (field) => field.name === "code";

/** What is asked one by one: "I cannot see the code" is a button on the code's own screen. @param {CheckInView} check */
const questions = (check) => check.form.filter((field) => field.name !== CANNOT_SEE || !check.form.some(isCode));
