/** The client's page: wires the socket, the requests, the seat and the screens. What is shown is `parts/client-screens.js`. */

import { Api } from "./lib/api.js";
import { demo } from "./lib/demo-mode.js";
import { place, render } from "./lib/dom.js";
import { Drafts } from "./lib/form.js";
import { Live } from "./lib/live.js";
import { device } from "./lib/shelf.js";
import { Seat } from "./lib/seat.js";
import { keepAwake } from "./lib/wake.js";
import { screen } from "./parts/client-screens.js";
import { GateWalk } from "./parts/gate-walk.js";
import { HelpSignal } from "./parts/help-signal.js";

/** States in which there is a room to sit in. */
const SEATED = new Set(["arriving", "released", "dosed", "discharged", "stood_down"]);

const live = new Live();
const api = new Api();
const drafts = new Drafts(live.session);
const seat = new Seat({ api, live });
const walk = new GateWalk({ api, drafts, redraw: draw });
const help = new HelpSignal({ api, redraw: draw });
const page = { live, api, drafts, seat, walk, help, redraw: draw, ask: "", problem: "" };
const root = place("page");
root.replaceChildren(); // what stood there while the page was loading; drawing adds, it does not replace
const chosen = `telekap.camera.${live.session}`;
let starting = false;
/** A camera that could not be had is not asked for at every change of the view (real ms). */
const AGAIN_MS = 5_000;
let askedAt = Number.NEGATIVE_INFINITY;

function draw() {
  const { kind, title, body } = screen(page);
  document.body.className = kind;
  document.title = title;
  render(body, root);
}

/**
 * The picture starts by itself in a demo (drawn), and on a page that already had the camera: after a reload nobody should have to
 * touch anything. The first time, the camera waits for a touch.
 */
async function startPicture() {
  const view = live.view;
  if (starting || seat.sending || seat.elsewhere || !view || !SEATED.has(view.state) || performance.now() - askedAt < AGAIN_MS) return;
  starting = true;
  askedAt = performance.now();
  try {
    if (device.get(chosen)) await seat.useCamera();
    else if (await demo) await seat.useDrawn(view.me.role);
  } finally {
    starting = false;
  }
}

seat.addEventListener("change", () => {
  if (seat.source === "camera") device.set(chosen, "1");
  draw();
});
for (const event of ["view", "tick", "stale", "line"]) live.addEventListener(event, draw);
live.addEventListener("view", () => {
  keepAwake(SEATED.has(live.view?.state ?? ""));
  void startPicture();
});
api.addEventListener("saving", draw);
api.resume();
draw();
live.start();
