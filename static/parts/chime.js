/**
 * The two soft sounds a client ever hears from the page itself: somebody has come, and the hold is over. Two low tones, falling; never an
 * alarm (design of the look, §6). Made here, so that nothing has to be fetched.
 */

const TONES = [523, 392]; // Hz; falling: a rising pitch is an alarm's
const GAIN = 0.12;
const LONG = 0.9; // s

/** @type {AudioContext | null} */
let context = null;

/** A browser lets a page sound after its first touch. */
function wake() {
  context ??= new AudioContext();
  if (context.state !== "running") context.resume().catch(() => {});
}
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { capture: true });

/** @returns {boolean} whether it could be heard here */
export function chime() {
  wake();
  if (!context || context.state !== "running") return false;
  const start = context.currentTime + 0.03;
  TONES.forEach((hertz, at) => {
    if (!context) return;
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = hertz;
    const from = start + at * 0.45;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(GAIN, from + 0.04);
    gain.gain.exponentialRampToValueAtTime(0.0001, from + LONG);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + LONG);
  });
  return true;
}
