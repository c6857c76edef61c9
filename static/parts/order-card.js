/**
 * An alarm as a card, for whoever is ordered to do something about it: the order in words, the number to call, and what came of it.
 */

import { html, icon, nothing } from "../lib/dom.js";
import { countdown, wall } from "../lib/clock.js";
import { alarmActs, dials, stateOf } from "./alarm-strip.js";
import { answer } from "./answer.js";
import { triangle } from "./signs.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").AlarmView} AlarmView */

/** @param {Desk} desk @param {View} view @param {AlarmView} alarm */
export function alarmCard(desk, view, alarm) {
  const mine = alarm.owner.person === view.me.person;
  const hop = alarm.hops_at === null || alarm.over ? nothing : html`<span class="left"><small>${alarm.hop} in</small>${desk.live.stale() ? "–:––" : countdown(alarm.hops_at - desk.now())}</span>`;
  const state = stateOf(alarm, view);
  return html`<section class="strip card ${alarm.priority} ${alarm.acked || alarm.over ? "acked" : ""}" aria-label="Alarm, ${alarm.priority} priority">
    <span class="mark">${triangle(alarm.priority)}</span>
    <div class="words"><b role=${alarm.priority === "high" && mine ? "alert" : nothing}>${alarm.sentence}</b><span class="hop">${state}</span>
      ${alarm.order ? html`<p class="ordered">${alarm.order_mine ? "For you: " : ""}${alarm.order}</p>` : nothing}</div>
    ${hop}<div class="do">${alarm.order_mine ? calls(view, alarm) : nothing}${alarmActs(desk, alarm, true)}</div>${answer(desk, `alarm.${alarm.id}`)}</section>`;
}

/** The numbers an order may need; which one, the order says in words. @param {View} view @param {AlarmView} alarm */
function calls(view, alarm) {
  if (dials(alarm)) {
    const number = view.emergency.dispatch ?? "";
    const { elsewhere } = view.emergency;
    return number ? html`<a class="btn" href="tel:${number}">${icon("phone")} Dispatch ${number}</a>${elsewhere ? html`<p class="note stop">${elsewhere}</p>` : nothing}` : nothing;
  }
  const named = view.people.filter((one) => one.phone && one.person !== view.me.person && alarm.order.includes(one.name.split(" ")[0] ?? "?"));
  return named.map((one) => html`<a class="btn" href="tel:${one.phone}">${icon("phone")} ${one.name} ${one.phone}</a>`);
}
