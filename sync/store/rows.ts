/**
 * The rows of a device's database: one type a table (tables.ts has keys and indexes). Numbers and
 * ids that an index needs stay readable at rest; everything else is sealed by the adapter. Ids are
 * lower-case hex, times are milliseconds since 1970, `hex16` is 16 bytes, `hex32` is 32.
 *
 * | word | meaning                                                                   |
 * | ---- | ------------------------------------------------------------------------- |
 * | `c`  | a channel's number on this device, from 1                                  |
 * | `a`  | a log's number on this device, from 1 (one log per device and channel)     |
 * | `s`  | an entry's `seq` in its log, from 1                                        |
 * | `h`  | its place in time: `hEff`, hybrid logical clock within bounds (53 bits)    |
 * | `b`  | tie-break of equal `h`: the first 4 bytes of the log id                    |
 * | `arr`| arrival number in its channel: drives unread and "arrived late", not order |
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { MessageBody } from "../entry/message-body.ts";
import type { MetaBody } from "../entry/meta-body.ts";
import type { EntryPlace, RosterOpRow, RosterRow } from "../group/rows.ts";
import type { ForkRow, HealedRow, HelloRow } from "../heal/rows.ts";
import type { Known } from "../log/known.ts";
import type { MediaRow } from "../media/rows.ts";
import type { ChatMarksRow, YdocRow, YupRow } from "../rooms/rows.ts";
import type { KeptTimer } from "../thread/channel-meta.ts";
import type { AggregateRow, ExpiryRow } from "../thread/rows.ts";
import type { OwnChainRow, PeerChainRow, PrekeyRow, SessionRow } from "./ratchet-rows.ts";

/** One value under a name; see `sync/account/self.ts` for who is who. */
export type MetaRow = { readonly k: string; readonly v: unknown };

/** A mailbox of this device at one relay. */
export type MailboxRow = {
  readonly url: string;
  readonly relayId: Uint8Array;
  /** Ed25519 seed of the mailbox's owner key, used for this relay only. */
  readonly seed: Uint8Array;
  readonly mailbox: Hex;
  /** The relay's store incarnation; when it changes, the relay lost its store. Empty before WELCOME. */
  readonly storeInc: Hex;
  readonly registered: boolean;
  /** When the relay got our newest prekey bundle; 0 = never. */
  readonly prekeysAtMs: number;
  /** When the relay got the record that says that we moved here; 0 = never, absent = we did not. */
  readonly moveToldAtMs?: number;
  /** When the relay got how we are woken; 0 = it is to be told, absent = nobody said. */
  readonly pushToldAtMs?: number;
};

/** A write token to our own mailboxes, given to one contact, to a group, or put into one invite. */
export type TokenRow = {
  readonly label: Hex; // 4 bytes, returned by the relay with each message
  readonly token: Uint8Array;
  readonly class: "contact" | "group" | "invite";
  /** hex32 of the contact, once known. */
  readonly account: Hex | null;
  /** hex16 of the invite that carried it. */
  readonly invite: Hex | null;
  /** Id of the group whose members hold it. */
  readonly channel?: Hex;
  /** Somebody who left the group knows it: nobody is given it any more. */
  readonly isRetired?: true;
  readonly expiresAtMs: number;
  /** Urls of the own relays that confirmed it. */
  readonly registeredAt: readonly string[];
};

export type InviteRow = {
  readonly tag: Hex; // hex16, the rendezvous address
  readonly secret: Uint8Array;
  readonly token: Hex; // label of its TokenRow
  readonly voucher: Uint8Array;
  readonly link: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Stored at the relay: an unstored invite does not work yet. */
  readonly published: boolean;
  /** It is to lead nowhere any more, and is taken away from the relay. */
  readonly isWithdrawn?: true;
  /** hex32 of the first account that used it; a second one becomes a request. */
  readonly redeemedBy: Hex | null;
  /** It leads into a group: a door of ours for the link of that tag. `told`: what its record says of it. */
  readonly group?: { readonly channel: Hex; readonly link: Hex; readonly told: string };
};

