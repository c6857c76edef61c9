/**
 * What a page keeps on the device: `tab` ends with the tab and outlives a reload, `device` stays. A browser that forbids storage loses
 * that comfort and nothing else, so nothing here ever throws.
 *
 * Whoever signs out in one tab has signed out of every tab of that login: what was typed in the others, and what they show, must not be
 * found by the next one at this device (docs/decisions/0180).
 */

import { address } from "./address.js";

/** @param {() => Storage} open */
function shelf(open) {
  return {
    /** @param {string} name @returns {string | null} */
    get(name) {
      try {
        return open().getItem(name);
      } catch {
        return null;
      }
    },
    /** @param {string} name @param {string | null} value null: forget it */
    set(name, value) {
      try {
        if (value === null) open().removeItem(name);
        else open().setItem(name, value);
      } catch {
        /* see above */
      }
    },
    /** What is kept here under names that begin so. @param {string} beginning @returns {string[]} */
    names(beginning) {
      try {
        return Object.keys(open()).filter((name) => name.startsWith(beginning));
      } catch {
        return [];
      }
    },
    /** A kept object, or `otherwise` if there is none or it is damaged. @template T @param {string} name @param {T} otherwise @returns {T} */
    read(name, otherwise) {
      try {
        return JSON.parse(this.get(name) ?? "null") ?? otherwise;
      } catch {
        return otherwise;
      }
    },
  };
}

export const tab = shelf(() => sessionStorage);
export const device = shelf(() => localStorage);

/** Where tabs tell each other which login has ended. The word of a tab does not come back to itself. */
const left = "BroadcastChannel" in globalThis ? new BroadcastChannel("telekap.left") : null;

/** A login has ended in this tab: what was only typed here, or last seen, goes; and its other tabs hear of it. @param {string} login */
export function forget(login) {
  forgetTyped();
  left?.postMessage(login);
}

function forgetTyped() {
  for (const name of [...tab.names("telekap.draft."), ...tab.names("telekap.last.")]) tab.set(name, null);
}

/** Tabs of every other login hear it too, and go on. @param {MessageEvent} event */
function hear({ data }) {
  const { login } = address();
  if (!login || data !== login) return;
  const clear = () => {
    forgetTyped();
    for (const name of tab.names(`telekap.unsent.${login}.`)) tab.set(name, null); // nobody can send it any more
  };
  clear();
  addEventListener("pagehide", clear); // and what was under a hand in that very moment
  // The door can be slow to come, or not come at all: until then nothing stands here.
  document.body.replaceChildren();
  location.replace("/sign-in");
}

left?.addEventListener("message", hear);
