/**
 * The list of sessions of one login: one line each, most urgent first, asked again every few seconds.
 */

import { address } from "../lib/address.js";
import { Api, Refusal } from "../lib/api.js";
import { html } from "../lib/dom.js";
import { whenOf } from "../lib/clock.js";
import { triangle } from "./signs.js";

/** @typedef {import("../lib/types.js").HomeSession} HomeSession */

const EVERY_MS = 5_000;
/** Older than this the list says that it is old (the same limit as for a session's page). */
const OLD_MS = 10_000;

/** Words for states, as people say them. @type {Record<string, string>} */
export const STATES = {
  scheduled: "to come", arriving: "lobby open", released: "released", dosed: "under watch", discharged: "discharged", transferred: "handed over",
  closed: "closed", stood_down: "stood down", cancelled: "cancelled", no_show: "did not come", held: "held",
};

/** Event `change` after each answer. */
export class Roster extends EventTarget {
  /** @param {string} login */
  constructor(login) {
    super();
    this.login = login;
    this.api = new Api({ login, session: "" });
    /** @type {{ person: string, name: string, roles: string[], administers?: boolean } | null} */
    this.me = null;
    /** @type {HomeSession[]} */
    this.sessions = [];
    /** Who at home lost their link. @type {{session: string, name: string, phone: string, at: number}[]} */
    this.lost = [];
    this.heard = Number.NEGATIVE_INFINITY;
    this.trouble = "";
  }

  get old() {
    return this.me !== null && performance.now() - this.heard > OLD_MS;
  }

  start() {
    void this.ask();
    setInterval(() => void this.ask(), EVERY_MS);
  }

  /** @private */
  async ask() {
    try {
      const body = /** @type {any} */ (await this.api.get("home"));
      if (body.locked && !address().session) location.reload(); // the address answers with the page that asks who is there
      this.me = body.me;
      this.sessions = body.sessions;
      this.lost = body.lost_links ?? [];
      this.heard = performance.now();
      this.trouble = "";
    } catch (error) {
      this.trouble = error instanceof Refusal && error.kind === "login" ? "This login has ended. Sign in again." : "No line to the server.";
    }
    this.dispatchEvent(new Event("change"));
  }

  /**
   * @param {string} here the session whose page this is; "" on the list's own page
   * @param {import("../lib/types.js").View | null} [view] of that session: newer than this list, which must not say less than the page does
   */
  draw(here, view = null) {
    if (this.trouble && !this.me) return html`<p class="note stop" role="alert">${this.trouble} <a href="/sign-in">Sign in</a></p>`;
    if (!this.me) return html`<p class="connecting" role="status">Asking…</p>`;
    const calls = this.lost.map((one) => html`<p class="note wait">${one.name} lost their link. Call <a href="tel:${one.phone}">${one.phone}</a>, the number you know, then make a new link: <a href="/as/${this.login}/clinic">The clinic</a>.</p>`);
    const sessions = view ? this.sessions.map((one) => (one.id === here ? { ...one, state: view.state, sentence: view.sentence, alarms: view.alarms.length } : one)) : this.sessions;
    if (calls.length && here === "") return html`${calls}${this.list(sessions, here)}`;
    return this.list(sessions, here);
  }

  /** @private @param {HomeSession[]} sessions @param {string} here */
  list(sessions, here) {
    if (!sessions.length) {
      return this.me?.administers && !this.me.roles.length
        ? html`<p class="connecting">You look after who works here. Invite them on <a href="/as/${this.login}/team">the page of the team</a>.</p>`
        : html`<p class="connecting">No session now. Yours stand here as soon as they are booked.</p>`;
    }
    return html`<ol class="runs">${sessions.map((one) => this.line(one, here))}</ol>`;
  }

  /** @private @param {HomeSession} one @param {string} here */
  line(one, here) {
    const alarms = one.alarms
      ? html`<span class="tag high">${triangle("high")}${one.alarms} ${one.alarms === 1 ? "alarm" : "alarms"}</span>`
      : html`<span class="tag none">No alarm</span>`;
    return html`<li class="run ${one.alarms ? "high" : ""}"><div><h2>${one.client}</h2><span class="when">${whenOf(one.appointed, one.zone)}</span> <span class="meta">${one.my_role ? `you: ${one.my_role}` : "looking in"}</span></div>
      <div><b>${STATES[one.state] ?? one.state}</b><p class="quiet">${one.sentence}</p></div><div>${alarms}</div>
      <div>${one.id === here ? html`<span class="meta">this page</span>` : html`<a class="btn" href="/as/${this.login}/s/${one.id}">Open</a>`}</div></li>`;
  }
}

