/**
 * The only door to lit-html. A page that loads it from a second address gets a second Trusted Types policy of the same name, which the
 * content security policy refuses: import it from here, always.
 */

export { html, svg, noChange, nothing, render } from "../vendor/lit-html-3.3.3/lit-html.js";
import { html, nothing, svg } from "../vendor/lit-html-3.3.3/lit-html.js";

/** Drawings, 24 × 24, line only; drawn in place so that they take the colour of the words beside them. */
const SHAPES = {
  tick: svg`<path d="m5 13 5 5L19 7"/>`,
  phone: svg`<path d="M6 3h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z"/>`,
  voice: svg`<path d="M4 10v4M8 7v10M12 4v16M16 7v10M20 10v4"/>`,
  box: svg`<rect x="3" y="6" width="18" height="5" rx="1.5"/><path d="M5 11v6a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-6"/><rect x="10" y="9" width="4" height="5" rx="1"/>`,
  back: svg`<path d="M15 5l-7 7 7 7"/>`,
  cross: svg`<path d="M6 6l12 12M18 6 6 18"/>`,
  shut: svg`<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z"/><path d="M7.5 12h9"/>`,
  key: svg`<circle cx="8" cy="12" r="4"/><path d="M12 12h9M17 12v4"/>`,
  camera: svg`<rect x="2" y="7" width="13" height="10" rx="2"/><path d="m15 11 6-3v8l-6-3"/>`,
  alarm1: svg`<path d="M12 2.5 22.5 21h-21z"/><path d="M12 9.5V15"/><path d="M12 18v.1"/>`,
  alarm2: svg`<path d="M12 2.5 22.5 21h-21z"/><path d="M10 10.5V15M14 10.5V15"/><path d="M10 18v.1M14 18v.1"/>`,
  alarm3: svg`<path d="M12 2.5 22.5 21h-21z"/><path d="M8.4 13v2.6M12 9v6.6M15.6 13v2.6"/><path d="M8.4 18.4v.1M12 18.4v.1M15.6 18.4v.1"/>`,
};

/**
 * A drawing beside words: hidden from readers, the words say it.
 * @param {keyof typeof SHAPES} name @param {string} [kind] class of the drawing: `i` (default) or `sign ok` …
 */
export function icon(name, kind = "i") {
  return html`<svg class=${kind} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${SHAPES[name]}</svg>`;
}

/**
 * Attribute value or no attribute at all. @template T @param {boolean} when @param {T} value
 */
export function only(when, value) {
  return when ? value : nothing;
}

/**
 * A timer as an emptying ring with words inside. The ring is a picture; its label is the sentence in words and is not read out at every
 * second. `part`: 1 full, 0 empty.
 * @param {{part: number, label: string, kind?: string}} ring @param {unknown} inside
 */
export function ring({ part, label, kind = "" }, inside) {
  const round = 2 * Math.PI * 46;
  const run = (Math.max(0, Math.min(1, part)) * round).toFixed(1);
  return html`<div class="ring ${kind}" role="timer" aria-live="off" aria-label=${label}>
    <svg viewBox="0 0 100 100" aria-hidden="true">
      <circle class="rail" cx="50" cy="50" r="46" fill="none" stroke-width="4"></circle>
      <circle class="run" cx="50" cy="50" r="46" fill="none" stroke-width="4" stroke-dasharray="${run} ${round.toFixed(1)}" transform="rotate(-90 50 50)"></circle>
    </svg><div>${inside}</div></div>`;
}

/** The element a page is drawn into. @param {string} id */
export function place(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no place #${id}`);
  return found;
}

/** Whatever else the page is busy with, what comes after a drawing waits no longer for it, nor longer after it, ms. */
const LATE_MS = 300;
/** For browsers that do not say when nothing else is waiting, ms after a drawing. */
const SOON_MS = 50;

/**
 * When what was drawn just now stands on the screen and nothing else is waiting: what may come after it (a camera, a connection, files
 * for later) must not keep the first sentence from being seen, nor the first press from being answered. A tab that nobody looks at
 * draws nothing, and does not wait.
 */
export function shown() {
  return /** @type {Promise<void>} */ (new Promise((done) => {
    const late = setTimeout(done, LATE_MS);
    requestAnimationFrame(() => {
      clearTimeout(late);
      if ("requestIdleCallback" in globalThis) requestIdleCallback(() => done(), { timeout: LATE_MS });
      else setTimeout(done, SOON_MS);
    });
  }));
}

/** `Ana` of `Ana Ruiz`, `Dr Okafor` of `Dr Ada Okafor`. At home people are called by one name. @param {string | undefined} name */
export function short(name) {
  const words = (name ?? "").split(" ").filter(Boolean);
  if (words[0] === "Dr" && words.length > 2) return `Dr ${words.at(-1)}`;
  return words[0] === "Dr" ? words.join(" ") : (words[0] ?? "");
}
