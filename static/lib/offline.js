/**
 * Keeps a page at home on the device, so that it opens without a network; see `offline.js`. Needs HTTPS (or localhost); elsewhere the
 * page lives as long as it stays open, and that is all.
 */

import { offlineWorker } from "./trusted.js";

const SHELF = "telekap.shell";

/** Keeping is forty requests: they wait until the page has been in use for a moment (real ms). */
const LATER_MS = 2_000;
let wanted = false;

/** Keep this page and whatever it was made of. @param {"client" | "support"} page @returns {Promise<boolean>} whether it is kept */
export async function keepPage(page) {
  if (!("serviceWorker" in navigator) || !("caches" in globalThis)) return false;
  wanted = true;
  await new Promise((done) => setTimeout(done, LATER_MS));
  if (!wanted) return false;
  try {
    const made = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
    const files = made.filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/")).map((url) => url.pathname);
    const shelf = await caches.open(SHELF);
    // What the browser has just loaded is taken from its own store: a phone at one bar does not fetch it twice.
    await shelf.addAll([`/static/${page}.html`, ...[...new Set(files)].map((file) => new Request(file, { cache: "force-cache" }))]);
    // The scope is this very address: the worker of one page answers for no other.
    await navigator.serviceWorker.register(offlineWorker(page), { scope: location.pathname });
    return true;
  } catch {
    return false; // no room, private mode, no line just now: tried again when the page is next opened
  }
}

/** The session is over: nothing of it stays on the device. */
export async function forgetPage() {
  wanted = false;
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration(location.pathname).catch(() => undefined);
  if (registration?.scope === new URL(location.pathname, location.origin).href) await registration.unregister();
  const others = await navigator.serviceWorker.getRegistrations().catch(() => []);
  if (!others.length) await caches.delete(SHELF).catch(() => false);
}
