/**
 * What changes how people get in asks for a second factor of this moment: shown where the press was, then the press is sent again.
 */

import { Refusal } from "../lib/api.js";
import { html, nothing } from "../lib/dom.js";
import { NoPasskey, possible } from "../lib/passkey.js";

/** One press at a time on one page. Calls `draw` whenever something to be shown changed. */
export class Proving {
  /** @param {import("../lib/api.js").Api} api @param {() => void} draw */
  constructor(api, draw) {
    this.api = api;
    this.draw = draw;
    /** Where the press was; "" = none is open. */
    this.place = "";
    this.busy = false;
    this.asking = false;
    this.no = "";
    this.field = "";
    this.code = "";
    /** @type {(() => Promise<unknown>) | null} */
    this.again = null;
  }

  /** Do it, asking for the second factor if the server wants one. @param {string} place @param {() => Promise<unknown>} work */
  async run(place, work) {
    if (this.busy) return;
    Object.assign(this, { place, again: work, busy: true, asking: false, no: "", field: "" });
    this.draw();
    try {
      await work();
      this.place = "";
    } catch (error) {
      this.take(error);
    }
    this.busy = false;
    this.draw();
    if (this.asking) document.getElementById("second-factor")?.focus();
  }

  /** @private @param {unknown} error */
  take(error) {
    if (error instanceof Refusal && error.has("second_factor")) this.asking = true;
    else if (error instanceof Refusal || error instanceof NoPasskey) {
      const acts = error instanceof Refusal ? error.reasons.map((one) => one.action).filter(Boolean) : [];
      this.no = [error.message, ...acts].join(" ");
      this.field = error instanceof Refusal ? error.field : "";
    } else throw error;
  }

  /** @private @param {() => Promise<void>} how */
  async prove(how) {
    const again = this.again;
    if (this.busy || !again) return;
    this.busy = true;
    this.no = "";
    this.draw();
    try {
      await how();
      this.code = "";
      this.busy = false;
      await this.run(this.place, again);
    } catch (error) {
      this.busy = false;
      this.take(error);
      this.draw();
    }
  }

  /** What is to be shown at a place, or nothing. @param {string} place */
  at(place) {
    if (this.place !== place) return nothing;
    const no = this.no ? html`<p class="note stop" role="alert">${this.no}</p>` : nothing;
    if (!this.asking) return no;
    const typed = (/** @type {InputEvent} */ event) => {
      this.code = /** @type {HTMLInputElement} */ (event.target).value;
      if (/^\d{6}$/.test(this.code.trim())) void this.prove(() => this.api.secondFactor(this.code.trim()));
    };
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.prove(() => this.api.secondFactor(this.code.trim()));
    };
    const busy = this.busy ? "true" : nothing;
    return html`<form class="note second" aria-label="Confirm that it is you" @submit=${submit}>
      <label for="second-factor"><b>Confirm that it is you.</b> Six digits from your authenticator, or a recovery code.</label>
      <span class="row"><input id="second-factor" class="code" autocomplete="one-time-code" autocapitalize="none" maxlength="20" .value=${this.code} @input=${typed}>
      <button class="btn main" type="submit" aria-disabled=${busy}>${this.busy ? "Checking…" : "Confirm"}</button>
      ${possible() ? html`<button class="btn" type="button" aria-disabled=${busy} @click=${() => void this.prove(() => this.api.secondFactorByPasskey())}>Use a passkey</button>` : nothing}
      <button class="btn plain" type="button" @click=${() => { this.place = ""; this.draw(); }}>Not now</button></span>${no}</form>`;
  }
}
