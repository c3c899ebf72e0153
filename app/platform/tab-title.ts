/** The tab's title and the installed app's badge say how much is unread. */

const NAME = "Kith";

export function showUnread(count: number): void {
  document.title = count === 0 ? NAME : `(${count}) ${NAME}`;
  if (!("setAppBadge" in navigator)) return;
  // Refused where the app is not installed: the title is enough there.
  const told = count === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(count);
  told.catch(() => undefined);
}
