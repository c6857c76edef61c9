/**
 * Six checks of the client's own device, one thing a screen: camera, microphone, speaker, line, charger, do not disturb. They open no
 * gate and the record knows nothing of them; they spare a person the evening on which nothing works. What was well is kept on the
 * device, so a reload goes on where it was.
 *
 * @typedef {import("./device-help.js").Check} Check
 * @typedef {import("../lib/types.js").View} View
 */

import { html, nothing } from "../lib/dom.js";
import { device } from "../lib/shelf.js";
import { chime } from "./chime.js";
import { stepsFor } from "./device-help.js";

/** @type {Check[]} In this order. */
export const CHECKS = ["camera", "microphone", "speaker", "line", "charger", "quiet"];
const BARS = 12;
/** Loudness (root mean square, 1 is full) from which the microphone counts as heard; a drawn tone is quiet. */
const HEARD = { camera: 0.02, drawn: 0.002, none: 1 };
/** So many loud looks at the microphone (10 a second) are a voice, and not a knock. */
const VOICE = 4;
/** The line has to hold this long (real ms). */
const HOLDS_MS = 2_000;

export class DeviceCheck {
  /** @param {{seat: import("../lib/seat.js").Seat, live: import("../lib/live.js").Live, redraw: () => void}} parts */
  constructor({ seat, live, redraw }) {
    this.seat = seat;
    this.live = live;
    this.redraw = redraw;
    this.shelf = `telekap.checked.${live.session}`;
    /** @type {Set<Check>} */
    this.done = new Set(device.read(this.shelf, []));
    /** The check whose steps are shown. @type {Check | ""} */
    this.helping = "";
    this.level = 0;
    this.loud = 0;
    this.played = false;
    this.since = 0;
    /** @type {boolean | null} null: this browser does not say */
    this.charging = null;
    /** @type {{stop: () => void} | null} */
    this.ear = null;
    this.askBattery();
  }

  /** The check to do now, or null when all are done. @returns {Check | null} */
  get now() {
    return CHECKS.find((check) => !this.done.has(check)) ?? null;
  }

  /** @param {Check} check */
  pass(check) {
    this.done.add(check);
    this.helping = "";
    this.ear?.stop();
    this.ear = null;
    device.set(this.shelf, JSON.stringify([...this.done]));
    this.redraw();
    queueMicrotask(() => document.getElementById("question")?.focus({ preventScroll: true }));
  }

  /** @private @param {Check | ""} check */
  help(check) {
    this.helping = check;
    this.redraw();
  }

  /** @private Some browsers say whether they charge. */
  askBattery() {
    /** @type {any} */ (navigator).getBattery?.().then((/** @type {any} */ battery) => {
      const look = () => {
        this.charging = battery.charging;
        this.redraw();
      };
      battery.addEventListener("chargingchange", look);
      look();
    }).catch(() => {});
  }

  /** Twice a second: what passes by itself. */
  tick() {
    if (this.now === "line") {
      const well = !this.live.stale() && this.seat.state === "connected";
      if (!well) this.since = 0;
      else if (!this.since) this.since = performance.now();
      else if (performance.now() - this.since > HOLDS_MS) this.pass("line");
    }
    if (this.now === "charger" && this.charging) this.pass("charger");
    if (this.now === "microphone" && this.seat.sending) this.listen();
  }

  /** @private How loud the own microphone is, while that is being checked. */
  listen() {
    const stream = /** @type {MediaStream | null} */ (this.seat.own.srcObject);
    if (this.ear || !stream?.getAudioTracks().length) return;
    const context = new AudioContext();
    const meter = context.createAnalyser();
    meter.fftSize = 4096; // 85 ms: hardly anything falls between two looks
    context.createMediaStreamSource(stream).connect(meter);
    const wave = new Float32Array(meter.fftSize);
    const timer = setInterval(() => {
      if (context.state === "suspended") context.resume().catch(() => {});
      meter.getFloatTimeDomainData(wave);
      this.level = Math.sqrt(wave.reduce((sum, one) => sum + one * one, 0) / wave.length);
      this.loud = this.level > HEARD[/** @type {"camera"} */ (this.seat.source)] ? this.loud + 1 : this.loud;
      if (this.loud >= VOICE) this.pass("microphone");
      else this.redraw();
    }, 100);
    this.ear = { stop: () => { clearInterval(timer); context.close().catch(() => {}); } };
  }

