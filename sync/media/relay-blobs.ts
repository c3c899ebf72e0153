/**
 * Blobs at a relay, as the relay's HTTP API has them (docs/protocol/wire.md, Blobs): sending one in pieces,
 * going on wherever it was broken off; fetching one, opened only after its id was verified; deleting one.
 * docs/protocol/media.md, rules [ME1] to [ME4].
 */
import { toBase64url } from "../../crypto/base/base64url.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import {
  type BlobOpenError,
  type BlobReference,
  openBlob,
  sealBlob,
  sealedBlobLength,
} from "../../crypto/media/blob.ts";
import { deleteKeyHashOf } from "../../crypto/public/blob-id.ts";
import { JsonFields } from "../session/json-fields.ts";
import { isProblem, type RelayError, type RelayHttp } from "../session/relay-http.ts";
import { PATHS, TICKET_SCHEME, UPLOAD_OFFSET_HEADER } from "../wire/http.ts";
import { ID_BYTES } from "../wire/ids.ts";
import { BLOB_TTL_MS_MAX } from "../wire/limits.ts";

/** A piece has 20 seconds to go up: 13 KB a second are enough. */
export const PIECE_BYTES = 262_144;
/** A ticket is asked for again so often when somebody else asked for one meanwhile. */
const TICKETS_MAX = 3;

export type Sending = {
  readonly key: Uint8Array;
  readonly content: Uint8Array;
  /** 32 bytes, the same each time. */
  readonly deleteKey: Uint8Array;
};

const MALFORMED = err({ type: "Malformed" } as const);

/** Ok: the relay has all of it, durably. `http`: of a mailbox's owner. */
export async function sendBlob(
  http: RelayHttp,
  { key, content, deleteKey }: Sending,
): Promise<Result<void, RelayError>> {
  const { sealed, reference } = sealBlob(key, content);
  for (let tries = 1; ; tries += 1) {
    const ticket = await ticketFor(http, reference.id, sealed.length, deleteKey);
    if (!ticket.ok) return ticket;
    const { value } = ticket;
    if (value.ticket === null) return ok(undefined);
    const sent = await sendFrom(http, reference.id, value.ticket, sealed, value.offset);
    // The relay has other bytes than we thought, or somebody got a ticket after us.
    const isOvertaken =
      !sent.ok && (isProblem(sent.error, "OffsetWrong") || isProblem(sent.error, "NotFound"));
    if (!isOvertaken || tries >= TICKETS_MAX) return sent;
  }
}

type Ticket = { readonly ticket: Uint8Array | null; readonly offset: number };

async function ticketFor(
  http: RelayHttp,
  id: Uint8Array,
  bytes: number,
  deleteKey: Uint8Array,
): Promise<Result<Ticket, RelayError>> {
  const claim = {
    blob: toBase64url(id),
    bytes,
    deleteKeyHash: toBase64url(deleteKeyHashOf(deleteKey)),
    ttlSeconds: BLOB_TTL_MS_MAX / 1_000,
  };
  const answer = await http.ask({
    method: "POST",
    path: PATHS.blobs,
    body: () => claim,
    isSigned: true,
  });
  if (!answer.ok) return answer;
  const fields = JsonFields.parse(answer.value.body);
  const offset = fields.whole("offset", bytes);
  const ticket = fields.isNull("ticket") ? null : fields.bytes("ticket", ID_BYTES.BlobTicket);
  return fields.isFine ? ok({ ticket, offset }) : MALFORMED;
}

async function sendFrom(
  http: RelayHttp,
  id: Uint8Array,
  ticket: Uint8Array,
  sealed: Uint8Array,
  from: number,
): Promise<Result<void, RelayError>> {
  let at = from;
  do {
    const answer = await http.ask({
      method: "PATCH",
      path: PATHS.blob(toBase64url(id)),
      raw: {
        bytes: sealed.slice(at, at + PIECE_BYTES),
        headers: {
          authorization: `${TICKET_SCHEME} ${toBase64url(ticket)}`,
          "content-type": "application/octet-stream",
          [UPLOAD_OFFSET_HEADER]: String(at),
        },
      },
    });
    if (!answer.ok) return answer;
    const fields = JsonFields.parse(answer.value.body);
    const offset = fields.whole("offset", sealed.length);
    if (!fields.isFine || offset <= at) return offset === sealed.length ? ok(undefined) : MALFORMED;
    at = offset;
  } while (at < sealed.length);
  return ok(undefined);
}

/** The content, if the relay has these very bytes. */
export async function fetchBlob(
  http: RelayHttp,
  reference: BlobReference,
): Promise<Result<Uint8Array, RelayError | BlobOpenError>> {
  const path = PATHS.blob(toBase64url(reference.id));
  const sealed = await http.download(path, sealedBlobLength(reference.bytes));
  return sealed.ok ? openBlob(reference, sealed.value) : sealed;
}

/** Ok: it is not there, or not ours to delete there. */
export async function deleteBlob(
  http: RelayHttp,
  id: Uint8Array,
  deleteKey: Uint8Array,
): Promise<Result<void, RelayError>> {
  const body = { deleteKey: toBase64url(deleteKey) };
  const path = PATHS.blob(toBase64url(id));
  const answer = await http.ask({ method: "DELETE", path, body: () => body });
  if (answer.ok || isProblem(answer.error, "NotFound")) return ok(undefined);
  return answer;
}
