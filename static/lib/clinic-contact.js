/**
 * "Call the clinic" with its number, on pages of somebody who is not let in. Without a number, or a line, the words stay as they were.
 */

/** @param {HTMLElement} where a place that is empty until the number is known */
export async function callClinic(where) {
  const response = await fetch("/api/v1/clinic-contact").catch(() => null);
  const told = response?.ok ? /** @type {{phone: string}} */ (await response.json()) : { phone: "" };
  if (!told.phone) return;
  const link = document.createElement("a");
  link.href = `tel:${told.phone}`;
  link.className = "btn client small";
  link.textContent = `Call the clinic: ${told.phone}`;
  where.replaceChildren(link);
  where.hidden = false;
}
