/**
 * Enrolment: a password, one second factor, and the recovery codes, shown once. Nothing is stored before the last press.
 *
 * @typedef {{name: string, handle: string, roles: string[], secret: string, otpauth: string, qr: {size: number, path: string}, passkeys: boolean}} Enrolment
 */

import { html, nothing, place, render } from "./lib/dom.js";
import { No, press, sentenceOf } from "./lib/door.js";
import { makePasskey, possible } from "./lib/passkey.js";
import { qr } from "./parts/qr.js";

const token = location.pathname.split("/")[2] ?? "";
const where = `/api/v1/enrolments/${token}`;
const PASSWORD_LEAST = 12;

/** @type {Enrolment | null} */
let me = null;
/** @type {{next: string, recovery_codes: string[]} | null} */
let done = null;
let gone = false;
let password = "";
let code = "";
let busy = false;
let no = "";
let field = "";

const SENTENCES = /** @type {Record<number, string>} */ ({
  401: "That code is not the right one now. Type the one your app shows.",
  404: "This link has been used, or has ended. Ask your administrator for a new one.",
});

function draw() {
  render(gone ? html`<div class="door"><h1>This link has ended.</h1><p>Ask your administrator for a new one. If you enrolled already: <a href="/sign-in">sign in</a>.</p></div>`
    : done ? written(done) : me ? form(me) : html`<p class="connecting" role="status">Asking…</p>`, place("page"));
}

/** @param {Enrolment} who */
function form(who) {
  const keys = who.passkeys && possible();
  return html`<form class="door" aria-label="Your way in" novalidate @submit=${submit}>
    <h1>Welcome, ${who.name}.</h1>
    <p class="quiet">You will sign in as <b>${who.handle}</b>${who.roles.length ? html`, as ${who.roles.join(" and ").replace("standin", "stand-in")}` : nothing}. Choose a password, then a second proof that it is you.</p>
    <label>Password, ${PASSWORD_LEAST} characters or more<input id="password" type="password" autocomplete="new-password" maxlength="500" .value=${password}
      aria-invalid=${field === "password" ? "true" : nothing} @input=${(/** @type {InputEvent} */ e) => { password = value(e); }}></label>
    <input type="text" autocomplete="username" .value=${who.handle} hidden>
    ${keys ? html`<h2>Second proof: this device</h2><button class="btn main wide" type="button" aria-disabled=${busy ? "true" : nothing} @click=${byPasskey}>Use a passkey of this device</button><div class="or">or a code app</div>` : nothing}
    <fieldset><h2>${keys ? nothing : "Second proof: "}Code app</h2>
      <p class="quiet">In your authenticator app add an account and photograph this square, or type the key below it, or <a href=${who.otpauth}>open it on this phone</a>.</p>
      <p class="square">${qr(who.qr, "The key as a square to be photographed by the code app")}</p>
      <p class="secret" id="secret">${who.secret.match(/.{1,4}/g)?.join(" ")}</p>
      <label>The 6 digits it shows<input id="code" class="code" inputmode="numeric" autocomplete="one-time-code" maxlength="7" .value=${code}
        aria-invalid=${field === "code" ? "true" : nothing} @input=${(/** @type {InputEvent} */ e) => { code = value(e); }}></label></fieldset>
    ${no ? html`<p class="note stop" role="alert">${no}</p>` : nothing}
    <button class="btn ${keys ? "" : "main"} wide" id="enrol" type="submit" aria-disabled=${busy ? "true" : nothing}>${busy ? "One moment…" : "Enrol with the code app"}</button></form>`;
}

/** @param {{next: string, recovery_codes: string[]}} all */
function written(all) {
  return html`<div class="door"><h1>Write these down.</h1>
    <p>Each recovery code stands in once for your second proof, when the phone is lost. They are shown now and never again: on paper, away from the computer.</p>
    <ol class="codes" aria-label="Recovery codes">${all.recovery_codes.map((one) => html`<li>${one}</li>`)}</ol>
    <button class="btn wide" type="button" @click=${() => print()}>Print</button>
    <a class="btn main wide" id="next" href=${all.next}>I have them on paper: go on</a></div>`;
}

/** @param {Event} event */
const value = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/** @param {Event} event */
function submit(event) {
  event.preventDefault();
  void enrol(async () => {
    if (!/^\d{6}$/.test(code.replace(/\s/g, ""))) throw new No("Type the six digits your app shows.", 422, "code");
    return { code: code.trim() };
  });
}

function byPasskey() {
  void enrol(async () => {
    const { options } = await press(`${where}/passkey-options`, {}, SENTENCES);
    return { credential: await makePasskey(options) };
  });
}

/** @param {() => Promise<Record<string, unknown>>} second */
async function enrol(second) {
  if (busy) return;
  busy = true;
  [no, field] = ["", ""];
  draw();
  try {
    if (password.length < PASSWORD_LEAST) throw new No(`The password needs ${PASSWORD_LEAST} characters or more. A sentence is good.`, 422, "password");
    done = await press(where, { password, ...(await second()) }, SENTENCES);
  } catch (error) {
    no = sentenceOf(error);
    field = error instanceof No ? error.field : "";
  }
  busy = false;
  draw();
  if (field) document.getElementById(field)?.focus();
}

press(where).then((told) => { me = told; }, () => { gone = true; }).finally(draw);
draw();
