/**
 * One check-in as one form, and the misses that still lack a reason. Responds and breathing always start empty: they are looked at
 * again, never carried over.
 */

import { html, nothing, short } from "../lib/dom.js";
import { fieldset, lacks, sendButton } from "../lib/form.js";
import { countdown, wall } from "../lib/clock.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../lib/types.js").View} View */
/** @typedef {import("../lib/types.js").CheckInView} CheckInView */

/** `T+15` of `t15`, `Hold end` of `hold`. @param {string} id */
export const titleOf = (id) => (/^t\d+$/.test(id) ? `T+${id.slice(1)}` : id === "hold" ? "Hold end" : id.replaceAll("_", " "));

/** The one to answer now: what the server says, else the next that has a form. @param {View} view */
const due = (view) => view.check_ins.find((one) => one.id === view.now_check_in && one.form.length) ?? view.check_ins.find((one) => one.form.length);

/** @param {View} view the next one that is not answered, for the clock in the bar */
export function nextCheckIn(view) {
  return view.check_ins.filter((one) => one.status === "later" || one.status === "due").sort((a, b) => a.due - b.due)[0];
}

/** @param {Desk} desk @param {View} view */
export function checkIn(desk, view) {
  const now = due(view);
  return html`<section class="panel form" aria-label="Check-in" id="check-in" tabindex="-1">
    ${now ? answering(desk, view, now) : waiting(desk, view)}${misses(desk, view, !now)}</section>`;
}

/** @param {Desk} desk @param {View} view */
function waiting(desk, view) {
  const next = view.check_ins.find((one) => one.status === "overdue") ?? nextCheckIn(view);
  if (next && next.due <= desk.now()) {
    const who = next.parts.filter((part) => part.status !== "done").map((part) => short(view.people.find((one) => one.role === part.role)?.name) || part.role);
    return html`<header><h2>${titleOf(next.id)} is ${next.status === "overdue" ? "overdue" : "due"}</h2><span class="end meta">${when(next, desk.now())}</span></header><p class="quiet">${who.join(" and ")} ${who.length > 1 ? "answer" : "answers"} it. Watch: breathing, colour.</p>${again(desk, view)}`;
  }
  return html`<header><h2>Nothing to record now</h2><span class="end meta">${next ? html`next: ${titleOf(next.id)} at ${wall(next.due, view.zone)}` : nothing}</span></header>
    ${again(desk, view)}
    ${next ? html`<p class="quiet">Watch. Look at breathing and colour. ${titleOf(next.id)} in <span class="num">${countdown(next.due - desk.now())}</span>.</p>` : html`<p class="quiet">No check-in is planned.</p>`}`;
}

/** The first assessment passed: from when on a second one counts. @param {Desk} desk @param {View} view */
function again(desk, view) {
  const at = view.discharge?.again;
  return at ? html`<p><b>Assess ${short(view.client.name)} again from ${wall(at, view.zone)} on</b>, in <span class="num">${countdown(at - desk.now())}</span>: the first assessment passed.</p>` : nothing;
}

/** @param {CheckInView} one @param {number} now */
function when(one, now) {
  if (one.status === "overdue" || one.status === "missed") return html`<b class="over">overdue by ${countdown(now - one.grace_until)}</b>`;
  if (now < one.due) return `due in ${countdown(one.due - now)}`;
  return html`<b>due now, ${countdown(one.grace_until - now)} left</b>`;
}

/** @param {Desk} desk @param {View} view @param {CheckInView} one */
function answering(desk, view, one) {
  const draft = desk.drafts.of(`check-in.${one.id}`);
  const look = { now: desk.now(), zone: view.zone, redraw: () => desk.paint() };
  const missing = one.form.filter((field) => lacks(field, draft.typed)).map((field) => field.label);
  const send = () => {
    const said_at = Math.round(desk.now());
    void draft.send(one.form, look, (values) => desk.api.post("check-ins", { check_in: one.id, values, said_at }), look.redraw);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    send();
  };
  const others = one.parts.filter((part) => part.role !== view.me.role).map((part) => `${part.role}: ${part.status}`);
  return html`<form class="checking" aria-label="Check-in ${titleOf(one.id)}" @submit=${submit}>
    <header><h2>${one.id === "hold" ? "" : "Check-in "}${titleOf(one.id)}</h2><span class="end meta">${when(one, desk.now())}</span></header>
    ${fieldset(one.form, draft, look)}
    <p class="row endrow"><span class="meta">${missing.length ? `Missing: ${missing.join(", ")}` : others.join(" · ")}</span>
      ${sendButton({ label: "Save check-in", draft, disabled: false, send })}<button class="unseen" type="submit" tabindex="-1" aria-hidden="true">Save</button></p></form>`;
}

/**
 * Missed for ever in the record; a reason completes it. Folded while a check-in waits: looking comes before writing.
 * @param {Desk} desk @param {View} view @param {boolean} unfolded
 */
function misses(desk, view, unfolded) {
  const open = view.check_ins.flatMap((one) => one.explain.map((part) => ({ one, part })));
  if (!open.length) return nothing;
  const words = `${open.length} missed without a reason`;
  if (!unfolded && desk.open !== "misses") return html`<p class="row misses"><span class="meta">${words}</span><button class="btn plain small end" type="button" aria-expanded="false" @click=${() => desk.toggle("misses")}>Give the reasons</button></p>`;
  return html`<div class="misses"><h3>${words}</h3>${open.map(({ one, part }) => {
    const place = `miss.${one.id}.${part}`;
    const draft = desk.drafts.of(place);
    const fields = [{ name: "reason", label: `${titleOf(one.id)}, ${short(view.people.find((who) => who.role === part)?.name) || part}: why?`, kind: /** @type {"text"} */ ("text") }];
    const look = { now: desk.now(), zone: view.zone, redraw: () => desk.paint() };
    const send = () => void draft.send(fields, look, (values) => desk.api.post("misses", { check_in: one.id, part, ...values }), look.redraw);
    return html`<div class="miss">${fieldset(fields, draft, look)}${sendButton({ label: "Record reason", draft, disabled: false, send, kind: "" })}</div>`;
  })}</div>`;
}
