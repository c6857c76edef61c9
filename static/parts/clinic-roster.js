/** The duty roster: who is on call when. The row written last counts, and sessions that are booked follow it at once. */

import { html, nothing } from "../lib/dom.js";
import { day, wall, whenOf, zoneName } from "../lib/clock.js";
import { LAST, unlessHalfTyped } from "../lib/form.js";
import { answer } from "./answer.js";
import { bureauForm, choice, press } from "./bureau-form.js";
import { able } from "./clinic-parts.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */

export const DUTIES = /** @type {[string, string][]} */ ([["prescriber", "On-call prescriber"], ["standin", "Stand-in therapist"], ["dispatcher", "Dispatcher"]]);
const words = Object.fromEntries(DUTIES);

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
/** @param {number} utc */
const when = (utc) => `${day(utc)}, ${wall(utc)}`;

/** @param {Bureau} desk */
export function roster(desk) {
  const told = desk.want("clinic/roster");
  const staff = desk.want("clinic/staff");
  if (!told || !staff) return desk.waitingFor("clinic/roster");
  return html`<div class="titled"><h1>Duty roster</h1><span class="end meta">Times in ${zone().replaceAll("_", " ")} (${zoneName(desk.now())})</span></div>
    <ul class="duties">${DUTIES.map(([role, title]) => html`<li class="panel"><span class="meta">${title} now, by the roster</span><b>${told.on_duty[role] ?? "nobody"}</b>
      ${told.named.filter((/** @type {any} */ one) => one.role === role).map((/** @type {any} */ one) => html`<span>${one.name}, named in <a href="/as/${desk.api.login}/s/${one.session}">${one.client}’s session</a></span>`)}
      ${told.gaps[role].length ? html`<span class="gap">Nobody ${until(told.gaps[role][0], told.now)}</span>` : html`<span class="quiet">Covered for 14 days.</span>`}</li>`)}</ul>
    <div class="columns"><div class="column"><section class="panel" aria-label="Rows"><header><h2>From now on</h2></header>
      ${told.rows.length ? html`<div class="tablebox" tabindex="0" role="region" aria-label="Rows of the roster"><table class="rows"><thead><tr><th scope="col">Duty</th><th scope="col">Who</th><th scope="col">From</th><th scope="col">To</th><th scope="col"><span class="unseen">Remove</span></th></tr></thead><tbody>${told.rows.map((/** @type {any} */ row) => html`<tr><td data-label="Duty">${words[row.role]}</td><th scope="row">${row.name}</th><td class="num" data-label="From">${when(row.from)}</td><td class="num" data-label="To">${when(row.to)}</td>
        <td>${press(desk, `gone.${row.n}`, "Remove", () => void desk.clinic(`gone.${row.n}`, "roster-removals", { n: row.n }, { told: (made) => desk.made.set("roster", made) }), "small")}${answer(desk, `gone.${row.n}`)}</td></tr>`)}</tbody></table></div>` : html`<p class="quiet">No row. Nobody is found by the roster; people are named for each session.</p>`}</section>
      <section class="panel" aria-label="Changes"><header><h2>Who changed it</h2></header><ul class="around small">${told.history.map((/** @type {any} */ line) => html`<li><span class="num meta">${when(line.at)}</span> ${line.what === "duty_added" ? "Added" : "Removed"}: ${words[line.role]} ${line.about}, ${when(line.from)} to ${when(line.to)}<span class="end quiet">${line.by}</span></li>`)}
        ${told.history.length ? nothing : html`<li class="quiet">Nothing was changed yet.</li>`}</ul></section></div>
      <div class="column">${add(desk, staff)}</div></div>`;
}

/** @param {{from: number, to: number}} gap @param {number} now */
const until = (gap, now) => (gap.to - now > 13.9 * 86_400_000 && gap.from <= now ? "for the next 14 days" : gap.from <= now ? `until ${when(gap.to)}` : `from ${when(gap.from)}`);

/** @param {Bureau} desk @param {any} staff */
function add(desk, staff) {
  const draft = desk.drafts.of("roster");
  const role = String(draft.typed["role"] ?? "");
  const list = role ? able(staff, role).map((/** @type {any} */ one) => ({ value: one.person, label: one.name })) : [];
  const left = desk.made.get("roster")?.left ?? [];
  const local = (/** @type {string} */ name, /** @type {string} */ label) => html`<div class="field ${draft.errors[name] ? "bad" : ""}"><label class="ask" for="roster.${name}">${label}</label><span class="entry"><input id="roster.${name}" class="figure" type="datetime-local" max=${LAST} .value=${unlessHalfTyped(`roster.${name}`, String(draft.typed[name] ?? ""))} @input=${(/** @type {InputEvent} */ event) => { draft.set(name, /** @type {HTMLInputElement} */ (event.target).value); desk.paint(); }}></span>${draft.errors[name] ? html`<span class="wrong" role="alert">${draft.errors[name]}</span>` : nothing}</div>`;
  const told = (/** @type {any} */ made) => {
    desk.made.set("roster", made);
    draft.clear();
  };
  return html`<section class="panel" aria-label="Add a row"><header><h2>Add a row</h2></header>
    ${bureauForm(desk, {
      place: "roster", label: "Add to the roster", noun: "roster", fields: [choice("role", "Duty", DUTIES.map(([value, label]) => ({ value, label }))), ...(role ? [choice("person", "Who", list)] : [])],
      how: { path: "clinic/roster", told }, body: (values) => ({ ...values, starts: String(draft.typed["starts"] ?? ""), ends: String(draft.typed["ends"] ?? ""), zone: zone() }),
      below: html`<div class="fields">${local("starts", "From")}${local("ends", "To")}</div>`,
    })}
    <p class="meta">Where rows overlap, the one added last counts. Sessions not begun yet follow at once; from the open lobby on people change by their own acts.</p>
    ${left.length ? html`<div class="note stop" role="alert"><b>These sessions could not follow:</b><ul>${left.map((/** @type {any} */ one) => html`<li><a href="/as/${desk.api.login}/s/${one.session}">${one.client}, ${whenOf(one.appointed, one.zone)}</a>: ${one.reasons.join(" ")}</li>`)}</ul></div>` : nothing}</section>`;
}
