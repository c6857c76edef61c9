/**
 * Does video get through from here? Camera and microphone, then every way to the clinic's media worker, one after another; the first
 * sentence says what it comes to, and what to do.
 *
 * @typedef {import("./lib/legs.js").Tried} Tried
 * @typedef {{name: string, small: string, run: () => Promise<Tried>, tried: Tried | null}} Row
 */

import { address } from "./lib/address.js";
import { Api, Refusal } from "./lib/api.js";
import { html, nothing, place, render } from "./lib/dom.js";
import { relaysOf, tryLeg } from "./lib/legs.js";
import { camera } from "./lib/picture.js";
import { sign } from "./parts/signs.js";

const login = address().login;
const api = new Api({ login, session: "" });

/** What a leg that failed means, in words for everybody. @type {Record<import("./lib/legs.js").Why, string>} */
const MEANS = {
  "": "",
  server: "The clinic's server did not answer.",
  silent: "This network lets no video straight through.",
  unreachable: "The relay cannot be reached from this network.",
  refused: "The relay does not know the clinic. Tell the clinic.",
  "no way on": "The relay is reached, and does not reach the clinic. Tell the clinic.",
};
const CAMERA = { name: "Camera and microphone", small: "", run: tryCamera };

/** @type {Row[]} */
let rows = [];
let running = false;
let trouble = "";

/** @returns {Promise<Tried>} */
async function tryCamera() {
  const start = performance.now();
  const told = (/** @type {boolean} */ ok, sentence = "") =>
    ({ ok, ms: Math.round(performance.now() - start), why: /** @type {""} */ (""), sentence });
  try {
    for (const track of (await camera()).getTracks()) track.stop();
    return told(true);
  } catch (error) {
    const denied = error instanceof DOMException && error.name === "NotAllowedError";
    const busy = error instanceof DOMException && error.name === "NotReadableError";
    return told(false, denied ? "They are not allowed for this page. Allow them beside the address." : busy ? "Another program uses them. Close it." : "None was found.");
  }
}

async function run() {
  running = true;
  trouble = "";
  const join = async (/** @type {string} */ offer) => /** @type {any} */ (await api.ask("line-check", { offer })).answer;
  rows = [{ ...CAMERA, tried: null }, { name: "Straight to the clinic", small: "UDP", run: () => tryLeg(join), tried: null }];
  draw();
  try {
    for (const { kind, server } of relaysOf((await api.get("line-check")).ice_servers)) {
      rows.push({ name: "Through the relay", small: kind, run: () => tryLeg(join, server), tried: null });
    }
    for (const row of rows) {
      draw();
      row.tried = await row.run();
    }
  } catch (error) {
    trouble = error instanceof Refusal ? error.sentence : "There is no line to the server.";
  }
  running = false;
  draw();
  document.getElementById("verdict")?.focus({ preventScroll: true });
}

/** What it comes to. @returns {{lead: string, todo: string}} */
function verdict() {
  if (trouble) return { lead: "The test could not be made.", todo: trouble };
  if (running) return { lead: "Testing your line.", todo: "This takes up to a minute." };
  const [seen, straight, ...relays] = rows.map((row) => row.tried?.ok ?? false);
  if (!straight && rows.slice(1).every((row) => row.tried?.why === "server")) {
    return { lead: "The clinic's video is away.", todo: rows[1]?.tried?.sentence || "Try again in some minutes." };
  }
  if (!straight && !relays.some(Boolean)) {
    return { lead: "Video does not get through.", todo: "Turn off a VPN. Try another Wi-Fi, or the phone's own network. Then test again, or call the clinic." };
  }
  if (!seen) return { lead: "Nobody could see or hear you.", todo: "The line works. The camera or the microphone does not." };
  if (!straight) return { lead: "Your line works, by a detour.", todo: "It may be slow. If you have another network, test that too." };
  return { lead: "Your line works.", todo: "" };
}

function draw() {
  const { lead, todo } = verdict();
  const now = running ? rows.findIndex((row) => !row.tried) : -1;
  render(html`<div class="stack grow"><div class="stack" role="status"><h1 class="lead" id="verdict" tabindex="-1">${lead}</h1>
    ${todo ? html`<p>${todo}</p>` : nothing}</div>
    <ol class="legs" aria-label="What was tried">${rows.map((row, n) => leg(row, n === now))}</ol>
    ${rows.length === 2 && !running && !trouble ? html`<p class="soft">This clinic has no relay.</p>` : nothing}
    <div class="acts"><button type="button" class="btn client main" ?disabled=${running} @click=${() => void run()}>Test again</button>
      <a class="btn client" href="/as/${login}/">Back</a></div></div>`, place("page"));
}

/** @param {Row} row @param {boolean} now */
function leg(row, now) {
  const { tried } = row;
  const word = !tried ? (now ? "…" : "") : tried.ok ? "works" : "fails";
  return html`<li>${sign(!tried ? "wait" : tried.ok ? "ok" : "stop")}<span>${row.name}${row.small ? html` <small class="soft">${row.small}</small>` : nothing}</span>
    <span class="ms">${word}${tried?.ok && row.small ? ` · ${(tried.ms / 1000).toFixed(1)} s` : ""}</span>
    ${tried && !tried.ok ? html`<span class="why">${tried.sentence || MEANS[tried.why]}</span>` : nothing}</li>`;
}

void run();