/**
 * `self`: our own account, whose other devices are written to like anybody's. `invited`: we used their
 * link, no answer yet. `request`: a stranger who waits for our word. `member`: somebody of a group that
 * we are in, and otherwise a stranger.
 */
export type ContactState = "self" | "invited" | "accepted" | "request" | "blocked" | "member";

/** Head (hex16) of the digest of the facts that device `by` holds. */
export type FactsTold = { readonly head: Hex; readonly by: Hex };

export type ContactRow = {
  readonly account: Hex; // hex32
  readonly accountKey: Uint8Array; // Ed25519 public key AK
  readonly name: string;
  readonly state: ContactState;
  /** Encoded account facts, as received. */
  readonly facts: readonly Uint8Array[];
  /** What each of their devices told last of its facts, where we hold others; one a device at most. */
  readonly factsTold?: readonly FactsTold[];
  /** Heads of what the digest of our facts was before, newest last: hand-overs that carried it may come late. */
  readonly factsFormer?: readonly Hex[];
  /** Devices (hex16) that live by these facts: written with them, since checking them is dear. */
  readonly live: readonly Hex[];
  /** Under which we publish our presence to them, and they theirs to us; 32 bytes each. */
  readonly presenceOut: Uint8Array;
  readonly presenceIn: Uint8Array | null;
  /** Label of the write token they hold for our mailboxes. */
  readonly token: Hex;
  readonly addedAtMs: number;
  /** Newest "last seen" they told us; 0 = never. */
  readonly lastSeenMs: number;
  /** Ids (hex16) of groups that they put us into and that were not taken: there are too many unanswered. */
  readonly groupsDeclined?: readonly Hex[];
  /** Place of the note in the account channel that said how we stand with them; none: not noted. */
  readonly notedH?: number;
};

/** Another relay answers at an address of somebody's card: their mailbox there is this one. */
export type Move = {
  readonly url: string;
  readonly relayId: Uint8Array;
  readonly mailbox: Uint8Array;
};

/** A device of a contact: only devices chained to the contact's account key are ever stored. */
export type DeviceRow = {
  readonly device: Hex; // hex16
  readonly account: Hex; // hex32
  /** Ed25519 key of its certificate: signs its entries, cards and cursors. */
  readonly sigKey: Uint8Array;
  readonly certificate: Uint8Array;
  /** Encoded newest card; where and with which token to write to it. */
  readonly card: Uint8Array | null;
  readonly cardCounter: number;
  /** When that card came; 0 = never. */
  readonly cardAtMs: number;
  /** Counter of the card with which it last told what facts of its account it has; absent: never. */
  readonly comparedAtCard?: number;
  /** What happened to relays of that card since: one each. */
  readonly moves?: readonly Move[];
  readonly prekeyBundle: Uint8Array | null;
  /** When it last told us anything, of others' devices to the day; absent: never. */
  readonly heardAtMs?: number;
  /** Nothing was heard of it for long, while another device of its account was there. */
  readonly isAsleep?: true;
  /** Up to when the answers are paid for that it had to its NACKs and WANTs: rule [HE3]. 0 = there were none. */
  readonly healedAtMs: number;
  /** As much of the whole rosters that it was told, which is more work. */
  readonly welcomedAtMs?: number;
  /** … and of those that it was asked for. */
  readonly askedAtMs?: number;
  /** As much of the entries that were sealed for it anew: rule [HE1]. */
  readonly resentAtMs?: number;
  /** When we last gave up our sessions with it, to begin a new one; 0 = never. Shown to the person. */
  readonly resetAtMs: number;
  /** Since when relays refuse what is sent to it; absent: they do not. */
  readonly deniedAtMs?: number;
  /** Tags (hex16) of chains that it handed us for groups that were not here. */
  readonly missed?: readonly Hex[];
  /** It was there before us, and has not heard of us yet: our first message to it says who we are. */
  readonly knowsUs?: false;
};

/**
 * Envelopes (env), first-flight ciphertexts (H(ct)) and heads of session messages already dealt with. `c`: the channel it was
 * for, 0 = none: when it comes again, our receipt was lost and is told anew.
 */
export type SeenRow = { readonly id: Hex; readonly atMs: number; readonly c: number };

