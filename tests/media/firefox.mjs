// A real Firefox, driven over WebDriver BiDi and spoken to in JSON lines: {id, do, page, url|script} → {id, ok} or {id, error}.
// Ends, browser and all, when its input ends.
import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";

const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.argv[2],
  headless: true,
  extraPrefsFirefox: {
    "media.navigator.streams.fake": true,
    "media.navigator.permission.disabled": true,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "media.gmp-manager.updateEnabled": false,
    "app.update.enabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
  },
});
const pages = new Map();
const faults = new Map();

const acts = {
  open: async ({ page, url, size }) => {
    const one = pages.get(page) ?? (await browser.newPage());
    if (!pages.has(page)) {
      faults.set(page, []);
      one.on("pageerror", (error) => faults.get(page).push(String(error)));
    }
    pages.set(page, one);
    if (size) await one.setViewport({ width: size[0], height: size[1] });
    await one.goto(url, { waitUntil: "domcontentloaded" });
    return null;
  },
  evaluate: ({ page, script }) => pages.get(page).evaluate(`(${script})()`),
  touch: async ({ page, at }) => {
    await pages.get(page).mouse.click(at[0], at[1]);
    return null;
  },
  type: async ({ page, into, text }) => {
    const field = await pages.get(page).$(into);
    await field.evaluate((one) => one.scrollIntoView({ block: "center" })); // from under what sticks to an edge
    const box = await field.boundingBox();
    await pages.get(page).mouse.click(box.x + box.width / 2, box.y + box.height / 2, { count: 3 }); // what stood there goes
    await pages.get(page).keyboard.type(text);
    return null;
  },
  faults: ({ page }) => Promise.resolve(faults.get(page) ?? []),
  picture: async ({ page, path }) => {
    await pages.get(page).screenshot({ path });
    return null;
  },
  close: async ({ page }) => {
    await pages.get(page)?.close();
    pages.delete(page);
    return null;
  },
};

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ id: 0, ok: await browser.version() });
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  acts[asked.do](asked).then(
    (ok) => say({ id: asked.id, ok: ok ?? null }),
    (error) => say({ id: asked.id, error: String(error) }),
  );
}
await browser.close();
