/**
 * The ears of a staff page: which alarms sound here, the canary that proves the way is open, the page that asks for a person.
 */

import { AlarmSound } from "./alarm-sound.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").AlarmView} AlarmView */
/** @typedef {import("../lib/types.js").Notice} Notice */

/**
 * Make a page hear. @param {Desk} desk @param {{ everything: boolean }} how `everything`: also the alarms that somebody else owns, as
 * in the cockpit; else only what is mine, and one burst for whatever I am told.
 */
export function listen(desk, { everything }) {
  const sound = new AlarmSound();
  desk.live.addEventListener("notice", (event) => void hear(desk, sound, everything, /** @type {CustomEvent<Notice>} */ (event).detail));
  const tick = () => sound.tick(audible(desk, everything));
  for (const kind of ["view", "tick", "stale"]) desk.live.addEventListener(kind, tick);
  return sound;
}

/** @param {Desk} desk @param {boolean} everything @returns {{ id: string, priority: "high" | "medium" | "low", family: string }[]} */
function audible(desk, everything) {
  const { view } = desk;
  if (!view) return [];
  const mine = (/** @type {AlarmView} */ alarm) => everything || alarm.owner.person === view.me.person || alarm.order_mine;
  /** @type {{ id: string, priority: "high" | "medium" | "low", family: string }[]} */
  const loud = view.alarms.filter((alarm) => !alarm.acked && !alarm.over && mine(alarm));
  // A watcher whose own line is dead sees nothing: that must be heard at the same device, since no server can say it.
  if (everything && view.state === "dosed" && desk.live.stale()) loud.push({ id: "own-line", priority: "medium", family: "technical" });
  return loud;
}

/** @param {Desk} desk @param {AlarmSound} sound @param {boolean} everything @param {Notice} notice */
async function hear(desk, sound, everything, notice) {
  if (notice.kind === "canary") {
    // Two soft pulses. Where the browser still forbids sound, the page says so beside the strip, and the canary is answered all the
    // same: it proves the way from the watch to this screen, and the test of the sound is a press of its own.
    await sound.once("low");
    await desk.api.post("canary", { canary: notice.subject }).catch(() => undefined); // the next one comes in 5 min; a gate tells
    return;
  }
  if (notice.kind !== "page" && audible(desk, everything).length) return; // that alarm sounds by itself
  await sound.once(notice.kind === "page" ? "medium" : "high");
  desk.paint();
}
