/**
 * The record of one session: to be read by somebody who was not there, printed, and taken along. It is asked for once, when the page is
 * opened: each look is written down, and what somebody reads or prints does not change under their eyes.
 */

import { address } from "./lib/address.js";
import { Api, Refusal } from "./lib/api.js";
import { toLocal, zoneName } from "./lib/clock.js";
import { html, nothing, place, render, short } from "./lib/dom.js";
import { alarms, board, chain, checkIns, lines, order, people, readings, reads } from "./parts/record-chapters.js";
import { STATES } from "./parts/roster.js";
import { head } from "./parts/staff-head.js";

/** @typedef {import("./lib/wire.js").Transcript} Transcript */

const { login, session } = address();
const api = new Api();
const files = `/api/v1/as/${login}/sessions/${session}/record`;
/** What this reader chose, and what the server said. @type {{told: Transcript | null, trouble: string, machines: boolean}} */
const page = { told: null, trouble: "", machines: false };

/** Lines above each other in print, in the margin of every page: which session this is. @param {Transcript} told */
function named(told) {
  const words = JSON.stringify(`${told.client}, ${told.kind} session of ${toLocal(told.appointed, told.zone).slice(0, 10)}, ${told.session}`);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@page { @top-left { content: ${words}; font: 9pt system-ui, sans-serif; color: #000; } }`);
  document.adoptedStyleSheets = [sheet];
}

/** @param {string} id @param {string} title @param {unknown} inside */
const chapter = (id, title, inside) => html`<section class="chapter" aria-labelledby=${id}><h2 id=${id}>${title}</h2>${inside}</section>`;

/** @param {Transcript} told @param {import("./lib/wire.js").RecordLine["chapter"]} name @param {string} none */
const some = (told, name, none) => lines(told, told.lines.filter((one) => one.chapter === name), none);

/** @param {Transcript} told */
function timeline(told) {
  const left = told.lines.filter((one) => one.machine).length;
  const flip = () => {
    page.machines = !page.machines;
    draw();
  };
  const shown = page.machines ? told.lines : told.lines.filter((one) => !one.machine);
  return html`${left ? html`<p class="quiet">${page.machines ? `${left} of these lines the house wrote of itself (pictures, seats, test sounds).` : `${left} lines that the house wrote of itself (pictures, seats, test sounds) are left out here; the files have all.`}
    <button class="btn small screen" type="button" aria-pressed=${page.machines} @click=${flip}>${page.machines ? "Leave them out" : "Show them"}</button></p>` : nothing}${lines(told, shown, "Nothing is written down yet.", true)}`;
}

/** @param {Transcript} told */
function paper(told) {
  const added = told.lines.filter((one) => one.added);
  const signatures = told.lines.filter((one) => one.chapter === "signatures");
  return html`<main class="wrap paper">
    <div class="titled screen"><a class="btn" href="/as/${login}/s/${session}">Back to the session</a>
      <button class="btn main" type="button" @click=${() => print()}>Print</button>
      <a class="btn" href="${files}/timeline" download>Timeline as a table (CSV)</a><a class="btn" href="${files}/facts" download>Facts as they stand in the chain</a></div>
    <h1>${told.client}, ${told.kind} session</h1>
    <p class="lead">${toLocal(told.appointed, told.zone).replace("T", " ")} ${zoneName(told.appointed, told.zone)}. ${state(told)}</p>
    <p class="quiet">All times are ${short(told.client)}’s: ${zoneName(told.now, told.zone)}, 24 h. Made ${moment(told.now, told)} for ${told.me}, ${told.lines.length} lines. ${told.signed === null ? "Not signed: this is the record as it stood then." : nothing}</p>
    ${chapter("who", "Who", people(told))}
    ${chapter("order", "Order", order(told))}
    ${told.boards.length ? chapter("board", "Board of the gates", board(told)) : nothing}
    ${chapter("dose", "Medicine", some(told, "dose", "Nothing was released, and nothing was taken."))}
    ${chapter("check-ins", "Check-ins", checkIns(told))}
    ${chapter("vitals", "Vitals", readings(told))}
    ${chapter("alarms", "Alarms", alarms(told))}
    ${chapter("incidents", "Incidents and adverse events", some(told, "incidents", "None."))}
    ${chapter("decisions", "Decisions", some(told, "decisions", "None."))}
    ${chapter("end", "How it ended", some(told, "end", "It has not ended."))}
    ${chapter("signatures", "Signatures", lines(told, signatures, "Nobody has signed."))}
    ${chapter("added", "Added after the signature", told.signed === null ? html`<p class="quiet">Not signed yet: what is written now is part of the record itself.</p>` : lines(told, added, "Nothing.", true))}
    ${chapter("timeline", "Timeline", timeline(told))}
    ${chapter("chain", "Is this what was written?", chain(told))}
    ${chapter("reads", "Who read it", reads(told))}</main>`;
}

/** @param {number} utc @param {Transcript} told */
const moment = (utc, told) => toLocal(utc, told.zone).replace("T", " ");

/** @param {Transcript} told */
function state(told) {
  const words = STATES[told.state] ?? told.state;
  return `${words[0]?.toUpperCase()}${words.slice(1)}. Protocol ${told.protocol ? told.protocol.slice(0, 12) : "not fixed yet"}.`;
}

function draw() {
  const { told, trouble } = page;
  render(html`${head(login, short(told?.me))}${told ? paper(told) : waiting(trouble)}`, place("page"));
}

/** @param {string} trouble */
const waiting = (trouble) => html`<main class="wrap paper"><h1>Record</h1><p class="connecting" role="status">${trouble || "Asking…"} ${trouble ? html`<button class="btn" type="button" @click=${() => void start()}>Ask again</button>` : nothing}</p></main>`;

async function start() {
  page.trouble = "";
  draw();
  try {
    page.told = await api.get(`sessions/${session}/record`);
    document.title = `Record ${session}`;
    named(/** @type {Transcript} */ (page.told));
  } catch (error) {
    page.trouble = error instanceof Refusal ? error.sentence : "No line to the server.";
  }
  draw();
}

void start();
