/**
 * Alarms. The strip's place is always there, so nothing ever jumps and nothing covers the picture. The highest alarm holds it; the
 * rest stand in one line below and, on request, in full in the right column.
 *
 * Delivered is not acknowledged, acknowledged is not resolved: the strip says which, whose it is, what is ordered, and when it hops.
 */

import { html, nothing, short } from "../lib/dom.js";
import { countdown, wall } from "../lib/clock.js";
import { answer } from "./answer.js";
import { awaited, dutyOf } from "./people.js";
import { recordWords } from "./record-warning.js";
import { sign, triangle } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").AlarmView} AlarmView */
/** @typedef {import("./alarm-sound.js").AlarmSound} AlarmSound */

/** What can come of an order: code on the wire, words. */
const PHONED = /** @type {[string, string][]} */ ([["reached", "Reached"], ["not_reached", "Not reached"]]);
const DIALLED = /** @type {[string, string][]} */ ([["dialled_reached", "Dialled, reached"], ["dialled_not_reached", "Dialled, not reached"]]);
/** Reasons that fit most ends of an alarm; any other can be typed. */
const REASONS = ["Seen and well", "Spoke with them", "Line is back", "False alarm"];

/** Is this the order to call emergency services? The ladder says so by its code, never by its words. @param {AlarmView} alarm */
export const dials = (alarm) => alarm.order_code === "dial";
/** Whom the order says to phone: code on the wire → role. */
const PHONES = /** @type {Record<string, string>} */ ({ phone_support: "support", phone_client: "client" });

/** The number the order is about, on the screen: nobody searches for it. @param {AlarmView} alarm @param {View} view */
export function numberOf(alarm, view) {
  if (dials(alarm)) return view.emergency.dispatch || view.emergency.number;
  const role = PHONES[alarm.order_code ?? ""];
  return view.people.find((one) => one.role === role)?.phone ?? "";
}

/** Whose part would end "nobody has looked": said, because everybody else has done theirs. @param {AlarmView} alarm @param {View} view */
function lacking(alarm, view) {
  const check = alarm.kind === "check_in_overdue" ? view.check_ins.find((one) => one.id === alarm.subject) : undefined;
  const parts = check?.parts.filter((part) => part.status !== "done") ?? [];
  if (!parts.length) return "";
  const names = parts.map((part) => (part.role === view.me.role ? "your look (C)" : `${short(view.people.find((one) => one.role === part.role)?.name) || part.role}’s look`));
  return ` Missing: ${names.join(" and ")}.`;
}

/**
 * What holds now, whose it is, and what is still owed: that somebody was reached is not that it was taken on, and neither ends it.
 * @param {AlarmView} alarm @param {View} view
 */
export function stateOf(alarm, view) {
  if (alarm.over) return `Over. It stays until somebody resolves it. ${endable(alarm) ? "" : alarm.may.why.join(" ")}`;
  const mine = alarm.owner.person === view.me.person;
  const open = `${lacking(alarm, view)}${alarm.now ? ` ${alarm.now}` : ""}`;
  const reached = alarm.reached ? `Reached ${wall(alarm.reached, view.zone)}. ` : "";
  if (alarm.acked) {
    const by = alarm.acked.name === view.me.name ? "you" : alarm.acked.name;
    return `${reached}Acknowledged by ${by} ${wall(alarm.acked.at, view.zone)}.${reached ? " Still true: it goes on until it is over." : ""}${open}`;
  }
  if (reached) return `${reached}Still owed: ${mine ? "you acknowledge it" : `${alarm.owner.name} acknowledges it`}.${open}`;
  return `${mine ? "Yours to act on." : `${alarm.owner.name} has it.`} Not acknowledged.${open}`;
}

/** With more characters than this the second line is written smaller: all of it is read, in a place that never grows. */
const LONG = 110;

/** The strip. @param {Desk} desk @param {View} view @param {AlarmSound} sound */
export function alarmStrip(desk, view, sound) {
  const alarm = view.alarms[0];
  if (!alarm) return quietStrip(desk, sound);
  const hop = alarm.hops_at === null ? nothing : html`<span class="left"><small>${alarm.hop} in</small>${desk.live.stale() ? "–:––" : countdown(alarm.hops_at - desk.now())}</span>`;
  return html`<section class="strip ${alarm.priority} ${alarm.acked || alarm.over ? "acked" : ""}" aria-label="Alarm, ${alarm.priority} priority">
    <span class="mark">${triangle(alarm.priority)}</span>
    <div class="words"><b role=${alarm.priority === "high" ? "alert" : "status"}>${alarm.sentence}</b>
      <span class="hop ${alarm.order.length + stateOf(alarm, view).length > LONG ? "long" : ""}">${desk.problems.get(`alarm.${alarm.id}`)?.sentence ?? nothing} ${alarm.order && !alarm.over ? html`<strong>${alarm.order}${numberOf(alarm, view) ? html` <a class="num" href="tel:${numberOf(alarm, view)}">${numberOf(alarm, view)}</a>` : nothing}</strong> ` : nothing}${stateOf(alarm, view)}</span></div>
    ${alarm.over ? html`<span></span>` : hop}
    <div class="do">${alarmActs(desk, alarm, true)}${soundActs(sound, desk, alarm)}</div></section>`;
}

