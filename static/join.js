/**
 * The door of a link: who, when, one button. The button works without this script; the script only says who waits and when, in the
 * client's own zone and in this device's when they differ.
 *
 * @typedef {{name?: string, role?: string, with?: string, therapist?: string, appointed?: number | null, zone?: string, clinic_zone?: string}} LinkInfo
 */

import { both, day } from "./lib/clock.js";
import { html, nothing, place, render, short } from "./lib/dom.js";

const PURPOSES = /** @type {Record<string, string>} */ ({ j: "join", w: "join", t: "staff" });

async function show() {
  const [, letter = "", token = ""] = location.pathname.split("/");
  const response = await fetch(`/api/v1/links/${PURPOSES[letter] ?? letter}/${token}`).catch(() => null);
  if (!response) return;
  if (!response.ok) {
    place("hello").textContent = "This link has ended.";
    place("note").textContent = "Ask the clinic for a new one.";
    place("enter").hidden = true;
    return;
  }
  const link = /** @type {LinkInfo} */ (await response.json());
  const who = short(link.with ?? link.therapist);
  place("hello").textContent = link.name ? `Hello ${short(link.name)}.` : "Welcome.";
  const other = link.clinic_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  render(
    link.appointed && link.zone
      ? html`<p>${day(link.appointed, link.zone)}, ${both(link.appointed, link.zone, other)}${who ? html`, with ${who}` : nothing}.</p>`
      : nothing,
    place("when"),
  );
  if (letter === "w") place("note").textContent = "You are the adult in the house today. Keep this phone with you, charged and loud.";
  if (letter === "t") place("note").textContent = "Staff link of the demo clinic.";
}

void show();