/** An envelope that cannot be opened yet: its chain is unknown. Kept, and acknowledged, until it can. */
export type HeldRow = {
  readonly env: Hex;
  readonly tag: Hex; // the envelope's 16-byte id
  readonly label: Hex;
  readonly body: Uint8Array;
  readonly atMs: number;
};

/** `account`: what our own devices tell each other; never shown. */
export type ChannelKind = "self" | "dm" | "account" | "group";

export type Preview = {
  readonly text: string;
  readonly own: boolean;
  /** Why there is no text to show. */
  readonly instead?: "deleted" | "missing" | "attachments";
  /** Whose entry it is: log number and `seq`. */
  readonly at?: EntryPlace;
};

export type ChannelRow = {
  readonly c?: number; // generated
  readonly id: Hex; // hex16
  readonly kind: ChannelKind;
  /** The other account (hex32); our own for "self" and "account", "" for "group". */
  readonly account: Hex;
  /** `h` of the newest entry that is shown, 0 = none: the chat list's order. */
  readonly lastH: number;
  /** Places of the newest entry of others that is shown, and of the newest that the person has seen. */
  readonly theirs?: { readonly lastH: number; readonly seenH: number };
  /** How many entries arrived so far. */
  readonly arrivals: number;
  /** Derived from the read vector whenever that or the log changes; never a second truth. */
  readonly unread: number;
  /** What the newest shown entry comes to now, cut to 100 characters, and whether we wrote it. */
  readonly preview: Preview | null;
  /** Highest hlc seen or sent in this channel. */
  readonly hlc: number;
  /** Grows whenever what we hold or have read changes; `receiptsSent` is what our cursor told last. */
  readonly receipts: number;
  readonly receiptsSent: number;
  /** It is older than this device: what was written before is still to be fetched from others. */
  readonly history?: "wanted";
  /** What was said last about messages that disappear; absent: nothing yet. */
  readonly timer?: KeptTimer;
};

export type LogRow = {
  readonly a?: number; // generated
  readonly log: Hex; // hex16
  readonly c: number;
  readonly account: Hex;
  readonly device: Hex;
  readonly own: boolean;
  /** Ed25519 key that signs this log; with channel and incarnation (16 bytes) it makes its id. */
  readonly key: Uint8Array;
  readonly incarnation: Uint8Array;
  /** Entries we hold. */
  readonly known: Known;
  /** Own logs: entries that every relay of every target stored durably ("sent"). */
  readonly sent: Known;
  /** Highest hlc of the log's entries that we hold. */
  readonly hlc: number;
  /** Entries our account has read: ranges, so that one that comes late is still unread. */
  readonly read: Known;
  /** Some of its messages disappear. */
  readonly expires?: true;
};

export type EntryRow = {
  readonly c: number;
  readonly a: number;
  readonly s: number;
  readonly h: number;
  readonly b: number;
  readonly arr: number;
  /** The encoded entry, signed; see sync/entry/entry.ts. */
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array; // entryId, 32 bytes: `prev` of the next
  readonly kind: number;
  /** 1 = shown in the conversation, 0 = protocol (log.open …). */
  readonly shown: 0 | 1;
  readonly own: boolean;
  /** Public message id, 26 characters. */
  readonly id: string;
  /** Of messages and edits; else "". */
  readonly text: string;
  readonly writtenAtMs: number;
  /** Its place was before entries that the person had seen when it came; of a run of such the first. */
  readonly late: boolean;
  /** Who brought it back (hex32), when that was not the way by which it was sent. */
  readonly healedBy?: Hex;
  /** Its clock was over a minute ahead of ours when it came. */
  readonly clockAhead: boolean;
  /** A message: all of its body but the text; absent: nothing but the text. */
  readonly extra?: Omit<MessageBody, "text">;
  /** Of an entry that speaks of the channel itself: all that it says. */
  readonly meta?: MetaBody;
  /** A message: what it said was erased. */
  readonly erased?: true;
  /** It disappears so long after it was read, or came (ms); absent: it stays. */
  readonly lifetimeMs?: number;
  /** Erased for this account alone: to others it is not here. */
  readonly withheld?: true;
  /**
   * In a group. `no`: the roster says that it does not count, so it is shown to its author alone, as not
   * accepted. `waits`: nobody can tell yet. Absent: it counts.
   */
  readonly counts?: "no" | "waits";
  /** An op: what it is about, and how much that matters; `TargetKey` of sync/thread/said.ts. */
  readonly tb?: number;
  readonly ts?: number;
  readonly rank?: 0 | 1 | 2;
};

