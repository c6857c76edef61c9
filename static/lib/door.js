/**
 * Pressing a button where nobody is signed in yet: one try, an answer within 15 s, and a sentence for every no.
 */

import { NoPasskey } from "./passkey.js";

/** A no that can be shown as it is; `field`: which field it is about, if it is about one. */
export class No extends Error {
  /** @param {string} sentence @param {number} status @param {string} [field] */
  constructor(sentence, status, field = "") {
    super(sentence);
    this.status = status;
    this.field = field;
  }
}

/**
 * @param {string} path @param {unknown} [body] default: look, change nothing
 * @param {Record<number, string>} [sentences] words of this page for a status
 * @returns {Promise<any>} what the server answered. Throws `No`.
 */
export async function press(path, body, sentences = {}) {
  const init = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, { ...init, credentials: "same-origin", signal: AbortSignal.timeout(15_000) });
  } catch {
    throw new No("There is no line to the server. What you typed is still here.", 0);
  }
  const told = /** @type {any} */ (await response.json().catch(() => ({})));
  if (response.ok) return told;
  const wait = Number(response.headers.get("retry-after") ?? 0);
  const late = response.status === 429 ? `Too many tries. Wait ${wait > 90 ? `${Math.ceil(wait / 60)} minutes` : `${wait || 5} seconds`}, then try again.` : "";
  throw new No(sentences[response.status] ?? (late || told.sentence || "The server could not say. Try again."), response.status, told.field ?? "");
}

/** The sentence of whatever went wrong at a door. Anything that is no answer is a defect and thrown on. @param {unknown} error */
export function sentenceOf(error) {
  if (error instanceof No || error instanceof NoPasskey) return error.message;
  throw error;
}
