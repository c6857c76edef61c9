/** The support person's phone: wires the socket, the requests, the sounds and the screens of `parts/support-screens.js`. */

import { Api } from "./lib/api.js";
import { clinicNumber } from "./lib/clinic-contact.js";
import { shown } from "./lib/dom.js";
import { line } from "./lib/first-line.js";
import { Drafts } from "./lib/form.js";
import { LastView } from "./lib/last-view.js";
import { forgetPage, keepPage } from "./lib/offline.js";
import { keepAwake } from "./lib/wake.js";
import { AlarmSound } from "./parts/alarm-sound.js";
import { EmergencyCard } from "./parts/emergency-card.js";
import { GateWalk } from "./parts/gate-walk.js";
import { homeScreen } from "./parts/home-screen.js";
import { Learn } from "./parts/learn.js";
import { LookIn } from "./parts/look-in.js";
import { PhoneRing } from "./parts/phone-ring.js";
import { Questions } from "./parts/questions.js";
import { warnOfRecord } from "./parts/record-warning.js";
import { ana, sam, savedFor, watched } from "./parts/support-frame.js";
import { screen } from "./parts/support-screens.js";

const LIVE_STATES = new Set(["arriving", "released", "dosed"]);

const live = line;
const draw = homeScreen(() => screen(page));
const api = new Api();
const drafts = new Drafts(live.session);
const sound = new AlarmSound();
const ring = new PhoneRing(sound);
const card = new EmergencyCard({ session: live.session, redraw: draw });
const last = new LastView(live.session);
let kept = false;
const page = {
  live, api, drafts, sound, ring, card,
  walk: new GateWalk({ api, drafts, redraw: draw }),
  lookIn: new LookIn({ api, drafts, live, redraw: draw, saved: (remember) => { [page.told, page.toldAt] = [`${savedFor(live.view)} ${remember}`.trim(), performance.now()]; } }),
  questions: new Questions({ drafts, redraw: draw }), learn: new Learn(live.session), last,
  redraw: draw, ask: "", clinic: "", told: "", later: /** @type {number[]} */ ([]), toldAt: Number.NEGATIVE_INFINITY, problem: "", helpedAt: Number.NEGATIVE_INFINITY, helpKnown: false, withThem: Number.NEGATIVE_INFINITY, gone: new Map(),
};

warnOfRecord(live);
for (const event of ["view", "tick", "stale", "line"]) live.addEventListener(event, draw);
/** Without a picture until now: that it is back is said, a card that only vanishes leaves a doubt. */
let unseen = false;

/** @param {import("./lib/types.js").View} view */
function sawAgain(view) {
  const now = view.alarms.some((one) => !one.over && one.kind === "video_lost");
  if (unseen && !now && view.state === "dosed" && watched(view)) [page.told, page.toldAt] = [`${ana(view)} sees ${sam(view)} again.`, performance.now()];
  unseen = now;
}

live.addEventListener("view", () => {
  if (!live.view) return;
  sawAgain(live.view);
  keepAwake(LIVE_STATES.has(live.view.state));
  card.keep(live.view, live.now());
  last.keep(live.view);
  // The page and the card outlive the network from here on, and leave the phone when it is over.
  if (!last.view) void forgetPage();
  else if (!kept) void keepPage("support");
  kept = true;
});
live.addEventListener("tick", () => ring.tick(live));
api.addEventListener("saving", draw);
api.resume();
keepAwake(LIVE_STATES.has(last.view?.state ?? ""));
draw();
live.start();
void shown().then(clinicNumber).then((phone) => {
  page.clinic = phone;
  draw();
});
