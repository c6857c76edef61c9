/**
 * Everything a page asks of the server. A reply means the record has it. Each request carries a key that stays the same through every
 * retry, so a press counts once however often the network made us send it.
 *
 * Two kinds of request, because late is not the same for both:
 * - what somebody **saw or did** (a dose, help, a check-in) is kept and sent until the server answers, also over a reload of the page;
 *   it carries its own `said_at` where the command has one, so late is still true;
 * - what somebody **may do now** (release, an answer to a gate, discharge) is only right now. It is tried for a few seconds and then
 *   given up, and the page says so: a release that leaves a dead network ten minutes later must not arrive.
 *
 * @typedef {import("./types.js").Reason} Reason
 * @typedef {{key: string, path: string, body: unknown, at: number}} Kept
 * @typedef {{of: string, noun: string, body: unknown}} Act what is signed: `sessions/<id>` or `courses/<id>`, noun, body as it will be sent
 */

import { address } from "./address.js";
import { wall } from "./clock.js";
import { NoPasskey, usePasskey } from "./passkey.js";
import { tab } from "./shelf.js";

/** Sent until answered. All others are given up after `GIVE_UP_MS`. */
const KEPT = new Set(["doses", "help", "words", "recall", "hold-end", "check-ins", "readings", "voids", "orders", "reopening", "return"]);
const GIVE_UP_MS = 10_000;
const ANSWER_MS = 8_000;
const RETRY_MS = [300, 600, 1_000, 2_000, 3_000];
/** A reply of this kind is not an answer: something between us and the record failed. */
const TRY_AGAIN = new Set([502, 503, 504]);
/** The record's own "unknown": tried a few times with the same key, then told. */
const UNKNOWN_TRIES = 4;

/** A request that was answered with no, or not answered. `sentence` can be shown as it is. */
export class Refusal extends Error {
  /** @param {{kind: string, sentence: string, reasons?: Reason[], field?: string}} what */
  constructor({ kind, sentence, reasons = [], field = "" }) {
    super(sentence);
    this.name = "Refusal";
    /** refused | malformed | not_found | login | offline | unknown */
    this.kind = kind;
    this.sentence = sentence;
    this.reasons = reasons;
    this.field = field;
  }

  /** @param {string} code */
  has(code) {
    return this.reasons.some((reason) => reason.code === code);
  }
}

const SENTENCES = /** @type {Record<number, [string, string]>} */ ({
  401: ["login", "This link has ended. Call the clinic."],
  403: ["login", "This page may not do that. Open your link again."],
  404: ["not_found", "That is not here, or not yours."],
  413: ["malformed", "That is too long."],
  423: ["locked", "Nobody was at this screen for a while. Prove that it is you."],
  429: ["refused", "Too many tries. Wait a little."],
});

const pause = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));

/** 128 bits, without `randomUUID`, which plain http addresses do not have. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Event `saving` whenever the number of unanswered requests changes. */
export class Api extends EventTarget {
  /** @param {{login?: string, session?: string, patience?: number}} [where] default: from the page's own address */
  constructor(where = {}) {
    super();
    const here = address();
    this.login = where.login ?? here.login;
    this.session = where.session ?? here.session;
    /** How long what may only be done now is tried, ms. */
    this.patience = where.patience ?? GIVE_UP_MS;
    /** Requests that are not answered yet. */
    this.saving = 0;
    /** True when a request has already failed once and is being tried again. */
    this.struggling = false;
    /** This page is about to be covered. */
    this.covering = false;
    this.shelf = `telekap.unsent.${this.login}.${this.session}`;
  }

  /**
   * @param {string} noun @param {Record<string, unknown>} [body]
   * @returns {Promise<{version: number}>}
   */
  post(noun, body = {}) {
    const request = { key: newKey(), path: `sessions/${this.session}/${noun}`, body, at: Date.now() };
    return this.deliver(request, KEPT.has(noun));
  }

