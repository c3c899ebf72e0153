/**
 * Remembers that somebody started here, in the two places that may outlive the database when a
 * browser evicts it: localStorage and one constant first-party cookie. An evicted database looks
 * like a first visit; with the sentinel it is told apart, and nobody becomes a new person without a
 * word.
 *
 * [ASE1] Either place alone is enough. [ASE2] Neither holds anything about the person: the cookie
 * is sent to the relay and says `kith=1`, the same for everybody.
 */

const KEY = "kith";
const VALUE = "1";
/** Browsers cap a cookie's life at 400 days; each visit renews it. */
const LIFE_SECONDS = 400 * 86_400;

export function wasStarted(): boolean {
  const crumbs = document.cookie.split(";").map((crumb) => crumb.trim());
  return crumbs.includes(`${KEY}=${VALUE}`) || stored() === VALUE;
}

export function rememberStart(): void {
  try {
    localStorage.setItem(KEY, VALUE);
  } catch {
    // Full or forbidden: the cookie has to do.
  }
  writeCookie(LIFE_SECONDS);
}

/** Only when the person chose to start again. */
export function forgetStart(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // What cannot be written holds nothing.
  }
  writeCookie(0);
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function writeCookie(seconds: number): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${KEY}=${VALUE}; Max-Age=${seconds}; Path=/; SameSite=Strict${secure}`;
}
