/**
 * Everything a coordinator does to one booked session: who has which part, move, links, cancel. The same panel wherever a booked session
 * stands: on the board, and with its client, however far away its day is.
 */

import { html, nothing } from "../lib/dom.js";
import { whenOf } from "../lib/clock.js";
import { bureauForm, text } from "./bureau-form.js";
import { fix } from "./clinic-fixes.js";
import { toTell } from "./clinic-move.js";
import { PARTS } from "./clinic-parts.js";
import { cancelled } from "./clinic-told.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {import("./clinic-board.js").Row} Row */

/** What stood open in the panel is forgotten with it: opened anew, it asks nothing. @param {Bureau} desk @param {string} session */
export const fold = (desk, session) => void desk.made.delete(`acts.${session}`);

/** @param {Bureau} desk @param {Row} row @param {boolean} [alone] not already on the client's page */
export function sessionActs(desk, row, alone = true) {
  const inner = `acts.${row.session}`;
  const part = desk.made.get(inner) ?? "";
  const show = (/** @type {string} */ name) => {
    desk.made.set(inner, part === name ? "" : name);
    desk.paint();
  };
  const tab = (/** @type {string} */ name, /** @type {string} */ words) => html`<button class="btn" type="button" aria-expanded=${part === name} @click=${() => show(name)}>${words}</button>`;
  const when = whenOf(row.appointed, row.zone);
  return html`<h2>${row.people["client"]?.name}, ${when}</h2>
    <dl class="partlist">${Object.entries(PARTS).map(([role, words]) => html`<div><dt>${words}</dt><dd>${row.people[role] ? html`${row.people[role].name} <a class="num" href="tel:${row.people[role].phone}">${row.people[role].phone}</a>` : html`<b>nobody</b>`}
      ${role === "client" ? nothing : html`<button class="btn small" type="button" aria-label="Change the ${words}" aria-expanded=${part === `name-${role}`} @click=${() => show(`name-${role}`)}>Change</button>`}</dd></div>`)}</dl>
    <p class="row wrap">${tab("move", "Move")}${tab("link-client", "Client’s link")}${tab("link-support", "Support person’s link")}${tab("cancel", "Cancel the session")}
      <a class="btn" href="/as/${desk.api.login}/s/${row.session}">Open the session</a>${alone ? html`<a class="btn" href="#clients/${row.people["client"]?.person}">Open the client</a>` : nothing}</p>
    ${part === "cancel" ? cancel(desk, row, when) : part ? fix(desk, row, part) : nothing}`;
}

/** Named in full, red, with a way out: whoever wanted out of the form must not end a day of six people. @param {Bureau} desk @param {Row} row @param {string} when */
function cancel(desk, row, when) {
  const place = `cancel.${row.session}`;
  const name = row.people["client"]?.name ?? "";
  const keep = () => {
    desk.drafts.of(place).clear();
    fold(desk, row.session);
    desk.paint();
  };
  const done = () => {
    fold(desk, row.session);
    desk.open = "";
    cancelled(desk, { name, appointed: row.appointed, zone: row.zone, call: toTell(row) });
  };
  return html`<p><b>This cancels it for everybody: ${name}, ${when}.</b></p>
    ${bureauForm(desk, { place, label: "Cancel the session", noun: "cancellation", how: { session: row.session, done }, fields: [text("reason", "Why?")], kind: "stop", out: html`<button class="btn" type="button" @click=${keep}>Keep it</button>` })}`;
}
