/** Clients: the list, one client with everybody around them, their courses and sessions, and who changed what. */

import { html, nothing } from "../lib/dom.js";
import { calendarDay, day, onDay, wall, whenOf } from "../lib/clock.js";
import { answer } from "./answer.js";
import { bureauForm, choice, opener, press, text } from "./bureau-form.js";
import { bookingForm } from "./clinic-booking.js";
import { link } from "./clinic-fixes.js";
import { able } from "./clinic-parts.js";
import { fold, sessionActs } from "./clinic-session.js";
import { STATES } from "./roster.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */

/** All the zones this browser knows, the own one first: most clients live where the clinic is. A list this long is picked from. */
const zones = () => [...new Set([Intl.DateTimeFormat().resolvedOptions().timeZone, ...Intl.supportedValuesOf("timeZone")])].map((value) => ({ value, label: value.replaceAll("_", " ") }));
const person = () => [text("name", "Full name"), text("phone", "Own phone", "With + and country code, for example +14155550123. Nobody else in the session has this number."), choice("zone", "Time zone", zones())];
/** A client is somebody who is compared with what stands here, before every dose. */
const asClient = () => [...person(), { name: "birth", label: "Date of birth", kind: /** @type {const} */ ("date"), required: false, hint: "The therapist compares it before every dose; nobody under 18 is booked. Without it no dose can be released." }];
/** What a line of the history says. @type {Record<string, string>} */
const CHANGES = { registered: "registered", changed: "changed", added_support: "added as support person", added_contact: "added as contact", removed: "no longer asked", link_made: "got a new link", link_withdrawn: "link withdrawn" };

/** States in which nobody at home needs a link any more. */
const OVER = new Set(["cancelled", "no_show", "stood_down", "closed"]);

/** @param {Bureau} desk */
export function clients(desk) {
  const told = desk.want("clinic/clients");
  if (!told) return desk.waitingFor("clinic/clients");
  const go = (/** @type {any} */ made) => { location.hash = `clients/${made.person}`; };
  return html`<div class="titled"><h1>Clients</h1><span class="meta">Choose one to see, book, move or cancel.</span><span class="end">${opener(desk, "register", "Register a client", "main")}</span></div>
    ${desk.open === "register" ? html`<section class="panel">${bureauForm(desk, { place: "register", label: "Register", fields: asClient(), noun: "clients", how: { path: "clinic/clients", told: go } })}</section>` : nothing}
    ${told.clients.length ? html`<ul class="clients">${told.clients.map((/** @type {any} */ one) => html`<li><a href="#clients/${one.person}"><b>${one.name}</b><span class="num quiet">${one.phone}</span><span class="meta">${one.zone.replaceAll("_", " ")}</span>
      <span class="end">${[one.running ? `now: ${STATES[one.running] ?? one.running}` : "", one.next ? `next ${whenOf(one.next, one.zone)}` : one.running ? "" : "nothing ahead"].filter(Boolean).join("; ")}</span></a></li>`)}</ul>` : html`<p class="connecting">Nobody yet. Register the first client.</p>`}`;
}

/** @param {Bureau} desk @param {string} which */
export function client(desk, which) {
  const path = `clinic/clients/${which}`;
  const told = desk.want(path);
  if (!told) return desk.waitingFor(path);
  const { client: one, circle, courses, sessions } = told;
  return html`<div class="titled"><a class="btn" href="#clients">Clients</a><h1>${one.name}</h1><span class="quiet"><a class="num" href="tel:${one.phone}">${one.phone}</a> · ${one.zone.replaceAll("_", " ")} · ${one.birth ? html`born ${calendarDay(one.birth)}` : html`<b>no date of birth on file</b>`}</span><span class="end">${opener(desk, `edit.${one.person}`, "Change")}</span></div>
    ${edit(desk, one.person, one)}
    <div class="columns"><div class="column">
      <section class="panel" aria-label="Around the client"><header><h2>Around ${one.name.split(" ")[0]}</h2><span class="end row">${opener(desk, "add.support", "Add a support person")}${opener(desk, "add.contact", "Add a contact")}</span></header>
        ${["support", "contact"].map((part) => (desk.open === `add.${part}` ? bureauForm(desk, { place: `add.${part}`, label: part === "support" ? "Add the support person" : "Add the contact", fields: person(), noun: "circle", how: { path: `${path}/circle`, done: () => { desk.open = ""; } }, body: (values) => ({ ...values, part }) }) : nothing))}
        ${circle.length ? html`<ul class="around">${circle.map((/** @type {any} */ each) => around(desk, path, one.person, each, courses))}</ul>` : html`<p class="quiet">Nobody yet. Before a dose there is a sober adult in the home, and somebody else to phone.</p>`}</section>
      ${history(told.history)}${appointments(told.appointments, one.zone, desk.now())}</div>
    <div class="column">${courses.map((/** @type {any} */ course) => courseOf(desk, told, course))}${courses.length ? nothing : html`<section class="panel" aria-label="Course"><header><h2>Course</h2></header><p class="quiet">No course yet: a plan of sessions under one prescriber and one therapist.</p></section>`}
      ${newCourse(desk, path, courses.length)}
      <section class="panel" aria-label="Sessions"><header><h2>Sessions</h2></header>${sessions.length ? html`<ul class="around">${sessions.map((/** @type {any} */ each) => session(desk, each, one.zone))}</ul>` : html`<p class="quiet">None booked.</p>`}</section></div></div>`;
}