/** The newest receipts of one device of a peer for one channel, per log id. */
export type CursorRow = {
  readonly c: number;
  readonly device: Hex;
  readonly account: Hex;
  readonly counter: number;
  readonly delivered: readonly { readonly log: Hex; readonly known: Known }[];
  readonly read: readonly { readonly log: Hex; readonly known: Known }[];
  /** What its copy comes to, until that was compared with ours. */
  readonly hello?: HelloRow;
};

/** `pending`: not stored at a relay; `stored`: durable there; `done`: the device has it. */
export type TargetState = "pending" | "stored" | "done";

export type Target = {
  readonly device: Hex;
  /** One of our own account: "sent" does not wait for it. */
  readonly isOwn: boolean;
  /** It hears that it is out of the group, and need not confirm that. */
  readonly isLast?: true;
  readonly state: TargetState;
  /** Relay that stored it, its store incarnation then, and when. */
  readonly url: string;
  readonly storeInc: Hex;
  readonly storedAtMs: number;
};

/**
 * One thing to deliver. `entry`: a log entry (sealed when it is first sent, under the sender chain);
 * `control`: a session message, sealed when it was written (each costs a ratchet step).
 */
export type OutboxRow = {
  readonly n?: number; // generated
  readonly what: "entry" | "control";
  /** The device (hex16) whose first answer settles it; "" when it is not a first flight. */
  readonly flightTo: Hex;
  /** `control`: the device (hex16) that it is for. Absent: written by an earlier version. */
  readonly to?: Hex;
  /**
   * `entry`: its place. `control`: the first own entry that cannot be opened without it (a target is
   * done once its cursor covers that), or 0, 0, 0 when a relay's word is enough.
   */
  readonly c: number;
  readonly a: number;
  readonly s: number;
  readonly env: Hex;
  readonly body: Uint8Array | null;
  readonly sealedAtMs: number;
  readonly targets: readonly Target[];
  /** 1 while some target is `pending`: what a connection has to send. */
  readonly waiting: 0 | 1;
  readonly attempts: number;
  readonly nextAtMs: number;
  /** The last try ended with a relay's no: a way that opens does not hurry it. */
  readonly isRefused: boolean;
  /** That no was about the mailbox, not about these bytes: it may be over when the mailbox takes others. */
  readonly mayPass?: boolean;
  readonly createdAtMs: number;
  /** Nobody will tell that it arrived: we left, or the group is too large. A relay's word is enough. */
  readonly isUnconfirmed?: true;
  /** When a sweep first found it old: `createdAtMs` may be of a clock that was wrong by years. */
  readonly foundOldAtMs?: number;
};

export type Rows = {
  readonly meta: MetaRow;
  readonly mailboxes: MailboxRow;
  readonly tokens: TokenRow;
  readonly invites: InviteRow;
  readonly contacts: ContactRow;
  readonly devices: DeviceRow;
  readonly sessions: SessionRow;
  readonly ownChains: OwnChainRow;
  readonly peerChains: PeerChainRow;
  readonly prekeys: PrekeyRow;
  readonly seen: SeenRow;
  readonly held: HeldRow;
  readonly channels: ChannelRow;
  readonly logs: LogRow;
  readonly entries: EntryRow;
  readonly cursors: CursorRow;
  readonly outbox: OutboxRow;
  readonly aggregates: AggregateRow;
  readonly expiry: ExpiryRow;
  readonly media: MediaRow;
  readonly rosters: RosterRow;
  readonly rosterOps: RosterOpRow;
  readonly forks: ForkRow;
  readonly healed: HealedRow;
  readonly chatMarks: ChatMarksRow;
  readonly ydocs: YdocRow;
  readonly yups: YupRow;
};

export type TableName = keyof Rows;
