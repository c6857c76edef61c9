/** The clinic's own number, for somebody at home whom no page can help now. Without one, or a line, the words stay as they were. */

/** Asked once per page. @returns {Promise<string>} "" when the clinic gave none, or cannot be asked */
export async function clinicNumber() {
  const response = await fetch("/api/v1/clinic-contact").catch(() => null);
  const told = response?.ok ? /** @type {{phone: string}} */ (await response.json().catch(() => ({ phone: "" }))) : { phone: "" };
  return told.phone;
}

/** "Call the clinic" with its number, on pages of somebody who is not let in. @param {HTMLElement} where a place that is empty until the number is known */
export async function callClinic(where) {
  const phone = await clinicNumber();
  if (!phone) return;
  const link = document.createElement("a");
  link.href = `tel:${phone}`;
  link.className = "btn client small";
  link.textContent = `Call the clinic: ${phone}`;
  where.replaceChildren(link);
  where.hidden = false;
}
