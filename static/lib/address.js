/**
 * Where this page is: `/as/<login>/s/<session>`, `/as/<login>/c/<course>` or `/as/<login>/`. The login's public id stands in the address
 * so that six people can sit in six tabs of one browser and no tab acts as another.
 */

/**
 * @param {string} path
 * @returns {{login: string, session: string, course: string}} empty strings where the address names none
 */
export function address(path = location.pathname) {
  const found = /^\/as\/([^/]+)\/(?:s\/([^/]+)|c\/([^/]+))?/.exec(path);
  return { login: found?.[1] ?? "", session: found?.[2] ?? "", course: found?.[3] ?? "" };
}
