/**
 * Leaving a login on this device. What was pressed and has not arrived goes first: it counts under this name alone, and nobody can send
 * it afterwards. What was only typed is forgotten, in every tab of it: the next one at this screen must not find it.
 */

import { Api, Refusal } from "./api.js";
import { forget, tab } from "./shelf.js";

/** So long (ms) is waited for what is still on its way. */
const MOST_MS = 8_000;

/**
 * @param {string} login @param {number} [most] ms
 * @returns {Promise<string>} "" when this login has ended here, otherwise why not yet, in a sentence
 */
export async function leave(login, most = MOST_MS) {
  const unsent = `telekap.unsent.${login}.`;
  const waits = tab.names(unsent).map((name) => new Api({ login, session: name.slice(unsent.length) }).settle(most));
  const said = (await Promise.all(waits)).find(Boolean);
  if (said) return said;
  try {
    await new Api({ login, session: "", patience: most }).ask("sign-out");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // A login that has ended already is what was wanted.
    if (error.kind !== "login") return error.kind === "offline" ? "There is no line, so you are still signed in here. Try again." : error.sentence;
  }
  forget(login);
  return "";
}
