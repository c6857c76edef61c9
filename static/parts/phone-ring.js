/**
 * When the support person's phone makes itself known: vibration when a look-in is due, ringing 60 s later, ringing at once and again
 * for an alarm that is theirs, and when the line is lost while the client is dosed. Nothing here can be switched off.
 *
 * @typedef {import("../lib/types.js").View} View
 */

import { FREE } from "./look-in.js";

/** A look-in that is due vibrates at once and rings after this long (clinic ms). */
const RING_AFTER_MS = 60_000;
const BUZZ_EVERY_MS = 10_000;

export class PhoneRing {
  /** @param {import("./alarm-sound.js").AlarmSound} sound */
  constructor(sound) {
    this.sound = sound;
    this.buzzed = Number.NEGATIVE_INFINITY;
  }

  /** Twice a second. @param {import("../lib/live.js").Live} live */
  tick(live) {
    const view = live.view;
    if (!view) return;
    const due = view.check_ins.find((one) => one.id === view.now_check_in && one.form.length > 0 && live.now() >= one.due && !FREE.has(one.status));
    // The server shows this person only what they own or were told of: all of it is heard until somebody has it.
    const loud = view.alarms.filter((alarm) => !alarm.over && !alarm.acked).map(({ id, priority, family }) => ({ id, priority, family }));
    if (view.state === "dosed" && live.stale()) loud.push({ id: "line", priority: "high", family: "technical" });
    if (view.question) loud.push({ id: "question", priority: "high", family: "clinical" });
    if (due && live.now() - due.due > RING_AFTER_MS) loud.push({ id: `due ${due.id}`, priority: "medium", family: "clinical" });
    if (due || loud.length) this.buzz();
    this.sound.tick(loud);
  }

  /** @private */
  buzz() {
    const now = performance.now();
    if (now - this.buzzed < BUZZ_EVERY_MS) return;
    this.buzzed = now;
    // Phones without a motor, and pages nobody touched yet, simply cannot.
    if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.([400, 200, 400]);
  }
}
