/** Keep the screen on while it matters. A browser drops the lock whenever the page is hidden; it is taken again on return. */

let wanted = false;
/** @type {WakeLockSentinel | null} */
let lock = null;

/** @param {boolean} on */
export function keepAwake(on) {
  wanted = on;
  if (!on) {
    void lock?.release().catch(() => {});
    lock = null;
  } else if (!lock) {
    void take();
  }
}

async function take() {
  if (!wanted || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
  try {
    const taken = await navigator.wakeLock.request("screen");
    lock = taken;
    taken.addEventListener("release", () => {
      if (lock === taken) lock = null;
    });
  } catch {
    // Refused (battery low, no permission): the device's own settings then decide. Asked again on the next return to the page.
  }
}

document.addEventListener("visibilitychange", () => {
  if (wanted && !lock) void take();
});
