/**
 * One person's seat in the session's room: what they send, and one `<video>` per person they see. The elements are made once and moved
 * by the page, never made again: a picture does not go black because something beside it was redrawn.
 *
 * @typedef {import("./types.js").Role} Role
 * @typedef {import("./types.js").Slot} Slot
 * @typedef {import("./types.js").MediaMessage} MediaMessage
 */

import { Refusal, newKey } from "./api.js";
import { Liveness } from "./liveness.js";
import { Peer } from "./peer.js";
import { camera, drawnPicture } from "./picture.js";

/** A picture older than this (ms) is shown as stopped: grey, with words. */
export const FROZEN_MS = 4_000;

/** Events: `change` whenever who is seen, the own picture or the state of the line changed. */
export class Seat extends EventTarget {
  /** @param {{api: import("./api.js").Api, live: import("./live.js").Live}} parts */
  constructor({ api, live }) {
    super();
    this.api = api;
    this.live = live;
    /** State of the connection as the peer says it. */
    this.state = "new";
    /** drawn | camera | none */
    this.source = "none";
    /** Another page of this person has the seat: this one stopped, camera and all, and can take it back by `useHere`. */
    this.elsewhere = false;
    /** What goes back on air then. @type {{source: string, role: string}} */
    this.before = { source: "none", role: "" };
    /** This page's own word, new with each loading. */
    this.page = newKey();
    /** A person asked for the seat here, and it was not given yet. */
    this.take = true;
    this.problem = "";
    /** @type {Slot[]} */
    this.slots = [];
    /** @type {Map<string, MediaStreamTrack>} */
    this.tracks = new Map();
    /** @type {Map<Role, HTMLVideoElement>} */
    this.videos = new Map();
    /** Age of the newest picture per person as the server sees it, with our time of hearing. @type {Map<Role, {age: number, heard: number}>} */
    this.ages = new Map();
    this.own = video(true);
    this.liveness = new Liveness(this.own);
    /** @type {{stop: () => void} | null} */
    this.drawn = null;
    /** @type {Peer | null} */
    this.peer = null;
    live.addEventListener("media", (event) => this.hear(/** @type {CustomEvent<MediaMessage>} */ (event).detail));
  }

  /** True once something is being sent. */
  get sending() {
    return this.source !== "none";
  }

  /** See and hear without being seen: somebody who stands by. */
  async watch() {
    await this.send(new MediaStream(), "none");
  }

  /** Send a drawn picture and a quiet tone. @param {string} role */
  async useDrawn(role) {
    const picture = drawnPicture(role);
    this.before.role = role;
    await this.send(picture.stream, "drawn");
    this.drawn = picture;
  }

  /** Send the camera and microphone: after a touch. What goes wrong is said in `problem`; what was sent before goes on. */
  async useCamera() {
    try {
      const stream = await camera();
      await this.send(stream, "camera");
      this.drawn?.stop();
      this.drawn = null;
      this.problem = "";
    } catch (error) {
      this.problem = error instanceof DOMException && error.name === "NotAllowedError" ? "The camera is not allowed for this page." : "No camera was found.";
    }
    this.changed();
  }

  /** The picture of one person; one element for as long as the page lives. @param {Role} role */
  of(role) {
    let element = this.videos.get(role);
    if (!element) {
      element = video(false);
      this.videos.set(role, element);
      this.fill();
    }
    return element;
  }

  /** Age of that person's newest picture in ms, or null when not known: not known counts as stopped. @param {Role} role */
  age(role) {
    const known = this.ages.get(role);
    return known ? known.age + performance.now() - known.heard : null;
  }

  /** @param {Role} role */
  frozen(role) {
    const age = this.age(role);
    return age === null || age > FROZEN_MS;
  }

  /** "Use this device instead": the seat comes here, with what was sent before. After a touch. */
  async useHere() {
    this.take = true;
    await this.resume();
  }

  /** The call is over: nothing is sent from here any more. Whoever comes back into it is still seen and heard. */
  async rest() {
    if (!this.sending) return;
    this.before.source = this.source;
    this.source = "none";
    this.darken();
    this.changed();
    await this.peer?.replaceStream(new MediaStream());
  }

  /** On air again with what was sent before, or the camera: after a touch. */
  async wake() {
    if (this.before.source === "drawn") await this.useDrawn(this.before.role);
    else await this.useCamera();
  }

  close() {
    this.peer?.close();
    this.liveness.stop();
    this.drawn?.stop();
  }

  /** @private */
  async resume() {
    if (!this.elsewhere) return;
    if (this.before.source === "camera") await this.useCamera();
    else if (this.before.source === "drawn") await this.useDrawn(this.before.role);
    // Nothing was sent before, or the camera cannot be had: to see and hear is better than nothing.
    if (this.elsewhere) await this.watch();
  }

