/**
 * The clearance as it stands now: what client and therapist read of it at this moment, and, apart from everything that is signed, what
 * takes it away or gives it back.
 */

import { html, nothing } from "../lib/dom.js";
import { day } from "../lib/clock.js";
import { answer } from "./answer.js";
import { bureauForm, opener, text } from "./bureau-form.js";
import { WITHDRAWALS, withdrawal } from "./withdrawal.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */

/** Which acts fit how it stands. @param {any} told @returns {string[]} */
function acts({ clearance, mine }) {
  const status = clearance?.status;
  return [...(status === "active" ? ["suspension"] : []), ...(mine && status === "suspended" ? ["reinstatement"] : []), ...(mine && status && status !== "revoked" ? ["revocation"] : [])];
}

/** @param {Bureau} desk @param {any} told */
export function clearance(desk, told) {
  const given = told.clearance;
  if (!given && !told.refused) return nothing;
  const list = acts(told);
  const done = () => {
    desk.open = "";
  };
  return html`<section class="panel" aria-label="The clearance"><header><h2>The clearance now</h2><span class="end meta">${given ? `${given.status}, ${given.used} of ${given.sessions} sessions used` : "refused"}</span></header>
    ${given ? html`<p class="meta">Signed by ${given.by} on ${day(given.signed, told.zone)}, last day ${day(given.until - 1, told.zone)}.</p>` : nothing}
    ${reads(told)}
    ${list.length ? html`<div class="row wrap apart" role="group" aria-label="End or pause the clearance">${list.map((noun) => opener(desk, `paper.${noun}`, WITHDRAWALS[noun]?.label ?? "Reinstate the clearance"))}</div>` : nothing}
    ${list.map((noun) => (desk.open !== `paper.${noun}` ? nothing : noun === "reinstatement"
      ? bureauForm(desk, { place: "paper.reinstatement", label: "Reinstate the clearance", noun, fields: [text("reason", "Why?")], how: { course: told.course, done } })
      : withdrawal(desk, { place: `paper.${noun}`, noun, course: told.course, client: told.client.name, touched: told.touched, zone: told.zone, done })))}
    ${list.map((noun) => (desk.open === `paper.${noun}` ? nothing : answer(desk, `paper.${noun}`)))}</section>`;
}

/** The very words that stand on the pages of the two at this moment. @param {any} told */
function reads(told) {
  const { for_client: client, for_therapist: therapist } = told.reads;
  return html`<div class="reads" aria-label="What others read" role="group"><p><small>${told.client.name} reads</small>${client ? `“${client}”` : "nothing about it. Of a session that is stood down: “Not today. You did nothing wrong.”"}</p>
    <p><small>${told.therapist.name} and the gate board read</small>“${therapist}”</p></div>`;
}
