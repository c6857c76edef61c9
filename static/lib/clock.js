/** Times as people read them. Staff read 24 h, people at home 12 h; figures come from the server's clock, never from this device's. */

/** What is shown of a moment. @type {Record<string, Intl.DateTimeFormatOptions>} */
const SHAPES = {
  wall: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  wall12: { hour: "numeric", minute: "2-digit", hourCycle: "h12" },
  stamp: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  day: { weekday: "long", month: "long", day: "numeric" },
  name: { timeZoneName: "short" },
  whole: { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric", hourCycle: "h23" },
};

/** @typedef {import("./wire.d.ts").ClockHours} ClockHours */

/** How the clocks of a zone go around the session, as the server said. @type {Map<string, ClockHours[]>} */
const said = new Map();

/**
 * The clinic's hour is the server's to say: the table of zones on an old phone is as old as the phone. And a device that is not asked
 * need not start its own, which takes a slow one as long as all its drawing. @param {string} zone @param {ClockHours[]} hours
 */
export function hearHours(zone, hours) {
  said.set(zone, hours);
}

/** What the server said of that moment there. @param {number} utc @param {string} zone */
const known = (utc, zone) => said.get(zone)?.find((one) => one.since <= utc && utc < one.until);

/**
 * How far the clocks there are ahead of UTC then, ms; undefined where a table of zones has to be asked.
 * @param {number} utc @param {string | undefined} zone none: this device's own
 */
const ahead = (utc, zone) => (zone ? known(utc, zone)?.ahead : -60_000 * new Date(utc).getTimezoneOffset());

/** The date and time shown there, `2026-03-08T13:45:09`; "" where a table of zones has to be asked. @param {number} utc @param {string | undefined} zone */
function there(utc, zone) {
  const ms = ahead(utc, zone);
  return ms === undefined ? "" : new Date(utc + ms).toISOString().slice(0, 19);
}

/**
 * Short names of what a device calls its own zone (CLDR, English, United States). The first format of times that a page makes takes a slow
 * phone a tenth of a second, and the name of a zone is all that the device's own time needs one for.
 * @type {Record<string, string>}
 */
const SHORT = {
  "Eastern Standard Time": "EST",
  "Eastern Daylight Time": "EDT",
  "Central Standard Time": "CST",
  "Central Daylight Time": "CDT",
  "Mountain Standard Time": "MST",
  "Mountain Daylight Time": "MDT",
  "Pacific Standard Time": "PST",
  "Pacific Daylight Time": "PDT",
  "Alaska Standard Time": "AKST",
  "Alaska Daylight Time": "AKDT",
  "Coordinated Universal Time": "UTC",
  "Greenwich Mean Time": "GMT",
};

/** `EST` of a device that says `(Eastern Standard Time)`; "" of any other. @param {number} utc */
const ownName = (utc) => SHORT[/\((.+)\)/.exec(new Date(utc).toString())?.[1] ?? ""] ?? "";

/** `13:45` as `1:45 PM`. @param {string} time */
function twelve(time) {
  const hour = Number(time.slice(0, 2));
  return `${hour % 12 || 12}${time.slice(2)} ${hour < 12 ? "AM" : "PM"}`;
}

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** @type {Map<string, Intl.DateTimeFormat>} */
const made = new Map();

/**
 * A page draws a hundred times twice a second, and making a format costs thirty times what using it does: each is made once. This
 * device's own zone may change under the page (a journey), which its offset tells.
 * @param {keyof typeof SHAPES} shape @param {number} utc @param {string | undefined} zone
 */
function format(shape, utc, zone) {
  const name = `${shape} ${zone || new Date(utc).getTimezoneOffset()}`;
  const one = made.get(name) ?? new Intl.DateTimeFormat("en-US", { ...SHAPES[shape], timeZone: zone || undefined });
  made.set(name, one);
  return one;
}

const two = (/** @type {number} */ n) => String(n).padStart(2, "0");

/** `7:20`, `0:05`; never below `0:00`. For a thing that ends. @param {number} ms */
export function countdown(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const rest = `${hours ? two(Math.floor(seconds / 60) % 60) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** `T+` time, hours and minutes: `0:47`, `2:05`. @param {number} ms */
export function elapsed(ms) {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
}

/** `T+` with seconds: `0:47:09`. @param {number} ms */
export function elapsedSeconds(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${elapsed(ms)}:${two(seconds % 60)}`;
}

/** For ears and for calm eyes: `7 minutes 20 seconds`, `1 minute`, `now`. @param {number} ms */
export function inWords(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts = /** @type {[number, string][]} */ ([
    [Math.floor(seconds / 3600), "hour"],
    [Math.floor(seconds / 60) % 60, "minute"],
    [seconds >= 3600 ? 0 : seconds % 60, "second"],
  ]).filter(([n]) => n > 0);
  return parts.length ? parts.map(([n, word]) => `${n} ${word}${n === 1 ? "" : "s"}`).join(" ") : "now";
}

/**
 * How long a thing still lasts, in whole minutes that are surely left: one rule for every screen at home. Two people who read it in the
 * same second read the same, none is promised time there is not, and it is the minute that stands in `countdown`. `7 minutes left.`,
 * `Less than a minute left.`
 * @param {number} ms
 */
export function timeLeft(ms) {
  const minutes = Math.floor(Math.ceil(ms / 1000) / 60);
  return minutes < 1 ? "Less than a minute left." : `${inWords(minutes * 60_000)} left.`;
}

/** By how much something was entered late: `4 min late`, `40 s late`. @param {number} ms */
export const lateBy = (ms) => `${ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`} late`;

/** `just now`, `2 min ago`, `3 h ago`. @param {number} ms */
export function ago(ms) {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return "just now";
  return minutes < 120 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}

/**
 * Clock time in a zone: `13:45` or `1:45 PM`.
 * @param {number} utc @param {string} [zone] IANA name; none: this device's @param {boolean} [hour12]
 */
export function wall(utc, zone, hour12 = false) {
  const time = there(utc, zone).slice(11, 16);
  if (time) return hour12 ? twelve(time) : time;
  return format(hour12 ? "wall12" : "wall", utc, zone).format(utc);
}

/** Clock time with seconds, 24 h: for staff timelines. @param {number} utc @param {string} [zone] */
export function stamp(utc, zone) {
  return there(utc, zone).slice(11) || format("stamp", utc, zone).format(utc);
}

/** `Tuesday, March 3`. @param {number} utc @param {string} [zone] */
export function day(utc, zone) {
  const date = there(utc, zone);
  if (!date) return format("day", utc, zone).format(utc);
  const that = new Date(`${date}Z`);
  return `${DAYS[that.getUTCDay()]}, ${MONTHS[that.getUTCMonth()]} ${that.getUTCDate()}`;
}

/** A day of the calendar, which is in no zone: `1984-02-29` as `February 29, 1984`. @param {string} iso */
export function calendarDay(iso) {
  return new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" }).format(Date.parse(iso));
}

/** Short name of a zone at that moment: `PST`, `GMT+1`. @param {number} utc @param {string} [zone] */
export function zoneName(utc, zone) {
  const name = zone ? known(utc, zone)?.name : ownName(utc);
  if (name) return name;
  const parts = format("name", utc, zone).formatToParts(utc);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

/**
 * Both zones when they differ: `1:45 PM PST / 4:45 PM EST`.
 * @param {number} utc @param {string} zone @param {string} [other] default: this device's @param {boolean} [hour12]
 */
export function both(utc, zone, other, hour12 = true) {
  const one = `${wall(utc, zone, hour12)} ${zoneName(utc, zone)}`;
  const two = `${wall(utc, other, hour12)} ${zoneName(utc, other)}`;
  return one === two ? one : `${one} / ${otherDay(utc, zone, other)}${two}`;
}

/** `Thursday, `: where another clock shows another day than the first one does, its hour alone would be read as that day's. @param {number} utc @param {string} zone @param {string} [other] */
export function otherDay(utc, zone, other) {
  return day(utc, zone) === day(utc, other) ? "" : `${day(utc, other).split(",")[0]}, `;
}

/**
 * An appointment in full: `Friday, December 4, 10:00 PST / 13:00 EST`, 24 h. Where the other clock shows another day, it says which.
 * @param {number} utc @param {string} zone @param {string} [other] default: this device's
 */
export function whenOf(utc, zone, other) {
  const otherwise = day(utc, other);
  const away = wall(utc, other) !== wall(utc, zone) || zoneName(utc, other) !== zoneName(utc, zone);
  return `${day(utc, zone)}, ${wall(utc, zone)} ${zoneName(utc, zone)}${away ? ` / ${otherwise === day(utc, zone) ? "" : `${otherwise}, `}${wall(utc, other)} ${zoneName(utc, other)}` : ""}`;
}

/**
 * A clock time, with its day wherever today is not meant: `16:00`, `tomorrow 16:00`, `Friday, December 4, 16:00`.
 * @param {number} utc @param {string} zone @param {number} now
 */
export function onDay(utc, zone, now) {
  const that = day(utc, zone);
  if (that === day(now, zone)) return wall(utc, zone);
  return that === day(now + 86_400_000, zone) && utc > now ? `tomorrow ${wall(utc, zone)}` : `${that}, ${wall(utc, zone)}`;
}

/** How far a zone is ahead of UTC at that moment, ms. @param {number} utc @param {string} [zone] */
function offset(utc, zone) {
  const ms = ahead(utc, zone);
  if (ms !== undefined) return ms;
  const parts = format("whole", utc, zone).formatToParts(utc);
  const value = (/** @type {string} */ type) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const shown = Date.UTC(value("year"), value("month") - 1, value("day"), value("hour"), value("minute"), value("second"));
  return shown - Math.floor(utc / 1000) * 1000;
}

/**
 * UTC ms of a wall time `2026-03-08T02:30` in a zone. A time the zone skips moves on by the gap.
 * @param {string} local @param {string} [zone]
 */
export function toUtc(local, zone) {
  const naive = Date.parse(`${local.length === 16 ? `${local}:00` : local}Z`);
  const guess = naive - offset(naive, zone);
  return naive - offset(guess, zone);
}

/** The `2026-03-08T13:45` of a moment in a zone. @param {number} utc @param {string} [zone] */
export function toLocal(utc, zone) {
  return new Date(utc + offset(utc, zone)).toISOString().slice(0, 16);
}

/**
 * The latest moment not after `now` at which a clock in that zone showed `hh:mm`. "I ate at eight": the last eight there was.
 * @param {string} hhmm @param {number} now @param {string} [zone]
 */
export function lastTime(hhmm, now, zone) {
  const today = toUtc(`${toLocal(now, zone).slice(0, 10)}T${hhmm}`, zone);
  if (today <= now) return today;
  return toUtc(`${toLocal(now - 86_400_000, zone).slice(0, 10)}T${hhmm}`, zone);
}
