/**
 * The legs of the way from this browser to the clinic's media worker, each tried by a connection of its own to a room in which nobody
 * is. No page knowledge.
 *
 * @typedef {"" | "server" | "unreachable" | "refused" | "no way on" | "silent"} Why server: the clinic's own server said no. unreachable,
 *   refused: by the relay. no way on: the relay was reached and leads nowhere. silent: nothing came back.
 * @typedef {{ok: boolean, ms: number, why: Why, sentence: string}} Tried `sentence`: the server's own, if it said one
 */

/** How long a leg may take, ms: a browser tries again for as long before it gives up. */
const LEG_MOST = 8_000;

/**
 * @param {(offer: string) => Promise<string>} join sends the offer, gives the answer; rejecting with an Error whose message can be shown
 * @param {RTCIceServer} [relay] through this relay alone; without one: straight
 * @returns {Promise<Tried>}
 */
export async function tryLeg(join, relay) {
  const start = performance.now();
  const connection = new RTCPeerConnection(relay ? { iceServers: [relay], iceTransportPolicy: "relay" } : {});
  let relayed = false;
  let code = 0;
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate.includes(" typ relay")) relayed = true;
  };
  connection.onicecandidateerror = (event) => {
    code = /** @type {RTCPeerConnectionIceErrorEvent} */ (event).errorCode;
  };
  const told = (/** @type {boolean} */ ok, /** @type {Why} */ why, sentence = "") =>
    ({ ok, ms: Math.round(performance.now() - start), why, sentence });
  try {
    connection.addTransceiver("audio", { direction: "recvonly" });
    await connection.setLocalDescription();
    let answer;
    try {
      answer = await join(connection.localDescription?.sdp ?? "");
    } catch (error) {
      return told(false, "server", error instanceof Error ? error.message : "");
    }
    await connection.setRemoteDescription({ type: "answer", sdp: answer });
    if (await connected(connection)) return told(true, "");
    if (!relay) return told(false, "silent");
    return told(false, relayed ? "no way on" : code === 401 || code === 403 ? "refused" : "unreachable");
  } finally {
    connection.close();
  }
}

/** @param {RTCPeerConnection} connection @returns {Promise<boolean>} */
function connected(connection) {
  return new Promise((done) => {
    const late = setTimeout(() => done(false), LEG_MOST);
    connection.onconnectionstatechange = () => {
      const state = connection.connectionState;
      if (state !== "connected" && state !== "failed") return;
      clearTimeout(late);
      done(state === "connected");
    };
  });
}

/**
 * One relay for each address, and how it is spoken to: `turns:` is TLS, `?transport=tcp` TCP, else UDP.
 * @param {RTCIceServer[]} servers @returns {{kind: "UDP" | "TCP" | "TLS", server: RTCIceServer}[]}
 */
export function relaysOf(servers) {
  return servers.flatMap((server) => [server.urls].flat().map((url) => ({
    kind: url.startsWith("turns:") ? "TLS" : url.includes("transport=tcp") ? "TCP" : "UDP",
    server: { ...server, urls: [url] },
  })));
}
