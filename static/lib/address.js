/**
 * Where this page is: `/as/<login>/s/<session>` or `/as/<login>/`. The login's public id stands in the address so that six people
 * can sit in six tabs of one browser and no tab acts as another.
 */

/**
 * @param {string} path
 * @returns {{login: string, session: string}} empty strings where the address names none
 */
export function address(path = location.pathname) {
  const found = /^\/as\/([^/]+)\/(?:s\/([^/]+))?/.exec(path);
  return { login: found?.[1] ?? "", session: found?.[2] ?? "" };
}
