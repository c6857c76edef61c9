/** A pad for the three figures that are read off the client's screen: big keys, no keyboard sliding up. */

import { html, icon } from "../lib/dom.js";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "back"];
export const CODE_LENGTH = 3;

/** @param {{typed: string, type: (typed: string) => void, full: (code: string) => void, cannot: {label: string, press: () => void}}} pad `cannot`: the way out, where it is looked for */
export function codePad({ typed, type, full, cannot }) {
  const press = (/** @type {string} */ digit) => {
    const next = digit === "back" ? typed.slice(0, -1) : `${typed}${digit}`.slice(0, CODE_LENGTH);
    type(next);
    if (digit !== "back" && next.length === CODE_LENGTH) full(next);
  };
  return html`<ol class="digits" aria-label="Figures so far: ${typed.split("").join(" ") || "none"}">${Array.from({ length: CODE_LENGTH }, (_, at) =>
    html`<li class=${at === typed.length ? "now" : ""}>${typed[at] ?? ""}</li>`)}</ol>
    <div class="pad" role="group" aria-label="Figures">${DIGITS.map((digit) => digit === ""
      ? html`<button type="button" class="btn word" @click=${cannot.press}>${cannot.label}</button>`
      : html`<button type="button" class="btn" aria-label=${digit === "back" ? "Delete" : digit} @click=${() => press(digit)}>${digit === "back" ? icon("back") : digit}</button>`)}</div>`;
}
