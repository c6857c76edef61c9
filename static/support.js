/** The support person's phone: wires the socket, the requests, the sounds and the screens of `parts/support-screens.js`. */

import { Api } from "./lib/api.js";
import { place, render } from "./lib/dom.js";
import { Drafts } from "./lib/form.js";
import { Live } from "./lib/live.js";
import { keepAwake } from "./lib/wake.js";
import { AlarmSound } from "./parts/alarm-sound.js";
import { EmergencyCard } from "./parts/emergency-card.js";
import { GateWalk } from "./parts/gate-walk.js";
import { LookIn } from "./parts/look-in.js";
import { PhoneRing } from "./parts/phone-ring.js";
import { warnOfRecord } from "./parts/record-warning.js";
import { screen } from "./parts/support-screens.js";

const LIVE_STATES = new Set(["arriving", "released", "dosed"]);

const live = new Live();
const api = new Api();
const drafts = new Drafts(live.session);
const sound = new AlarmSound();
const ring = new PhoneRing(sound);
const card = new EmergencyCard({ session: live.session, redraw: draw });
const page = {
  live, api, drafts, sound, ring, card,
  walk: new GateWalk({ api, drafts, redraw: draw }),
  lookIn: new LookIn({ api, drafts, live, redraw: draw }),
  redraw: draw, ask: "", told: "", toldAt: Number.NEGATIVE_INFINITY, problem: "", withThem: Number.NEGATIVE_INFINITY, gone: new Set(), signed: new Set(),
};
const root = place("page");
root.replaceChildren(); // what stood there while the page was loading; drawing adds, it does not replace

function draw() {
  const { kind, title, body } = screen(page);
  document.body.className = kind;
  document.title = title;
  render(body, root);
}

warnOfRecord(live);
for (const event of ["view", "tick", "stale", "line"]) live.addEventListener(event, draw);
live.addEventListener("view", () => {
  if (!live.view) return;
  keepAwake(LIVE_STATES.has(live.view.state));
  card.keep(live.view);
});
live.addEventListener("tick", () => ring.tick(live));
api.addEventListener("saving", draw);
api.resume();
draw();
live.start();
