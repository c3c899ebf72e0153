/** How long the recovery secret is, for those who know nothing else of it: what tabs load has no libsodium. */
export const RECOVERY_SECRET_BYTES = 32;
