/**
 * The one act that mends a cell of the board: name, link, answer, book what comes after.
 */

import { html, nothing } from "../lib/dom.js";
import { day, wall, zoneName } from "../lib/clock.js";
import { answer } from "./answer.js";
import { bureauForm, choice, press, text } from "./bureau-form.js";
import { move } from "./clinic-move.js";
import { PARTS, able } from "./clinic-parts.js";
import { qr } from "./qr.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */
/** @typedef {import("./clinic-board.js").Row} Row */

const SETTLED = [
  { value: "integration", label: "Integration held" }, { value: "next_day", label: "Next-day check answered" }, { value: "adverse_event_opened", label: "Adverse event opened" },
];

/** @param {Bureau} desk @param {Row} row @param {string} name */
export function fix(desk, row, name) {
  const who = (/** @type {string} */ role) => row.people[role];
  const place = `mend.${row.session}.${name}`;
  const course = { course: row.course };
  // Both, so that a link shown once stays when the cell goes on to the other.
  if (name === "links") return ["client", "support"].map((role) => (who(role) ? link(desk, row.session, role, who(role)?.name ?? "") : nothing));
  if (name.startsWith("link-")) return link(desk, row.session, name.slice(5), who(name.slice(5))?.name ?? "");
  if (name.startsWith("name-")) return nameRole(desk, row, name.slice(5));
  if (name === "support") return nameRole(desk, row, "support");
  if (name === "move") return move(desk, row);
  if (name === "consent") return html`<p>${who("client")?.name} signs it on their own page, in the lobby or before. ${phone(who("client"))}</p>${link(desk, row.session, "client", who("client")?.name ?? "")}`;
  if (name === "case") return html`<p>${who("prescriber")?.name ?? "The prescriber"} decides. ${phone(who("prescriber"))} <a class="btn" href="/as/${desk.api.login}/c/${row.course}">Open the course</a></p>`;
  if (name === "birth") return html`<p><a class="btn main" href="#clients/${who("client")?.person}">Open ${who("client")?.name}’s page to write it down</a></p>`;
  if (name === "contact") return html`<p><a class="btn main" href="#clients/${who("client")?.person}">Write down a contact</a></p>`;
  if (name === "training")
    return html`<p>${who("support")?.name} learns the part with the therapist, or by the cards on the own page.</p><p class="row">${press(desk, place, "Trained", () => void desk.send(place, "training", { person: who("support")?.person }, course), "main")}</p>${answer(desk, place)}`;
  if (name === "answer") {
    const [question] = row.questions;
    return question ? bureauForm(desk, { place, label: "Answer", fields: [text("answer", "What is known")], noun: "answer", how: course, body: (values) => ({ ...values, question: question.n }) }) : nothing;
  }
  if (name === "dispatch-number")
    return bureauForm(desk, { place, label: "Checked today", noun: "dispatch-number", how: course, fields: [text("number", "Local dispatch number", "Called and checked today. With country code, for example +14155550911."), text("state", "State", "Two letters."), text("county", "County"), { name: "county_only", label: "Only a county number?", kind: "flag" }] });
  if (name === "aftercare") return aftercare(desk, row, place);
  if (name === "settlement") return settlement(desk, row, place);
  return nothing;
}

/** @param {{name: string, phone: string} | undefined} person */
const phone = (person) => (person?.phone ? html`<a class="btn" href="tel:${person.phone}">Call ${person.name.split(" ")[0]} <span class="num">${person.phone}</span></a>` : nothing);

/** @param {Bureau} desk @param {Row} row @param {string} place */
function aftercare(desk, row, place) {
  const hour = 3_600_000;
  const near = (/** @type {number} */ hours) => `${day(row.appointed + hours * hour, row.zone)}, about ${wall(row.appointed + hours * hour, row.zone)}`;
  return bureauForm(desk, {
    place, label: "Book both", noun: "aftercare", how: { course: row.course }, zone: row.zone,
    fields: [
      { name: "next_day", label: "Next-day check", kind: "time", low: row.appointed, hint: `18 to 30 h after the end: ${near(26)}. In ${zoneName(row.appointed, row.zone)}.` },
      { name: "integration", label: "Integration", kind: "time", low: row.appointed, hint: `24 to 72 h after the end: ${near(50)}.` },
    ],
    body: (values) => ({ ...values, session: row.session }),
  });
}

