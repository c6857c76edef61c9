/**
 * A drawn, moving picture and a quiet tone, as a MediaStream: the demo needs no camera and no microphone, and nobody's face. The
 * picture moves visibly (a breathing chest, a sweeping dot) and counts seconds, so that anybody can see whether it is live.
 */

const FPS = 15;
const WIDTH = 640;
const HEIGHT = 360;
/** Loud enough to be measured, too quiet to be heard across a room. */
const GAIN = 0.01;

/** @type {Record<string, {room: string, body: string, skin: string, hair: string, pitch: number}>} */
const LOOKS = {
  client: { room: "#1d1813", body: "#56606b", skin: "#b98d6c", hair: "#3a2a20", pitch: 196 },
  support: { room: "#22303a", body: "#6a5a3a", skin: "#c79a77", hair: "#20170f", pitch: 220 },
  therapist: { room: "#1f1b17", body: "#7a5a48", skin: "#a87a5b", hair: "#1d1511", pitch: 247 },
  standin: { room: "#17211f", body: "#48617a", skin: "#d0a888", hair: "#4a3a20", pitch: 262 },
};

/**
 * @param {string} role whose picture @returns {{stream: MediaStream, canvas: HTMLCanvasElement, stop: () => void}}
 */
export function drawnPicture(role) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("this browser draws no pictures");
  const look = LOOKS[role] ?? /** @type {typeof LOOKS["client"]} */ (LOOKS["therapist"]);
  const draw = role === "client" ? lying : sitting;
  const start = performance.now();
  const frame = () => {
    const t = (performance.now() - start) / 1000;
    pen.fillStyle = look?.room ?? "#000";
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    if (look) draw(pen, look, t);
    counter(pen, t);
  };
  frame();
  const timer = setInterval(frame, 1000 / FPS);
  const stream = canvas.captureStream(FPS);
  const tone = quietTone(look?.pitch ?? 220);
  if (tone.track) stream.addTrack(tone.track);
  return {
    stream,
    canvas,
    stop() {
      clearInterval(timer);
      tone.stop();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** @param {CanvasRenderingContext2D} pen @param {{body: string, skin: string, hair: string}} look @param {number} t seconds */
function sitting(pen, look, t) {
  const sway = Math.sin(t / 2) * 6;
  oval(pen, look.body, WIDTH / 2 + sway / 2, HEIGHT + 40, 190, 170 + Math.sin(t * 1.5) * 4);
  oval(pen, look.hair, WIDTH / 2 + sway, 142, 76, 92);
  oval(pen, look.skin, WIDTH / 2 + sway, 156, 62, 76);
  const blink = t % 4 < 0.15 ? 1 : 5;
  oval(pen, "#1d1511", WIDTH / 2 + sway - 24, 150, 5, blink);
  oval(pen, "#1d1511", WIDTH / 2 + sway + 24, 150, 5, blink);
}

/** @param {CanvasRenderingContext2D} pen @param {{body: string, skin: string, hair: string}} look @param {number} t seconds */
function lying(pen, look, t) {
  // Fourteen breaths a minute.
  const breath = Math.sin((t * 14 * 2 * Math.PI) / 60) * 10;
  pen.fillStyle = "#3b3a40";
  pen.fillRect(0, 220, WIDTH, HEIGHT - 220);
  oval(pen, "#a39c90", 150, 205, 110, 52);
  oval(pen, look.hair, 150, 180, 56, 46);
  oval(pen, look.skin, 158, 186, 46, 42);
  pen.fillStyle = "#23242b";
  pen.fillRect(140, 164, 60, 18);
  oval(pen, look.body, 330, 232 - breath / 2, 150, 52 + breath);
  oval(pen, "#4d5b57", 500, 260, 170, 60);
}

/** @param {CanvasRenderingContext2D} pen @param {string} colour @param {number} x @param {number} y @param {number} rx @param {number} ry */
function oval(pen, colour, x, y, rx, ry) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, rx, Math.max(1, ry), 0, 0, 2 * Math.PI);
  pen.fill();
}

/** @param {CanvasRenderingContext2D} pen @param {number} t seconds */
function counter(pen, t) {
  oval(pen, "#e0ab62", 24 + ((t * 60) % (WIDTH - 48)), HEIGHT - 14, 7, 7);
  pen.fillStyle = "#9a917f";
  pen.font = "20px monospace";
  pen.fillText(`drawn picture  ${t.toFixed(1)} s`, 16, 28);
}

/** @param {number} pitch Hz @returns {{track: MediaStreamTrack | undefined, stop: () => void}} */
function quietTone(pitch) {
  const context = new AudioContext();
  const voice = context.createOscillator();
  const gain = context.createGain();
  const out = context.createMediaStreamDestination();
  voice.frequency.value = pitch;
  gain.gain.value = GAIN;
  voice.connect(gain).connect(out);
  voice.start();
  // A browser keeps a new context silent until the page was touched; the track exists from the start either way.
  const wake = () => void context.resume();
  addEventListener("pointerdown", wake, { once: true });
  return { track: out.stream.getAudioTracks()[0], stop: () => { removeEventListener("pointerdown", wake); void context.close(); } };
}

/** The real camera and microphone, after a touch. @returns {Promise<MediaStream>} */
export function camera() {
  return navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: false, autoGainControl: false },
    video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 15 }, facingMode: "user" },
  });
}