/** One session of theirs; what has not begun is moved, named and cancelled right here. @param {Bureau} desk @param {any} each @param {string} zone */
function session(desk, each, zone) {
  const acts = `acts.${each.session}`;
  const ahead = each.state === "scheduled";
  const press = () => {
    fold(desk, each.session);
    desk.toggle(acts);
  };
  return html`<li><span><b>${whenOf(each.appointed, zone)}</b> <span class="quiet">${each.kind}, ${STATES[each.state] ?? each.state}</span></span><span class="end row">${ahead ? html`<button class="btn small" type="button" aria-expanded=${desk.open === acts} @click=${press}>Move, links, cancel</button>` : OVER.has(each.state) ? nothing : opener(desk, `links.${each.session}`, "Links", "small")}${ahead || each.state === "cancelled" ? nothing : html`<a class="btn small" href="/as/${desk.api.login}/s/${each.session}/record">Record</a>`}<a class="btn small" href="/as/${desk.api.login}/s/${each.session}">Open</a></span>
    ${ahead && desk.open === acts ? html`<div class="fixbox">${whole(desk, each.session)}</div>` : nothing}
    ${desk.open === `links.${each.session}` ? html`<div class="fixbox">${["client", "support"].map((role) => link(desk, each.session, role, ""))}</div>` : nothing}</li>`;
}

/** @param {Bureau} desk @param {string} which */
function whole(desk, which) {
  const path = `clinic/sessions/${which}`;
  const row = desk.want(path);
  return row ? sessionActs(desk, row, false) : desk.waitingFor(path);
}

/** @param {Bureau} desk @param {string} owner @param {any} one */
function edit(desk, owner, one) {
  const place = `edit.${one.person}`;
  if (desk.open !== place) return nothing;
  const draft = desk.drafts.of(place);
  for (const name of ["name", "phone", "zone", "birth"]) if (draft.typed[name] === undefined) draft.typed[name] = one[name] ?? "";
  const client = owner === one.person;
  const fields = client ? asClient() : person();
  const zone = fields[2];
  if (zone?.choices && !zone.choices.some((each) => each.value === one.zone)) zone.choices = [{ value: one.zone, label: one.zone }, ...zone.choices];
  return html`<section class="panel">${bureauForm(desk, { place, label: "Save", fields, noun: "details", how: { path: `clinic/clients/${owner}/people/${one.person}`, done: () => { desk.open = ""; } }, body: (values) => (client ? { birth: "", ...values } : values) })}</section>`;
}

/** @param {Bureau} desk @param {string} path @param {string} owner @param {any} each @param {any[]} courses */
function around(desk, path, owner, each, courses) {
  const gone = `gone.${each.person}`;
  const trained = courses.some((course) => course.trained.includes(each.person));
  return html`<li><div><b>${each.name}</b> <span class="quiet">${each.part === "support" ? `support person${trained ? ", trained" : ", not trained yet"}` : "contact"}</span><br><a class="num" href="tel:${each.phone}">${each.phone}</a> <span class="meta">${each.zone.replaceAll("_", " ")}</span></div>
    <span class="end row">${opener(desk, `edit.${each.person}`, "Change", "small")}${opener(desk, gone, "Remove", "small")}</span>${desk.open === gone ? leaving(desk, path, each, gone) : nothing}${edit(desk, owner, each)}</li>`;
}