/** What stands where no alarm is shown. A page without a line knows of none, which is not the same. @param {Desk} desk @param {AlarmSound} sound */
function quiet(desk, sound) {
  if (desk.live.stale()) return { mark: sign("wait"), title: "Alarms unknown", words: "This page is not live: a new alarm would not show here." };
  return { mark: sign(sound.open ? "ok" : "wait"), title: "No alarm", words: sound.words };
}

/** @param {Desk} desk @param {AlarmSound} sound */
function testButton(desk, sound, small = false) {
  const test = async () => {
    await sound.once("high");
    desk.paint();
  };
  return html`<button class="btn ${small ? "small" : ""}" type="button" @click=${() => void test()}>Test sound</button>`;
}

/** @param {Desk} desk @param {AlarmSound} sound */
function quietStrip(desk, sound) {
  const { mark, title, words } = quiet(desk, sound);
  return html`<section class="strip" aria-label="Alarms"><span class="mark">${mark}</span>
    <div class="words"><b>${title}</b><span class="hop">${words}</span></div><span></span>
    <div class="do">${testButton(desk, sound)}</div></section>`;
}

/** The same in one line, above a list. @param {Desk} desk @param {AlarmSound} sound */
export function soundLine(desk, sound) {
  const { mark, title, words } = quiet(desk, sound);
  return html`<section class="soundline" aria-label="Alarms">${mark}<span><b>${title}.</b> ${words}</span>
    ${testButton(desk, sound, true)}</section>`;
}

/** Medium and low can be paused for as long as the protocol says, high never. @param {AlarmSound} sound @param {Desk} desk @param {AlarmView} alarm */
function soundActs(sound, desk, alarm) {
  if (alarm.priority === "high" || !alarm.pause_ms || alarm.acked || alarm.over) return nothing;
  const pause = () => {
    sound.pause(alarm.pause_ms);
    desk.paint();
  };
  return html`<button class="btn ghost" type="button" @click=${pause}>${sound.paused ? `Paused ${countdown(sound.paused)}` : "Pause sound"}</button>`;
}

/** May this person end it: resolve it, or say that it can no longer be known. @param {AlarmView} alarm */
const endable = (alarm) => alarm.may.resolve || alarm.may.unknowable;

/** What this person may do about one alarm. @param {Desk} desk @param {AlarmView} alarm @param {boolean} strip drawn in the strip, where there is one row */
export function alarmActs(desk, alarm, strip) {
  const place = `alarm.${alarm.id}`;
  if (desk.open === `${place}.resolve` && endable(alarm)) return resolving(desk, alarm, place);
  const order = alarm.order_mine && alarm.order
    ? (dials(alarm) ? DIALLED : PHONED).map(([outcome, label]) => html`<button class="btn" type="button" @click=${() => void desk.send(place, "orders", { alarm: alarm.id, step: alarm.step, outcome })}>${label}</button>`)
    : nothing;
  const key = strip ? html` <span class="key">A</span>` : nothing;
  const acknowledge = alarm.may.acknowledge && !alarm.over
    ? html`<button class="btn ghost" type="button" @click=${() => acknowledgeAlarm(desk, alarm)}>${desk.waiting.has(place) ? "Sending…" : "Acknowledge"}${key}</button>`
    : nothing;
  const why = alarm.may.why.join(" ");
  const end = endable(alarm);
  const resolve = alarm.may.acknowledge && !alarm.over && !end
    ? nothing // one act at a time: first say that it is heard
    : html`<button class="btn ghost" type="button" aria-disabled=${end ? nothing : "true"} title=${end ? nothing : why} aria-label=${end ? nothing : `Resolve. ${why}`}
        @click=${() => { if (end) reason(desk, `${place}.resolve`); }}>
        ${alarm.may.unknowable && !alarm.may.resolve ? "Cannot be known" : "Resolve"}</button>`;
  return html`${order}${acknowledge}${resolve}${strip ? nothing : html`${why && !end ? html`<p class="meta">${why}</p>` : nothing}${answer(desk, place)}`}`;
}

/** Open the field for a reason with the focus in it: letters typed at once are a reason, no keys. @param {Desk} desk @param {string} place */
function reason(desk, place) {
  desk.toggle(place);
  queueMicrotask(() => {
    const field = document.querySelector("form.resolve .reason");
    if (field instanceof HTMLElement) field.focus();
  });
}

/** @param {Desk} desk @param {AlarmView} alarm */
export function acknowledgeAlarm(desk, alarm) {
  void desk.send(`alarm.${alarm.id}`, "acknowledgements", { alarm: alarm.id });
}

