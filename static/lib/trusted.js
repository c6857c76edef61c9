/**
 * Our one Trusted Types policy: the only addresses that may become a script besides the modules a page names itself. A second policy of
 * this name is refused by the content security policy, so this module is the only place that makes it.
 */

const OURS = /^\/(offline\.js\?page=(client|support)|static\/lib\/liveness-worker\.js)$/;

/** @param {string} url @returns {string} */
function own(url) {
  if (!OURS.test(url)) throw new TypeError("not a script of ours");
  return url;
}

/** Browsers without Trusted Types take the text as it is. @type {{createScriptURL: (url: string) => any}} */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("telekap", { createScriptURL: own }) ?? { createScriptURL: own };

/** The address of the service worker of a page, allowed to run. @param {"client" | "support"} page */
export const offlineWorker = (page) => policy.createScriptURL(`/offline.js?page=${page}`);

/** The address of the worker that stamps what a camera sees; see `liveness.js`. */
export const livenessWorker = () => policy.createScriptURL("/static/lib/liveness-worker.js");
