/**
 * The staff, for their administrator: invite, rights, disable, reset by two people, and the diary of all of it.
 *
 * @typedef {{person: string, name: string, handle: string, phone: string, zone: string, roles: string[], licensed: string[],
 *   administers: boolean, state: "invited" | "active" | "disabled", here: number, reset_asked_by: string | null}} Member
 * @typedef {{at: number, by: string, what: string, about: string}} Line
 */

import { address } from "./lib/address.js";
import { Api, Refusal } from "./lib/api.js";
import { day, toLocal, wall } from "./lib/clock.js";
import { html, nothing, place, render } from "./lib/dom.js";
import { ByTwo } from "./parts/by-two.js";
import { handed } from "./parts/handed.js";
import { lacking, licences, read, said, written } from "./parts/licences.js";
import { Proving } from "./parts/proving.js";
import { head } from "./parts/staff-head.js";

const login = address().login;
const api = new Api({ login, session: "" });
const proving = new Proving(api, draw);
const byTwo = new ByTwo(api, proving, refresh);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Role → as people say it. */
const ROLES = /** @type {[string, string][]} */ ([["therapist", "Therapist"], ["standin", "Stand-in"], ["prescriber", "Prescriber"], ["dispatcher", "Coordinator, dials"]]);
const STATES = { invited: "invited, not enrolled yet", active: "active", disabled: "disabled" };

/** @type {{staff: Member[], diary: Line[]} | null} */
let team = null;
/** Who reads this. @type {{name: string, roles: string[]} | null} */
let me = null;
let trouble = "";
/** @type {{link: string, name: string} | null} */
let link = null;
/** The member whose rights are open, "new" for an invitation. */
let open = "";
/** @type {{handle: string, name: string, phone: string, zone: string, licensed: import("./parts/licences.js").Licence[], roles: Set<string>, administers: boolean}} */
let form = blank();
/** What is missing of the licences, said before the code is asked for. */
let wrong = "";
/** Who was asked about twice: a part in a live session. */
let live = "";

function blank() {
  return { handle: "", name: "", phone: "", zone, licensed: /** @type {import("./parts/licences.js").Licence[]} */ ([]), roles: new Set(/** @type {string[]} */ ([])), administers: false };
}

async function refresh() {
  try {
    const [told, home] = /** @type {any[]} */ (await Promise.all([api.get("team"), api.get("home"), byTwo.read()]));
    [team, me] = [told, home.me ?? null];
    trouble = "";
  } catch (error) {
    trouble = error instanceof Refusal ? error.sentence : "There is no line to the server.";
  }
  draw();
}

/** @param {string} where @param {string} noun @param {Record<string, unknown>} body @param {string} [name] whose link comes back */
const change = (where, noun, body, name) => proving.run(where, async () => {
  const told = await api.ask(`team/${noun}`, body);
  if (name && told.link) link = { link: told.link, name };
  [open, live] = ["", ""];
  form = blank();
  await refresh();
});

function draw() {
  render(html`${head(login, me?.name ?? "", nothing, Boolean(me?.roles.includes("dispatcher")))}<main class="wrap sheet"><div class="titled"><h1>The team</h1>
      <button class="btn main end" type="button" id="invite" aria-expanded=${open === "new" ? "true" : "false"} @click=${() => unfold("new")}>Invite somebody</button></div>
    ${trouble ? html`<p class="note stop" role="alert">${trouble}</p>` : nothing}
    ${link ? handed(link.name, link.link) : nothing}
    ${open === "new" ? html`<section class="panel" aria-label="Invite somebody"><header><h2>Invite somebody</h2></header>${inviting()}</section>` : nothing}
    ${team ? html`<section class="panel" aria-label="Staff"><header><h2>Staff</h2></header><ul class="lines">${team.staff.map(member)}</ul></section>
      ${byTwo.draw()}
      <section class="panel" aria-label="Diary"><header><h2>Diary</h2></header>${team.diary.length ? nothing : html`<p class="quiet">Nothing was changed yet.</p>`}<ol class="diary">${team.diary.map((line) => html`<li><time>${day(line.at, zone)}, ${wall(line.at, zone)}</time> ${line.by}: ${line.what}${line.about === line.by ? nothing : html`, ${line.about}`}</li>`)}</ol></section>`
      : html`<p class="connecting" role="status">Asking…</p>`}</main>`, place("page"));
}

/** @param {string} which @param {Member} [of] */
function unfold(which, of) {
  open = open === which ? "" : which;
  [link, wrong] = [null, ""];
  form = of ? { ...of, licensed: read(of.licensed), roles: new Set(of.roles) } : blank();
  draw();
  document.getElementById(of ? "licences" : "name")?.focus();
}

