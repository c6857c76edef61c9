/**
 * The emergency card: call from this phone, the address, what to say, how to lay a person down. One touch away in every state, and kept
 * on the phone itself, so that it opens without any network. It goes when the session is over.
 *
 * @typedef {import("../lib/types.js").View} View
 * @typedef {{number: string, address: string, script: string, client: string, therapist: string}} Card
 */

import { device } from "../lib/shelf.js";
import { html, icon, nothing, short } from "../lib/dom.js";

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
    this.card = device.read(this.shelf, { number: NUMBER, address: "", script: "", client: "", therapist: "" });
  }

  /** Take what is newest from the view and keep it on the phone. @param {View} view */
  keep(view) {
    const therapist = short(view.people.find((one) => one.role === "therapist")?.name);
    this.card = { number: view.emergency.number || NUMBER, address: view.emergency.address, script: view.emergency.script, client: short(view.client.name), therapist };
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

  /** @param {boolean} live whether the clinic hears us now @param {unknown} more what else stands below the address */
  screen(live, more) {
    const { number, address, script, client, therapist } = this.card;
    const name = client || "them";
    return html`<main class="page em">
      <div class="alarmtop"><p class="say1" role="alert">${icon("alarm3")}<span>If ${name} does not wake up or breathes badly:<br>Call now. Stay on the line.</span></p>
        <a class="btn support call" href="tel:${number}">${icon("phone")}<span>Call ${number}<small>from this phone, on speaker</small></span></a></div>
      <div class="say"><h2>Say this</h2><p class="addr">${address || "Your address, with door and floor."}</p>${script ? html`<p>“${script}”</p>` : nothing}${more}</div>
      <ol class="todo"><li><p>Roll ${name} onto the left side.</p></li><li><p>Head back, mouth clear, watch the breathing.</p></li><li><p>Stay with ${name} until help is in the room.</p></li></ol>
      <div class="acts"><p class="hears"><span class="pulse ${live ? "" : "gone"}"></span><span>${live ? html`<b>${therapist || "The clinic"}</b> is told when you press <b>Help now</b>.` : html`<b>No line.</b> Only your own call reaches anybody.`}</span></p>
        <button type="button" class="btn support" @click=${() => this.show(false)}>${icon("back")} Back</button></div></main>`;
  }
}
