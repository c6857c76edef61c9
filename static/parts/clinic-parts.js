/**
 * The parts of a session as the desk names them, and who of the clinic may be named for which.
 */

/** What people call a part. @type {Record<string, string>} */
export const PARTS = { client: "client", support: "support person", therapist: "therapist", standin: "stand-in", prescriber: "on-call prescriber", dispatcher: "dispatcher" };
/** Who works here may be named for what; the prescriber of a small clinic also for what stands behind. @param {any} staff @param {string} role */
export const able = (staff, role) => (staff?.staff ?? []).filter((/** @type {any} */ one) => one.roles.includes(role) || (one.roles.includes("prescriber") && (role === "standin" || role === "dispatcher")));
