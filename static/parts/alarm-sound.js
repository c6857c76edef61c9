/**
 * The alarm sounds of a staff page: bursts made with WebAudio, so that nothing has to be fetched while an alarm is true.
 *
 * High: 5 + 5 pulses every 5 s. Medium: 3 pulses every 10 s. Low: 2 soft pulses once. Line alarms sound one tone lower.
 * Pitch never rises. Modelled on clinical alarm practice; no conformance is claimed (source: design of the look, §6).
 * @module
 */

/** @typedef {"high" | "medium" | "low"} Priority */
/** @typedef {{ starts: number[], again: number, gain: number }} Burst starts: s from the burst's begin; again: s, 0 = once */

const PULSE = 0.13;
const TRY_MS = 5_000;

/** @type {Record<Priority, Burst>} */
export const BURSTS = {
  high: { starts: [0, 0.2, 0.4, 0.75, 0.95, 1.6, 1.8, 2.0, 2.35, 2.55], again: 5, gain: 0.5 },
  medium: { starts: [0, 0.35, 0.7], again: 10, gain: 0.35 },
  low: { starts: [0, 0.4], again: 0, gain: 0.18 },
};

const TONE = { clinical: 660, technical: 587 }; // Hz: a whole tone apart
const RANK = { high: 3, medium: 2, low: 1 };

/** One page's loudspeaker. `tick` is called on every beat and timer; it decides by the sound card's clock, not by its caller's. */
export class AlarmSound {
  /** @type {AudioContext | null} */
  #context = null;
  #next = 0;
  #sounding = "";
  #pausedUntil = 0;
  #tried = Number.NEGATIVE_INFINITY;
  /** @type {Set<string>} ids that have had their one soft burst */
  #once = new Set();

  constructor() {
    // A browser lets a page sound only after its user touched it. The first touch of anything opens the way.
    const wake = () => void this.wake();
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { capture: true });
  }

  /** True when a burst would really be heard by somebody at this device. */
  get open() {
    return this.#context?.state === "running";
  }

  /** Whether an alarm would be heard here; not whether the client is (`video-tile.js` says that). */
  get words() {
    return this.open ? "Alarms sound at this device." : "Alarms are silent until you touch this page.";
  }

  /** @returns {Promise<boolean>} true when sound is allowed now */
  async wake() {
    this.#tried = performance.now();
    this.#context ??= new AudioContext();
    if (this.#context.state !== "running") {
      // resume() may wait for a touch for ever: never wait for it without a limit.
      await Promise.race([this.#context.resume(), new Promise((done) => setTimeout(done, 300))]).catch(() => undefined);
    }
    return this.open;
  }

  /** Pauses medium and low; high is never paused. @param {number} ms */
  pause(ms) {
    this.#pausedUntil = performance.now() + ms;
  }

  /** @returns {number} ms of pause left, 0 if none */
  get paused() {
    return Math.max(0, this.#pausedUntil - performance.now());
  }

  /** Plays one burst now, whatever is going on: the test, a canary, a page.
   * @param {Priority} priority
   * @param {"clinical" | "technical"} [family] */
  async once(priority, family = "clinical") {
    if (await this.wake()) this.#burst(BURSTS[priority], TONE[family]);
    return this.open;
  }

  /** Keeps sounding for the worst of the alarms that still want to be heard; falls silent when there is none.
   * @param {{ id: string, priority: Priority, family: string }[]} alarms */
  tick(alarms) {
    const loud = alarms.filter((a) => (a.priority === "high" || this.paused === 0) && !this.#once.has(a.id));
    const worst = loud.sort((a, b) => RANK[b.priority] - RANK[a.priority])[0];
    if (!worst) {
      this.#sounding = "";
      return;
    }
    if (!this.#context || !this.open) {
      // Perhaps the browser allows it by now; asking at every tick would only fill its console.
      if (performance.now() - this.#tried > TRY_MS) void this.wake();
      return;
    }
    const key = `${worst.id} ${worst.priority}`;
    if (key !== this.#sounding) this.#next = 0; // a new or worse one is heard at once, not at the old one's next turn
    this.#sounding = key;
    if (this.#context.currentTime < this.#next) return;
    const burst = BURSTS[worst.priority];
    this.#burst(burst, worst.family === "technical" ? TONE.technical : TONE.clinical);
    if (burst.again === 0) this.#once.add(worst.id);
    this.#next = this.#context.currentTime + burst.again;
  }

  /** @param {Burst} burst @param {number} hertz */
  #burst(burst, hertz) {
    const context = this.#context;
    if (!context) return;
    const gain = context.createGain();
    gain.gain.value = 0;
    gain.connect(context.destination);
    const tones = [1, 2, 3].map((harmonic) => {
      const tone = context.createOscillator();
      tone.frequency.value = hertz * harmonic; // harmonics: a pure tone is hard to place in a room
      tone.connect(gain);
      tone.start();
      return tone;
    });
    let end = context.currentTime;
    for (const start of burst.starts) {
      const at = context.currentTime + 0.02 + start;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(burst.gain / 3, at + 0.015);
      gain.gain.setValueAtTime(burst.gain / 3, at + PULSE - 0.02);
      gain.gain.linearRampToValueAtTime(0, at + PULSE);
      end = at + PULSE + 0.05;
    }
    for (const tone of tones) tone.stop(end);
    tones[0]?.addEventListener("ended", () => gain.disconnect());
  }
}
