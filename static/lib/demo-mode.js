/**
 * Is this a demo clinic? Asked once per page, of the server. Only there do these routes exist; anywhere else the answer is no.
 *
 * @typedef {{role: string, name: string, url: string}} DemoLink
 * @typedef {{links: DemoLink[], clock: Record<string, unknown>, codes: Record<string, string>}} Demo
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

/** The answer at the start of the page. */
export const demo = askDemo();
