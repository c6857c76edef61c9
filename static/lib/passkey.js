/**
 * Passkeys, as far as this browser has them: made and used with what the server asks, sent back as the browser writes it.
 *
 * A passkey belongs to a domain name and needs a secure address; where there is none, `possible` says so and no button is shown.
 */

/** The person closed the dialog, or the device has no passkey of this clinic. */
export class NoPasskey extends Error {}

/** True where this browser can be asked at all. */
export const possible = () => isSecureContext && "credentials" in navigator && "PublicKeyCredential" in globalThis;

/**
 * Sign with a passkey. @param {unknown} options what the server asks (PublicKeyCredentialRequestOptionsJSON)
 * @returns {Promise<unknown>} the credential as JSON
 */
export async function usePasskey(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(/** @type {any} */ (options));
  return asJson(await navigator.credentials.get({ publicKey }).catch(refused));
}

/**
 * Make a new passkey. @param {unknown} options what the server asks (PublicKeyCredentialCreationOptionsJSON)
 * @returns {Promise<unknown>} the credential as JSON
 */
export async function makePasskey(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(/** @type {any} */ (options));
  return asJson(await navigator.credentials.create({ publicKey }).catch(refused));
}

/** @param {Credential | null} credential */
function asJson(credential) {
  if (!(credential instanceof PublicKeyCredential)) throw new NoPasskey("No passkey was used.");
  return credential.toJSON();
}

/** @param {unknown} error @returns {never} */
function refused(error) {
  const known = error instanceof DOMException && error.name === "InvalidStateError";
  throw new NoPasskey(known ? "This device has a passkey here already." : "No passkey was used. Try again, or use a code.");
}
