/**
 * What the server answered to a press, shown where the press was: every reason at once, with what would help; and the six digits of
 * the second factor where they are what is missing.
 */

import { html, nothing } from "../lib/dom.js";
import { possible } from "../lib/passkey.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** The no of one place, or nothing. @param {Desk} desk @param {string} place */
export function answer(desk, place) {
  const no = desk.problems.get(place);
  const saving = desk.waiting.has(place) && desk.api.struggling;
  if (saving) return html`<p class="note wait" role="status">Saving… the line is slow. This press counts once.</p>`;
  if (desk.confirming?.place === place) return secondFactor(desk, "Confirm and send");
  if (!no) return nothing;
  const others = no.reasons.filter((one) => one.code !== "second_factor"); // the code is asked for once nothing else stands against it
  const reasons = others.length ? others : no.reasons.length ? no.reasons : [{ code: "", sentence: no.sentence, action: "" }];
  return html`<div class="note stop" role="alert"><ul>${reasons.map(
    (reason) => html`<li>${reason.sentence}${reason.action ? html` <b>${reason.action}</b>` : nothing}</li>`,
  )}</ul></div>`;
}

/** Ask for the six digits beforehand, with the hand in their field. @param {Desk} desk */
export function askForCode(desk) {
  const again = async () => {
    desk.confirming = null;
    return true;
  };
  desk.ask({ place: "second-factor", again });
}

/** The six digits asked for beforehand, so that nothing waits for them later. @param {Desk} desk */
export function proveFirst(desk) {
  if (desk.confirming?.place === "second-factor") return secondFactor(desk, "Confirm");
  return html`<button class="btn" type="button" title="Your second factor is asked for before a release." @click=${() => askForCode(desk)}>Enter the code</button>`;
}

/** Six digits, then the same press again. Nothing typed before is lost. @param {Desk} desk @param {string} label */
function secondFactor(desk, label) {
  const no = desk.problems.get("second-factor");
  const busy = desk.waiting.has("second-factor");
  const typed = (/** @type {InputEvent} */ event) => {
    desk.code = /** @type {HTMLInputElement} */ (event.target).value;
    if (/^\d{6}$/.test(desk.code.trim())) void desk.confirm();
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void desk.confirm();
  };
  return html`<form class="note second" aria-label="Confirm that it is you" @submit=${submit}>
    <label for="second-factor"><b>Confirm that it is you.</b> Six digits from your authenticator.</label>
    <span class="row"><input id="second-factor" class="code" inputmode="numeric" autocomplete="one-time-code" maxlength="20"
      .value=${desk.code} ?disabled=${busy} @input=${typed}>
    <button class="btn main" type="submit" aria-disabled=${busy ? "true" : nothing}>${busy ? "Checking…" : label}</button>
    ${possible() ? html`<button class="btn" type="button" aria-disabled=${busy ? "true" : nothing} @click=${() => void desk.confirmByPasskey()}>Use a passkey</button>` : nothing}
    <button class="btn plain" type="button" @click=${() => { desk.confirming = null; desk.paint(); }}>Not now</button></span>
    ${no ? html`<p role="alert">${no.sentence}</p>` : nothing}</form>`;
}
