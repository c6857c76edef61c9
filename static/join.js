/**
 * The door of a link: who, when, one button. The button works without this script; the script only says who waits and when, in the
 * client's own zone and in this device's when they differ.
 *
 * @typedef {{name: string, role?: string | null, kind?: string, appointed?: number, zone?: string, clinic_zone?: string,
 *   client?: string, therapist?: string}} LinkInfo
 */

import { both, day } from "./lib/clock.js";
import { html, nothing, place, render, short } from "./lib/dom.js";

/** First part of the address → what the person should know before coming in. */
const NOTES = /** @type {Record<string, string>} */ ({
  w: "You are the adult in the house today. Keep this phone with you, charged and loud.",
  t: "Staff link of the demo clinic.",
});

async function show() {
  const [, letter = "", token = ""] = location.pathname.split("/");
  const response = await fetch(`/api/v1/links/${letter}/${token}`).catch(() => null);
  if (!response) return;
  if (!response.ok) {
    place("hello").textContent = "This link has ended.";
    place("note").textContent = "Ask the clinic for a new one.";
    place("enter").hidden = true;
    return;
  }
  const link = /** @type {LinkInfo} */ (await response.json());
  place("hello").textContent = `Hello ${short(link.name)}.`;
  render(link.appointed ? appointment(link, link.appointed) : nothing, place("when"));
  const note = NOTES[letter];
  if (note) place("note").textContent = note;
}

/** Day and hour in the client's zone, and in the clinic's or this device's where that is another. @param {LinkInfo} link @param {number} at */
function appointment({ role, zone, clinic_zone: clinic, client, therapist }, at) {
  const whom = short(role === "client" ? therapist : client);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return html`<p>${day(at, zone)}, ${both(at, zone ?? here, clinic ?? here)}${whom ? html`, with ${whom}` : nothing}.</p>`;
}

void show();
