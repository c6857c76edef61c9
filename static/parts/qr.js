/**
 * A QR code as the server drew it: black on white in both themes, because readers need it so.
 */

import { html } from "../lib/dom.js";

/** @param {{size: number, path: string}} code @param {string} label what it is, for those who do not see it */
export function qr(code, label) {
  return html`<svg class="qr" viewBox="0 0 ${code.size} ${code.size}" role="img" aria-label=${label} shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"></rect><path d=${code.path}></path></svg>`;
}
