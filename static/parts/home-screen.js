/** The page of somebody at home: one screen at a time, drawn whole. */

import { place, render } from "../lib/dom.js";

/**
 * Gives what draws it soon, once for all that changed in one turn. A microtask and not an animation frame: a hidden tab has none.
 * @param {() => {kind: string, title: string, body: unknown}} screen what stands there now
 */
export function homeScreen(screen) {
  const root = place("page");
  root.replaceChildren(); // what stood there while the page was loading; drawing adds, it does not replace
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
    });
  };
}