  /**
   * @param {string} course @param {string} noun @param {Record<string, unknown>} [body]
   * @returns {Promise<{version: number}>}
   */
  postCourse(course, noun, body = {}) {
    return this.deliver({ key: newKey(), path: `courses/${course}/${noun}`, body, at: Date.now() }, false);
  }

  /**
   * Prove the second factor of this login; with an act, for that one act alone.
   * @param {string} code six digits, or a recovery code @param {Act} [act]
   */
  async secondFactor(code, act) {
    await this.ask("second-factor", act ? { code, act } : { code });
  }

  /** The same with a passkey. Throws `NoPasskey` if there is none, or the person does not want to. @param {Act} [act] */
  async secondFactorByPasskey(act) {
    const { options } = /** @type {any} */ (await this.ask("passkey-options", act ? { act } : {}));
    if (!options) throw new NoPasskey("You have no passkey here. Add one in your account.");
    const credential = await usePasskey(options);
    await this.ask("second-factor", act ? { credential, act } : { credential });
  }

  /** Anything below this login that is pressed and answered now or not at all. @param {string} path @param {unknown} [body] */
  ask(path, body = {}) {
    return /** @type {Promise<any>} */ (this.deliver({ key: newKey(), path, body, at: Date.now() }, false));
  }

  /** Relays of this installation, for one connection. @returns {Promise<RTCIceServer[]>} */
  async relays() {
    return (await this.get(`sessions/${this.session}/seat`)).ice_servers;
  }

  /**
   * The media answer to an offer. Not tried again here: the peer has its own patience.
   * @param {string} offer @param {string} page this page's own word @param {boolean} take a person asked for the seat here
   * @param {AbortSignal} signal
   */
  async seat(offer, page, take, signal) {
    return /** @type {{answer: string, slots: import("./types.js").Slot[]}} */ (
      await this.send({ key: newKey(), path: `sessions/${this.session}/seat`, body: { offer, page, take }, at: 0 }, signal)
    );
  }

  /** @param {string} [path] below `/api/v1/as/<login>/`; default: this session */
  async get(path = `sessions/${this.session}`) {
    const response = await fetch(`/api/v1/as/${this.login}/${path}`, { credentials: "same-origin", signal: AbortSignal.timeout(ANSWER_MS) });
    return this.read(response);
  }

  /** Send again what a reload interrupted. Call once, when the page starts. Answers are not waited for. */
  resume() {
    for (const kept of this.shelved()) {
      this.deliver(kept, true).catch(() => {});
    }
  }

  /**
   * The same for somebody who waits for it: "" once all of it is answered, otherwise what to know of it. What is not answered by then
   * stays kept, and is tried on. @param {number} most ms @returns {Promise<string>}
   */
  async settle(most) {
    const sent = this.shelved().map((kept) => this.deliver(kept, true).then(() => "", (/** @type {unknown} */ error) => {
      if (!(error instanceof Refusal)) throw error;
      return `What you pressed at ${wall(kept.at)} was not taken: ${error.sentence}`;
    }));
    const late = pause(most).then(() => ["What you pressed last has not arrived: there is no line. It is sent as soon as there is one. Sign out then."]);
    return (await Promise.race([Promise.all(sent), late])).find(Boolean) ?? "";
  }

