/**
 * In place of a page that was shut because nobody moved here: prove that it is you, and the same address shows what it showed.
 */

import { address } from "./lib/address.js";
import { Api, Refusal } from "./lib/api.js";
import { html, nothing, place, render } from "./lib/dom.js";
import { leave } from "./lib/leave.js";
import { NoPasskey, possible } from "./lib/passkey.js";

const api = new Api({ login: address().login, session: "" });
let code = "";
let busy = false;
let no = "";

function draw() {
  render(html`<form class="door" aria-label="Are you there?" @submit=${submit}>
    <h1>Are you there?</h1>
    <p class="quiet">Nobody touched this screen for a while, so what it showed is covered. Sessions that are going on go on, with picture and alarms.</p>
    ${possible() ? html`<button class="btn main wide" type="button" aria-disabled=${busy ? "true" : nothing} @click=${() => void prove(() => api.secondFactorByPasskey())}>Use a passkey</button><div class="or">or a code</div>` : nothing}
    <label for="second-factor">6-digit code, or a recovery code<input id="second-factor" class="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" maxlength="20"
      .value=${code} @input=${typed}></label>
    ${no ? html`<p class="note stop" role="alert">${no}</p>` : nothing}
    <button class="btn wide" type="submit" aria-disabled=${busy ? "true" : nothing}>${busy ? "Checking…" : "Go on"}</button>
    <button class="btn plain" type="button" @click=${signOut}>I am somebody else: sign out here</button></form>`, place("page"));
}

/** @param {InputEvent} event */
function typed(event) {
  code = /** @type {HTMLInputElement} */ (event.target).value;
  if (/^\d{6}$/.test(code.trim())) void prove(() => api.secondFactor(code.trim()));
}

/** @param {Event} event */
function submit(event) {
  event.preventDefault();
  void prove(() => api.secondFactor(code.trim()));
}

/** @param {() => Promise<void>} how */
async function prove(how) {
  if (busy) return;
  busy = true;
  no = "";
  draw();
  try {
    await how();
    location.reload();
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof NoPasskey)) throw error;
    if (error instanceof Refusal && error.kind === "login") location.assign("/sign-in");
    no = error.message;
    busy = false;
    draw();
  }
}

async function signOut() {
  if (busy) return;
  busy = true;
  draw();
  no = await leave(api.login);
  busy = false;
  if (no) draw();
  else location.assign("/sign-in");
}

draw();
document.getElementById("second-factor")?.focus();
