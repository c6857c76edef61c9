/**
 * The coordinator's page: the board of the next days, the week, what runs now, clients and their bookings, the duty roster. One page, six
 * places behind `#`, so that a reload stays where it was.
 */

import { address } from "./lib/address.js";
import { html, nothing, place, short } from "./lib/dom.js";
import { stamp, zoneName } from "./lib/clock.js";
import { board, callsWaited, inAlarm } from "./parts/clinic-board.js";
import { calendar } from "./parts/clinic-calendar.js";
import { client, clients } from "./parts/clinic-clients.js";
import { roster } from "./parts/clinic-roster.js";
import { staff } from "./parts/clinic-staff.js";
import { today } from "./parts/clinic-today.js";
import { Bureau } from "./parts/bureau.js";
import { said } from "./parts/clinic-told.js";
import { logo } from "./parts/signs.js";

const { login } = address();

class Clinic extends Bureau {
  /** `#clients/<client>/<session>`: the page of the client, and on it what can be done to that session. */
  opened() {
    const [here, , session] = this.place;
    return here === "clients" && session ? `acts.${session}` : "";
  }
}

const desk = new Clinic(draw, place("page"));

/** Place → title and what is drawn there. @type {Record<string, [string, (desk: Bureau) => unknown]>} */
const PLACES = {
  board: ["Board", board],
  calendar: ["Week", calendar],
  today: ["Today live", (desk) => html`${callsWaited(desk)}${today(desk)}`],
  clients: ["Clients", clients],
  roster: ["Roster", roster],
  staff: ["Staff", staff],
};

/** The address whose session was brought into sight: once, not again under a hand that scrolls. */
let reached = "";

function reach() {
  const panel = desk.place[2] && reached !== location.hash ? document.querySelector(".around .fixbox h2") : null;
  if (!panel) return;
  reached = location.hash;
  panel.scrollIntoView({ block: "center" });
}

function draw() {
  queueMicrotask(reach); // behind the drawing

  const [here = "", which = ""] = desk.place;
  const [title, body] = PLACES[here] ?? /** @type {[string, typeof board]} */ (PLACES["board"]);
  const me = desk.want("home")?.me;
  document.title = title;
  const now = desk.now();
  const alarmed = inAlarm(desk).length;
  return html`<header class="head"><a class="brand" href="/as/${login}/" aria-label="telekap, my sessions">${logo()}<span>telekap</span></a>
      <nav class="places" aria-label="Clinic">${Object.entries(PLACES).map(
        ([name, [words]]) => html`<a href="#${name}" aria-current=${(PLACES[here] ? here : "board") === name ? "page" : "false"}>${words}${name === "today" && alarmed ? html` <span class="chip stop">${alarmed} in alarm</span>` : nothing}</a>`,
      )}</nav>
      <span class="end"><span class="meta num">${stamp(now)} ${zoneName(now)}</span><b>${short(me?.name)}</b></span></header>
    ${desk.line()}<main class="wrap desk clinic">${said(desk)}${here === "clients" && which ? client(desk, which) : body(desk)}</main>`;
}

desk.start();
