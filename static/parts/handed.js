/**
 * A link that exists only here and now: to be handed over by voice, on paper, or in a message that says nothing else.
 */

import { html } from "../lib/dom.js";

/** @param {string} name @param {string} link */
export function handed(name, link) {
  const copy = (/** @type {Event} */ event) => {
    const button = /** @type {HTMLButtonElement} */ (event.target);
    navigator.clipboard?.writeText(link).then(() => { button.textContent = "Copied"; }, () => {});
  };
  return html`<div class="handed" role="status"><p><b>Hand this link to ${name}.</b> It works once, for three days, and is shown only now.</p>
    <p class="secret" id="link">${link}</p><span class="row"><button class="btn" type="button" @click=${copy}>Copy</button></span></div>`;
}
