/**
 * Puts a stamp behind every encoded picture: how often the content of the camera's picture has changed, as the page last said.
 * Runs as an encoded transform beside the page. Decoders of VP8 leave alone what follows the last partition; other codecs get none.
 * The server reads it in the clear of its own leg (`telekap/media/stamp.py`) and forwards it as it is.
 */

/** "TKL1", then one byte of changes (1–255, 0: the page cannot tell). */
const MAGIC = [0x54, 0x4b, 0x4c, 0x31];

let changes = 0;

/** @typedef {{data: ArrayBuffer, getMetadata: () => {mimeType?: string, payloadType?: number}}} Encoded */

self.addEventListener("message", (event) => {
  if (typeof event.data === "number") changes = event.data & 0xff;
});

const stamp = {
  /** @param {Encoded} frame @param {TransformStreamDefaultController} controller */
  transform(frame, controller) {
    const codec = frame.getMetadata().mimeType;
    if (codec === undefined || codec.toLowerCase() === "video/vp8") {
      const out = new Uint8Array(frame.data.byteLength + MAGIC.length + 1);
      out.set(new Uint8Array(frame.data));
      out.set([...MAGIC, changes], frame.data.byteLength);
      frame.data = out.buffer;
    }
    controller.enqueue(frame);
  },
};

self.addEventListener("rtctransform", (event) => {
  const { readable, writable } = /** @type {any} */ (event).transformer;
  readable.pipeThrough(new TransformStream(stamp)).pipeTo(writable).catch(() => {});
});
