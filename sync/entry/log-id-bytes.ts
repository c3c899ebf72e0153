/** How long the id of a log is: apart from entry.ts, since screens order messages and verify none. */
export const LOG_ID_BYTES = 16;
