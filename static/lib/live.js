/**
 * The session socket of one page: the newest view, the entries, the server's clock, and whether any of it may still be believed.
 *
 * Nothing shown here is trusted to have arrived: after every loss the page asks again for "everything since entry n". A page whose
 * data is older than 10 s says so and permits nothing (I22).
 *
 * @typedef {import("./types.js").View} View
 * @typedef {import("./types.js").Entry} Entry
 * @typedef {import("./types.js").ServerMessage} ServerMessage
 */

import { address } from "./address.js";
import { hearHours } from "./clock.js";

/** Data older than this (real ms) is not live: every permitting control shuts (I22). */
export const STALE_MS = 10_000;
/** The server beats every 2 s; this much silence means the line is dead although nobody said so. */
const SILENT_MS = 6_000;
const RETRY_MS = [300, 600, 1_000, 2_000, 3_000];
const TICK_MS = 500;
/** What a page says once it listens: it draws and sounds whatever it is told from now on. */
const HELLO = '{"type":"hello"}';
/** So long a line may stand open for a page that is still loading. */
const AHEAD_MS = 10_000;
/** States of a session whose pages come back first; the others wait longer, and apart, so that a restart is no storm. */
const FIRST = new Set(["arriving", "released", "dosed"]);
const LATER = 3;
/** Close codes after which hurrying is useless: the login ended, or the session is not this person's. */
const ENDED = new Map([[4401, "ended"], [4404, "gone"]]);
/** Nobody moved here for a while, and no session of this person is going on. */
const LOCKED = 4423;
const ENDED_RETRY_MS = 5_000;

/**
 * Milliseconds that passed on this device. `performance.now` may stand still while a laptop sleeps and `Date.now` may be set back:
 * each alone could make old data look fresh, so the one that ran further counts.
 * @returns {() => number}
 */
function monotonic() {
  let performance0 = performance.now();
  let date0 = Date.now();
  let passed = 0;
  return () => {
    const byPerformance = performance.now() - performance0;
    const byDate = Date.now() - date0;
    performance0 += byPerformance;
    date0 += byDate;
    passed += Math.max(byPerformance, byDate, 0);
    return passed;
  };
}

/**
 * Events: `view` (view or entries are new), `entries` (detail: the new ones), `notice` (detail: Notice), `media` (detail: MediaMessage),
 * `stale` (detail: boolean), `line` (detail: "open" | "lost" | "ended" | "gone"), `tick` (twice a second, to redraw clocks), `locked`.
 */
export class Live extends EventTarget {
  /** @param {{login?: string, session?: string, origin?: string}} [where] default: from the page's own address */
  constructor(where = {}) {
    super();
    const here = address();
    this.login = where.login ?? here.login;
    this.session = where.session ?? here.session;
    this.origin = where.origin ?? location.origin;
    /** This is the line of the page itself. */
    this.page = where.session === undefined;
    /** @type {View | null} */
    this.view = null;
    /** @type {Entry[]} */
    this.entries = [];
    this.version = 0;
    /** @type {"open" | "lost" | "ended" | "gone"} */
    this.line = "lost";
    /** @type {WebSocket | null} */
    this.socket = null;
    this.passed = monotonic();
    this.opened = 0;
    this.heard = Number.NEGATIVE_INFINITY;
    this.lag = 0;
    this.base = 0;
    this.baseAt = 0;
    this.rate = 1;
    this.tries = 0;
    this.wasStale = true;
    this.retryAt = 0;
    this.stopped = true;
    /** What was said before `start`: the line is opened while the page is still on its way. @type {{message: ServerMessage, at: number}[] | null} */
    this.waiting = null;
    /** The newest line of the record that the page itself brought. */
    this.brought = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    this.wake = () => this.hurry();
  }

  /**
   * Open the line before anybody listens: what is said meanwhile waits for `start`, and its age counts from when it came. The page says
   * hello only then: until it does, no alarm counts as told to it.
   */
  ahead() {
    this.waiting = [];
    this.hearPage();
    this.open();
    setTimeout(() => {
      if (this.waiting) this.drop(); // a page that did not become one must not look as if somebody were there
    }, AHEAD_MS);
  }

