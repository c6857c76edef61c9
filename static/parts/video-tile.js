/**
 * One live picture. Everything we know about it stands in its caption, never on it. A picture whose age is unknown, or older
 * than 4 s, counts as frozen: it turns grey and the caption says so in words.
 */

import { html, nothing } from "../lib/dom.js";
import { elsewhere } from "./elsewhere.js";

/** @typedef {import("../lib/seat.js").Seat} Seat */
/** @typedef {import("../lib/types.js").Role} Role */

/** @param {number | null} age ms */
function ageInWords(age, frozen = false) {
  if (age === null) return "no picture";
  return frozen ? `picture stopped ${Math.floor(age / 1000)} s ago` : `picture ${(age / 1000).toFixed(1)} s old`;
}

/**
 * Somebody else's picture.
 * @param {Seat} seat @param {Role} role @param {string} name @param {unknown} [extra]
 * @param {boolean} [now] false: nothing but its place yet. The first element of this kind costs a page a sheet of the browser's own.
 */
export function videoTile(seat, role, name, extra = nothing, now = true) {
  const age = seat.age(role);
  const video = seat.of(role);
  // The age is the server's: where nothing comes to this page, what it sees is not what is seen here.
  const cut = !video.srcObject || seat.state === "lost" || seat.state === "refused";
  const frozen = cut || seat.frozen(role);
  video.setAttribute("aria-label", `Live picture of ${name}`);
  const silent = video.muted && !frozen ? html`<span class="silent">You do not hear ${name}: touch anywhere</span>` : nothing;
  return html`<figure class="tile client ${frozen ? "frozen" : ""}">${now || video.srcObject ? video : html`<div class="picture"></div>`}
    <figcaption><b>${name}</b>${silent}${extra}<span class="age"><span class="pulse"></span>${cut && !seat.frozen(role) ? "not coming here" : ageInWords(age, frozen)}</span></figcaption></figure>`;
}

/** The place of a picture while there is none to come. @param {string} name @param {string} words */
export function dark(name, words) {
  return html`<figure class="tile client dark"><div></div><figcaption><b>${name}</b><span>${words}</span></figcaption></figure>`;
}

/** What we send ourselves, small, and the press that changes it. @param {Seat} seat @param {boolean} canSend */
export function ownPicture(seat, canSend) {
  seat.own.setAttribute("aria-label", "Your own picture");
  const press = () => void seat.useCamera();
  const words = { none: canSend ? "nobody sees you" : "you look on", drawn: "drawn picture", camera: "your camera" };
  if (seat.elsewhere) return elsewhere(seat, { look: "btn small" });
  const state = html`${seat.sending ? seat.own : nothing}<b>You</b> <small>${seat.problem || words[/** @type {"none"} */ (seat.source)]}</small>`;
  return canSend && seat.source !== "camera"
    ? html`<button class="btn plain small own" type="button" @click=${press}>${state}<span class="unseen">Use my camera</span></button>`
    : html`<span class="own">${state}</span>`;
}
