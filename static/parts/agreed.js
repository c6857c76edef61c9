/**
 * The card of what was agreed while sober. Before the dose it can be written, by the client or read back to them; from then on it
 * only stands there, for whoever watches.
 */

import { html, nothing } from "../lib/dom.js";
import { fieldset, sendButton } from "../lib/form.js";
import { wall } from "../lib/clock.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */

/** @param {Desk} desk @param {View} view */
export function agreed(desk, view) {
  const card = view.agreed;
  const may = (card?.form.length ?? 0) > 0;
  const opened = may && (desk.open === "agreement" || !card?.said);
  const name = view.client.name.split(" ")[0];
  return html`<section class="panel agreed" aria-label="Agreed while sober" id="card" tabindex="-1">
    <header><h2>Agreed while sober</h2><span class="end meta">${card?.said ? `${card.said.by}, ${wall(card.said.at, view.zone)}` : nothing}</span></header>
    <div class="scroll">
      ${card?.rows.length ? html`<dl class="card">${card.rows.map((row) => html`<dt>${row.label}</dt><dd>${row.text}</dd>`)}</dl>` : html`<p class="note wait">Nothing is agreed yet. ${may ? `Ask ${name}, write it down, read it back.` : "It can no longer be asked now."}</p>`}
      ${may && card?.said ? html`<button class="btn" type="button" aria-expanded=${opened} @click=${() => desk.toggle("agreement")}>${opened ? "Leave it as it is" : "Write it anew"}</button>` : nothing}
      ${opened && card ? writing(desk, view, card.form) : nothing}</div></section>`;
}

/** @param {Desk} desk @param {View} view @param {import("../lib/types.js").Field[]} form */
function writing(desk, view, form) {
  const draft = desk.drafts.of("agreement");
  const look = { now: desk.now(), zone: view.zone, redraw: () => desk.paint() };
  const send = async () => {
    if (await draft.send(form, look, (values) => desk.api.post("agreement", { values }), look.redraw)) desk.open = "";
    desk.paint();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void send();
  };
  return html`<form class="inrow" aria-label="Agreed while sober" data-place="agreement" @submit=${submit}>${fieldset(form, draft, look)}
    <p class="row endrow">${sendButton({ label: "Read back: this is agreed", draft, disabled: false, send: () => void send() })}<button class="unseen" type="submit" tabindex="-1" aria-hidden="true">Record</button></p></form>`;
}
