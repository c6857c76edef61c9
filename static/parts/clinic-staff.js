/** Who works here, and what they do. Inviting, disabling and resetting is the team page's. */

import { html } from "../lib/dom.js";
import { PARTS } from "./clinic-parts.js";
import { said } from "./licences.js";

/** @typedef {import("./bureau.js").Bureau} Bureau */

/** @param {Bureau} desk */
export function staff(desk) {
  const told = desk.want("clinic/staff");
  if (!told) return desk.waitingFor("clinic/staff");
  return html`<div class="titled"><h1>Staff</h1><span class="end"><a class="btn" href="/as/${desk.api.login}/team">Invite, disable, reset</a></span></div>
    <div class="tablebox" tabindex="0" role="region" aria-label="Staff"><table class="rows"><thead><tr><th scope="col">Name</th><th scope="col">Does</th><th scope="col">Licensed in</th><th scope="col">Phone</th><th scope="col">Zone</th></tr></thead>
    <tbody>${told.staff.map((/** @type {any} */ one) => html`<tr><th scope="row">${one.name}</th><td data-label="Does">${one.roles.map((/** @type {string} */ role) => PARTS[role] ?? role).join(", ")}</td><td data-label="Licensed in">${one.licensed.map(said).join(", ") || "–"}</td><td class="num" data-label="Phone"><a href="tel:${one.phone}">${one.phone}</a></td><td class="meta" data-label="Zone">${one.zone.replaceAll("_", " ")}</td></tr>`)}</tbody></table></div>`;
}
