/**
 * Somebody at home lost their link. The answer is the same whatever is known of the number: the clinic calls, or they call the clinic.
 */

import { place } from "./lib/dom.js";
import { press, sentenceOf } from "./lib/door.js";
import { callClinic } from "./lib/clinic-contact.js";

const wrong = place("wrong");

place("lost").addEventListener("submit", async (event) => {
  event.preventDefault();
  wrong.hidden = true;
  try {
    await press("/api/v1/lost-link", { phone: /** @type {HTMLInputElement} */ (place("phone")).value });
    place("told").textContent = "The clinic knows. If this is the number you gave them, they call it. No call soon? Call them.";
    place("asking").hidden = true;
    place("send").hidden = true;
  } catch (error) {
    wrong.textContent = sentenceOf(error);
    wrong.hidden = false;
    place("phone").focus();
  }
});

void callClinic(place("call"));
