/**
 * The one Trusted Types policy, `app` (the relay's CSP names it): strings become script URLs only
 * here, and only those of our own build on our own origin. Everything else throws in the browser.
 */

type ScriptUrlPolicy = { readonly createScriptURL: (url: string) => string };

type PolicyFactory = {
  readonly createPolicy: (name: string, rules: ScriptUrlPolicy) => ScriptUrlPolicy;
};

/** What the build may load as a script: the service worker, and hashed files under /assets/. */
const OWN_SCRIPT = /^\/(?:service-worker\.js|assets\/[\w./-]+\.js)$/u;

function checked(url: string): string {
  const { origin, pathname, search, hash } = new URL(url, location.origin);
  const own = origin === location.origin && OWN_SCRIPT.test(pathname) && `${search}${hash}` === "";
  if (!own) throw new TypeError("not a script of this app");
  return pathname;
}

let policy: ScriptUrlPolicy | undefined;

/** A value that `new SharedWorker` and `serviceWorker.register` accept under the CSP. */
export function ownScriptUrl(url: string): string {
  // Engines without Trusted Types get the same check; a policy's name may be claimed only once.
  const { trustedTypes } = globalThis as { readonly trustedTypes?: PolicyFactory };
  policy ??= trustedTypes?.createPolicy("app", { createScriptURL: checked }) ?? {
    createScriptURL: checked,
  };
  return policy.createScriptURL(url);
}
