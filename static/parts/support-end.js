/**
 * The end, on the support person's phone: what holds tonight, the signature of the adult who stays, and the hours after.
 *
 * @typedef {import("./support-frame.js").Page} Page
 * @typedef {import("./support-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 */

import { wall } from "../lib/clock.js";
import { html, icon, nothing, short } from "../lib/dom.js";
import { afterWords } from "./after-words.js";
import { ana, DONE, frame, linesOf, look, post, sam, set, sheet } from "./support-frame.js";
import { units } from "./taken.js";

/** The form of the adult's own part of the end, from the floor on. @param {Page} page @param {View} view */
export function ownEnd(page, view) {
  const end = view.discharge;
  return end && page.live.now() >= end.earliest ? end.form : [];
}

/** What the record says of this signature: a page that was reloaded does not ask for it again. @param {View} view */
export const signedAt = (view) => view.discharge?.signed?.at ?? null;

/** Read, then answer, then sign. @param {Page} page @param {View} view @returns {Screen} */
export function finish(page, view) {
  if (page.ask === "tonight") {
    return { kind: "gates", title: "Tonight", body: sheet(page, `Before ${ana(view)} goes`, html`<h1 class="lead" id="question" tabindex="-1">You stay with ${sam(view)}.</h1>
      ${(view.tonight ?? []).map((card) => linesOf(card, card.title.startsWith("Call") ? "call" : ""))}
      <div class="acts"><button type="button" class="btn support all" @click=${() => set(page, "sign")}>I have read this</button>
        <button type="button" class="btn support" @click=${() => set(page, "")}>${icon("back")} Back</button></div>`) };
  }
  const draft = page.drafts.of("finish");
  const send = async () => {
    const done = await draft.send(ownEnd(page, view), look(page), (values) => page.api.post("assessments", { values }), page.redraw);
    if (done) set(page, "");
    return done;
  };
  return { kind: "gates", title: "Finish", body: sheet(page, `Before ${ana(view)} goes`, html`<section class="gatewalk">${page.questions.draw({
    name: "finish", title: `You stay with ${sam(view)}.`, form: ownEnd(page, view), look: look(page), kind: "support", label: "I sign this",
    leave: { label: "Back", press: () => set(page, "tonight") }, send })}</section>`) };
}

/** @param {View} view */
export function signed(view) {
  const at = signedAt(view);
  return at === null ? nothing : html`<p class="signed">${icon("tick")} You signed at ${wall(at, view.zone, true)}.</p>`;
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function afterwards(page, view) {
  const asked = afterWords(page, view, "support");
  if (asked) return { kind: "gates", title: "How is it?", body: sheet(page, `You and ${sam(view)}`, asked) };
  const wrong = () => {
    void post(page, "help", { strength: "hold" }, "The clinic is called.");
    if (view.state === "discharged") void page.api.post("reopening", { reason: "the adult says something is wrong" }).catch(() => {});
    else if (view.state === "transferred") void page.api.post("return", { reason: "the adult says the client is back" }).catch(() => {});
    page.card.show(true);
  };
  const home = view.state !== "transferred";
  const where = view.looked_for ? `Looking for ${sam(view)}` : "With the crew";
  return { kind: "watch after", title: home ? "Home safe" : where, body: frame(page, view, {
    lead: home ? `${sam(view)} is well. Stay with ${sam(view)}.` : view.looked_for ? `${sam(view)} was not found. Others look.` : `A crew has ${sam(view)}.`,
    clock: html`<b>${home ? "Tonight" : where}</b>`,
    small: html`<p>${view.sentence}</p>${once(view, page.live.now())}${home ? (view.tonight ?? []).map((card) => linesOf(card, card.title.startsWith("Call") ? "call" : "")) : nothing}`,
    acts: html`<button type="button" class="btn support stop" @click=${wrong}>${icon("phone")} ${home ? "Something is wrong" : `${sam(view)} is back. Help`}</button>`, help: false,
  }) };
}

/** When this phone asks once more: who knows it keeps the page, and nobody has to be phoned for the answer. @param {View} view @param {number} now */
function once(view, now) {
  const next = view.afterwards?.asked.find((one) => one.mine && !one.done && one.opens > now);
  return next ? html`<p>At ${wall(next.opens, view.zone, true)} this page asks you once more. Keep it.</p>` : nothing;
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function stoodDown(page, view) {
  const asked = view.count;
  const done = asked?.done;
  if (asked?.form.length && page.ask === "count") {
    const draft = page.drafts.of("count");
    const send = async () => {
      const sent = await draft.send(asked.form, look(page), ({ units, secured }) => page.api.post("leftovers", { units, secured: secured === "yes", how: "said" }), page.redraw);
      if (sent) set(page, "");
      return sent;
    };
    return { kind: "gates", title: "Count", body: sheet(page, "The medicine", html`<section class="gatewalk">${page.questions.draw({
      name: "count", title: "The medicine", form: asked.form, look: look(page), kind: "support", leave: { label: "Back", press: () => set(page, "") }, send })}</section>`) };
  }
  const rows = view.closing?.rows ?? [];
  const counted = done ? html`<p class="signed">${icon("tick")} ${units(view.order, done.units)} counted at ${wall(done.at, view.zone, true)}.</p>` : nothing;
  // The client reads the other half of each act: give it to you, you count it in front of the camera.
  const small = html`${counted}${rows.length ? html`<ol class="todo" aria-label="Still to do">${rows.map((row) => html`<li><p>${row.sentence}</p></li>`)}</ol>` : html`<p>${view.closing?.end ?? ""}</p>`}`;
  const acts = asked?.form.length ? html`<button type="button" class="btn support" @click=${() => set(page, "count")}>${done ? "It is put away now" : "I have counted it"}</button>` : nothing;
  return { kind: "watch", title: rows.length ? "Not today" : "Over", body: frame(page, view, { lead: rows.length ? "Not today." : view.sentence, small, acts, clock: rows.length ? nothing : html`<b>${short(view.me.name)}</b>` }) };
}

/** @param {Page} page @param {View} view @returns {Screen} */
export function over(page, view) {
  const asked = afterWords(page, view, "support");
  if (asked) return { kind: "gates", title: "How is it?", body: sheet(page, `You and ${sam(view)}`, asked) };
  if (view.state === "closed" && view.tonight?.length) return afterwards(page, view); // a signature ends no night
  return { kind: "watch", title: "Over", body: frame(page, view, { clock: html`<b>${short(view.me.name)}</b>`, lead: DONE.has(view.state) ? "This is over. Thank you." : view.sentence, small: "In danger: call from this phone.", help: false }) };
}
