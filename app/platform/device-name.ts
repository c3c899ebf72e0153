/**
 * What this device calls itself to others of the account: browser and system, as far as the browser
 * tells them. [ADN1] It is always something.
 */

/** The first that is named counts: others claim to be those after them. */
const BROWSERS = ["Firefox", "Edg", "OPR", "Chrome", "Safari"] as const;
const SYSTEMS = ["Android", "iPhone", "iPad", "CrOS", "Windows", "Mac", "Linux"] as const;
const SPOKEN: Readonly<Record<string, string>> = {
  Edg: "Edge",
  OPR: "Opera",
  CrOS: "ChromeOS",
  Mac: "macOS",
};

export function deviceName(userAgent: string = navigator.userAgent): string {
  const found = [BROWSERS, SYSTEMS].flatMap((names) => {
    const name = names.find((it) => userAgent.includes(it));
    return name === undefined ? [] : [SPOKEN[name] ?? name];
  });
  return found.length === 0 ? "Browser" : found.join(", ");
}
