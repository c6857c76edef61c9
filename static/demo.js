/**
 * The demo bar: a thin strip at the bottom of every page, only where the server says it is a demo. The pages of all six people, a clock
 * that jumps to just before whatever is due next, the gates answered as each person, the one-time codes, and a way to begin anew. It never
 * covers the page: the page ends above it (`--demo-h`).
 *
 * @typedef {import("./lib/demo-mode.js").Demo} Demo
 * @typedef {import("./lib/types.js").View} View
 */

import { address } from "./lib/address.js";
import { Api, Refusal } from "./lib/api.js";
import { inWords } from "./lib/clock.js";
import { askDemo, demo, enter } from "./lib/demo-mode.js";
import { html, nothing, render, short, shown } from "./lib/dom.js";
import { tab } from "./lib/shelf.js";

/** Every gate in the order of the law; a page at home knows only its own, the bar answers all. */
const GATES = [
  "identity", "clearance", "interval", "last_session", "consent", "location", "emergency_numbers", "support_person", "second_contact", "on_call",
  "therapist", "standin_dispatcher", "watch", "lines", "pressure", "oxygen", "fasting", "medicines", "suicide_screen", "mind_body", "kit", "room",
  "medicine", "afterwards",
];
/** Role → the word for it, where there is room. */
const WORDS = /** @type {Record<string, string>} */ ({ support: "support person", standin: "stand-in", dispatcher: "coordinator" });
const REFRESH_MS = 3_000;
/** What came of a press stands this long (ms); then its room goes back to the page. */
const WORDS_MS = 8_000;
const { login, session } = address();
const api = new Api();
const bar = document.createElement("aside");
let open = tab.get("telekap.demo.open") === "1";
let words = "";
let saidAt = 0;
/** "Begin anew" was pressed once: it ends a session, so it asks. */
let leaving = false;
/** @type {Demo | null} */
let known = null;
/** @type {View | null} */
let view = null;