  /** The screen of one check. @param {Check} check @param {string} who the therapist */
  screen(check, who) {
    const at = CHECKS.indexOf(check);
    const steps = html`<ol class="doing" aria-label="Check ${at + 1} of ${CHECKS.length}">${CHECKS.map(
      (one, n) => html`<li class=${n < at ? "done" : n === at ? "now" : ""}></li>`)}</ol>`;
    if (this.helping === check) return html`<div class="stack grow">${steps}${this.steps(check)}</div>`;
    const { lead, small, middle, acts } = this.words(check, who);
    return html`<div class=${check === "camera" && this.seat.sending ? "two" : "stack grow"}>${check === "camera" && this.seat.sending ? middle : nothing}
      <div class="stack">${steps}<h1 class="lead" id="question" tabindex="-1">${lead}</h1>${small ? html`<p class="soft">${small}</p>` : nothing}
        ${check === "camera" && this.seat.sending ? nothing : middle}<div class="acts">${acts}</div></div></div>`;
  }

  /** @private @param {Check} check @param {string} who */
  words(check, who) {
    const well = (/** @type {string} */ label) => html`<button type="button" class="btn client main" @click=${() => this.pass(check)}>${label}</button>`;
    const not = (/** @type {string} */ label) => html`<button type="button" class="btn client" @click=${() => this.help(check)}>${label}</button>`;
    if (check === "camera" && !this.seat.sending) {
      const on = async () => {
        await this.seat.useCamera();
        if (!this.seat.sending) this.help("camera");
      };
      return { lead: `Let ${who} see you.`, small: "Nothing is recorded.", middle: nothing,
        acts: html`<button type="button" class="btn client main" @click=${() => void on()}>Turn on the camera</button>` };
    }
    if (check === "camera") {
      return { lead: "Show your face and chest.", small: "Lie where you will lie. Move the stand, not yourself.",
        middle: html`<figure class="tile cam framed">${this.seat.own}<svg class="outline" viewBox="0 0 160 90" aria-hidden="true"><path d="M44 12h72v66H44z"/><circle cx="80" cy="34" r="15"/><path d="M52 78c2-18 14-24 28-24s26 6 28 24"/></svg>
          <figcaption><span>This is what ${who} will see</span></figcaption></figure>`,
        acts: html`${well("I can see myself")}${not("I cannot")}` };
    }
    if (check === "microphone") {
      const on = Math.min(BARS, Math.round(Math.sqrt(this.level) * BARS * 2));
      return { lead: "Say hello.", small: "The bars move when you are heard.",
        middle: html`<ol class="level" aria-hidden="true">${Array.from({ length: BARS }, (_, n) => html`<li class=${n < on ? "on" : ""}></li>`)}</ol>`,
        acts: not("Nothing moves") };
    }
    if (check === "speaker") {
      const play = () => {
        chime();
        this.played = true; // whether it could be heard is for ears to say
        this.redraw();
      };
      return this.played
        ? { lead: "Did you hear the chime?", small: "", middle: nothing, acts: html`<div class="acts pair">${well("Yes")}${not("No")}</div>` }
        : { lead: "Listen.", small: `It sounds when ${who} comes.`, middle: nothing, acts: html`<button type="button" class="btn client main" @click=${play}>Play the chime</button>` };
    }
    if (check === "line") return { lead: "Checking the line.", small: "This takes a few seconds.", middle: nothing, acts: not("It takes too long") };
    if (check === "charger") {
      return { lead: "Plug in the charger.", small: this.charging === false ? "It is not charging yet." : "", middle: nothing, acts: well("It is plugged in") };
    }
    const { device: name, steps } = stepsFor("quiet");
    return { lead: "Turn on Do Not Disturb.", small: name === "this device" ? "" : `On ${name}:`, middle: list(steps), acts: well("It is on") };
  }

  /** @private A check failed: what to do here, again, or on without. @param {Check} check */
  steps(check) {
    const { device: name, steps } = stepsFor(check);
    const again = () => {
      this.played = false;
      this.help("");
    };
    return html`<h1 class="lead" id="question" tabindex="-1">Try this.</h1><p class="soft">${this.seat.problem || `On ${name}:`}</p>${list(steps)}
      <div class="acts"><button type="button" class="btn client main" @click=${again}>Try again</button>
      ${check === "line" ? html`<a class="btn client" href="/as/${this.live.login}/line">Test each way</a>` : nothing}
      ${check === "camera" && !this.seat.sending ? html`<p class="soft">Or open your link on another device.</p>` : html`<button type="button" class="btn client" @click=${() => this.pass(check)}>Go on without</button>`}</div>`;
  }
}

/** @param {string[]} steps */
const list = (steps) => html`<ol class="steps-list">${steps.map((step) => html`<li>${step}</li>`)}</ol>`;