  /** @private @param {Kept} request @param {boolean} keep @returns {Promise<{version: number}>} */
  async deliver(request, keep) {
    if (keep) this.shelve(request);
    this.count(+1);
    const until = performance.now() + this.patience;
    try {
      for (let tries = 0; ; tries += 1) {
        try {
          return /** @type {{version: number}} */ (await this.send(request));
        } catch (error) {
          const refusal = error instanceof Refusal ? error : null;
          if (refusal && refusal.kind !== "offline" && refusal.kind !== "unknown") throw refusal;
          if (refusal?.kind === "unknown" && tries >= UNKNOWN_TRIES) throw refusal;
          if (!keep && performance.now() > until) {
            throw new Refusal({ kind: "offline", sentence: "Not sent: there is no line. Look at what this page shows, then press again." });
          }
          this.setStruggling(true);
          await pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 3_000);
        }
      }
    } finally {
      if (keep) this.unshelve(request.key);
      this.count(-1);
    }
  }

  /** @private @param {Kept} request @param {AbortSignal} [signal] @returns {Promise<unknown>} */
  async send(request, signal = AbortSignal.timeout(ANSWER_MS)) {
    let response;
    try {
      response = await fetch(`/api/v1/as/${this.login}/${request.path}`, {
        method: "POST",
        credentials: "same-origin",
        headers: { "content-type": "application/json", "idempotency-key": request.key },
        body: JSON.stringify(request.body),
        signal,
      });
    } catch {
      throw new Refusal({ kind: "offline", sentence: "No line." });
    }
    return this.read(response);
  }

  /** Nobody was here for a while: the page that asks comes in place of this one, behind whatever is being sent from it now. */
  cover() {
    if (this.covering) return;
    this.covering = true;
    const now = () => {
      if (!this.saving) location.reload();
    };
    this.addEventListener("saving", now);
    now();
  }

  /** @private @param {Response} response */
  async read(response) {
    if (response.status === 204) return {};
    if (TRY_AGAIN.has(response.status)) throw new Refusal({ kind: "offline", sentence: "The server is not ready." });
    /** @type {any} */
    const read = await response.json().catch(() => null);
    // A yes whose words were cut off on the way is not understood, and asked again with the same key.
    if (response.ok && read === null) throw new Refusal({ kind: "offline", sentence: "The answer was cut off." });
    /** @type {any} */
    const body = read ?? {};
    if (response.ok) return body;
    const reasons = /** @type {Reason[]} */ (body.reasons ?? []);
    const known = SENTENCES[response.status];
    // The address stays and answers with the page that asks who is there; a live session is never shut, so none is left.
    if (response.status === 423 && !this.session) this.cover();
    if (response.status === 409) {
      throw new Refusal({ kind: "refused", sentence: reasons.map((r) => r.sentence).join(" ") || "Not now.", reasons });
    }
    if (response.status === 422) throw new Refusal({ kind: "malformed", sentence: body.sentence ?? "That does not fit.", field: body.field ?? "" });
    if (response.status === 401 && body.error === "wrong") throw new Refusal({ kind: "malformed", sentence: "That does not match. Try the next code.", field: "code" });
    if (known) throw new Refusal({ kind: known[0], sentence: body.sentence ?? known[1] });
    throw new Refusal({ kind: "unknown", sentence: "The server could not say whether it has this. Look at what the page shows." });
  }

  /** @private @param {number} by */
  count(by) {
    this.saving += by;
    if (this.saving === 0) this.struggling = false;
    this.dispatchEvent(new CustomEvent("saving", { detail: this.saving }));
  }

  /** @private @param {boolean} to */
  setStruggling(to) {
    if (this.struggling === to) return;
    this.struggling = to;
    this.dispatchEvent(new CustomEvent("saving", { detail: this.saving }));
  }

  // What is not answered yet lives in this tab only: it outlives a reload and a crash, and ends with the tab.

  /** @private @returns {Kept[]} */
  shelved() {
    return tab.read(this.shelf, []);
  }

  /** @private @param {Kept[]} list */
  setShelf(list) {
    tab.set(this.shelf, list.length ? JSON.stringify(list) : null);
  }

  /** @private @param {Kept} request */
  shelve(request) {
    this.setShelf([...this.shelved().filter((kept) => kept.key !== request.key), request]);
  }

  /** @private @param {string} key */
  unshelve(key) {
    this.setShelf(this.shelved().filter((kept) => kept.key !== key));
  }
}
