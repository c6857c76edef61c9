/** Another time for a booked session, looked at by the server before anything is moved. */

import { html } from "../lib/dom.js";
import { toLocal } from "../lib/clock.js";
import { reasonsFor, whenFields } from "./clinic-booking.js";
import { moved } from "./clinic-told.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {import("./clinic-board.js").Row} Row */

/** Those who must hear of another time, and have a number. @param {Row} row */
export const toTell = (row) => ["client", "support", "therapist"].map((role) => row.people[role]);

/** @param {Bureau} desk @param {Row} row */
export function move(desk, row) {
  const place = `move.${row.session}`;
  const roles = Object.fromEntries(Object.entries(row.people).map(([role, one]) => [role, one.person]));
  const found = whenFields(desk, place, { kind: row.kind, course: row.course, roles, session: row.session, zone: row.zone }, toLocal(row.appointed, row.zone));
  const draft = desk.drafts.of(place);
  const same = found.appointed === row.appointed;
  const ready = found.ready && !same;
  const shut = () => {
    draft.clear();
    desk.made.delete(place);
    desk.made.delete(`acts.${row.session}`);
    desk.paint();
  };
  const send = () => {
    if (!ready) return;
    const told = { name: row.people["client"]?.name ?? "", appointed: found.appointed, before: row.appointed, zone: row.zone, kind: row.kind, call: toTell(row) };
    const done = () => {
      shut();
      desk.open = "";
      moved(desk, told);
    };
    void desk.send(place, "move", { appointed: found.appointed, reason: String(draft.typed["reason"] ?? ""), despite: found.despite }, /** @type {any} */ ({ session: row.session, done }));
  };
  return html`<form class="inrow" aria-label="Move the session" data-place=${place} @submit=${(/** @type {Event} */ event) => { event.preventDefault(); send(); }}>${found.fields}
    <div class="field"><label class="ask" for="reason.${place}">Why? <small>(may stay empty)</small></label><span class="entry"><input id="reason.${place}" class="words" maxlength="500" .value=${String(draft.typed["reason"] ?? "")} @input=${(/** @type {InputEvent} */ event) => { draft.set("reason", /** @type {HTMLInputElement} */ (event.target).value); }}></span></div>
    <p class="meta">Next-day check and integration are booked anew after a move. Links go along. Nobody is written to: you tell them.</p>
    <p class="row endrow"><span class="meta">${same ? "This is the time it has now." : ""}</span><button class="btn" type="button" @click=${shut}>Keep the old time</button><button class="btn main" type="submit" aria-disabled=${ready ? "false" : "true"}>${desk.waiting.has(place) ? "Moving…" : "Move the session"}</button></p>${reasonsFor(desk, place)}</form>`;
}
