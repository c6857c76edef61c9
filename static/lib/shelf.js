/**
 * What a page keeps on the device: `tab` ends with the tab and outlives a reload, `device` stays. A browser that forbids storage loses
 * that comfort and nothing else, so nothing here ever throws.
 */

/** @param {() => Storage} open */
function shelf(open) {
  return {
    /** @param {string} name @returns {string | null} */
    get(name) {
      try {
        return open().getItem(name);
      } catch {
        return null;
      }
    },
    /** @param {string} name @param {string | null} value null: forget it */
    set(name, value) {
      try {
        if (value === null) open().removeItem(name);
        else open().setItem(name, value);
      } catch {
        /* see above */
      }
    },
    /** What is kept here under names that begin so. @param {string} beginning @returns {string[]} */
    names(beginning) {
      try {
        return Object.keys(open()).filter((name) => name.startsWith(beginning));
      } catch {
        return [];
      }
    },
    /** A kept object, or `otherwise` if there is none or it is damaged. @template T @param {string} name @param {T} otherwise @returns {T} */
    read(name, otherwise) {
      try {
        return JSON.parse(this.get(name) ?? "null") ?? otherwise;
      } catch {
        return otherwise;
      }
    },
  };
}

export const tab = shelf(() => sessionStorage);
export const device = shelf(() => localStorage);
