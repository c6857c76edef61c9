/**
 * The emergency card: call from this phone, what to say, how to lay a person down, and what a crew asks next. One touch away in every
 * state, and kept on the phone itself, so that it opens without any network, after a reload too. It goes when the session is over.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {import("../lib/types.js").EmergencyView} EmergencyView
 * @typedef {EmergencyView & {client: string, therapist: string, zone: string, ahead: number}} Card `ahead`: clinic's clock minus this phone's, ms
 */

import { inWords, wall } from "../lib/clock.js";
import { html, icon, nothing, short } from "../lib/dom.js";
import { device } from "../lib/shelf.js";

const OVER = new Set(["closed", "cancelled", "no_show", "held"]);
/** Dialled when nothing is known, not even the session. */
const NUMBER = "911";

export class EmergencyCard {
  /** @param {{session: string, redraw: () => void}} parts */
  constructor({ session, redraw }) {
    this.shelf = `telekap.card.${session}`;
    this.redraw = redraw;
    this.open = false;
    /** Nothing kept: the number still dials. @type {Card} */
    this.card = device.read(this.shelf, { number: NUMBER, address: "", script: "", client: "", therapist: "", zone: "", ahead: 0 });
  }

  /** Take what is newest from the view and keep it on the phone. @param {View} view @param {number} now clinic time */
  keep(view, now) {
    const therapist = short(view.people.find((one) => one.role === "therapist")?.name);
    const ahead = Math.round((now - Date.now()) / 1000) * 1000;
    this.card = { ...view.emergency, number: view.emergency.number || NUMBER, client: short(view.client.name), therapist, zone: view.zone, ahead };
    device.set(this.shelf, OVER.has(view.state) ? null : JSON.stringify(this.card));
  }

  /** @param {boolean} open */
  show(open) {
    this.open = open;
    this.redraw();
    scrollTo(0, 0);
  }

  /** The way in, in the head of every screen. */
  door() {
    return html`<button type="button" class="btn card-door" @click=${() => this.show(true)}>${icon("phone")} Emergency</button>`;
  }

  /** "100 mg ketamine under the tongue, 47 minutes ago." Counted on this phone: it is true without a line too. @private */
  taken() {
    const { dose, ahead } = this.card;
    if (!dose) return "";
    const minutes = Math.max(0, Math.floor((Date.now() + ahead - dose.t0) / 60_000));
    const amount = dose.mg === null ? "An unknown amount of ketamine" : `${dose.mg} mg ketamine`;
    return `${amount} under the tongue, ${minutes < 1 ? "just now" : `${inWords(minutes * 60_000)} ago`}.`;
  }

  /** What a crew asks next. What nobody wrote down is said to be unknown, not left out. @private */
  asked() {
    const { vitals, medicines, allergies, zone } = this.card;
    const unknown = "Not written down. Say what you know.";
    const numbers = vitals && [
      vitals.sbp && vitals.dbp ? `${vitals.sbp}/${vitals.dbp}` : "", vitals.hr ? `pulse ${vitals.hr}` : "", vitals.spo2 ? `oxygen ${vitals.spo2} %` : "", vitals.rr ? `breaths ${vitals.rr}` : "",
    ].filter(Boolean).join(", ");
    return html`<dl class="asked"><div><dt>Last measured</dt><dd>${numbers ? `${numbers}, at ${wall(vitals?.at ?? 0, zone, true)}` : "Nothing yet."}</dd></div>
      <div><dt>Medicines</dt><dd>${medicines || unknown}</dd></div><div><dt>Allergies</dt><dd>${allergies || unknown}</dd></div></dl>`;
  }

  /** @param {{live: boolean, told: string, again: boolean, help: unknown, more: unknown}} now `live`: whether the clinic hears us; `told`: what it was told from this phone; `again`: that was a while ago, it can be told anew; `help`: the button that tells it; `more`: what else stands below the address */
  screen({ live, told, again, help, more }) {
    const { number, address, way_in: way, script, client, therapist, dispatch, elsewhere, zone } = this.card;
    const name = client || "them";
    const taken = this.taken();
    return html`<main class="page em"><p class="onpaper">As it stood at ${wall(Date.now() + this.card.ahead, zone || "UTC", true)}.</p>
      <div class="alarmtop"><div role="alert"><h1 class="say1">${icon("alarm3")}<span>${client || "Somebody"} does not wake up or breathes badly? Call now.</span></h1></div>
        <a class="btn support call" href="tel:${number}">${icon("phone")}<span>Call ${number}<small>from this phone, on speaker</small></span></a></div>
      <div class="say"><h2>Say this</h2><p class="addr">${address || "Your address, with door and floor."}</p>${way ? html`<p class="way">Way in: <b>${way}</b></p>` : nothing}
        ${script ? html`<p>“${script}${taken ? html` <b>${taken}</b>` : nothing}”</p>` : nothing}${more}</div>
      ${leftSide()}
      <ol class="todo"><li><p>Roll ${name} onto the left side.</p></li><li><p>Head back, mouth clear, watch the breathing.</p></li><li><p>Stay with ${name} until help is in the room.</p></li></ol>
      <section class="say"><h2>Then they ask</h2>${this.asked()}${dispatch ? html`<p>Cut off? The local line: <a class="btn tel" href="tel:${dispatch}">${dispatch}</a>${elsewhere ? html` ${elsewhere}` : nothing}</p>` : nothing}</section>
      <div class="acts"><p class="hears"><span class="pulse ${live ? "" : "gone"}"></span><span>${told ? html`<b>${told}</b>` : live ? html`<b>${therapist || "The clinic"}</b> does not know yet.` : html`<b>No line.</b> Only your own call reaches anybody.`}</span></p>
        <button type="button" class="btn support" @click=${() => this.show(false)}>${icon("back")} Back</button>${live && (!told || again) ? help : nothing}</div></main>`;
  }
}

/** A person on the left side, head back; the arrow turns them there. */
function leftSide() {
  return html`<svg class="turn" viewBox="0 0 360 112" role="img" aria-label="A person lying on the left side, top knee bent forward, head tilted back, hand under the cheek">
    <path class="floor" d="M8 106h344" stroke-width="3"/><g class="body" fill="none" stroke-linecap="round" stroke-linejoin="round"><path d="M98 76q50-16 104 2" stroke-width="36"/><path d="M206 88h130" stroke-width="19"/>
    <path class="gap" d="M204 74 262 52l14 44" stroke-width="27"/><path d="M204 74 262 52l14 44" stroke-width="19"/><path class="gap" d="M112 70 92 98 50 97" stroke-width="21"/><path d="M112 70 92 98 50 97" stroke-width="13"/></g>
    <circle class="head" cx="52" cy="66" r="23"/><path class="arrow" d="M62 30a38 38 0 0 0-42 16m0-16-2 18 18-2" fill="none" stroke-width="5" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}
