/**
 * The engine's script: a SharedWorker where there is one, else the plain worker of one tab.
 *
 * Nothing here may await at top level or import statically what does: a SharedWorker whose script is
 * still being evaluated loses its first `connect`, and the first tab would wait for ever.
 */
const engine = import("./engine.ts");

if ("onconnect" in globalThis) {
  globalThis.addEventListener("connect", (event) => {
    const [port] = (event as MessageEvent).ports;
    if (port !== undefined) void engine.then((it) => it.servePort(port));
  });
} else {
  void engine.then((it) => it.serveBroadcast());
}
