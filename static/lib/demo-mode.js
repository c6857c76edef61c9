/**
 * Is this a demo clinic? A session's page brings the answer; others ask the server, once. Only there do these routes exist.
 *
 * @typedef {{role: string, name: string, url: string}} DemoLink
 * @typedef {{session: string, links: DemoLink[], clock: Record<string, unknown>, codes: Record<string, string>}} Demo
 */

/** @returns {Promise<Demo | null>} */
export async function askDemo() {
  try {
    const response = await fetch("/api/v1/demo", { credentials: "same-origin" });
    return response.ok ? /** @type {Demo} */ (await response.json()) : null;
  } catch {
    return null;
  }
}

const told = document.getElementById("told");

/** This page came from a demo clinic: known before anything is asked. False where the page does not say. */
export const inDemo = told?.dataset["demo"] !== undefined;

/** The answer at the start of the page. */
export const demo = told && !inDemo ? Promise.resolve(null) : askDemo();

/** Come in by a ready link, as its one button would; where that leads. The link itself, if the house does not answer. @param {DemoLink} link */
export async function enter(link) {
  const door = new URL(link.url).pathname; // this very origin, whichever name of the machine the page was opened by
  const inside = await fetch(door, { method: "POST", credentials: "same-origin" }).catch(() => null);
  return inside?.ok && inside.redirected ? new URL(inside.url).pathname : door;
}