  /** Another page of this person has the seat now: not one picture more from here, and the camera's light goes out. @private */
  yield() {
    if (this.elsewhere || !this.peer) return;
    this.elsewhere = true;
    this.before.source = this.source;
    this.source = "none";
    this.peer.halt();
    this.darken();
    this.ages.clear();
    this.changed();
  }

  /** Camera and microphone stop, and their light goes out. @private */
  darken() {
    this.drawn?.stop();
    this.drawn = null;
    const stream = /** @type {MediaStream | null} */ (this.own.srcObject);
    for (const track of stream?.getTracks() ?? []) track.stop();
    this.own.srcObject = null;
  }

  /** @private @param {MediaStream} stream @param {string} source */
  async send(stream, source) {
    // A picture that never comes would keep the page from ever being loaded.
    this.own.srcObject = stream.getTracks().length ? stream : null;
    play(this.own);
    this.source = source;
    const back = this.elsewhere;
    this.elsewhere = false;
    if (this.peer) {
      await this.peer.replaceStream(stream);
      if (back) await this.peer.rejoin();
    } else {
      this.peer = new Peer({
        join: async (offer, signal) => {
          const answer = await this.api.seat(offer, this.page, this.take, signal).catch((error) => {
            const elsewhere = error instanceof Refusal && error.has("seat_elsewhere");
            if (elsewhere) this.yield();
            // Only an ended login is for good: a session that is not open yet will be, a server that is away comes back.
            throw Object.assign(error, { final: elsewhere || (error instanceof Refusal && error.kind === "login") });
          });
          this.take = false;
          // A new connection has new tracks; the old ones would show their last picture for ever.
          this.tracks.clear();
          this.slots = answer.slots;
          return answer;
        },
        onTrack: (/** @type {string} */ mid, /** @type {MediaStreamTrack} */ track) => {
          this.tracks.set(mid, track);
          this.fill();
        },
        servers: () => this.api.relays(),
        transform: () => this.liveness.transform(),
        onState: (/** @type {string} */ state) => {
          this.state = state;
          this.changed();
        },
      });
      await this.peer.start(stream);
    }
    this.changed();
  }

  /** @private @param {MediaMessage} message */
  hear(message) {
    if (message.event === "rejoin") {
      if (!this.elsewhere) void this.peer?.rejoin();
    } else if (message.event === "seated") {
      // It is ours: the answer may still be on its way, or be lost. Whoever takes the seat from now on has it.
      if (message.page === this.page) this.take = false;
      // Nobody has it: the other device is gone, so this one comes back by itself. More supervision, never less.
      else if (message.page === "") void this.resume();
      // While we still ask for it ourselves, who had it until now is no answer: ours is, and is told to the other page.
      else if (!this.take) this.yield();
    } else if (message.event === "bound") {
      this.slots = message.slots;
      this.fill();
    } else {
      const heard = performance.now();
      for (const [role, age] of Object.entries(message.ages)) {
        if (age == null) this.ages.delete(/** @type {Role} */ (role));
        else this.ages.set(/** @type {Role} */ (role), { age, heard });
      }
      const seen = this.slots.map((slot) => (slot.from === null ? undefined : this.ages.get(slot.from)));
      this.peer?.expectMedia(Math.max(0, ...seen.map((one) => (one ? one.heard - one.age : 0))));
      this.changed();
    }
  }

  /** Put each track into the picture of the person it comes from. @private */
  fill() {
    for (const slot of this.slots) {
      if (slot.from === null) continue;
      const mids = [slot.mid_audio, slot.mid_video].filter((mid) => mid !== null);
      const tracks = mids.map((mid) => this.tracks.get(mid)).filter((track) => track !== undefined);
      if (!tracks.length) continue;
      const element = this.of(slot.from);
      const shown = /** @type {MediaStream | null} */ (element.srcObject);
      if (shown && same(shown.getTracks(), tracks)) continue;
      element.srcObject = new MediaStream(tracks);
      play(element);
    }
    this.changed();
  }

  /** @private */
  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {MediaStreamTrack[]} one @param {MediaStreamTrack[]} other */
function same(one, other) {
  return one.length === other.length && one.every((track) => other.includes(track));
}

/** @param {boolean} muted */
function video(muted) {
  const element = document.createElement("video");
  element.playsInline = true;
  element.autoplay = true;
  element.muted = muted;
  // Moving an element to another place of the page pauses it. What is live never stays paused.
  element.addEventListener("pause", () => {
    if (element.srcObject) play(element);
  });
  return element;
}

/** A browser may refuse sound before the first touch: then the picture goes on without, and the next touch brings the sound. @param {HTMLVideoElement} element */
function play(element) {
  element.play().catch(() => {
    if (element.muted) return;
    element.muted = true;
    element.play().catch(() => {});
    const loud = () => {
      element.muted = false;
      element.play().catch(() => {});
    };
    addEventListener("pointerdown", loud, { once: true });
    addEventListener("keydown", loud, { once: true });
  });
}
