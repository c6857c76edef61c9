/** What was agreed while sober, for whoever sits beside: it only stands there. */

import { html, icon, nothing } from "../lib/dom.js";

/** One touch opens it, and nothing of it has to be remembered. @param {import("../lib/types.js").View} view */
export function agreedRows(view) {
  const rows = view.agreed?.rows ?? [];
  if (!rows.length) return nothing;
  return html`<details class="agreed"><summary>${icon("voice")} What was agreed</summary>
    <dl>${rows.map((row) => html`<div><dt>${row.label}</dt><dd>${row.text}</dd></div>`)}</dl></details>`;
}
