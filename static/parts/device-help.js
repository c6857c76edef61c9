/**
 * What to do on this very device when a check fails: three steps at most, in the words its own menus use. Which device it is, is guessed
 * from what the browser says of itself; a wrong guess costs a line that does not fit, never a way out.
 *
 * @typedef {"camera" | "microphone" | "speaker" | "line" | "charger" | "quiet"} Check
 * @typedef {{name: string, fits: RegExp, steps: Partial<Record<Check, string[]>>}} Device
 */

/** @type {Device[]} The first that fits. */
const DEVICES = [
  {
    name: "iPhone or iPad",
    fits: /iPhone|iPad|iPod|Macintosh.*Mobile/,
    steps: {
      camera: ["Open Settings, then Safari.", "Camera and Microphone: Allow.", "Come back and try again."],
      microphone: ["Open Settings, then Safari.", "Microphone: Allow.", "Take off a case that covers it."],
      speaker: ["Press the upper volume key.", "Turn off silent mode at the side.", "Turn off Bluetooth."],
      quiet: ["Open Settings, then Focus.", "Turn on Do Not Disturb."],
    },
  },
  {
    name: "Android",
    fits: /Android/,
    steps: {
      camera: ["Touch the sign left of the address.", "Permissions: allow camera and microphone.", "Come back and try again."],
      microphone: ["Touch the sign left of the address.", "Permissions: allow the microphone."],
      speaker: ["Press the upper volume key.", "Media volume all the way up.", "Turn off Bluetooth."],
      quiet: ["Swipe down from the top.", "Touch Do Not Disturb."],
    },
  },
  {
    name: "Mac",
    fits: /Macintosh/,
    steps: {
      camera: ["Close other programs that use the camera.", "System Settings, Privacy, Camera: allow the browser.", "Load this page again."],
      microphone: ["System Settings, Privacy, Microphone: allow the browser.", "System Settings, Sound, Input: choose it."],
      quiet: ["Control Center, Focus, Do Not Disturb."],
    },
  },
  {
    name: "Windows",
    fits: /Windows/,
    steps: {
      camera: ["Close other programs that use the camera.", "Settings, Privacy, Camera: on for the browser.", "Load this page again."],
      microphone: ["Settings, Privacy, Microphone: on for the browser.", "Settings, Sound, Input: choose it."],
      quiet: ["Press the Windows key and N.", "Turn on Do not disturb."],
    },
  },
];

/** Where the device's own row says nothing. @type {Record<Check, string[]>} */
const ANY = {
  camera: ["Touch the sign left of the address.", "Allow camera and microphone.", "Close other programs that use them."],
  microphone: ["Touch the sign left of the address.", "Allow the microphone."],
  speaker: ["Turn the volume up.", "Unplug headphones. Turn off Bluetooth."],
  line: ["Go nearer to the Wi-Fi.", "Turn off a VPN.", "Stop films and downloads at home."],
  charger: ["Plug it in now.", "It must last to the end."],
  quiet: ["Look for a moon or a bell in its settings.", "Close other programs."],
};

/** @param {Check} check @param {string} [agent] @returns {{device: string, steps: string[]}} */
export function stepsFor(check, agent = navigator.userAgent) {
  const device = DEVICES.find((one) => one.fits.test(agent));
  return { device: device?.name ?? "this device", steps: device?.steps[check] ?? ANY[check] };
}
