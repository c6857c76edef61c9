/** The call moved to another device of the same person: said in words, with the one press that brings it back. */

import { html, nothing } from "../lib/dom.js";

/** @param {import("../lib/seat.js").Seat} seat @param {string} [look] classes of the button */
export function elsewhere(seat, look = "btn client") {
  if (!seat.elsewhere) return nothing;
  return html`<div class="elsewhere stack" role="status"><p>Your picture and sound are on your other device now.</p>
    <button type="button" class=${look} @click=${() => void seat.useHere()}>Use this device instead</button></div>`;
}