/** @param {Member} one */
function member(one) {
  const roles = [...ROLES.filter(([role]) => one.roles.includes(role)).map(([, words]) => words), ...(one.administers ? ["Administrator"] : [])].join(", ");
  const shown = open === one.person;
  return html`<li><div><h3>${one.name} <span class="chip ${one.state === "active" ? "" : one.state === "invited" ? "tell" : "ask"}">${STATES[one.state]}</span></h3>
      <p class="quiet">${one.handle} · ${one.phone} · ${roles || "no role"}${one.licensed.length ? html` · licensed: ${one.licensed.map(said).join(", ")}` : nothing}</p>
      ${one.here ? html`<p class="meta">Signed in at ${one.here} ${one.here === 1 ? "place" : "places"}.</p>` : nothing}
      ${one.reset_asked_by ? html`<p class="note wait">${one.reset_asked_by} asked for a reset. A second person confirms it in their own account.</p>` : nothing}
      ${shown ? rights(one) : nothing}${proving.at(one.person)}
      ${live === one.person ? html`<button class="btn stop" type="button" @click=${() => void change(one.person, "disabling", { person: one.person, even_live: true })}>Shut ${one.name} out of the live session</button>` : nothing}</div>
    <span class="row">${one.state === "disabled" ? press(one, "enabling", "Let in again") : html`
      <button class="btn" type="button" aria-expanded=${shown ? "true" : "false"} @click=${() => unfold(one.person, one)}>Rights</button>
      ${one.state === "invited" ? press(one, "renewals", "New link") : press(one, "resets", "Ask for a reset")}
      <button class="btn" type="button" @click=${() => void disable(one)}>Disable</button>`}</span></li>`;
}

/** @param {Member} one @param {string} noun @param {string} words */
const press = (one, noun, words) => html`<button class="btn" type="button" @click=${() => void change(one.person, noun, { person: one.person }, one.name)}>${words}</button>`;

/** @param {Member} one */
async function disable(one) {
  await proving.run(one.person, async () => {
    try {
      await api.ask("team/disabling", { person: one.person });
      await refresh();
    } catch (error) {
      if (error instanceof Refusal && error.has("live")) live = one.person;
      throw error;
    }
  });
}

/** @param {string} name @param {string} words @param {"handle" | "name" | "phone" | "zone"} key @param {string} [hint] */
const line = (name, words, key, hint = "") => html`<label for=${name}>${words}<input id=${name} maxlength="200" autocomplete="off" placeholder=${hint} .value=${form[key]}
  aria-invalid=${proving.field === name ? "true" : nothing} @input=${(/** @type {Event} */ e) => { form[key] = /** @type {HTMLInputElement} */ (e.target).value; }}></label>`;

function ticks() {
  const flip = (/** @type {string} */ role) => (/** @type {Event} */ event) => {
    if (/** @type {HTMLInputElement} */ (event.target).checked) form.roles.add(role);
    else form.roles.delete(role);
  };
  return html`<fieldset class="all"><legend>May work as</legend><span class="ticks">${ROLES.map(([role, words]) => html`<label><input type="checkbox" ?checked=${form.roles.has(role)} @change=${flip(role)}>${words}</label>`)}
    <label><input type="checkbox" ?checked=${form.administers} @change=${(/** @type {Event} */ e) => { form.administers = /** @type {HTMLInputElement} */ (e.target).checked; }}>Administrator</label></span></fieldset>`;
}

const told = () => ({ roles: [...form.roles], licensed: written(form.licensed), administers: form.administers });

/** Nothing is sent, and no code asked for, while a licence is half written. */
function complete() {
  wrong = lacking(form.licensed);
  draw();
  if (wrong) document.getElementById("licences")?.focus();
  return !wrong;
}

const papers = () => licences(form.licensed, draw, { wrong, today: toLocal(Date.now(), zone).slice(0, 10) });

function inviting() {
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!complete()) return;
    const { handle, name, phone, zone: where } = form;
    void change("new", "invitations", { handle: handle.trim(), name: name.trim(), phone: phone.replace(/[\s()-]/g, ""), zone: where.trim(), ...told() }, name.trim());
  };
  return html`<form class="form" @submit=${send}>${line("name", "Name", "name", "Ana Ruiz")}${line("handle", "Handle, to sign in", "handle", "ana")}
    ${line("phone", "Own phone, with country", "phone", "+15551234567")}${line("zone", "Time zone", "zone")}${ticks()}${papers()}
    <button class="btn main" type="submit">Make the link</button></form>${proving.at("new")}`;
}

/** @param {Member} one */
function rights(one) {
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (complete()) void change(one.person, "rights", { person: one.person, ...told() });
  };
  return html`<form class="form" @submit=${send}>${ticks()}${papers()}<button class="btn main" type="submit">Save rights</button></form>`;
}

void refresh();
