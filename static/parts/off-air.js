/**
 * When the client's camera goes out, and what may light it again. A day that ended must not leave a lens on in a bedroom; a therapist
 * whose page is only loading anew must not lose the picture either.
 *
 * @typedef {import("../lib/types.js").View} View
 */

/** A stand-down with nothing left to do has to stay so for this long (real ms): the therapist's page may be on its way back. */
const LASTS_MS = 4_000;
/** States without any call. */
const OVER = new Set(["closed", "held", "cancelled", "no_show"]);

export class OffAir {
  /** @param {{live: import("../lib/live.js").Live, seat: import("../lib/seat.js").Seat, help: import("./help-signal.js").HelpSignal}} parts */
  constructor({ live, seat, help }) {
    this.live = live;
    this.seat = seat;
    this.help = help;
    /** Since when nothing is left to do (real ms); 0: something is. */
    this.since = 0;
    /** When the camera was put out, or found out after a stand-down (real ms); 0: neither. */
    this.outAt = 0;
  }

  /** Twice a second, and at each change. */
  tick() {
    const { state, closing } = this.live.view ?? {};
    const done = Boolean(closing?.end) || OVER.has(state ?? "");
    const now = performance.now();
    this.since = done ? this.since || now : 0;
    // Loaded anew: whether it was on before, and with whose hand, this page does not know.
    if (state === "stood_down" && !this.seat.sending && !this.seat.elsewhere) this.outAt ||= now;
    if (!done || (!OVER.has(state ?? "") && now - this.since < LASTS_MS) || !this.seat.sending) return;
    this.outAt = now;
    void this.seat.rest();
  }

  /**
   * The camera may go on by itself. After a stand-down only a touch of the client lights it: their call for help, or the button.
   * A dose that is said afterwards is watched like any other. @param {View} view
   */
  may(view) {
    return view.state !== "stood_down" || this.help.pressedAt > this.outAt;
  }

  /** It was put out, or found out since the day ended, and is out still. */
  get out() {
    return this.outAt > 0 && !this.seat.sending;
  }
}
