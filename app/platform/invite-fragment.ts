/**
 * The invite link that opened this page. Everything secret in it is in the fragment, which no
 * server sees; it is taken out of the address bar and the history at once, and kept in memory
 * alone: [AIF1] when the app opens, [AIF2] and while it runs. [AIF3] The code of
 * another device that wants to be linked is told from an invite by how it begins, [AIF4] and so is a link
 * into a group.
 */

const RELAY_INVITE = "relay-invite=";

/** The operator's token in the link that a relay prints for its first people; else null. */
export function relayInviteOf(link: string): string | null {
  const fragment = link.slice(link.indexOf("#") + 1);
  return fragment.startsWith(RELAY_INVITE) ? fragment.slice(RELAY_INVITE.length) : null;
}

/** A device link begins with the byte 2, version 1 with 1 after it (crypto/link/code.ts). */
const DEVICE_LINK = "Ag";

/** Is it the code of another device that wants to be linked, and no invite? */
export const isDeviceLink = (link: string): boolean =>
  link.slice(link.indexOf("#") + 1).startsWith(DEVICE_LINK);

/** A link into a group begins with the byte 3 (crypto/invite/link.ts). */
const GROUP_LINK = /^A[w-z0-9_-]/u;

/** Does it lead into a group, and not to a person? */
export const isGroupLink = (link: string): boolean =>
  GROUP_LINK.test(link.slice(link.indexOf("#") + 1));

/** The whole link, or null when the address has no fragment. */
export function takeInviteLink(): string | null {
  const { href, hash, pathname, search } = location;
  if (hash.length <= 1) return null;
  history.replaceState(history.state, "", `${pathname}${search}`);
  return href;
}

/** A link pasted into the address bar of a running app changes the fragment only. */
export function followInviteLinks(listen: (link: string) => void): () => void {
  const changed = (): void => {
    const link = takeInviteLink();
    if (link !== null) listen(link);
  };
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}