  /** Connect and keep connected until `stop`. */
  start() {
    if (!this.stopped) return;
    this.stopped = false;
    this.timer = setInterval(() => this.tick(), TICK_MS);
    addEventListener("online", this.wake);
    addEventListener("pageshow", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    if (!this.waiting?.length) this.hearPage();
    const waiting = this.waiting ?? [];
    this.waiting = null;
    for (const { message, at } of waiting) this.take(message, at);
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(HELLO);
    this.connect();
  }

  stop() {
    this.stopped = true;
    clearInterval(this.timer);
    removeEventListener("online", this.wake);
    removeEventListener("pageshow", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.drop();
  }

  /** The server's clinic time now, UTC ms. Before the first message: this device's own. */
  now() {
    if (!this.base) return Date.now();
    return this.base + (this.passed() - this.baseAt) * this.rate;
  }

  /** Age of what the page shows, in real ms. */
  age() {
    return this.passed() - this.heard + this.lag;
  }

  /** True when nothing fresh was heard for more than 10 s (or ever). */
  stale() {
    return !(this.age() <= STALE_MS);
  }

  /**
   * @private What the server wrote into the page (`web/told.py`): the snapshot that the line will say again. It is as old as the
   * request for the page, by whichever clock ran further; half a page brings none.
   */
  hearPage() {
    const told = this.page ? document.getElementById("told")?.textContent : "";
    if (!told) return;
    try {
      const message = /** @type {ServerMessage} */ (JSON.parse(told));
      const asked = performance.getEntriesByType("navigation")[0];
      const since = Math.max(performance.now(), Date.now() - performance.timeOrigin) - (asked instanceof PerformanceNavigationTiming ? asked.requestStart : 0);
      this.waiting = [{ message, at: this.passed() - since }];
      if ("entries" in message) this.brought = message.entries.at(-1)?.n ?? 0;
    } catch {
      // the line says it
    }
  }

  /** @private */
  connect() {
    if (!this.stopped && !this.socket) this.open();
  }

  /** @private */
  open() {
    const last = this.entries.at(-1)?.n ?? this.brought;
    const url = new URL(`/live/as/${this.login}/s/${this.session}`, this.origin.replace(/^http/, "ws"));
    url.searchParams.set("since", String(last));
    const socket = new WebSocket(url);
    this.socket = socket;
    this.opened = this.passed();
    socket.addEventListener("open", () => {
      if (!this.waiting) socket.send(HELLO);
    });
    socket.addEventListener("message", (event) => {
      if (socket !== this.socket || typeof event.data !== "string") return;
      const message = /** @type {ServerMessage} */ (JSON.parse(event.data));
      if (this.waiting) this.waiting.push({ message, at: this.passed() });
      else this.take(message);
    });
    socket.addEventListener("close", (event) => {
      if (socket !== this.socket) return;
      if (this.waiting) {
        this.socket = null; // `start` asks again, and then says what is wrong
        return;
      }
      if (event.code === LOCKED) this.dispatchEvent(new CustomEvent("locked")); // staff alone, and what they send goes first
      this.lost(ENDED.get(event.code) ?? "lost");
    });
  }

  /** @private */
  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** @private @param {string} line */
  lost(line) {
    this.socket = null;
    this.setLine(/** @type {"lost"} */ (line));
    const wait = line === "lost" ? RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)] : ENDED_RETRY_MS;
    this.tries += 1;
    // Half as long to half as long again: a restart must not bring every page of a clinic back in the same moment.
    const patience = this.view && !FIRST.has(this.view.state) ? LATER : 1;
    const pause = wait * patience * (0.5 + Math.random());
    this.retryAt = this.passed() + pause;
    setTimeout(() => this.retry(), pause);
  }

  /** @private */
  retry() {
    if (!this.stopped && !this.socket && this.passed() >= this.retryAt - 5) this.connect();
  }

  /** @private Coming back to a page, or to a network, does not wait for the back-off. */
  hurry() {
    if (this.stopped) return;
    if (this.socket && this.age() > SILENT_MS / 2 && this.passed() - this.opened > SILENT_MS / 2) this.drop();
    if (!this.socket) this.connect();
  }

  /** @private @param {ServerMessage} message @param {number} [at] when it came, as `passed` counts */
  take(message, at = this.passed()) {
    // A beat of a newer version than the view shown proves that the view is old: it does not count as fresh. If the view does not
    // follow, the page goes stale and asks again, as if the line were silent.
    if (message.type !== "beat" || message.version <= this.version) this.heard = at;
    if ("now" in message) this.setClock(message.now, message.rate, message.type === "snapshot", at);
    if (message.type === "snapshot" || message.type === "change") {
      this.tries = 0;
      this.setLine("open");
      this.version = message.version;
      this.view = message.view;
      hearHours(message.view.zone, message.view.hours);
      const last = this.entries.at(-1)?.n ?? 0;
      const fresh = message.entries.filter((entry) => entry.n > last);
      this.entries.push(...fresh);
      if (fresh.length) this.tell("entries", fresh);
      this.checkStale();
      this.tell("view", message.view);
    } else if (message.type === "notice") {
      this.tell("notice", message);
    } else if (message.type === "media") {
      this.tell("media", message);
    } else {
      this.checkStale();
    }
  }

  /**
   * Follow the server's clock. Clinic time never runs back, so a message that is behind what we already reckoned was delivered late
   * (a laptop that slept, a network that held packets): its lag counts as age. A snapshot was written after we connected, so it
   * starts the reckoning anew.
   * @private @param {number} now @param {number} rate @param {boolean} anew @param {number} at when it came
   */
  setClock(now, rate, anew, at) {
    const reckoned = this.base ? this.base + (at - this.baseAt) * this.rate : Date.now();
    this.baseAt = at;
    if (anew || !this.base || now >= reckoned) {
      this.base = now;
      this.lag = 0;
    } else {
      this.base = reckoned;
      this.lag = (reckoned - now) / Math.max(rate, 1);
      // Small lags are this device's clock running fast. Give way slowly, so that they do not add up to a false alarm.
      this.base -= Math.min(reckoned - now, 50 * Math.max(rate, 1));
    }
    this.rate = rate;
  }

  /** @private */
  tick() {
    this.checkStale();
    if (this.socket && this.age() > SILENT_MS && this.passed() - this.opened > SILENT_MS) {
      this.drop();
      this.lost("lost");
    } else if (!this.socket && this.passed() >= this.retryAt) {
      this.connect();
    }
    this.tell("tick", null);
  }

  /** @private */
  checkStale() {
    const stale = this.stale();
    if (stale !== this.wasStale) {
      this.wasStale = stale;
      this.tell("stale", stale);
    }
  }

  /** @private @param {"open" | "lost" | "ended" | "gone"} line */
  setLine(line) {
    if (line === this.line) return;
    this.line = line;
    this.tell("line", line);
  }

  /** @private @param {string} name @param {unknown} detail */
  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
