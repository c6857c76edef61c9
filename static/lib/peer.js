// One browser's video connection to its seat: offered once, never renegotiated, made anew when it is lost. The old one is kept
// until the new one was answered: a line that was cut for ten seconds often comes back by itself, sooner than any request gets through.
// No page knowledge: the page gives `join` (its HTTP call) and is told of tracks and states.

/** @typedef {{mid_audio: string | null, mid_video: string | null, from: string | null}} Slot */
/** @typedef {{answer: string, slots: Slot[]}} Joined */
/** @typedef {"idle" | "joining" | "connected" | "lost" | "refused" | "closed"} PeerState */
/**
 * @typedef {object} PeerOptions
 * @property {(offer: string, signal: AbortSignal) => Promise<Joined>} join Sends the offer; the signal says that nobody waits for the
 *   answer any more. Rejecting is retried, unless the error has `final: true` (a seat refused for good): then the state is "refused"
 *   and nothing is tried any more.
 * @property {(mid: string, track: MediaStreamTrack, stream: MediaStream) => void} [onTrack] One call for every slot and
 *   kind, again after each re-join; sound and picture of one slot have the same stream.
 * @property {(state: PeerState, slots: Slot[]) => void} [onState]
 * @property {() => Promise<RTCIceServer[]>} [servers] Relays, asked for each connection. Rejecting or slow: none.
 * @property {() => unknown} [transform] Made for the sender of the own picture of each connection; null: none.
 */

/** Pauses before a further attempt, ms; the last one repeats. */
const PAUSES = [300, 600, 1000];
/** How long a connection may take to come up, ms. */
const CONNECT_MOST = 5000;
/** How long the browser may call a connection "disconnected" before we make a new one, ms. */
const DISCONNECTED_MOST = 2000;
/** How much newer than our last byte may be what the server has for us, ms. The browser itself notices after 7 to 17 s. */
const SILENCE_MOST = 3000;
const LOOK_EVERY = 500;
/** How long relays are waited for, ms. */
const RELAYS_MOST = 1000;
/** How long an answer is waited for, ms. What hangs in a line that was cut would be sent again long after the line is back. */
const ANSWER_MOST = 4000;

export class Peer {
  /** @type {PeerOptions} */ #options;
  /** The one that carries sound and picture, or did until now. @type {RTCPeerConnection | null} */ #connection = null;
  /** The one that is being offered. @type {RTCPeerConnection | null} */ #coming = null;
  /** Ends the wait for its answer. */ #waiting = new AbortController();
  /** @type {MediaStream} */ #stream = new MediaStream();
  /** @type {PeerState} */ #state = "idle";
  /** @type {Slot[]} */ #slots = [];
  #pairs = 4;
  #failures = 0;
  /** Counts attempts: what belongs to an older one is ignored. */ #generation = 0;
  /** @type {Promise<void> | null} */ #joining = null;
  /** When the server got the newest picture that is meant for us. */ #newest = 0;
  #halted = false;
  /** A new connection is being made because the old one fell silent: should that speak again, none is needed. */ #lost = false;
  /** It did. */ #recovered = false;
  /** How often it was seen to, during this attempt. */ #looksBack = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #watch;
  /** Bytes come in on the present connection, and when the last ones did. */
  #received = { bytes: 0, at: 0, flowing: false };
  /** Since when the present connection is not connected, ms; 0: it is, or was not yet answered. */
  #downSince = 0;

  /** @param {PeerOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** @returns {PeerState} */
  get state() {
    return this.#state;
  }

  /** Which seat each slot shows, as the last join said. The page also hears of changes by its socket. */
  get slots() {
    return this.#slots;
  }

  /**
   * Take the seat; settles when the first join was answered (or refused).
   * @param {MediaStream} stream Sound and picture to send; either may be missing and come later by replaceStream.
   * @param {number} [slots] How many others can be seen at once.
   */
  async start(stream, slots = 4) {
    this.#stream = stream;
    this.#pairs = Math.max(1, slots);
    this.#watch ??= setInterval(() => void this.#look(), LOOK_EVERY);
    await this.rejoin();
  }

