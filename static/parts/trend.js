/**
 * The vitals as they went: the newest as large figures, all of them as one drawing, and again as a table of words. Pressure is a bar
 * from the lower to the upper figure, pulse a line through rings, oxygen a line of its own below. What happened is pinned above.
 *
 * Nothing is joined over a reading that is not usable, and nothing between readings is guessed.
 */

import { html, nothing, svg } from "../lib/dom.js";
import { ago, wall } from "../lib/clock.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").TrendView} TrendView */
/** @typedef {import("../lib/types.js").TrendReading} TrendReading */
/** @typedef {import("../lib/types.js").TrendPin} TrendPin */

const MINUTE = 60_000;
/** Figures of the left axis, mmHg and beats a minute; what lies outside stands at the edge with an arrow. */
const LOW = 40;
const HIGH = 200;
/** Oxygen, %, on its own line. */
const OXYGEN_LOW = 84;
/** What stands for each kind of pin: shape first. @type {Record<string, string>} */
const WORDS = { dose: "dose", sign: "sign", alarm: "alarm", decision: "decision" };

/** @param {number | null | undefined} upper @param {number | null | undefined} lower */
const pressure = (upper, lower) => (upper == null ? "–" : `${Math.round(upper)}/${lower == null ? "–" : Math.round(lower)}`);

/** The newest usable value of each kind. @param {TrendView} trend */
function newest(trend) {
  const last = (/** @type {"sbp" | "hr" | "spo2"} */ name) => trend.readings.findLast((one) => one.usable && one[name] != null);
  return { bp: last("sbp"), hr: last("hr"), spo2: last("spo2") };
}

/** Over the limit that the protocol calls red, or amber: a word and a sign, then a colour. @param {TrendReading} one @param {TrendView["limits"]} limits */
function judged(one, limits) {
  if ((one.sbp ?? 0) >= limits.sbp_red || (one.dbp ?? 0) >= limits.dbp_red || (one.spo2 ?? 100) < limits.spo2_red) return "red";
  const amber = (one.sbp ?? 0) >= limits.sbp_amber || (one.dbp ?? 0) >= limits.dbp_amber || (one.hr ?? 0) >= limits.hr_amber || (one.spo2 ?? 100) < limits.spo2_amber;
  return amber ? "amber" : "";
}

/**
 * How old one figure is: each has its own age, for the newest of three says nothing about the other two.
 * @param {TrendReading} one @param {View} view @param {number} now
 */
function age(one, view, now) {
  if (one.before && view.dose) return html`<small class="age">before dose</small>`;
  const [since, word] = ago((view.afterwards?.ended ?? now) - one.at).split(/(?= ago)/);
  return html`<small class="age">${since}${word ? html`<span class="word">${word}</span>` : nothing}</small>`;
}

/** Newest values and the drawing; "" while nothing was measured. @param {Desk} desk @param {View} view */
export function trend(desk, view) {
  const told = view.trend;
  if (!told) return html`<section class="panel trend" aria-label="Vitals"><p class="quiet">No pressure, pulse or oxygen yet.</p></section>`;
  const { bp, hr, spo2 } = newest(told);
  const figure = (/** @type {string} */ words, /** @type {string} */ value, /** @type {TrendReading | undefined} */ one) => {
    const colour = one ? judged(one, told.limits) : "";
    return html`<span class="${words} ${colour}">${colour ? html`<span class="unseen">${colour}: </span>` : nothing}<b class="num">${value}</b> <small class=${words === "mmHg" ? "unseen" : words}>${words}</small> ${one ? age(one, view, desk.now()) : nothing}</span>`;
  };
  return html`<section class="panel trend" aria-label="Vitals">
    <p class="newest">${figure("mmHg", pressure(bp?.sbp, bp?.dbp), bp && { ...bp, hr: 0, spo2: 100 })}
      ${figure("pulse", hr ? String(Math.round(hr.hr ?? 0)) : "–", hr && { at: hr.at, before: hr.before, usable: true, hr: hr.hr ?? 0 })}
      ${figure("SpO2", spo2 ? `${Math.round(spo2.spo2 ?? 0)} %` : "–", spo2 && { at: spo2.at, before: spo2.before, usable: true, spo2: spo2.spo2 ?? 100 })}
      <button class="btn small plain table" type="button" aria-pressed=${desk.pane === "vitals"} @click=${() => desk.show("vitals")}><span class="unseen">All vitals as a table</span><span class="word" aria-hidden="true">Table</span> <span class="key">V</span></button></p>
    ${drawing(view, told, view.afterwards?.ended ?? desk.now())}</section>`;
}

/**
 * The place of the drawing as last laid out: it is drawn in real pixels, so that its words are as large as all others. Spaces grow with
 * the text: pins above, times below, oxygen between them; figures of the axis and what was measured before the dose at the left. Nearer than `LETTERS` two figures of the scale run into one.
 */
