/**
 * What was agreed while sober, at home: the client says it before the dose, one question a screen, or leaves it to be asked. From the
 * first unit on nobody changes it.
 *
 * @typedef {import("./client-frame.js").Page} Page
 * @typedef {import("./client-frame.js").Screen} Screen
 * @typedef {import("../lib/types.js").View} View
 */

import { html, nothing } from "../lib/dom.js";
import { frame, set } from "./client-frame.js";

/** The form, while the client has it open. @param {Page} page @param {View} view @param {import("../lib/form.js").Look} look @returns {Screen | null} */
export function agreeing(page, view, look) {
  const form = view.agreed?.form ?? [];
  if (page.ask !== "agree" || !form.length) return null;
  const draft = page.drafts.of("agreement");
  const send = async () => {
    const done = await draft.send(form, look, (values) => page.api.post("agreement", { values }), page.redraw);
    if (done) set(page, "");
    return done;
  };
  const body = html`<section class="gatewalk" aria-labelledby="question">${page.walk.questions.draw({
    name: "agreement", title: "What helps you?", form, look, kind: "client", label: "This is agreed",
    leave: { label: "Go back", press: () => set(page, "") }, send })}</section>`;
  return { kind: "arrive", title: "What helps you?", body: frame(page, view, body) };
}

/** The client's way to it. @param {Page} page @param {View} view */
export function agreeDoor(page, view) {
  if (!view.agreed?.form.length) return nothing;
  const words = view.agreed.said ? "Change what was agreed" : "Say what helps you";
  return html`<button type="button" class="btn client small plain" @click=${() => set(page, "agree")}>${words}</button>`;
}