  /** Make a new connection to the same seat, keeping the local tracks. One at a time. */
  async rejoin() {
    if (this.#left()) return;
    this.#halted = this.#lost = false;
    await this.#renew();
  }

  async #renew() {
    this.#joining ??= this.#join().finally(() => {
      this.#joining = null;
    });
    await this.#joining;
  }

  /**
   * Send another camera or microphone on the same connection.
   * @param {MediaStream} stream
   */
  async replaceStream(stream) {
    this.#stream = stream;
    for (const kind of ["audio", "video"]) {
      for (const connection of [this.#connection, this.#coming]) {
        const sender = connection?.getTransceivers().find((one) => one.receiver.track.kind === kind)?.sender;
        await sender?.replaceTrack(track(stream, kind));
      }
    }
  }

  /**
   * Say when the server got the newest picture of anybody we see. Silence is a fault of our line only if that is newer than what has
   * come to us: when everybody else has gone dark our own picture must go on undisturbed. May be said as often as one likes.
   * @param {number} newest by `performance.now()`; 0: nobody sends
   */
  expectMedia(newest) {
    this.#newest = newest;
  }

  /** The browser's own figures: streams in and out, their codecs, and the round trip in seconds. */
  async stats() {
    /** @type {any[]} */ const inbound = [];
    /** @type {any[]} */ const outbound = [];
    /** @type {any[]} */ const codecs = [];
    /** @type {number | null} */ let roundTrip = null;
    const report = await this.#connection?.getStats();
    report?.forEach((one) => {
      if (one.type === "inbound-rtp") inbound.push(one);
      else if (one.type === "outbound-rtp") outbound.push(one);
      else if (one.type === "codec") codecs.push(one);
      else if (one.type === "candidate-pair" && one.nominated) roundTrip = one.currentRoundTripTime ?? null;
    });
    return { inbound, outbound, codecs, roundTrip };
  }

  /** Stop without leaving for good: nothing is sent, received or tried any more until `rejoin`. */
  halt() {
    if (this.#left()) return;
    this.#halted = true;
    this.#drop();
    this.#say("idle");
  }

  /** Leave for good. */
  close() {
    clearInterval(this.#watch);
    this.#drop();
    this.#say("closed");
  }

  async #join() {
    this.#recovered = false;
    for (;;) {
      if (this.#failures > 0) {
        await sleep(PAUSES[Math.min(this.#failures, PAUSES.length) - 1] ?? 1000);
      }
      if (this.#over()) return;
      try {
        await this.#attempt();
        return;
      } catch (error) {
        if (this.#over()) return;
        if (error instanceof Object && "final" in error && error.final === true) {
          this.#drop();
          this.#say("refused");
          return;
        }
        this.#failures += 1;
        this.#say("lost");
      }
    }
  }

  #over() {
    return this.#left() || this.#halted || this.#recovered;
  }

  /** Asked again after every wait: the page may have closed us meanwhile. */
  #left() {
    return this.#state === "closed";
  }

  async #attempt() {
    this.#forget();
    const generation = this.#generation;
    const waiting = this.#waiting;
    // A closed connection never settles what was asked of it, so nothing here is waited for without this.
    /** @type {Promise<never>} */ const over = new Promise((_, reject) => {
      waiting.signal.addEventListener("abort", () => reject(new Error("overtaken")), { once: true });
    });
    over.catch(() => {});
    // Without a relay most homes are served: what is asked for it may fail, and must not keep anybody waiting.
    const servers = await Promise.race([this.#options.servers?.() ?? [], sleep(RELAYS_MOST).then(() => [])]).catch(() => []);
    if (generation !== this.#generation) throw new Error("overtaken");
    const connection = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: servers });
    this.#coming = connection;
    this.#say("joining");
    connection.ontrack = ({ transceiver, track: incoming, streams }) => {
      if ((connection === this.#connection || connection === this.#coming) && transceiver.mid !== null) {
        this.#options.onTrack?.(transceiver.mid, incoming, streams[0] ?? new MediaStream([incoming]));
      }
    };
    connection.onconnectionstatechange = () => this.#changed(connection);
    for (let pair = 0; pair < this.#pairs; pair += 1) {
      for (const kind of ["audio", "video"]) {
        const own = pair === 0 ? track(this.#stream, kind) : null;
        const direction = pair === 0 ? "sendrecv" : "recvonly";
        const streams = pair === 0 ? [this.#stream] : [];
        const transceiver = connection.addTransceiver(own ?? kind, { direction, streams });
        prefer(transceiver, kind);
        if (pair === 0 && kind === "video") attach(transceiver.sender, this.#options.transform?.() ?? null);
      }
    }
    await Promise.race([connection.setLocalDescription(), over]);
    // The server learns our address from the checks themselves, so the offer need not wait for candidates.
    const late = setTimeout(() => waiting.abort(), ANSWER_MOST);
    const asked = this.#options.join(connection.localDescription?.sdp ?? "", waiting.signal);
    const { answer, slots } = await Promise.race([asked, over]).finally(() => clearTimeout(late));
    if (generation !== this.#generation) throw new Error("overtaken");
    this.#lost = false; // from its answer on the server listens to the new connection alone
    this.#slots = slots;
    await Promise.race([connection.setRemoteDescription({ type: "answer", sdp: answer }), over]);
    if (generation !== this.#generation) throw new Error("overtaken");
    this.#connection?.close();
    this.#connection = connection;
    this.#coming = null;
    this.#received = { bytes: 0, at: performance.now(), flowing: false };
    this.#downSince = performance.now();
    this.#changed(connection);
  }

  /** @param {RTCPeerConnection} connection */
  #changed(connection) {
    const state = connection.connectionState;
    if (connection !== this.#connection || this.#lost) return;
    if (state === "connected") {
      this.#failures = 0;
      this.#downSince = 0;
      this.#say("connected");
    } else if (state === "disconnected") {
      this.#downSince ||= performance.now();
    } else if (state === "failed" || state === "closed") {
      this.#fail();
    }
  }

  /** Notices by itself what the browser notices late or never. */
  async #look() {
    const connection = this.#connection;
    if (connection === null || this.#state === "refused" || this.#halted) return;
    if (this.#joining !== null) {
      if (this.#lost) await this.#lookBack(connection);
      return;
    }
    const now = performance.now();
    if (this.#downSince > 0) {
      const most = connection.connectionState === "disconnected" ? DISCONNECTED_MOST : CONNECT_MOST;
      if (now - this.#downSince > most) this.#fail();
      return;
    }
    const bytes = await this.#bytes();
    if (connection !== this.#connection || this.#joining !== null) return;
    if (bytes !== this.#received.bytes) {
      this.#received = { bytes, at: now, flowing: bytes > 0 };
    } else if (this.#received.flowing && this.#newest - this.#received.at > SILENCE_MOST) {
      this.#fail();
    }
  }

  /** While a new connection is asked for: does the old one carry again? Then nothing need be made. @param {RTCPeerConnection} old */
  async #lookBack(old) {
    const bytes = await this.#bytes();
    if (!this.#lost || old !== this.#connection || old.connectionState !== "connected") return;
    if (!this.#received.flowing || bytes <= this.#received.bytes) return;
    this.#received.bytes = bytes;
    // Seen twice: if the request got through just now, the server listens to the new connection and the old one is silent again.
    this.#looksBack += 1;
    if (this.#looksBack < 2) return;
    this.#recovered = true;
    this.#lost = false;
    this.#forget();
    this.#received = { bytes, at: performance.now(), flowing: true };
    this.#failures = 0;
    this.#downSince = 0;
    this.#say("connected");
  }

  async #bytes() {
    const { inbound } = await this.stats();
    return inbound.reduce((sum, one) => sum + (one.bytesReceived ?? 0), 0);
  }

  #fail() {
    if (this.#joining !== null || this.#state === "closed" || this.#halted) return;
    this.#failures += 1;
    this.#lost = true;
    this.#say("lost");
    void this.#renew();
  }

  /** What is being offered is no longer wanted. */
  #forget() {
    this.#generation += 1;
    this.#looksBack = 0;
    this.#coming?.close();
    this.#coming = null;
    this.#waiting.abort();
    this.#waiting = new AbortController();
  }

  #drop() {
    this.#forget();
    this.#connection?.close();
    this.#connection = null;
    this.#received = { bytes: 0, at: performance.now(), flowing: false };
    this.#downSince = 0;
  }

  /** @param {PeerState} state */
  #say(state) {
    if (state === this.#state || this.#state === "closed") return;
    this.#state = state;
    this.#options.onState?.(state, this.#slots);
  }
}

/** @param {MediaStream} stream @param {string} kind */
function track(stream, kind) {
  return stream.getTracks().find((one) => one.kind === kind) ?? null;
}

/**
 * All in a room must share a codec, since nothing is transcoded: VP8 is the one every browser has.
 * @param {RTCRtpTransceiver} transceiver @param {string} kind
 */
function prefer(transceiver, kind) {
  const codecs = RTCRtpReceiver.getCapabilities(kind)?.codecs;
  if (kind !== "video" || !codecs || !transceiver.setCodecPreferences) return;
  const first = codecs.filter((one) => one.mimeType === "video/VP8");
  transceiver.setCodecPreferences([...first, ...codecs.filter((one) => one.mimeType !== "video/VP8")]);
}

/** At once: set on a running call it does nothing. @param {RTCRtpSender} sender @param {unknown} transform */
function attach(sender, transform) {
  if (transform !== null) Object.assign(sender, { transform });
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