/** A reason, then it is resolved. @param {Desk} desk @param {AlarmView} alarm @param {string} place */
function resolving(desk, alarm, place) {
  const draft = desk.drafts.of(`${place}.reason`);
  const reason = String(draft.typed["reason"] ?? "");
  const send = (/** @type {string} */ why) => {
    if (!why.trim()) return;
    const done = () => {
      draft.clear();
      desk.open = "";
    };
    void desk.send(place, "resolutions", { alarm: alarm.id, reason: why.trim(), unknowable: !alarm.may.resolve }, { done });
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send(reason);
  };
  const typed = (/** @type {InputEvent} */ event) => {
    draft.set("reason", /** @type {HTMLInputElement} */ (event.target).value);
    desk.paint();
  };
  return html`<form class="resolve" aria-label="Resolve: reason" @submit=${submit}>
    <input class="reason" list="reasons" maxlength="500" aria-label="Reason" placeholder="Reason" .value=${reason} @input=${typed}>
    <datalist id="reasons">${REASONS.map((one) => html`<option value=${one}></option>`)}</datalist>
    <button class="btn" type="submit" aria-disabled=${reason.trim() ? nothing : "true"}>${desk.waiting.has(place) ? "Sending…" : "Resolve"}</button>
    <button class="btn ghost" type="button" @click=${() => desk.toggle(`${place}.resolve`)}>Back</button></form>`;
}

/** All other alarms in one line, and who stands behind me; or, when nothing else is true, the next act. @param {Desk} desk @param {View} view @param {() => void} go to the place of the next act */
export function secondRow(desk, view, go) {
  if (desk.live.stale() || desk.live.line === "ended") return notLiveRow(desk);
  if (recordWords(desk.live)) return recordRow(desk, view);
  const [, next] = view.alarms;
  const backs = view.people.filter((one) => one.role === "prescriber" || one.role === "standin" || one.role === "dispatcher");
  const names = { prescriber: "On call", standin: "Stand-in", dispatcher: "Dispatch" };
  return html`<section class="more" aria-label="Other alarms, and who is behind you">
    ${next
      ? html`<span class="tri ${next.priority}">${triangle(next.priority)}</span><b class="cut">${next.sentence}</b>
        <button class="btn plain small" type="button" aria-expanded=${desk.pane === "alarms"} @click=${() => desk.show("alarms")}>Show all ${view.alarms.length}</button>`
      : html`<span class="cut">${view.sentence}</span>`}
    ${view.next ? html`<button class="btn plain small" type="button" @click=${go}>Next: ${view.next.sentence}</button>` : nothing}
    <span class="behind">${backs.filter((one) => one.person !== view.me.person).map((one) => html`<span>${names[/** @type {"standin"} */ (one.role)]}: ${short(one.name)}${one.there || !awaited(view) ? "" : `, ${dutyOf(one, view.zone)}`}</span>`)}</span></section>`;
}

/** The server cannot record, or soon cannot: said in the same place, and the way to all alarms stays. @param {Desk} desk @param {View} view */
function recordRow(desk, view) {
  return html`<section class="more notlive record" role="alert"><span>${recordWords(desk.live)}</span>
    ${view.alarms.length > 1 ? html`<button class="btn small" type="button" aria-expanded=${desk.pane === "alarms"} @click=${() => desk.show("alarms")}>Show all ${view.alarms.length}</button>` : nothing}</section>`;
}

/** The line is gone: said in the same place, in words. @param {Desk} desk */
function notLiveRow(desk) {
  const ended = desk.live.line === "ended";
  return html`<section class="more notlive" role="alert"><b>${ended ? "This login has ended." : "Not live."}</b>
    <span>${ended ? html`<a href="/sign-in">Sign in again.</a> ` : "What you see may be old. Nothing can be permitted from here. Connecting again by itself."}</span></section>`;
}

/** Every alarm in full. @param {Desk} desk @param {View} view */
export function allAlarms(desk, view) {
  return html`<section class="panel alarms" aria-label="All alarms" id="alarms" tabindex="-1"><header><h2>${view.alarms.length} ${view.alarms.length === 1 ? "alarm" : "alarms"}</h2></header>
    <ul class="scroll">${view.alarms.map((alarm) => html`<li class="alarm ${alarm.priority}"><span class="tri ${alarm.priority}">${triangle(alarm.priority)}</span>
      <div><b>${alarm.sentence}</b><p>${alarm.order && !alarm.over ? html`<strong>${alarm.order}</strong> ` : nothing}${stateOf(alarm, view)} Since ${wall(alarm.raised, view.zone)}.</p>
      <div class="row">${alarmActs(desk, alarm, false)}</div></div></li>`)}
      ${view.alarms.length ? nothing : html`<li class="quiet">No alarm.</li>`}</ul></section>`;
}
