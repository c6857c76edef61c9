/**
 * My account: how I sign in, where I am signed in, and a colleague's reset that waits for a second person.
 *
 * @typedef {{id: string, name: string, made: number, used: number}} Passkey
 * @typedef {{id: string, kind: string, issued: number, seen: number, here: boolean}} Place
 * @typedef {{reset: string, name: string, asked_by: string, asked: number}} Waiting
 * @typedef {{name: string, handle: string, roles: string[], administers: boolean, code_app: boolean, passkeys_possible: boolean,
 *   passkeys: Passkey[], codes_left: number, logins: Place[], resets: Waiting[], colleagues: {person: string, name: string}[]}} Account
 */

import { address } from "./lib/address.js";
import { Api, Refusal } from "./lib/api.js";
import { day, wall } from "./lib/clock.js";
import { html, nothing, place, render } from "./lib/dom.js";
import { leave } from "./lib/leave.js";
import { makePasskey, possible } from "./lib/passkey.js";
import { handed } from "./parts/handed.js";
import { Proving } from "./parts/proving.js";
import { head } from "./parts/staff-head.js";

const login = address().login;
const api = new Api({ login, session: "" });
const proving = new Proving(api, draw);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @type {Account | null} */
let me = null;
let trouble = "";
/** @type {string[]} */
let codes = [];
/** @type {{link: string, name: string} | null} */
let link = null;
const typed = { old: "", new: "", name: "", colleague: "" };
/** For whom a reset was asked just now. */
let askedFor = "";

async function refresh() {
  try {
    me = /** @type {Account} */ (await api.get("account"));
    trouble = "";
  } catch (error) {
    trouble = error instanceof Refusal ? error.sentence : "There is no line to the server.";
  }
  draw();
}

/** @param {number} at */
const when = (at) => `${day(at, zone)}, ${wall(at, zone)}`;

function draw() {
  render(html`${head(login, me?.name ?? "")}<main class="wrap sheet"><div class="titled"><h1>My account</h1>
      <a class="btn end" href="/as/${login}/line">Test my line</a>${me?.administers ? html`<a class="btn" href="/as/${login}/team">The team</a>` : nothing}</div>
    ${trouble ? html`<p class="note stop" role="alert">${trouble} <a href="/sign-in">Sign in</a></p>` : nothing}
    ${me ? [resets(me), factors(me), password(), logins(me), lostWay(me)] : html`<p class="connecting" role="status">Asking…</p>`}</main>`, place("page"));
}

/** @param {Account} who */
function resets(who) {
  if (!who.resets.length && !link) return nothing;
  const confirm = (/** @type {Waiting} */ one) => proving.run(`reset.${one.reset}`, async () => {
    const told = await api.ask("team/reset-confirmations", { reset: one.reset });
    link = { link: told.link, name: one.name };
    await refresh();
  });
  return html`<section class="panel" aria-label="A colleague's way in"><header><h2>A colleague's way in</h2></header>
    ${link ? handed(link.name, link.link) : nothing}
    <ul class="lines">${who.resets.map((one) => html`<li><div><h3>${one.name} wants to enrol anew</h3>
      <p class="quiet">${one.asked_by} asked on ${when(one.asked)}. Speak to ${one.name} yourself, by voice or face, before you confirm.</p>${proving.at(`reset.${one.reset}`)}</div>
      <span class="row"><button class="btn" type="button" @click=${() => void confirm(one)}>I spoke to them: confirm</button></span></li>`)}</ul></section>`;
}

/** A colleague lost phone, password or codes: anybody of the staff may ask, a second person confirms. @param {Account} who */
function lostWay(who) {
  if (!who.colleagues.length) return nothing;
  const ask = (/** @type {Event} */ event) => {
    event.preventDefault();
    const found = who.colleagues.find((one) => one.person === typed.colleague);
    if (!found) return;
    void proving.run("ask-reset", async () => {
      await api.ask("team/resets", { person: found.person });
      [askedFor, typed.colleague] = [found.name, ""];
      await refresh();
    });
  };
  return html`<section class="panel" aria-label="A colleague cannot get in"><header><h2>A colleague cannot get in</h2></header>
    <p class="quiet">Speak to them yourself, by voice or face. You ask here; a second person confirms it in their own account and hands the link over. One of you two is an administrator.</p>
    <form class="form" @submit=${ask}><label for="colleague">Who lost their way in?<select id="colleague" class="words" @change=${(/** @type {Event} */ e) => { typed.colleague = value(e); draw(); }}>
      <option value="" ?selected=${typed.colleague === ""}>Choose</option>${who.colleagues.map((one) => html`<option value=${one.person} ?selected=${typed.colleague === one.person}>${one.name}</option>`)}</select></label>
      <button class="btn" type="submit" aria-disabled=${typed.colleague ? nothing : "true"}>I spoke to them: ask for a reset</button></form>
    ${askedFor ? html`<p class="note wait" role="status">Asked for ${askedFor}. It waits a day for a second person.</p>` : nothing}${proving.at("ask-reset")}</section>`;
}

