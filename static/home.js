/**
 * The staff's own list: their sessions, most urgent first, as the server sorts them. Asked again every few seconds.
 */

import { address } from "./lib/address.js";
import { html, place, render } from "./lib/dom.js";
import { Roster } from "./parts/roster.js";
import { head } from "./parts/staff-head.js";

const roster = new Roster(address().login);
const page = place("page");

function draw() {
  const { me, old } = roster;
  render(
    html`${head(roster.login, me?.name ?? "")}
      <main class="wrap"><div class="titled"><h1>${me?.roles?.includes("dispatcher") ? "Sessions of the clinic" : "My sessions"}</h1>${me?.roles?.includes("dispatcher") ? html`<a class="btn end" href="/as/${roster.login}/clinic">Board, bookings, roster</a>` : ""}${me?.roles?.includes("prescriber") ? html`<a class="btn end" href="/as/${roster.login}/queue">Queue</a>` : ""}${me?.administers ? html`<a class="btn ${me.roles?.some((role) => role === "dispatcher" || role === "prescriber") ? "" : "end"}" href="/as/${roster.login}/team">The team</a>` : ""}<span class="${me?.administers || me?.roles?.some((role) => role === "dispatcher" || role === "prescriber") ? "" : "end"} meta">most urgent first</span></div>
        ${old ? html`<p class="notlive" role="alert">Not live: this list may be old.</p>` : ""}${roster.draw("")}</main>`,
    page,
  );
}

roster.addEventListener("change", draw);
roster.start();
draw();
