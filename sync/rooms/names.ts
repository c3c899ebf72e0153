/** The rooms of the account channel: what a person's own devices edit together. */
export const ACCOUNT_ROOMS = ["settings", "drafts"] as const;
export type RoomName = (typeof ACCOUNT_ROOMS)[number];
