/**
 * Watches a page from inside: when something is painted, and how long the page is busy. Runs before
 * the page's own scripts; times are milliseconds on its own clock, `performance.timeOrigin` its zero.
 */
import type { BrowserContext, Page } from "@playwright/test";

/** From its call on: at most so long. */
const WATCH_MAX_MS = 60_000;

export type Probe = {
  /** When the first frame was painted that holds a message. */
  readonly firstMessageMs: Promise<number>;
  /** When the first frame is painted that holds what `selector` means, with `text` in it. */
  readonly painted: (selector: string, text?: string) => Promise<number>;
  /** When the person last clicked or pressed a key: as the browser saw it, not the page. */
  readonly inputMs: () => number;
  /** Since the last call: the longest task, and the longest time from an input to its frame. */
  readonly busiest: () => { readonly taskMs: number; readonly inputMs: number };
};

declare global {
  interface Window {
    probe: Probe;
  }
}

export const addProbe = (context: BrowserContext): Promise<void> =>
  context.addInitScript(installProbe, WATCH_MAX_MS).then(() => undefined);

/**
 * Watches from now on. The answer settles with the milliseconds from the person's last input to the
 * first frame that holds what `selector` means, with `text` in it.
 */
export function fromInputToPaint(page: Page, selector: string, text = ""): () => Promise<number> {
  const painted = page.evaluate(
    async ([what = "", said]) => window.probe.painted(what, said),
    [selector, text],
  );
  // Told when it is asked for, even if it fails before.
  painted.catch(() => undefined);
  return async () => (await painted) - (await page.evaluate(() => window.probe.inputMs()));
}

/** Stands alone: it is sent to the page as text. */
function installProbe(watchMaxMs: number): void {
  const painted = (selector: string, text = ""): Promise<number> =>
    new Promise((resolve, reject) => {
      const isThere = (): boolean =>
        document.querySelector(selector)?.textContent.includes(text) === true;
      const channel = new MessageChannel();
      channel.port1.addEventListener("message", () => resolve(performance.now()));
      channel.port1.start();
      // The message is taken after the frame whose rendering the callback is part of.
      const finish = (): void =>
        void requestAnimationFrame(() => channel.port2.postMessage(undefined));
      const observer = new MutationObserver(() => {
        if (!isThere()) return;
        observer.disconnect();
        finish();
      });
      if (isThere()) return finish();
      observer.observe(document, { subtree: true, childList: true, characterData: true });
      setTimeout(() => reject(new Error(`never painted: ${selector} ${text}`)), watchMaxMs);
    });

  let inputMs = 0;
  for (const type of ["click", "keydown"] as const) {
    addEventListener(type, (event) => (inputMs = event.timeStamp), { capture: true });
  }
  let [task, input] = [0, 0];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) task = Math.max(task, duration);
  }).observe({ type: "longtask" });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) input = Math.max(input, duration);
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);

  const firstMessageMs = painted("[data-message]");
  // A page without messages is none of its business.
  firstMessageMs.catch(() => undefined);
  window.probe = {
    firstMessageMs,
    painted,
    inputMs: () => inputMs,
    busiest: () => {
      const busiest = { taskMs: task, inputMs: input };
      [task, input] = [0, 0];
      return busiest;
    },
  };
}
