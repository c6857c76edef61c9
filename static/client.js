/** The client's page: wires the socket, the requests, the seat and the screens. What is shown is `parts/client-screens.js`. */

import { Api } from "./lib/api.js";
import { clinicNumber } from "./lib/clinic-contact.js";
import { demo, inDemo } from "./lib/demo-mode.js";
import { shown } from "./lib/dom.js";
import { line } from "./lib/first-line.js";
import { Drafts } from "./lib/form.js";
import { LastView } from "./lib/last-view.js";
import { forgetPage, keepPage } from "./lib/offline.js";
import { device } from "./lib/shelf.js";
import { Seat } from "./lib/seat.js";
import { keepAwake } from "./lib/wake.js";
import { chime } from "./parts/chime.js";
import { screen } from "./parts/client-screens.js";
import { DeviceCheck } from "./parts/device-check.js";
import { GateWalk } from "./parts/gate-walk.js";
import { HelpSignal } from "./parts/help-signal.js";
import { homeScreen } from "./parts/home-screen.js";
import { OffAir } from "./parts/off-air.js";

/** States in which there is a room to sit in. */
const SEATED = new Set(["arriving", "released", "dosed", "discharged", "stood_down"]);

const live = line;
const draw = homeScreen(() => screen(page));
const api = new Api();
const drafts = new Drafts(live.session);
const seat = new Seat({ api, live });
const walk = new GateWalk({ api, drafts, redraw: draw });
const help = new HelpSignal({ api, redraw: draw });
const check = new DeviceCheck({ seat, live, redraw: draw });
const last = new LastView(live.session);
const air = new OffAir({ live, seat, help });
const chosen = `telekap.camera.${live.session}`;
const page = {
  live, api, drafts, seat, walk, help, check, last, air, redraw: draw, ask: "", askedAt: Number.NEGATIVE_INFINITY, clinic: "", problem: "",
  comes: inDemo || Boolean(device.get(chosen)),
};
let starting = false;
/** The two moments that sound: the therapist came, the hold is over. Each once; not for what was so when the page was opened. */
const heard = { there: true, over: true };
let kept = false;
/** A camera that could not be had is not asked for at every change of the view (real ms). */
const AGAIN_MS = 5_000;
let askedAt = Number.NEGATIVE_INFINITY;

/** @param {import("./lib/types.js").View} view */
function listen(view) {
  const there = view.state !== "arriving" || (view.people.find((one) => one.role === "therapist")?.there ?? false);
  if (there && !heard.there) chime();
  heard.there = there;
}

/** Twice a second. */
function tick() {
  const hold = live.view?.dose?.hold;
  const over = live.view?.step !== "hold" || !hold || hold.result !== "" && hold.result !== null || live.now() >= hold.ends;
  if (over && !heard.over && live.view?.step === "hold") chime();
  heard.over = over;
  check.tick();
  air.tick();
  draw();
}

/** The page outlives its network from here on, and leaves the device when it is over. @param {import("./lib/types.js").View} view */
function keep(view) {
  last.keep(view);
  if (!last.view) void forgetPage();
  else if (!kept) void keepPage("client");
  kept = true;
}

/**
 * The picture starts by itself in a demo (drawn), and on a page that already had the camera: after a reload nobody should have to
 * touch anything. The first time, and after a stand-down, the camera waits for a touch.
 */
async function startPicture() {
  const view = live.view;
  if (starting || seat.sending || seat.elsewhere || !view || !SEATED.has(view.state)) return;
  const may = air.may(view);
  if (may && performance.now() - askedAt < AGAIN_MS) return;
  starting = true;
  if (may) askedAt = performance.now();
  try {
    if (!may) await seeOnly(view);
    else if (device.get(chosen)) await seat.useCamera();
    else if (await demo) await seat.useDrawn(view.me.role);
  } finally {
    starting = false;
    page.comes &&= seat.sending; // a camera that did not come is asked for
    draw();
  }
}

/** Dark, and still in the call while something is left to do: whoever counts the lozenges with them is seen and heard. @param {import("./lib/types.js").View} view */
async function seeOnly(view) {
  if (seat.peer || view.closing?.end) return; // asked at every drawing: the peer is there from the first call on, and tries again by itself
  // A demo has no camera: what their touch brings back is the drawn picture.
  if (!device.get(chosen) && (await demo)) seat.before = { source: "drawn", role: view.me.role };
  void seat.watch(); // until it is joined; a touch does not wait for that
}

seat.addEventListener("change", () => {
  if (seat.source === "camera") device.set(chosen, "1");
  draw();
});
for (const event of ["view", "stale", "line"]) live.addEventListener(event, draw);
live.addEventListener("tick", tick);
live.addEventListener("view", () => {
  if (live.view) {
    listen(live.view);
    keep(live.view);
    air.tick();
  }
  keepAwake(SEATED.has(live.view?.state ?? ""));
  void shown().then(startPicture);
});
api.addEventListener("saving", draw);
api.resume();
keepAwake(SEATED.has(last.view?.state ?? ""));
draw();
live.start();
void shown().then(clinicNumber).then((phone) => {
  page.clinic = phone;
  draw();
});