/** @param {Bureau} desk @param {Row} row @param {string} place */
function settlement(desk, row, place) {
  const told = desk.want(`courses/${row.course}`);
  if (!told) return desk.waitingFor(`courses/${row.course}`);
  const sessions = told.sessions.filter((/** @type {any} */ one) => one.mg !== null || one.state === "closed");
  return bureauForm(desk, {
    place, label: "Settle", noun: "settlement", how: { course: row.course },
    fields: [choice("session", "Which session?", sessions.map((/** @type {any} */ one) => ({ value: one.id, label: day(one.appointed, row.zone) }))), choice("what", "What is done?", SETTLED)],
  });
}

/** @param {Bureau} desk @param {Row} row @param {string} role */
function nameRole(desk, row, role) {
  const place = `mend.${row.session}.name-${role}`;
  const told = role === "support" ? desk.want(`clinic/clients/${row.people["client"]?.person}`) : desk.want("clinic/staff");
  if (!told) return desk.waitingFor("clinic/staff");
  const list = role === "support" ? told.circle.filter((/** @type {any} */ one) => one.part === "support") : able(told, role);
  const now = row.people[role]?.person;
  const rostered = row.rostered[role];
  const choices = list.filter((/** @type {any} */ one) => one.person !== now).map((/** @type {any} */ one) => ({ value: one.person, label: one.person === rostered?.person ? `${one.name}, as the roster says` : one.name }));
  if (!choices.length) return html`<p>${role === "support" ? html`Nobody else is written down. <a class="btn" href="#clients/${row.people["client"]?.person}">Add a support person</a>` : html`Nobody else does this. <a class="btn" href="#staff">Staff</a>`}</p>`;
  return bureauForm(desk, { place, label: `Name as ${PARTS[role]}`, noun: "names", how: { session: row.session }, fields: [choice("person", `Who is ${PARTS[role]}?`, choices)], body: (values) => ({ ...values, role }) });
}

/** Make, show once, send again, withdraw. @param {Bureau} desk @param {string} session @param {string} role @param {string} name */
export function link(desk, session, role, name) {
  const place = `link.${session}.${role}`;
  const made = desk.made.get(place);
  const draft = desk.drafts.of(place);
  const to = String(draft.typed["mail"] ?? "").trim();
  const told = (/** @type {any} */ answer) => {
    desk.made.set(place, { ...answer, to });
    draft.clear();
  };
  const make = (/** @type {string} */ mail) => void desk.clinic(place, `sessions/${session}/links`, mail ? { role, mail } : { role }, { told });
  const withdraw = () => void desk.clinic(place, `sessions/${session}/link-withdrawals`, { role }, { told: () => desk.made.delete(place) });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(made.url);
      desk.made.set(place, { ...made, copied: true });
    } catch {
      document.getElementById(`url.${place}`)?.focus(); // selected by focus: copied by hand
    }
    desk.paint();
  };
  return html`<div class="linkbox"><p class="row wrap"><b>${name || PARTS[role]}</b>
      ${press(desk, place, made ? "Make another link" : "Make a link", () => make(""), made ? "" : "main")}<button class="btn" type="button" @click=${withdraw}>Withdraw</button>
      <span class="meta">A new link ends the one before it. It lasts until two days after the session.</span></p>
    <form class="row wrap" aria-label="Mail a link to ${name || PARTS[role]}" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); if (to) make(to); }}><label class="row" for="mail.${place}">Or mail a new one to<input id="mail.${place}" class="words" type="email" maxlength="255" autocomplete="off" placeholder="address, kept nowhere" .value=${to} @input=${(/** @type {InputEvent} */ event) => { draft.set("mail", /** @type {HTMLInputElement} */ (event.target).value); desk.paint(); }}></label>
      <button class="btn" type="submit" aria-disabled=${to ? nothing : "true"}>Mail it</button></form>
    ${made ? html`<div class="once" role="status"><label for="url.${place}"><b>Shown this once.</b> ${made.to ? (made.mailed ? html`The mail server took the letter to ${made.to}.` : html`<b>Not mailed: the mail server did not take it.</b> Print it, or mail it anew.`) : html`Send it to ${name || `the ${PARTS[role]}`} alone.`}</label>
      <div class="onpaper"><h2>${name}</h2><p>Your link for the appointment. Open it on the device you will use then, or photograph the square with it. It is for you alone.</p><p class="url">${made.url}</p></div>
      ${made.qr ? qr(made.qr, "The link as a square to be photographed") : nothing}
      <span class="row"><input id="url.${place}" class="words" readonly .value=${made.url} @focus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).select()}>
      <button class="btn" type="button" @click=${() => void copy()}>${made.copied ? "Copied" : "Copy"}</button><button class="btn" type="button" @click=${() => print()}>Print</button></span></div>` : nothing}${answer(desk, place)}</div>`;
}
