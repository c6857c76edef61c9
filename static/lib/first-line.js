/**
 * The line of a session's page. Its page loads this module before all others and does not wait for them: the server answers while the
 * rest is still on its way, and what it said is there when the page can draw it.
 */

import { Live } from "./live.js";

export const line = new Live();
if (line.session) line.ahead(); // a desk's page that is about no session has no line
