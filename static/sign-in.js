/**
 * The staff door: a passkey, or handle, password and one-time code. Wrong is wrong; never said which part.
 */

import { place } from "./lib/dom.js";
import { press, sentenceOf } from "./lib/door.js";
import { possible, usePasskey } from "./lib/passkey.js";

const SENTENCES = /** @type {Record<number, string>} */ ({
  401: "That does not match. Check all three; a code counts once, so wait for the next one.",
  422: "Fill in all three. The code has six digits.",
});

const form = /** @type {HTMLFormElement} */ (place("door"));
const wrong = place("wrong");
const enter = place("enter");
const passkey = place("passkey");

/** @param {string} name */
const value = (name) => /** @type {HTMLInputElement} */ (place(name)).value;

/** @param {HTMLElement} button @param {string} words @param {() => Promise<any>} work */
async function go(button, words, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  const before = button.textContent;
  wrong.hidden = true;
  button.setAttribute("aria-disabled", "true");
  button.textContent = words;
  try {
    location.assign((await work()).next);
  } catch (error) {
    wrong.textContent = sentenceOf(error);
    wrong.hidden = false;
    button.removeAttribute("aria-disabled");
    button.textContent = before;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = { handle: value("handle").trim(), password: value("password"), code: value("code").trim() };
  void go(enter, "Signing in…", () => press("/api/v1/sign-in", body, SENTENCES));
});
passkey.addEventListener("click", () =>
  void go(passkey, "Waiting for your passkey…", async () => {
    const { options } = await press("/api/v1/sign-in/passkey-options", {});
    return press("/api/v1/sign-in/passkey", { credential: await usePasskey(options) }, { 401: "This passkey is not known here. Sign in with a password." });
  }));

// Passkeys belong to a domain name: at a bare address there are none.
if (possible() && !/^[\d.]+$|^\[/.test(location.hostname)) {
  passkey.hidden = false;
  place("or").hidden = false;
} else enter.classList.add("main");
place("handle").focus();
