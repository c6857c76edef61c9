/**
 * Single keys for somebody whose eyes are on a picture. They never fire in a field, never with a modifier, and can be turned off.
 * None of them does anything that cannot be taken back; Emergency needs E twice.
 */

import { html } from "../lib/dom.js";

const OFF = "telekap.keys.off";
/** Two presses of a doubled key lie at most this far apart, ms. */
const TWICE_MS = 1_500;

/** @typedef {{ key: string, words: string, twice?: boolean, act: () => void }} Key */

export class Keys {
  /** @param {Key[]} list @param {() => void} paint */
  constructor(list, paint) {
    this.list = list;
    this.paint = paint;
    this.last = { key: "", at: 0 };
    this.off = localStorage.getItem(OFF) === "yes";
    addEventListener("keydown", (event) => this.press(event));
  }

  /** @private @param {KeyboardEvent} event */
  press(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || this.off || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (target.closest("input, textarea, select, [contenteditable]")) return;
    const pressed = event.key.toLowerCase();
    const key = this.list.find((one) => one.key === pressed);
    const before = this.last;
    this.last = { key: pressed, at: performance.now() };
    if (!key) return;
    event.preventDefault();
    if (key.twice && !(before.key === pressed && this.last.at - before.at < TWICE_MS)) return;
    key.act();
    this.paint();
  }

  /** The list, with the switch. */
  draw() {
    const flip = () => {
      this.off = !this.off;
      localStorage.setItem(OFF, this.off ? "yes" : "no");
      this.paint();
    };
    return html`<section class="panel keys" aria-label="Keys" id="keys" tabindex="-1"><header><h2>Keys</h2></header>
      <dl class="keylist">${this.list.map((one) => html`<dt><span class="key">${one.twice ? `${one.key} ${one.key}` : one.key}</span></dt><dd>${one.words}</dd>`)}</dl>
      <button class="btn" type="button" aria-pressed=${this.off} @click=${flip}>${this.off ? "Single keys are off" : "Turn single keys off"}</button></section>`;
  }
}
