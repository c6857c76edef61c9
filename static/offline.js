/**
 * Service worker of a page at home: opens it without a network, so that a reload at the worst moment shows the emergency card (support
 * person) or the dark screen that is one control (client), and not the browser's error page. It keeps files that are the same for
 * everybody, never an answer of the API: what is known of a session stays with the page (`lib/last-view.js`, `parts/emergency-card.js`).
 *
 * The network always goes first. What is kept is served only when the network says nothing for `PATIENCE_MS`, or the server is away.
 */

const SHELF = "telekap.shell";
/** At one bar a page still comes; nobody waits longer than this for it (real ms). */
const PATIENCE_MS = 4_000;
const AWAY = new Set([502, 503, 504]);

const worker = /** @type {any} */ (globalThis);
const asked = new URL(worker.location.href).searchParams.get("page") ?? "";
const page = ["client", "support"].includes(asked) ? `/static/${asked}.html` : "";

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(nearest(request, page));
  else if (pathname.startsWith("/static/")) event.respondWith(nearest(request, pathname));
});

/** From the network, else as it was kept. @param {Request} request @param {string} kept path under which it is kept */
async function nearest(request, kept) {
  const shelf = await caches.open(SHELF);
  const stored = kept ? await shelf.match(kept, { ignoreVary: true }) : undefined;
  if (!stored) return fetch(request);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return AWAY.has(response.status) ? stored : response;
  } catch {
    return stored;
  }
}
