/**
 * Tells a sleeper who lies still from a picture that stands still: a camera that lives never gives the same picture twice (its sensor
 * has noise), one that hangs gives the very same again and again, and packets go on flowing. So the page looks at its own picture,
 * counts its changes, and has the count stamped into what it sends (`liveness-worker.js`). The server needs to decode nothing.
 */

import { livenessWorker } from "./trusted.js";

const LOOK_MS = 500;
/** Points of the picture that are compared, unblended: averaging would wash the noise out. */
const WIDTH = 160;
const HEIGHT = 90;

export class Liveness {
  /** @param {HTMLVideoElement} video the own picture */
  constructor(video) {
    this.video = video;
    /** Made when it is first wanted: a page that opens has no time for it. @type {CanvasRenderingContext2D | null | undefined} */
    this.pen = undefined;
    /** @type {Uint32Array | null} */
    this.before = null;
    this.changes = 1;
    /** @type {Worker | null} */
    this.worker = null;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
  }

  /**
   * For the sender of the picture: null where the browser cannot; then the server knows only that packets come.
   * @returns {unknown}
   */
  transform() {
    const Transform = /** @type {any} */ (globalThis).RTCRtpScriptTransform;
    if (!Transform) return null;
    this.worker ??= new Worker(livenessWorker());
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
    return new Transform(this.worker, {});
  }

  stop() {
    clearInterval(this.timer);
    this.worker?.terminate();
    this.worker = null;
    this.timer = undefined;
  }

  /** @private */
  look() {
    this.worker?.postMessage(this.sees() ? this.changes : 0);
  }

  /** @private */
  makePen() {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    if (pen) pen.imageSmoothingEnabled = false;
    return pen;
  }

  /** Look once; false when nothing can be said: a hidden page is not shown its own picture either. @private */
  sees() {
    const { video } = this;
    if (this.pen === undefined) this.pen = this.makePen();
    const pen = this.pen;
    if (!pen || document.hidden || video.paused || video.readyState < video.HAVE_CURRENT_DATA || !video.videoWidth) {
      this.before = null;
      return false;
    }
    pen.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const now = new Uint32Array(pen.getImageData(0, 0, WIDTH, HEIGHT).data.buffer);
    const before = this.before;
    this.before = now;
    if (!before || now.some((point, n) => point !== before[n])) this.changes = (this.changes % 255) + 1;
    return true;
  }
}