/** @param {Account} who */
function factors(who) {
  const add = () => proving.run("passkey", async () => {
    const { options } = await api.ask("account/passkey-registration");
    await api.ask("account/passkeys", { credential: await makePasskey(options), name: typed.name.trim() || "Passkey" });
    typed.name = "";
    await refresh();
  });
  const remove = (/** @type {Passkey} */ one) => proving.run(`passkey.${one.id}`, async () => {
    await api.ask("account/passkey-removals", { passkey: one.id });
    await refresh();
  });
  const fresh = () => proving.run("codes", async () => {
    codes = (await api.ask("account/recovery-codes")).recovery_codes;
    await refresh();
  });
  return html`<section class="panel" aria-label="Second proof"><header><h2>Second proof</h2></header><ul class="lines">
    <li><div><h3>Code app</h3><p class="quiet">${who.code_app ? "Set up. To move it to another phone, ask your administrator for a reset." : "None."}</p></div></li>
    ${who.passkeys.map((one) => html`<li><div><h3>${one.name}</h3><p class="quiet">Passkey, made ${when(one.made)}, last used ${when(one.used)}.</p>${proving.at(`passkey.${one.id}`)}</div>
      <span class="row"><button class="btn" type="button" @click=${() => void remove(one)}>Forget it</button></span></li>`)}
    <li><div><h3>Another passkey</h3>${who.passkeys_possible && possible()
      ? html`<div class="form"><label for="passkey-name">What do you call this device?<input id="passkey-name" maxlength="60" placeholder="Office laptop" .value=${typed.name} @input=${(/** @type {Event} */ e) => { typed.name = value(e); }}></label></div>`
      : html`<p class="quiet">Passkeys need a domain name and HTTPS; this address has none.</p>`}${proving.at("passkey")}</div>
      ${who.passkeys_possible && possible() ? html`<span class="row"><button class="btn" type="button" id="add-passkey" @click=${() => void add()}>Add it</button></span>` : nothing}</li>
    <li><div><h3>Recovery codes</h3><p class="quiet">${who.codes_left} left. Each stands in once for your second proof.</p>
      ${codes.length ? html`<ol class="codes" aria-label="Recovery codes">${codes.map((one) => html`<li>${one}</li>`)}</ol><p class="quiet">Shown now and never again. Earlier ones are void.</p>` : nothing}${proving.at("codes")}</div>
      <span class="row"><button class="btn" type="button" id="new-codes" @click=${() => void fresh()}>Make new ones</button></span></li></ul></section>`;
}

function password() {
  const change = (/** @type {Event} */ event) => {
    event.preventDefault();
    void proving.run("password", async () => {
      await api.ask("account/password", { old: typed.old, new: typed.new });
      [typed.old, typed.new] = ["", ""];
      await refresh();
    });
  };
  return html`<section class="panel" aria-label="Password"><header><h2>Password</h2></header><form class="form" @submit=${change}>
    <label for="old">The one you have<input id="old" type="password" autocomplete="current-password" maxlength="500" .value=${typed.old} @input=${(/** @type {Event} */ e) => { typed.old = value(e); }}></label>
    <label for="new">The new one, 12 characters or more<input id="new" type="password" autocomplete="new-password" maxlength="500" .value=${typed.new} @input=${(/** @type {Event} */ e) => { typed.new = value(e); }}></label>
    <button class="btn" type="submit">Change it, and sign out everywhere else</button></form>${proving.at("password")}</section>`;
}

/** @param {Account} who */
function logins(who) {
  const end = (/** @type {string} */ which) => proving.run(`login.${which}`, async () => {
    await api.ask("account/login-ends", { login: which });
    await refresh();
  });
  const out = (/** @type {string} */ which) => proving.run(`login.${which}`, async () => {
    const no = await leave(api.login);
    if (no) throw new Refusal({ kind: "offline", sentence: no });
    location.assign("/sign-in");
  });
  return html`<section class="panel" aria-label="Where I am signed in"><header><h2>Where I am signed in</h2></header><ul class="lines">
    ${who.logins.map((one) => html`<li><div><h3>${one.here ? "Here" : "Another browser"}</h3><p class="quiet">By ${one.kind} since ${when(one.issued)}, last touched ${when(one.seen)}.</p>${proving.at(`login.${one.id}`)}</div>
      <span class="row">${one.here ? html`<button class="btn" type="button" id="sign-out" @click=${() => void out(one.id)}>Sign out here</button>`
        : html`<button class="btn" type="button" @click=${() => void end(one.id)}>End it</button>`}</span></li>`)}</ul>
    ${who.logins.length > 2 ? html`<button class="btn" type="button" @click=${() => void end("")}>End all but this one</button>` : nothing}${proving.at("login.")}</section>`;
}

/** @param {Event} event */
const value = (event) => /** @type {HTMLInputElement} */ (event.target).value;

void refresh();
