/**
 * The chapters of a session's record as tables. Colours of gates and alarms are words: a print is black on white.
 */

import { lateBy, stamp, toLocal } from "../lib/clock.js";
import { html, nothing } from "../lib/dom.js";
import { PARTS } from "./clinic-parts.js";

/** @typedef {import("../lib/wire.js").Transcript} Transcript */
/** @typedef {import("../lib/wire.js").RecordLine} RecordLine */

/** A moment of the session: its hour, and its day where that is not the day of the appointment. @param {number} utc @param {Transcript} told */
function at(utc, { appointed, zone }) {
  const that = toLocal(utc, zone).slice(0, 10);
  return html`<time>${that === toLocal(appointed, zone).slice(0, 10) ? nothing : html`${that} `}${stamp(utc, zone)}</time>`;
}

/** @param {string} role */
const part = (role) => PARTS[/** @type {keyof typeof PARTS} */ (role)] ?? role;

/** @param {string[]} heads @param {unknown[]} rows @param {string} [kind] */
function table(heads, rows, kind = "") {
  return html`<div class="tablebox" tabindex="0" role="group" aria-label=${heads.join(", ")}><table class="facts ${kind}"><thead><tr>${heads.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** @param {string} words */
const none = (words) => html`<p class="quiet">${words}</p>`;

/**
 * @param {Transcript} told @param {RecordLine[]} some @param {string} empty
 * @param {boolean} [both] when it happened and when it was entered, in columns of their own
 */
export function lines(told, some, empty, both = false) {
  if (!some.length) return none(empty);
  const heads = both ? ["Line", "Happened", "Entered", "What", "By"] : ["Line", "Happened", "What", "By"];
  const row = (/** @type {RecordLine} */ one) => {
    const words = one.late ? html` <small>${both ? nothing : html`Entered ${at(one.at, told)}, `}${lateBy(one.late)}.</small>` : nothing;
    return html`<tr><td class="num">${one.n}</td><td>${at(one.occurred, told)}</td>${both ? html`<td>${at(one.at, told)}</td>` : nothing}<td>${one.text}${words}</td><td>${one.by}${one.role ? html`<small>${part(one.role)}</small>` : nothing}</td></tr>`;
  };
  return table(heads, some.map(row), both ? "lines both" : "lines");
}

/** @param {Transcript} told */
export function people(told) {
  const row = (/** @type {Transcript["people"][number]} */ one) => html`<tr><th scope="row">${part(one.role)}</th><td>${one.name}</td><td>${one.now ? (one.since === null ? "from the beginning" : html`since ${at(one.since, told)}`) : "before, relieved"}</td></tr>`;
  return table(["Part", "Name", "Held"], told.people.map(row));
}

/** @param {Transcript} told */
export function order(told) {
  const given = told.order;
  if (!given) return none("There is no order.");
  const later = given.booster_units ? `, then ${given.booster_units} later` : given.spaced ? ", one at a time" : "";
  const words = `${given.form}, ${given.units} × ${given.mg_per_unit} mg${later}, held ${given.hold_min} min, then ${given.swallow ? "swallowed" : "spat out"}.`;
  const same = given.same === null ? "Nothing was released." : given.same ? "The release stood on it." : "The release stood on an earlier order: what was released stands under Medicine.";
  return html`<p class="given">${words} Signed ${toLocal(given.signed, told.zone).replace("T", " ")}. ${same}</p>`;
}

/** Every gate at each moment at which the board was stored. @param {Transcript} told */
export function board(told) {
  const gates = new Map(told.boards.flatMap((one) => one.rows.map((row) => [row.gate, row.title])));
  const colour = (/** @type {Transcript["boards"][number]} */ one, /** @type {string} */ gate) => one.rows.find((row) => row.gate === gate)?.colour ?? "";
  const cell = (/** @type {string} */ said, /** @type {string} */ moment) => html`<td data-label=${moment}>${said === "green" ? said : html`<b>${said || "not asked"}</b>`}</td>`;
  const rows = [...gates].map(([gate, title]) => html`<tr><th scope="row">${title}</th>${told.boards.map((one) => cell(colour(one, gate), one.moment))}</tr>`);
  const heads = told.boards.map((one) => `${one.moment}, ${stamp(one.at, told.zone)}`);
  return html`${table(["Gate", ...heads], rows)}<p class="quiet">An amber gate is open only by a decision of the prescriber on that very reading: see Decisions.</p>`;
}

/** What became of a part of a check-in. @type {Record<string, string>} */
const STATUS = { later: "to come", due: "due", overdue: "overdue", done: "done", missed: "missed" };

/** @param {Transcript} told */
export function checkIns(told) {
  if (!told.check_ins.length) return none("None was due.");
  const rows = told.check_ins.flatMap((one) =>
    one.parts.map((each) => {
      const { done } = each;
      const late = done?.late ? html`, entered ${at(done.at, told)}` : nothing;
      const status = STATUS[each.status] ?? each.status;
      return html`<tr><th scope="row">${one.title}</th><td>${at(one.due, told)}</td><td>${part(each.role)}</td><td>${each.status === "missed" || each.status === "overdue" ? html`<b>${status}</b>` : status}</td><td>${done ? html`${at(done.occurred, told)}${late}, ${done.name}` : nothing}${each.reason ? html` <span>Why missed: ${each.reason}</span>` : nothing}</td></tr>`;
    }),
  );
  return html`${table(["Check-in", "Due", "Part", "What became of it", "Done, by"], rows)}<p class="quiet">What was seen at each stands in the timeline.</p>`;
}

/** What a reading may hold, in the order of its columns. */
const MEASURED = ["Pressure, mmHg", "Pulse /min", "SpO2 %", "Breaths /min"];

/** @param {Transcript} told */
export function readings(told) {
  if (!told.readings.length) return none("Nothing was measured.");
  const row = (/** @type {Transcript["readings"][number]} */ one) => {
    const pressure = one.sbp == null && one.dbp == null ? "" : `${one.sbp ?? "–"}/${one.dbp ?? "–"}`;
    return html`<tr><td>${at(one.at, told)}</td>${[pressure, one.hr, one.spo2, one.rr].map((said, n) => html`<td class="num" data-label=${MEASURED[n]}>${said ?? ""}</td>`)}<td>${one.before ? "at the gates" : ""}${one.usable ? "" : html`<b>${one.before ? ", " : ""}not usable</b>`}</td></tr>`;
  };
  return table(["Time", ...MEASURED, ""], told.readings.map(row));
}

/** @param {Transcript} told */
export function alarms(told) {
  if (!told.alarms.length) return none("None.");
  const row = (/** @type {Transcript["alarms"][number]} */ one) => html`<tr><td class="num">${one.n}</td><td>${at(one.at, told)}</td><td><b>${one.priority}</b><small>${one.family}</small></td><td><b>${one.sentence}</b>
    <ol class="steps"><li>${at(one.at, told)} Raised. Owner: ${one.owner}. ${one.order}</li>${one.steps.map((step) => html`<li>${at(step.at, told)} ${step.text}</li>`)}${one.steps.some((step) => step.what === "resolved") ? nothing : html`<li><b>Not resolved.</b></li>`}</ol></td></tr>`;
  return table(["Line", "Raised", "Priority", "What, and what was done"], told.alarms.map(row));
}

/** @param {Transcript} told */
export function chain(told) {
  const { chain: end } = told;
  return html`<p>Every line is chained to the one before it by a hash (SHA-256) over all that was stored of it. The last hash names the whole record: change, leave out or insert one line, and it is another.</p>
    <dl class="chain"><dt>Stream</dt><dd>${end.stream}</dd><dt>Entries</dt><dd class="num">${end.entries}</dd><dt>Last hash</dt><dd class="hash">${end.hash}</dd><dt>Anchor</dt><dd>${end.anchor ? html`number ${end.anchor.n} of ${toLocal(end.anchor.at, told.zone).replace("T", " ")} fixes the first ${end.anchor.entries} entries` : "none yet"}</dd></dl>
    <p>How to check it: take “Facts as they stand in the chain” along and run <code>telekap verify --taken FILE</code> at the clinic. It looks at the chain of the file, at the same entries in the record and, with the clinic’s key, at every word. Without the clinic, <code>python -m telekap.record.verify_taken FILE</code> looks at the chain alone; compare the last hash with the one printed here. <code>telekap verify --anchors FILE</code> holds the whole record against anchors that were kept elsewhere.</p>`;
}

/** @type {Record<string, string>} */
const READ = { page: "opened this page", facts: "took the facts along", timeline: "took the timeline along" };

/** @param {Transcript} told */
export function reads(told) {
  const rows = told.reads.map((one) => html`<tr><td><time>${toLocal(one.at, told.zone).replace("T", " ")}</time></td><td>${one.by}</td><td>${READ[one.what] ?? one.what}</td></tr>`);
  return table(["When", "Who", "What"], rows);
}
