/** The page of somebody at home: one screen at a time, drawn whole. A new screen is heard as well as seen. */

import { place, render } from "../lib/dom.js";

/** A press this long ago (real ms) or less made the new screen: the focus may follow it. */
const PRESSED_MS = 2_000;
/** A sentence for ears stays this long (real ms): it was spoken, and a reader that walks the page must not find it twice. */
const SPOKEN_MS = 3_000;

/**
 * Gives what draws it soon, once for all that changed in one turn. A microtask and not an animation frame: a hidden tab has none.
 * @param {() => {kind: string, title: string, body: unknown}} screen what stands there now
 */
export function homeScreen(screen) {
  const root = place("page");
  root.replaceChildren(); // what stood there while the page was loading; drawing adds, it does not replace
  const hear = heading(root);
  let queued = false;
  return () => {
    if (queued) return;
    queued = true;
    queueMicrotask(() => {
      queued = false;
      const { kind, title, body } = screen();
      document.body.className = kind;
      document.title = title;
      render(body, root);
      hear();
    });
  };
}

/**
 * The heading of each new screen, for ears and keyboards. Where the hand has just pressed, or what had the focus is gone, the focus goes
 * to the heading: the next Tab is the first act of this screen, and a second press meets no button of the next. Where a hand rests on
 * a button meanwhile (on "Help now") it stays there, and the heading is spoken.
 * @param {HTMLElement} root
 */
function heading(root) {
  const spoken = document.createElement("div");
  spoken.className = "unseen";
  spoken.setAttribute("aria-live", "polite");
  root.after(spoken);
  let last = "";
  /** Where the focus was put last: a heading that is only drawn anew gets it back. @type {HTMLElement | null} */
  let put = null;
  let pressedAt = Number.NEGATIVE_INFINITY;
  addEventListener("click", () => { pressedAt = performance.now(); }, true); // keys that press make a click too
  // The ring around the whole screen is for whoever uses keys: for everybody else it is a light in the dark that nobody asked for.
  addEventListener("keydown", () => { document.documentElement.dataset["keys"] = ""; }, { capture: true, once: true });
  return () => {
    const h1 = root.querySelector("h1");
    const words = h1?.textContent?.replace(/\s+/g, " ").trim() ?? "";
    const on = document.activeElement;
    const lost = put !== null && !put.isConnected && (!on || on === document.body);
    if (!h1 || (words === last && !lost)) return;
    const first = last === "";
    const typing = on instanceof HTMLInputElement || on instanceof HTMLSelectElement || on instanceof HTMLTextAreaElement;
    const free = !on || on === document.body || (!typing && performance.now() - pressedAt < PRESSED_MS && !on.matches(".help"));
    if (!first && !typing && words !== last) scrollTo(0, 0); // with large text the old screen may have been scrolled, and this one begins above
    last = words;
    // From the first unit on the whole screen is one button: it has the focus, so that any key of any remote is a call.
    const to = /** @type {HTMLElement} */ (root.querySelector(".whole > button.all") ?? h1);
    if (free) {
      if (to === h1) h1.tabIndex = -1;
      if (!first || to !== h1) { // a page that was just opened is read from its top; at the peak a key has to be a call there too
        to.focus({ preventScroll: true });
        put = to;
      }
    } else if (!first && !h1.closest("[role=status], [role=alert]")) {
      spoken.textContent = words;
      setTimeout(() => { spoken.textContent = ""; }, SPOKEN_MS);
    }
  };
}
