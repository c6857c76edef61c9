/** The call moved to another device of the same person: said in words, with the one press that brings it back. */

import { html, nothing } from "../lib/dom.js";

/** @param {import("../lib/seat.js").Seat} seat @param {{look?: string, words?: boolean}} [how] `look`: classes of the button; `words`: false from the dose on, where few may stand */
export function elsewhere(seat, { look = "btn client", words = true } = {}) {
  if (!seat.elsewhere) return nothing;
  return html`<div class="elsewhere stack" role="status">${words ? html`<p>Your picture and sound are on your other device now.</p>` : nothing}
    <button type="button" class=${look} @click=${() => void seat.useHere()}>Use this device instead</button></div>`;
}
