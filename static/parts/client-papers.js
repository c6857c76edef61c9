/**
 * The client's own paper: the consent, signed on this page, once per version of the clinic's text. And what the prescriber wrote to them.
 *
 * @typedef {import("./client-frame.js").Page} Page
 * @typedef {import("./client-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 */

import { Refusal } from "../lib/api.js";
import { html, nothing } from "../lib/dom.js";
import { frame, set, wayOut } from "./client-frame.js";

/** The consent, while it waits for a signature and nobody put it off. @param {Page} page @param {View} view @returns {Screen | null} */
export function consent(page, view) {
  const paper = view.consent;
  if (!paper || page.ask === "consent-later") return null;
  const asks = paper.booster && page.ask === "consent-more";
  const sign = async (/** @type {boolean} */ booster) => {
    page.problem = "";
    try {
      await page.api.postCourse(paper.course, "consent", { version: paper.version, booster });
      page.ask = "";
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      page.problem = error.sentence;
    }
    page.redraw();
  };
  const button = (/** @type {string} */ words, /** @type {() => void} */ press) => html`<button type="button" class="btn client" aria-disabled=${page.live.stale() ? "true" : nothing} @click=${() => { if (!page.live.stale()) press(); }}>${words}</button>`;
  const body = asks
    ? html`<div class="stack grow"><h1 class="lead" id="question" tabindex="-1">A second, smaller dose?</h1><p class="soft">Your order allows one. It is given only if you still want it then.</p>
        <div class="acts">${button("I agree to that too", () => void sign(true))}${button("Only to the first dose", () => void sign(false))}</div></div>`
    : html`<div class="stack grow"><h1 class="lead" id="question" tabindex="-1">${paper.again ? "Your consent has a new text." : "Your consent."}</h1>
        <p>The clinic gave it to you to read: version ${paper.version}.</p><p class="soft">You can say no at any time, after signing too. A question? Ask the clinic first.</p>
        <div class="acts">${button("I read it. I agree", () => (paper.booster ? set(page, "consent-more") : void sign(false)))}
          ${button("Not yet", () => set(page, "consent-later"))}</div></div>`;
  return { kind: "arrive", title: "Your consent", body: frame(page, view, body, view.state === "arriving" ? wayOut(page) : nothing) };
}

/** A consent that was put off can be taken up again. @param {Page} page @param {View} view */
export function consentAgain(page, view) {
  return view.consent ? html`<button type="button" class="btn client small plain" @click=${() => set(page, "")}>Sign the consent</button>` : nothing;
}

/** The prescriber's own words. @param {View} view */
export function written({ words }) {
  return words ? html`<blockquote class="words"><p>${words.text}</p><footer class="soft">${words.by}</footer></blockquote>` : nothing;
}
