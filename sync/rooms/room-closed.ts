/** Close codes 4400 to 4499 tell the provider not to come again. docs/protocol/wire.md has them all. */
export const ROOM_CLOSED = { malformed: 4400, forbidden: 4403, full: 4413, restart: 4500 } as const;
export type RoomClosed = (typeof ROOM_CLOSED)[keyof typeof ROOM_CLOSED];
