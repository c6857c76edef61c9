/**
 * A button for one act that cannot be taken back lightly: hold it 1.5 s, a bar fills inside; letting go empties it. From the
 * keyboard, or any device that only clicks: press once, then confirm the sentence that appears.
 */

import { html, nothing } from "../lib/dom.js";
import { lock } from "./signs.js";

/** How long it is held, ms (design of the look, §4; the act itself is judged by the server). */
export const HOLD_MS = 1_500;

/** Remembers only the press that is going on. */
export class HoldButton {
  /** @param {() => void} paint */
  constructor(paint) {
    this.paint = paint;
    this.holding = false;
    /** When it began, ms of the browser's event clock. */
    this.since = 0;
    /** The confirming button is shown. */
    this.asked = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /**
   * @param {{ label: string, sure: string, shut: boolean, reasons: string, busy: boolean, act: () => void, id: string }} what
   *   `sure`: the whole sentence of the second press. `reasons`: id of the element that says why it is shut.
   */
  draw({ label, sure, shut, reasons, busy, act, id }) {
    if (shut && (this.holding || this.asked)) this.cancel();
    const down = (/** @type {PointerEvent} */ event) => {
      if (shut || busy || event.button !== 0) return;
      const button = /** @type {HTMLElement} */ (event.currentTarget);
      button.setPointerCapture(event.pointerId); // the finger may wander; letting go anywhere empties the bar
      this.holding = true;
      this.since = event.timeStamp;
      this.timer = setTimeout(done, HOLD_MS);
      this.paint();
    };
    const done = () => {
      this.cancel();
      act();
      this.paint();
    };
    const up = (/** @type {PointerEvent} */ event) => {
      if (!this.holding) return;
      // The browser stamps a press when it happens; a busy page hears of it, and of its own timer, later. The hand counts.
      if (event.type === "pointerup" && event.timeStamp - this.since >= HOLD_MS) {
        done();
        return;
      }
      this.cancel();
      this.paint();
    };
    const click = (/** @type {MouseEvent} */ event) => {
      // detail is 0 for Enter, Space, a switch or a screen reader: no pointer was held, so ask for a second press.
      if (shut || busy || event.detail !== 0) return;
      this.asked = true;
      this.paint();
      queueMicrotask(() => document.getElementById(`${id}-sure`)?.focus()); // behind the microtask that paints
    };
    // A key that is kept down repeats, and must not run on into the second press.
    const once = (/** @type {KeyboardEvent} */ event) => {
      if (event.repeat) event.preventDefault();
    };
    const sureNow = () => {
      this.asked = false;
      act();
    };
    return html`<span class="holder">
      <button id=${id} class="btn hold ${this.holding ? "filling" : ""}" type="button" aria-disabled=${shut || busy ? "true" : nothing}
        aria-describedby=${reasons || nothing} @pointerdown=${down} @pointerup=${up} @pointercancel=${up} @lostpointercapture=${up}
        @click=${click} @contextmenu=${(/** @type {Event} */ e) => e.preventDefault()}>
        ${shut ? lock() : nothing}<span>${busy ? "Sending…" : label}</span></button>
      ${this.asked
        ? html`<button id="${id}-sure" class="btn main" type="button" @keydown=${once} @click=${sureNow}>${sure}</button>
          <button class="btn" type="button" @click=${() => { this.cancel(); this.paint(); }}>Not now</button>`
        : nothing}</span>`;
  }

  cancel() {
    clearTimeout(this.timer);
    this.holding = false;
    this.asked = false;
  }
}
