/**
 * Before anything is asked of the adult in the house: who they are today and what they promise, six cards, four questions, and the three
 * figures that show that this phone is beside the client. One thing a screen.
 *
 * @typedef {import("./support-frame.js").Page} Page
 * @typedef {import("./support-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 */

import { html, icon, nothing, short } from "../lib/dom.js";
import { device, tab } from "../lib/shelf.js";
import { codePad } from "./code-pad.js";
import { ana, frame, look, post, sam, set, sheet } from "./support-frame.js";

/** States in which the client has a screen with the figures on it. */
const PAIRS = new Set(["arriving"]);

/** Remembers what this phone has said and read. */
export class Learn {
  /** @param {string} session */
  constructor(session) {
    this.shelf = { promised: `telekap.promised.${session}`, card: `telekap.card-read.${session}`, unpaired: `telekap.unpaired.${session}` };
    this.promised = device.get(this.shelf.promised) !== null;
    /** Which card is shown; as many as there are: the questions. */
    this.card = Number(tab.get(this.shelf.card) ?? 0);
    /** "I cannot see it": asked again when the page is next opened. */
    this.unpaired = false;
    this.figures = "";
    this.wrong = false;
  }

  /** The screen that comes before everything else, or null. @param {Page} page @param {View} view @returns {Screen | null} */
  screen(page, view) {
    if (!this.promised) return this.promise(page, view);
    if (view.learning) return this.lesson(page, view, view.learning);
    if (view.paired === false && !this.unpaired && PAIRS.has(view.state) && view.kind === "dosing") return this.pair(page, view);
    return null;
  }

  /** @private @param {Page} page @param {View} view @returns {Screen} */
  promise(page, view) {
    if (page.ask === "cannot") {
      const leave = () => void post(page, "words", { what: "leaving", note: "Cannot do this today." }, `${ana(view)} knows.`);
      return { kind: "watch", title: "Say so", body: frame(page, view, {
        lead: "Thank you for saying so.", small: `Then ${sam(view)} cannot start today. Nobody is angry.`,
        acts: html`<button type="button" class="btn support" @click=${leave}>Tell ${ana(view)}</button>
          <button type="button" class="btn support" @click=${() => set(page, "")}>${icon("back")} Back</button>`,
      }) };
    }
    const promise = () => {
      this.promised = true;
      device.set(this.shelf.promised, "1");
      void post(page, "words", { what: "note", note: `Promised: ${(view.promise ?? []).join(" ")}` }, "Thank you.");
    };
    return { kind: "watch", title: "Your part", body: frame(page, view, {
      lead: `${short(view.me.name)}, you are ${sam(view)}’s support today.`,
      small: html`<p>You stay in the house. ${ana(view)} watches on video.</p><ul class="promise">${(view.promise ?? []).map((line) => html`<li>${line}</li>`)}</ul>`,
      acts: html`<button type="button" class="btn support all" @click=${promise}>I promise</button>
        <button type="button" class="btn support" @click=${() => set(page, "cannot")}>I cannot</button>`,
    }) };
  }

  /** @private @param {Page} page @param {View} view @param {NonNullable<View["learning"]>} learning @returns {Screen} */
  lesson(page, view, { cards, form }) {
    const to = (/** @type {number} */ card) => {
      this.card = card;
      tab.set(this.shelf.card, String(card));
      set(page, "");
      queueMicrotask(() => document.getElementById("question")?.focus({ preventScroll: true }));
    };
    const card = cards[this.card];
    if (!card) {
      const draft = page.drafts.of("lessons");
      const send = () => draft.send(form, look(page), (values) => page.api.post("lessons", { values }), page.redraw);
      const again = { label: "Read the cards again", press: () => to(0) };
      return { kind: "gates", title: "Four questions", body: sheet(page, "Four questions", html`<section class="gatewalk">${page.questions.draw({
        name: "lessons", title: "Four questions", form, look: look(page), kind: "support", label: "These are my answers", leave: again, send })}
        ${draft.errors[""] ? html`<div class="acts"><button type="button" class="btn support plain" @click=${again.press}>${again.label}</button></div>` : nothing}</section>`) };
    }
    return { kind: "watch", title: card.title, body: frame(page, view, {
      clock: html`<b>Card ${this.card + 1} of ${cards.length}</b>`, lead: card.title,
      middle: nothing, small: html`<ul class="promise">${card.lines.map((line) => html`<li>${line}</li>`)}</ul>`,
      acts: html`<button type="button" class="btn support all" @click=${() => to(this.card + 1)}>${this.card + 1 < cards.length ? "Next card" : "Four questions"}</button>
        ${this.card ? html`<button type="button" class="btn support" @click=${() => to(this.card - 1)}>${icon("back")} Back</button>` : nothing}`,
    }) };
  }

  /** @private @param {Page} page @param {View} view @returns {Screen} */
  pair(page, view) {
    const done = async (/** @type {string} */ code) => {
      this.figures = "";
      await post(page, "pairing", { code }, "");
      // The view says whether it was right; until it comes the pad stands ready for another try.
      this.wrong = !page.problem;
      page.redraw();
    };
    const skip = () => {
      this.unpaired = true;
      page.redraw();
    };
    const pad = codePad({ typed: this.figures, type: (typed) => { this.figures = typed; this.wrong = false; page.redraw(); }, full: (code) => void done(code), cannot: { label: "I cannot see them", press: skip } });
    return { kind: "look", title: "Three figures", body: sheet(page, `Go to ${sam(view)}`, html`<section class="gatewalk low"><h1 class="lead" id="question" tabindex="-1">Read the three figures on ${sam(view)}’s screen.</h1>
      <p class="quiet">They stand at the bottom: “For ${short(view.me.name)}’s phone”.</p>${this.wrong ? html`<p class="wrong" role="alert">Not these. Look again.</p>` : nothing}
      ${page.problem ? html`<p class="wrong" role="alert">${page.problem}</p>` : nothing}${pad}</section>`) };
  }
}

