/**
 * Tells the server, once a minute at most, that a hand moved here. Without it the records of this login are shut after ten minutes;
 * a session that is going on never is. Whatever the answer, this page does nothing with it.
 */

import { address } from "./lib/address.js";

const EACH_MS = 60_000;
let told = Number.NEGATIVE_INFINITY;

function moved() {
  if (performance.now() - told < EACH_MS) return;
  told = performance.now();
  fetch(`/api/v1/as/${address().login}/awake`, { method: "POST", credentials: "same-origin", keepalive: true }).catch(() => {});
}

for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(kind, moved, { passive: true, capture: true });
