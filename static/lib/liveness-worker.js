/**
 * Puts a stamp behind every encoded picture: how often the content of the camera's picture has changed, as the page last said.
 * Runs as an encoded transform beside the page. Decoders of VP8 leave alone what follows the last partition; in H.264 the stamp is a
 * unit of its own, "user data" (SEI), which decoders skip. Other codecs get none.
 * The server reads it in the clear of its own leg (`telekap/media/stamp.py`) and forwards it as it is.
 */

/** "TKL1", then one byte of changes (1–255, 0: the page cannot tell). */
const MAGIC = [0x54, 0x4b, 0x4c, 0x31];

/** A unit of H.264 up to the stamp: start code, SEI, user data unregistered, its length, and a name (UUID) of our own. */
const UNIT = [0, 0, 0, 1, 6, 5, 21, 0x8c, 0x1f, 0x5a, 0x2e, 0x47, 0xb3, 0x4d, 0x96, 0xa1, 0x0d, 0x74, 0x65, 0x6c, 0x65, 0x6b, 0x70];
const UNIT_ENDS = [0x80];

let changes = 0;

/** @typedef {{data: ArrayBuffer, getMetadata: () => {mimeType?: string, payloadType?: number}}} Encoded */

self.addEventListener("message", (event) => {
  if (typeof event.data === "number") changes = event.data & 0xff;
});

/** What goes behind a picture. @param {string} [codec] a browser that does not say sends VP8 here */
function tail(codec = "video/vp8") {
  if (codec === "video/vp8") return [...MAGIC, changes];
  return codec === "video/h264" ? [...UNIT, ...MAGIC, changes, ...UNIT_ENDS] : [];
}

const stamp = {
  /** @param {Encoded} frame @param {TransformStreamDefaultController} controller */
  transform(frame, controller) {
    const behind = tail(frame.getMetadata().mimeType?.toLowerCase());
    if (behind.length) {
      const out = new Uint8Array(frame.data.byteLength + behind.length);
      out.set(new Uint8Array(frame.data));
      out.set(behind, frame.data.byteLength);
      frame.data = out.buffer;
    }
    controller.enqueue(frame);
  },
};

self.addEventListener("rtctransform", (event) => {
  const { readable, writable } = /** @type {any} */ (event).transformer;
  readable.pipeThrough(new TransformStream(stamp)).pipeTo(writable).catch(() => {});
});
