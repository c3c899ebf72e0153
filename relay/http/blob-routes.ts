/**
 * Blobs: what is too large for an envelope, sealed by its owner. Owners of mailboxes send them, in pieces;
 * whoever knows the 32-byte id may read them; whoever has the delete key may delete them. The bytes pass
 * through as they come and are never held as a whole.
 */
import { type Context, Hono } from "hono";
import * as v from "valibot";

import { fromBase64url, toBase64url } from "../../crypto/base/base64url.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import {
  type BlobTicketGiven,
  PATHS,
  type Problem,
  TICKET_SCHEME,
  UPLOAD_OFFSET_HEADER,
} from "../../sync/wire/http.ts";
import { type BlobId, type BlobTicket, parseBlobId, parseBlobTicket } from "../../sync/wire/ids.ts";
import { BLOB_BYTES_MAX, BLOB_TTL_MS_MAX } from "../../sync/wire/limits.ts";
import type { BlobDepot } from "../blobs/blob-depot.ts";
import type { Relay } from "../relay.ts";
import { ownerRequest } from "./owner-request.ts";
import { problem } from "./problem.ts";
import { idField, parseJson, readBody } from "./request-body.ts";

const wholeUpTo = (max: number) =>
  v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(max));

const PostBlob = v.strictObject({
  blob: idField("BlobId"),
  bytes: wholeUpTo(BLOB_BYTES_MAX),
  deleteKeyHash: idField("BlobDeleteHash"),
  ttlSeconds: wholeUpTo(BLOB_TTL_MS_MAX / 1_000),
});
const DeleteBlob = v.strictObject({ deleteKey: idField("BlobDeleteKey") });

const TICKET = new RegExp(`^${TICKET_SCHEME} ([\\w-]{22})$`, "u");
/** A browser that is led here shows nothing of it, and runs nothing. */
const BLOB_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-disposition": "attachment",
  "content-security-policy": "default-src 'none'; sandbox",
  "content-type": "application/octet-stream",
};

export const blobRoutes = (
  relay: Relay,
  depot: BlobDepot,
  clientOf: (c: Context) => string,
): Hono =>
  new Hono()
    .post(PATHS.blobs, async (c) => {
      const request = await ownerRequest(relay, c, PostBlob);
      if (!request.ok) return problem(c, request.error);
      const { mailbox, input } = request.value;
      const { blob, bytes, deleteKeyHash, ttlSeconds } = input;
      const claim = { mailbox, blob, bytes, deleteHash: deleteKeyHash, ttlMs: ttlSeconds * 1_000 };
      const reserved = await depot.reserve(claim);
      if (!reserved.ok) return problem(c, reserved.error);
      const { ticket, offset } = reserved.value;
      const given: BlobTicketGiven = {
        ticket: ticket === null ? null : toBase64url(ticket),
        offset,
      };
      return c.json(given, 201);
    })
    .patch(PATHS.blob(":id"), async (c) => {
      const blob = blobOf(c);
      const ticket = ticketOf(c);
      if (!blob.ok || !ticket.ok) return problem(c, { type: "NotFound" });
      const offset = offsetOf(c);
      if (offset === null) return problem(c, { type: "BodyMalformed" });
      const stream = c.req.raw.body;
      const piece = { blob: blob.value, ticket: ticket.value, offset, stream };
      const sent = await depot.append(piece, clientOf(c));
      return sent.ok ? c.json(sent.value) : problem(c, sent.error);
    })
    .get(PATHS.blob(":id"), async (c) => {
      const blob = blobOf(c);
      const found = blob.ok ? await depot.read(blob.value, clientOf(c)) : blob;
      if (!found.ok) return problem(c, found.error);
      for (const [name, value] of Object.entries(BLOB_HEADERS)) c.header(name, value);
      c.header("content-length", String(found.value.bytes));
      return c.body(found.value.stream);
    })
    .delete(PATHS.blob(":id"), async (c) => {
      const body = await readBody(c);
      if (!body.ok) return problem(c, body.error);
      const input = parseJson(c, DeleteBlob, body.value);
      if (!input.ok) return problem(c, input.error);
      const blob = blobOf(c);
      const done = blob.ok ? await depot.remove(blob.value, input.value.deleteKey) : blob;
      return done.ok ? c.body(null, 204) : problem(c, done.error);
    });

/** No id looks like an unknown one. */
function blobOf(c: Context): Result<BlobId, Problem> {
  const bytes = fromBase64url(c.req.param("id") ?? "");
  const blob = bytes.ok ? parseBlobId(bytes.value) : bytes;
  return blob.ok ? ok(blob.value) : err({ type: "NotFound" });
}

function ticketOf(c: Context): Result<BlobTicket, Problem> {
  const [, text = ""] = TICKET.exec(c.req.header("authorization") ?? "") ?? [];
  const bytes = fromBase64url(text);
  const ticket = bytes.ok ? parseBlobTicket(bytes.value) : bytes;
  return ticket.ok ? ok(ticket.value) : err({ type: "NotFound" });
}

function offsetOf(c: Context): number | null {
  const text = c.req.header(UPLOAD_OFFSET_HEADER) ?? "";
  return /^\d{1,12}$/u.test(text) ? Number(text) : null;
}
