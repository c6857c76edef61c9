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
/** What became of a link that is none any more; "" while it is one. */
let gone = "";
let password = "";
let code = "";
let busy = false;
let no = "";
let field = "";

const SENTENCES = /** @type {Record<number, string>} */ ({
  401: "That code is not the right one now. Type the one your app shows.",
  404: "There is no invitation behind this link. Ask your administrator for a new one.",
});

function draw() {
  render(gone ? ended(gone)
    : done ? written(done) : me ? form(me) : html`<p class="connecting" role="status">Asking…</p>`, place("page"));
}

/** @param {string} what */
function ended(what) {
  return html`<div class="door"><h1>${what}</h1>
    <p>It opens nothing any more. Your clinic’s administrator can send you a new one.</p>
    <p>You enrolled with it? You need no link now: sign in.</p><a class="btn main wide" href="/sign-in">Sign in</a>
    <p class="quiet">It was used and not by you? Tell your administrator at once.</p></div>`;
}

/** @param {Enrolment} who */
function form(who) {
  const keys = who.passkeys && possible();
  return html`<form class="door" aria-label="Your way in" novalidate @submit=${submit}>
    <h1>Welcome, ${who.name}.</h1>
    <p class="quiet">You will sign in as <b>${who.handle}</b>${who.roles.length ? html`, as ${who.roles.join(" and ").replace("standin", "stand-in")}` : nothing}. Choose a password, then a second proof that it is you.</p>
    <label for="password">Password, ${PASSWORD_LEAST} characters or more<input id="password" type="password" autocomplete="new-password" maxlength="500" .value=${password}
      aria-invalid=${field === "password" ? "true" : nothing} aria-describedby=${field === "password" ? "no" : nothing} @input=${(/** @type {InputEvent} */ e) => { password = value(e); }}></label>${refusal("password")}
    <input type="text" autocomplete="username" .value=${who.handle} hidden>
    ${keys ? html`<h2>Second proof: this device</h2><button class="btn main wide" type="button" aria-disabled=${busy ? "true" : nothing} @click=${byPasskey}>Use a passkey of this device</button><div class="or">or a code app</div>` : nothing}
    <fieldset><h2>${keys ? nothing : "Second proof: "}Code app</h2>
      <p class="quiet">The code app on your phone shows six new digits every half minute. Give it this key: photograph the square with the app, or type the key into it.</p>
      <a class="btn wide here" href=${who.otpauth}>The app is on this phone: open it</a>
      <p class="square">${qr(who.qr, "The key as a square to be photographed by the code app")}</p>
      <p class="secret" id="secret">${who.secret.match(/.{1,4}/g)?.join(" ")}</p>
      <label for="code">The 6 digits it shows<input id="code" class="code" inputmode="numeric" autocomplete="one-time-code" maxlength="7" .value=${code}
        aria-invalid=${field === "code" ? "true" : nothing} aria-describedby=${field === "code" ? "no" : nothing} @input=${(/** @type {InputEvent} */ e) => { code = value(e); }}></label>${refusal("code")}</fieldset>
    ${refusal("")}
    <button class="btn ${keys ? "" : "main"} wide" id="enrol" type="submit" aria-disabled=${busy ? "true" : nothing}>${busy ? "One moment…" : "Enrol with the code app"}</button></form>`;
}

/** @param {{next: string, recovery_codes: string[]}} all */
function written(all) {
  return html`<div class="door"><h1>Write these down.</h1>
    <p>Each recovery code stands in once for your second proof, when the phone is lost. They are shown now and never again: on paper, away from the computer.</p>
    <ol class="codes" aria-label="Recovery codes">${all.recovery_codes.map((one) => html`<li>${one}</li>`)}</ol>
    <button class="btn wide" type="button" @click=${() => print()}>Print</button>
    <h2>From now on</h2>
    <p>Sign in here, as <b>${me?.handle ?? ""}</b>. Bookmark this address; the link you came by is used up.</p>
    <p class="secret"><a href="/sign-in">${location.origin}/sign-in</a></p>
    <a class="btn main wide" id="next" href=${all.next}>I have them on paper: go on</a></div>`;
}

/** What was refused stands where it was typed. @param {string} where the field; "": about none of them */
function refusal(where) {
  const here = field === "password" || field === "code" ? field : "";
  return no && here === where ? html`<p class="note stop" id="no" role="alert">${no}</p>` : nothing;
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
    field = error instanceof No ? error.field || (error.status === 401 ? "code" : "") : "";
  }
  busy = false;
  draw();
  if (done) scrollTo(0, 0); // the codes are shown once: with what they are for
  if (field) document.getElementById(field)?.focus();
}

press(where).then((told) => { me = told; }, (error) => { gone = sentenceOf(error); }).finally(draw);
draw();
