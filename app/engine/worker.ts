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
    if (port !== undefined) void serve(port);
  });
} else {
  void host();
}

async function serve(port: MessagePort): Promise<void> {
  try {
    (await engine).servePort(port);
  } catch {
    // Part of it did not arrive. The next page load makes a new worker, which asks for it again.
    // `ToTab` of messages.ts, as text: an import would make a module of what the bundler calls a URL.
    port.postMessage({ type: "notOpened", failure: { type: "EngineMissing" } });
    close();
  }
}

async function host(): Promise<void> {
  try {
    (await engine).serveBroadcast();
  } catch {
    postMessage("failed");
    close();
  }
}
