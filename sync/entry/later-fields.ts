/** docs/protocol/sync.md, [BO3]. A file of its own, since every body and its parts name it. */

/** So many further fields at the end of a body are passed over: room for what newer apps add. */
export const LATER_FIELDS_MAX = 16;
