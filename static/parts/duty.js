/**
 * Duty: a test page came the way a real one would; the person answers it from here. "Delivered" is not "acknowledged".
 */

import { html, nothing } from "../lib/dom.js";
import { ago, wall } from "../lib/clock.js";
import { answer } from "./answer.js";
import { sign } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */

/** What each duty means, in one line. @type {Record<string, string>} */
const MEANS = {
  standin: "You take over the cockpit if the therapist's line fails.",
  dispatcher: "You dial emergency services when an alarm tells you to.",
  prescriber: "You answer amber gates live and are on call until the end of the watch.",
};

/** @param {Desk} desk @param {View} view */
export function duty(desk, view) {
  const { mine, asked, acknowledged, fresh, until } = view.duty;
  if (!mine) return nothing;
  const waits = asked !== null && (acknowledged === null || acknowledged < asked);
  const line = acknowledged === null ? "Not acknowledged yet." : `Acknowledged ${wall(acknowledged, view.zone)}, ${ago(desk.now() - acknowledged)}${fresh ? "" : ": too old"}.`;
  const urgent = asked !== null && (waits || !fresh);
  const busy = desk.waiting.has("duty");
  const lead = waits ? `Test page sent ${wall(asked ?? 0, view.zone)}. Answer it.` : fresh ? "You are on duty." : asked === null ? "No test page has come yet." : "Your duty is too old. Acknowledge it again.";
  return html`<section class="panel duty ${urgent ? "urgent" : ""}" aria-label="Your duty">
    ${sign(fresh && !waits ? "ok" : urgent ? "ask" : "wait")}
    <div><b>${lead}</b><p>${line} ${MEANS[view.me.role] ?? ""}${until ? ` Stay free until ${wall(until, view.zone)} at least.` : ""}</p></div>
    <button class="btn ${urgent ? "main" : ""}" type="button" @click=${() => void desk.send("duty", "duty")}>${busy ? "Sending…" : fresh && !urgent ? "Acknowledge again" : "I am on duty"}</button>
    ${answer(desk, "duty")}</section>`;
}
