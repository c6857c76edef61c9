/**
 * What no administrator does alone: making one person's data unreadable for ever, and saying that a restored record is right.
 * One asks, another confirms on their own page, and then it is done at once. Both prove in that moment that it is they.
 *
 * @typedef {import("../lib/wire.js").Chores} Chores
 * @typedef {import("../lib/wire.js").ChoreLine} ChoreLine
 */

import { ago } from "../lib/clock.js";
import { html, nothing } from "../lib/dom.js";

export class ByTwo {
  /** @param {import("../lib/api.js").Api} api @param {import("./proving.js").Proving} proving @param {() => Promise<void>} refresh */
  constructor(api, proving, refresh) {
    this.api = api;
    this.proving = proving;
    this.refresh = refresh;
    /** @type {Chores | null} */
    this.told = null;
    /** Whose data is to be erased, as typed. */
    this.name = "";
    this.open = false;
    /** What cannot be undone was read. */
    this.sure = false;
    /** What became of the last press. */
    this.said = "";
  }

  async read() {
    this.told = /** @type {Chores} */ (await this.api.get("team/chores"));
  }

  /** @private @param {string} place @param {string} noun @param {Record<string, unknown>} body @param {string} said */
  press(place, noun, body, said) {
    this.said = "";
    void this.proving.run(place, async () => {
      await this.api.ask(`team/${noun}`, body);
      [this.name, this.open, this.sure, this.said] = ["", false, false, said];
      await this.refresh();
    });
  }

  draw() {
    if (!this.told) return nothing;
    const { chores, put_back: restored } = this.told;
    const asked = chores.some((one) => one.kind === "recheck");
    return html`<section class="panel" aria-label="Acts of two" id="by-two"><header><h2>Acts of two</h2></header>
      <p class="quiet">One administrator asks here, another confirms here. Nothing happens before both did.</p>
      ${this.said ? html`<p class="note" role="status">${this.said}</p>` : nothing}
      ${restored ? html`<div class="note stop"><p><b>This record was put back from a backup.</b> The watch gate is shut and clearances are suspended until two of you have looked.</p>
        <ol><li>Compare the server’s clock with your own: the same minute.</li><li>Open any session page, press “Test sound”, and hear it.</li><li>Look at the board: is the newest booking you remember there?</li></ol>
        ${asked ? nothing : html`<button class="btn main" type="button" @click=${() => this.press("recheck", "chores", { kind: "recheck" }, "Noted. Another administrator looks too and confirms it here.")}>I looked: it is right</button>`}${this.proving.at("recheck")}</div>` : nothing}
      <ul class="lines">${chores.map((one) => this.line(one))}</ul>
      <button class="btn" type="button" id="erase" aria-expanded=${this.open} @click=${() => { this.open = !this.open; this.redraw(); }}>Erase somebody’s data</button>
      ${this.open ? this.erasing() : nothing}</section>`;
  }

  /** @private */
  redraw() {
    this.proving.draw();
  }

  /** @private @param {ChoreLine} one */
  line(one) {
    const what = one.kind === "erase" ? html`Erase all data of <b>${one.name || one.subject}</b>${one.phone ? html` (${one.phone})` : nothing}` : html`The restored record is right`;
    const words = one.kind === "erase" ? "Erase it for ever" : "I looked too: it is right";
    const done = one.kind === "erase" ? "It is gone, also from the running clinic. Copy the key file to escrow again." : "Noted. The watch gate opens; each clearance stays suspended until its prescriber lifts it.";
    return html`<li><div><h3>${what}</h3><p class="quiet">${one.mine ? "You" : one.by} asked ${ago(Math.max(0, Date.now() - one.asked))}. ${one.mine ? "Another administrator confirms it on this page, within a day." : "It waits for you, within a day."}</p>
      ${one.mine ? nothing : one.kind === "erase" ? this.last(one.chore) : nothing}${this.proving.at(one.chore)}</div>
      ${one.mine ? nothing : html`<span class="row"><button class="btn ${one.kind === "erase" ? "stop" : "main"}" type="button" aria-disabled=${one.kind === "erase" && !this.sure ? "true" : nothing}
        @click=${() => { if (one.kind !== "erase" || this.sure) this.press(one.chore, "chore-confirmations", { chore: one.chore }, done); }}>${words}</button></span>`}</li>`;
  }

  /** What cannot be undone is read first. @private @param {string} chore */
  last(chore) {
    const tick = (/** @type {Event} */ event) => {
      this.sure = /** @type {HTMLInputElement} */ (event.target).checked;
      this.redraw();
    };
    return html`<p>Names, answers, readings and notes of this person become unreadable for ever, in the clinic and in every backup. The chain of the record still verifies.</p>
      <span class="ticks"><label for="sure-${chore}"><input type="checkbox" id="sure-${chore}" .checked=${this.sure} @change=${tick}> I know who is meant, and that nobody can undo it</label></span>`;
  }

  /** @private */
  erasing() {
    const send = (/** @type {Event} */ event) => {
      event.preventDefault();
      const typed = this.name.trim();
      if (typed) this.press("erase", "chores", { kind: "erase", name: typed }, "Asked. Another administrator confirms it on this page, within a day.");
    };
    const typed = (/** @type {Event} */ event) => {
      this.name = /** @type {HTMLInputElement} */ (event.target).value;
    };
    return html`<form class="form" aria-label="Erase somebody’s data" @submit=${send}>
      <p>For a person who asked to be forgotten. Everything about them becomes unreadable for ever, also in backups. Their sessions must be over. Ask how long your law makes you keep records first.</p>
      <label for="whom">Full name, as it stands under Clients<input id="whom" maxlength="200" autocomplete="off" .value=${this.name} @input=${typed}></label>
      <button class="btn stop" type="submit">Ask for it</button></form>${this.proving.at("erase")}`;
  }
}