function room() {
  const box = document.querySelector(".trend svg")?.getBoundingClientRect();
  const text = (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16) / 16;
  return {
    width: Math.max(140, Math.round(box?.width || 240)), height: Math.max(72, Math.round(box?.height || 116)),
    PINS: 14, TIMES: 16 * text, OXYGEN: 20, AXIS: 30 * text, BEFORE: 46 * text, TICK: 34 * text, LETTERS: 14 * text,
  };
}

/** Minutes between two words below: the fewest that leave each its room. */
const TICKS = [30, 60, 90, 120, 180, 240];

/** @param {View} view @param {TrendView} told @param {number} now */
function drawing(view, told, now) {
  const { width, height, PINS, TIMES, OXYGEN, AXIS, LETTERS, ...rest } = room();
  const t0 = view.dose?.t0 ?? null;
  const BEFORE = t0 === null ? width - AXIS - 10 : rest.BEFORE; // nothing comes after it yet
  const left = AXIS + BEFORE;
  const span = t0 === null ? 60 : Math.max(60, Math.ceil((now - t0) / MINUTE / 30) * 30);
  const bottom = height - TIMES - OXYGEN;
  const x = (/** @type {number} */ at) => (t0 === null ? left : left + Math.min(1, Math.max(0, (at - t0) / MINUTE / span)) * (width - left - 10));
  const y = (/** @type {number} */ value) => PINS + (1 - (Math.min(HIGH, Math.max(LOW, value)) - LOW) / (HIGH - LOW)) * (bottom - PINS);
  const oxygen = (/** @type {number} */ value) => bottom + 4 + (1 - (Math.min(100, Math.max(OXYGEN_LOW, value)) - OXYGEN_LOW) / (100 - OXYGEN_LOW)) * (OXYGEN - 8);
  const before = told.readings.filter((one) => one.before || t0 === null || one.at < t0);
  const place = (/** @type {TrendReading} */ one) => {
    const n = before.indexOf(one);
    return n < 0 ? x(one.at) : AXIS + 8 + ((n + 0.5) / before.length) * (BEFORE - 16);
  };
  const { limits } = told;
  const apart = TICKS.find((step) => (step / span) * (width - left - 10) >= rest.TICK) ?? span;
  const ticks = Array.from({ length: Math.floor(span / 30) + 1 }, (_, n) => n * 30).filter((minutes) => minutes % apart === 0);
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Pressure, pulse and oxygen over time. ${spoken(told, view.zone)}">
    <rect class="good" x=${AXIS} y=${y(limits.sbp_amber)} width=${width - AXIS - 8} height=${y(60) - y(limits.sbp_amber)}></rect>
    ${(y(60) - y(100) < LETTERS ? [60, 140] : [60, 100, 140]).map((value) => svg`<line class="grid" x1=${AXIS} x2=${width - 8} y1=${y(value)} y2=${y(value)}></line><text x=${AXIS - 5} y=${y(value) + 4} text-anchor="end">${value}</text>`)}
    <line class="limit" x1=${AXIS} x2=${width - 8} y1=${y(limits.sbp_red)} y2=${y(limits.sbp_red)}></line>
    <text class="limit" x=${AXIS - 5} y=${y(limits.sbp_red) + 4} text-anchor="end">${limits.sbp_red}</text>
    ${t0 === null ? nothing : svg`<line class="zero" x1=${left} x2=${left} y1=${PINS} y2=${bottom + OXYGEN}></line>`}
    ${told.readings.map((one) => bar(one, place(one), y, limits))}
    ${segments(told.readings, "hr").map((line) => svg`<polyline class="pulse" points=${line.map((one) => `${place(one).toFixed(1)},${y(one.hr ?? 0).toFixed(1)}`).join(" ")}></polyline>`)}
    ${told.readings.filter((one) => one.usable && one.hr != null).map((one) => svg`<circle class="pulse" cx=${place(one)} cy=${y(one.hr ?? 0)} r="3"></circle>`)}
    ${segments(told.readings, "spo2").map((line) => svg`<polyline class="oxygen" points=${line.map((one) => `${place(one).toFixed(1)},${oxygen(one.spo2 ?? 0).toFixed(1)}`).join(" ")}></polyline>`)}
    ${told.readings.filter((one) => one.usable && one.spo2 != null).map((one) => svg`<rect class="oxygen ${(one.spo2 ?? 100) < limits.spo2_red ? "red" : ""}" x=${place(one) - 2.5} y=${oxygen(one.spo2 ?? 0) - 2.5} width="5" height="5"></rect>`)}
    <text x=${AXIS - 5} y=${bottom + OXYGEN - 4} text-anchor="end">O2</text>
    ${told.pins.filter((pin) => t0 !== null && pin.at >= t0).map((pin) => pinned(pin, x(pin.at), bottom, view.zone))}
    <text x=${AXIS / 2} y=${height - 3}>before</text>
    ${t0 === null ? nothing : ticks.map((minutes) => svg`<text x=${x(t0 + minutes * MINUTE)} y=${height - 3} text-anchor=${minutes === span ? "end" : "middle"}>${minutes === 0 ? "T0" : minutes}</text>`)}
  </svg>`;
}

/** Runs of usable readings of one kind: a line never crosses one that is not. @param {TrendReading[]} readings @param {"hr" | "spo2"} name */
function segments(readings, name) {
  /** @type {TrendReading[][]} */
  const runs = [[]];
  for (const one of readings) {
    if (one[name] == null) continue;
    if (one.usable) runs.at(-1)?.push(one);
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 1);
}

/** One pressure: a bar with ends, heavier and with an arrow where it is red. @param {TrendReading} one @param {number} x @param {(value: number) => number} y @param {TrendView["limits"]} limits */
function bar(one, x, y, limits) {
  if (one.sbp == null || one.dbp == null) return nothing;
  const colour = one.usable ? judged({ ...one, spo2: 100, hr: 0 }, limits) : "unusable";
  const [top, end] = [y(one.sbp), y(one.dbp)];
  return svg`<g class="bp ${colour}"><line x1=${x} x2=${x} y1=${top} y2=${end}></line><line x1=${x - 4} x2=${x + 4} y1=${top} y2=${top}></line>
    <line x1=${x - 4} x2=${x + 4} y1=${end} y2=${end}></line>${colour === "red" ? svg`<path d="M${x - 5} ${top - 2}h10l-5 -8z"></path>` : nothing}
    ${colour === "unusable" ? svg`<text x=${x} y=${(top + end) / 2} text-anchor="middle">?</text>` : nothing}</g>`;
}

/** What happened: a mark above and a thin line down. @param {TrendPin} pin @param {number} x @param {number} bottom @param {string} zone */
function pinned(pin, x, bottom, zone) {
  const shape = { dose: `M${x - 5} 2h10l-5 9z`, alarm: `M${x - 5} 11h10l-5 -9z`, sign: `M${x} 1l5 5.5l-5 5.5l-5 -5.5z`, decision: `M${x - 4} 2h8v8h-8z` }[pin.kind];
  return svg`<g class="pin ${pin.kind}"><title>${wall(pin.at, zone)} ${pin.text}</title><line x1=${x} x2=${x} y1="11" y2=${bottom}></line><path d=${shape}></path></g>`;
}

/** The last three readings, for whoever hears the page. @param {TrendView} told @param {string} zone */
const spoken = (told, zone) => told.readings.slice(-3).map((one) => `${wall(one.at, zone)} ${words(one)}`).join("; ");

/** @param {TrendReading} one */
function words(one) {
  const parts = [
    one.sbp == null ? "" : pressure(one.sbp, one.dbp),
    one.hr == null ? "" : `pulse ${Math.round(one.hr)}`,
    one.spo2 == null ? "" : `SpO2 ${Math.round(one.spo2)} %`,
    one.rr == null ? "" : `${Math.round(one.rr)} breaths`,
    one.usable ? "" : "not usable: measure again",
  ];
  return parts.filter(Boolean).join(", ");
}

/** Everything in words, newest first: readings and what is pinned, in one list. @param {View} view */
export function vitals(view) {
  const told = view.trend;
  const lines = told
    ? [...told.readings.map((one) => ({ at: one.at, kind: judged(one, told.limits), text: words(one), pin: "" })), ...told.pins.map((pin) => ({ at: pin.at, kind: "", text: pin.text, pin: WORDS[pin.kind] ?? "" }))]
    : [];
  lines.sort((a, b) => b.at - a.at);
  const t0 = view.dose?.t0;
  const since = (/** @type {number} */ at) => (t0 === undefined || at < t0 ? "before" : `T+${Math.floor((at - t0) / MINUTE)}`);
  return html`<section class="panel facts" aria-label="All vitals" id="vitals" tabindex="-1"><header><h2>Vitals</h2><span class="end meta">client's time, newest first</span></header>
    ${lines.length ? html`<ol class="line" tabindex="0" aria-label="Vitals, newest first">${lines.map((one) => html`<li class="fact"><time>${wall(one.at, view.zone)}</time><span class="mark"></span><span>${one.pin ? html`<b>${one.pin}:</b> ` : nothing}${one.text}${one.kind ? html` <b class="over">${one.kind}</b>` : nothing}</span><span class="by">${since(one.at)}</span></li>`)}</ol>` : html`<p class="quiet">Nothing was measured yet.</p>`}</section>`;
}
