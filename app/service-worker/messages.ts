/** What the app and its service worker say to each other. */

/** The person wants the version that waits. */
export const SKIP_WAITING = "skip-waiting";

/** To a tab: a notification was clicked that leads to this chat. */
export type OpenChat = { readonly type: "openChat"; readonly c: number };