/** Said in full before it is done, with a way out: without an adult in the home there is no dose. @param {Bureau} desk @param {string} path @param {any} each @param {string} place */
function leaving(desk, path, each, place) {
  const done = () => {
    desk.open = "";
  };
  const remove = () => void desk.send(place, "circle-removals", { person: each.person }, /** @type {any} */ ({ path: `${path}/circle-removals`, done }));
  return html`<div class="fixbox"><p><b>${each.name} will not be asked any more.</b> Sessions that are booked keep ${each.part === "support" ? "them as the support person until you name another" : "them"}. It stands below who removed them and when.</p>
    <p class="row endrow"><button class="btn" type="button" @click=${() => desk.toggle(place)}>Keep ${each.name}</button>${press(desk, place, `Remove ${each.name}`, remove, "stop")}</p>${answer(desk, place)}</div>`;
}

/** @param {Bureau} desk @param {any} told @param {any} course */
function courseOf(desk, told, course) {
  const place = `book.${course.course}`;
  return html`<section class="panel" aria-label="Course"><header><h2>Course</h2><span class="end row"><a class="btn" href="/as/${desk.api.login}/c/${course.course}">Papers</a>${opener(desk, place, "Book a session", "main")}</span></header>
    <p class="quiet">Therapist ${course.therapist.name}, prescriber ${course.prescriber.name}.</p>${desk.open === place ? bookingForm(desk, told, course) : nothing}</section>`;
}

/** @param {Bureau} desk @param {string} path @param {number} count */
function newCourse(desk, path, count) {
  const staff = desk.want("clinic/staff");
  if (!staff) return nothing;
  const place = `course.${path}`;
  const list = (/** @type {string} */ role) => able(staff, role).map((/** @type {any} */ one) => ({ value: one.person, label: `${one.name}${one.licensed.length ? `, ${one.licensed.map((/** @type {string} */ entry) => entry.split(":")[0]).filter((/** @type {string} */ place) => place !== "DEA").join(" ")}` : ""}` }));
  if (count && desk.open !== place) return html`<p class="row endrow">${opener(desk, place, "Open another course", "plain")}</p>`;
  return html`<section class="panel" aria-label="Open a course">${bureauForm(desk, { place, label: "Open the course", noun: "courses", fields: [choice("therapist", "Therapist", list("therapist")), choice("prescriber", "Prescriber", list("prescriber"))], how: { path: `${path}/courses`, done: () => { desk.open = ""; } } })}</section>`;
}

/** @param {any[]} lines */
function history(lines) {
  return html`<section class="panel" aria-label="Changes"><header><h2>Who changed names and numbers</h2></header><ul class="around small">${lines.map((line) => html`<li><span class="num meta">${day(line.at)} ${wall(line.at)}</span> ${line.about} ${CHANGES[line.what] ?? line.what}${line.detail.before ? differences(line.detail) : nothing} <span class="end quiet">${line.by}</span></li>`)}
    ${lines.length ? nothing : html`<li class="quiet">Nothing was changed yet.</li>`}</ul></section>`;
}

/** @type {Record<string, string>} */
const DONE = { booked: "Booked", moved: "Moved", cancelled: "Cancelled" };

/** @param {any[]} lines @param {string} zone @param {number} now */
function appointments(lines, zone, now) {
  return html`<section class="panel" aria-label="Appointments"><header><h2>Who booked, moved and cancelled</h2></header><ul class="around small">${lines.map((line) => html`<li><span class="num meta">${onDay(line.at, zone, now)}</span> <span>${DONE[line.what] ?? line.what}: ${line.kind}, ${whenOf(line.appointed, zone, zone)}${line.instead_of ? html`; it was ${whenOf(line.instead_of, zone, zone)}` : nothing}</span> <span class="end quiet">${line.by}</span></li>`)}
    ${lines.length ? nothing : html`<li class="quiet">Nothing was booked yet.</li>`}</ul></section>`;
}

/** @param {{before: Record<string, string>, after: Record<string, string>}} detail */
const differences = ({ before, after }) => `: ${Object.keys({ ...before, ...after }).filter((key) => (before[key] ?? "") !== (after[key] ?? "")).map((key) => `${before[key] ?? "none"} → ${after[key] ?? "none"}`).join(", ") || "nothing"}`;