/** @param {string} path @param {Record<string, unknown>} body */
async function ask(path, body) {
  const response = await fetch(`/api/v1/demo/${path}`, {
    method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.sentence ?? answer.reasons?.[0]?.sentence ?? answer.error ?? String(response.status));
  return answer;
}

/** Say what came of a press; never throw at the page. @param {() => Promise<string>} press */
async function tell(press) {
  try {
    words = await press();
  } catch (error) {
    words = error instanceof Refusal ? error.sentence : error instanceof Error ? error.message : "That did not work.";
  }
  saidAt = performance.now();
  await refresh();
}

const jump = () => tell(async () => {
  const { moved_ms: moved, to } = await ask("jump", { session });
  return to ? `${inWords(moved)} on: 2 s before “${to.kind.replaceAll("_", " ")} ${to.subject}”.` : "Nothing is due.";
});

/** @param {string} gate @param {string} [role] */
const answer = (gate, role) => tell(async () => {
  await ask("answer", role ? { session, gate, role } : { session, gate });
  return `${gate}: answered${role ? ` as ${role}` : ""}.`;
});

const answerAll = () => tell(async () => {
  const refused = [];
  for (const gate of GATES) {
    try {
      await ask("answer", { session, gate });
    } catch {
      refused.push(gate);
    }
    words = `${gate}…`;
    draw();
  }
  const rest = refused.filter((gate) => view?.gates.some((one) => one.gate === gate && one.colour !== "green" && one.colour !== "open"));
  return rest.length ? `Answered, except ${rest.join(", ")} (nobody answers those by a form).` : "Every gate that can be answered is.";
});

const confirmMe = () => tell(async () => {
  const fresh = await askDemo();
  const code = fresh?.codes[view?.me.role ?? ""];
  if (!code) return "This person needs no code.";
  const asked = /** @type {HTMLInputElement | null} */ (document.getElementById("second-factor"));
  if (asked) {
    // The page asks for the code of one act: put there, it counts for that act.
    asked.value = code;
    asked.dispatchEvent(new InputEvent("input", { bubbles: true }));
  } else await api.secondFactor(code);
  return "Confirmed: it is you.";
});

/** End this session, book the next with another client, and go to the page of the same part in it. */
const beginAnew = () => tell(async () => {
  leaving = false;
  const { links } = await ask("anew", { session: session || known?.session || "" });
  const mine = links.find((/** @type {import("./lib/demo-mode.js").DemoLink} */ link) => link.role === part());
  if (mine) location.assign(await enter(mine));
  return "A new session is booked, with another client: the links are new.";
});

/** Who this page's login is, by name: learned once. */
let name = "";
let turn = 0;

/** The part played on this page; "" where nobody knows yet. */
function part() {
  const brought = document.getElementById("told")?.textContent;
  return view?.me.role || (brought ? String(JSON.parse(brought).view.me.role) : "") || (known?.links.find((link) => link.name === name)?.role ?? "");
}

/** The code of the person whose page this is, while the page asks for one; "" when it does not, or nobody knows whose it is. */
function asked() {
  if (!document.querySelector("#second-factor, input.code")) return "";
  const role = view?.me.role ?? known?.links.find((link) => link.name === name)?.role ?? "";
  return known?.codes[role] ?? "";
}

/** Whether this is a page of client or support person: they have one session, and no list of sessions to ask for. */
const atHome = () => ["client", "support"].includes(part());

/** A page that asks for a code may open before the bar does: look again now and then. Codes are used up, so it is asked anew. */
async function watchForCodes() {
  const there = document.querySelector("#second-factor, input.code") !== null;
  turn += 1;
  if (login && !name && (there || session) && !atHome()) name = await api.get("home").then((/** @type {any} */ body) => body.me?.name ?? "").catch(() => "");
  const look = there || (session !== "" && turn % 5 === 0);
  if (look) known = (await askDemo()) ?? known;
  const old = words !== "" && performance.now() - saidAt > WORDS_MS;
  if (old) words = "";
  if (look || old || bar.querySelector(".demo-asked")) draw();
}

/** The demo books the next session when one is over: this page says so, it would stay dead otherwise. */
function over() {
  if (!session || !known?.session || known.session === session) return nothing;
  const mine = known.links.find((link) => link.role === part());
  const there = mine && !atHome() ? html`<a href="/as/${login}/s/${known.session}">open it</a>` : mine ? html`<a href=${mine.url} @click=${go(mine)}>open it as ${short(mine.name)}</a>` : "its people stand here";
  return html`<span class="demo-words demo-over">This session is over. The next one is ready: ${there}.</span>`;
}

/** Into the page of one person with one press; ctrl, middle and long presses still open their door. @param {import("./lib/demo-mode.js").DemoLink} link */
const go = (link) => async (/** @type {MouseEvent} */ event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  // One tab for each part: whoever is pressed again is brought to the front as they are, not let in a second time.
  const page = link.role === part() ? window : globalThis.open("", `demo-${link.role}`);
  if (!page) return;
  const at = page.location.pathname;
  if (page !== window && at.startsWith("/as/") && (!at.includes("/s/") || at.includes(known?.session ?? ""))) {
    page.focus();
    return;
  }
  page.location.assign(await enter(link));
};

/** Put the code where the page asks for it. @param {string} code */
function fillIn(code) {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("#second-factor, input.code"));
  if (!field) return;
  field.value = code;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** Let the page end above the bar, however tall it is now. */
function fit() {
  const tall = bar.offsetHeight;
  document.documentElement.style.setProperty("--demo-h", `${tall}px`);
}

/** @param {boolean} to */
function toggle(to) {
  open = to;
  tab.set("telekap.demo.open", to ? "1" : null);
  draw();
  if (to) void refresh();
}

function draw() {
  if (!known) return;
  const code = asked();
  render(html`<div class="demo-row"><b class="demo-long">Demo</b>
      <nav class="demo-people" aria-label="Everybody’s page">${known.links.map((link) => html`<a href=${link.url} target="demo-${link.role}" aria-current=${link.role === part() && known?.session === session ? "page" : nothing}
        title="${link.name}, ${WORDS[link.role] ?? link.role}" @click=${go(link)}>${short(link.name)}<span class="demo-role"> ${WORDS[link.role] ?? link.role}</span></a>`)}</nav>
      ${session ? html`<button type="button" @click=${jump}>Jump<span class="demo-long"> to just before the next due</span></button>` : nothing}
      <button type="button" aria-expanded=${open ? "true" : "false"} @click=${() => toggle(!open)}>${open ? "Less" : html`<span class="demo-short" aria-hidden="true">More</span><span class="demo-long">People, gates, codes</span>`}</button>
      ${code ? html`<button type="button" class="demo-asked" @click=${() => fillIn(code)}>The code this page asks for is ${code}: fill it in</button>` : nothing}
      ${over()}<span class="demo-words" role="status">${words}</span></div>
    ${open ? more(known) : nothing}`, bar);
  fit();
}

/** @param {Demo} demoClinic */
function more(demoClinic) {
  const shut = (view?.gates ?? []).filter((gate) => gate.colour !== "green" && gate.colour !== "open");
  const code = demoClinic.codes[view?.me.role ?? ""];
  return html`<div class="demo-row">${demoClinic.links.map((link) => html`<span class="demo-code"><b>${link.name}</b> ${WORDS[link.role] ?? link.role}</span>`)}</div>
    <div class="demo-row">${session ? html`<button type="button" @click=${answerAll}>Answer all gates well</button>` : nothing}
      ${code ? html`<button type="button" @click=${confirmMe}>Confirm it is me (${code})</button>` : nothing}
      ${Object.entries(demoClinic.codes).map(([role, digits]) => html`<span class="demo-code">${role} <code>${digits}</code></span>`)}
      ${leaving ? html`<span class="demo-gate"><span>This session ends, the next has another client.</span><button type="button" @click=${beginAnew}>Yes, begin anew</button><button type="button" @click=${() => { leaving = false; draw(); }}>Stay</button></span>`
        : known?.links.length ? html`<button type="button" @click=${() => { leaving = true; draw(); }}>Begin anew</button>` : nothing}</div>
    ${shut.length ? html`<div class="demo-row demo-gates">${shut.map((gate) => html`<span class="demo-gate"><span>${gate.title}</span>
      <button type="button" @click=${() => answer(gate.gate)}>all</button>${(gate.who ?? []).map((role) => html`<button type="button" @click=${() => answer(gate.gate, role)}>${role}</button>`)}</span>`)}</div>` : nothing}`;
}

async function refresh() {
  if (open) {
    known = (await askDemo()) ?? known;
    if (login && session) view = await api.get().then((/** @type {any} */ body) => body.view).catch(() => view);
  }
  draw();
}

async function start() {
  known = await demo;
  if (!known) return;
  if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
  await shown(); // the page goes first
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/static/css/demo.css";
  const dressed = new Promise((done) => ["load", "error"].forEach((end) => style.addEventListener(end, done, { once: true })));
  document.head.append(style);
  await dressed; // undressed it would stand across half a phone for a moment
  bar.className = "demo-bar";
  bar.setAttribute("aria-label", "Demo");
  document.body.append(bar);
  new ResizeObserver(fit).observe(bar);
  await refresh();
  setInterval(() => void watchForCodes(), 1_000);
  setInterval(() => {
    if (open && document.visibilityState === "visible") void refresh();
  }, REFRESH_MS);
}

void start();
