/**
 * The staff door: handle, password, one-time code. Wrong is wrong; never said which part.
 */

import { place } from "./lib/dom.js";

const SENTENCES = /** @type {Record<number, string>} */ ({
  401: "That does not match. Check all three; a code counts once, so wait for the next one.",
  422: "Fill in all three. The code has six digits.",
  429: "Too many tries. Wait a little, then try again.",
});

const form = /** @type {HTMLFormElement} */ (place("door"));
const wrong = place("wrong");
const enter = /** @type {HTMLButtonElement} */ (place("enter"));

/** @param {string} name */
const value = (name) => /** @type {HTMLInputElement} */ (place(name)).value;

async function signIn() {
  wrong.hidden = true;
  enter.setAttribute("aria-disabled", "true");
  enter.textContent = "Signing in…";
  try {
    const response = await fetch("/api/v1/sign-in", {
      method: "POST",
      credentials: "same-origin",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ handle: value("handle").trim(), password: value("password"), code: value("code").trim() }),
      signal: AbortSignal.timeout(15_000),
    });
    if (response.ok) {
      location.assign(/** @type {{ next: string }} */ (await response.json()).next);
      return;
    }
    say(SENTENCES[response.status] ?? "The server could not say. Try again.");
  } catch {
    say("There is no line to the server. What you typed is still here.");
  }
  enter.removeAttribute("aria-disabled");
  enter.textContent = "Sign in";
}

/** @param {string} sentence */
function say(sentence) {
  wrong.textContent = sentence;
  wrong.hidden = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (enter.getAttribute("aria-disabled") !== "true") void signIn();
});
place("handle").focus();
