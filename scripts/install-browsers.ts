/** Brings the browsers that the end-to-end tests drive onto the machine, once. */
import { existsSync } from "node:fs";

import { DEBIAN_PACKAGES, hasDebianBrowsers, isRoot } from "./browsers.ts";
import { runChild } from "./child.ts";

/**
 * Debian and root: Debian's packages. Anybody else: the browsers that are there, else Playwright's
 * own, in the user's cache. False: there are none, and why is on standard output.
 */
export async function installBrowsers(): Promise<boolean> {
  if (isRoot() && existsSync("/etc/debian_version")) return await installDebianPackages();
  if (hasDebianBrowsers()) return true;
  return await step("playwright", ["install", "chromium", "firefox"]);
}

async function installDebianPackages(): Promise<boolean> {
  const there = await runChild("dpkg-query", ["-W", "-f=${Package} ${Status}\n"]);
  const lines = there.output.split("\n");
  const missing = DEBIAN_PACKAGES.filter((name) => !lines.includes(`${name} install ok installed`));
  if (missing.length === 0) return true;
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const installed =
    (await step("apt-get", ["update", "-q"], env)) &&
    (await step("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...missing], env));
  // Without a network a machine that has the browsers but not all letters can still test.
  return installed || hasDebianBrowsers();
}

async function step(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const { code, output } = await runChild(command, args, { env });
  if (code !== 0) process.stdout.write(`${command} ${args.join(" ")}:\n${output}\n`);
  return code === 0;
}
