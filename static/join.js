/**
 * The door of a link: who, when, one button. The button works without this script; the script only says who waits and when, in the
 * client's own zone and in this device's when they differ.
 *
 * @typedef {{name: string, role?: string | null, kind?: string, appointed?: number, zone?: string, clinic_zone?: string,
 *   client?: string, therapist?: string}} LinkInfo
 */

import { callClinic } from "./lib/clinic-contact.js";
import { day, otherDay, wall, zoneName } from "./lib/clock.js";
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

/** The day and the hour where it happens, and where the other one is when that clock shows another hour. @param {LinkInfo} link @param {number} at */
function appointment({ role, zone, clinic_zone: clinic, client, therapist }, at) {
  const device = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const here = zone ?? device;
  const whom = short(role === "client" ? therapist : client);
  const hour = (/** @type {string} */ where) => `${wall(at, where, true)} ${zoneName(at, where)}`;
  const other = [[clinic ?? here, role === "client" ? `${whom || "the clinic"}’s` : "the clinic’s"], [device, "this device’s"]].filter(([where]) => hour(where ?? here) !== hour(here))[0];
  return html`<p>${day(at, here)}${whom ? html`, with ${whom}` : nothing}.</p>
    <p><b>${hour(here)}</b> ${other ? html`${role === "client" ? "your time" : "at the house"}<br>${otherDay(at, here, other[0])}${hour(other[0] ?? here)} ${other[1]} time` : nothing}</p>`;
}

void show();
void callClinic(place("call"));
