import { beforeAll, expect, test } from "vitest";

import { toBase64url } from "../../../crypto/base/base64url.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { tokenHashOf } from "../../../crypto/public/relay-ids.ts";
import { CAPSULE_ADMISSIONS_BURST, CAPSULE_PUTS_BURST } from "../../../relay/limits.ts";
import { type Capsule, PATHS, type Problem, type PutCapsule } from "../../../sync/wire/http.ts";
import {
  CAPSULE_BYTES_MAX,
  CAPSULE_JSON_BYTES_MAX,
  CAPSULE_LIFE_MS,
  CAPSULES_PER_MAILBOX_MAX,
} from "../../../sync/wire/limits.ts";
import { filled, openWorld, type Person, START_MS, type World } from "../relay-world.ts";

beforeAll(() => ready);

const place = (value: number): string => PATHS.capsule(toBase64url(filled(16, value)));
const capsuleOf = (counter: number, more: Partial<PutCapsule> = {}): PutCapsule => ({
  capsule: toBase64url(filled(1_200, counter)),
  counter,
  putKey: toBase64url(filled(32, 5)),
  ...more,
});
const put = (world: World, by: Person, body: object, path = place(1)): Promise<Response> =>
  world.request("PUT", path, { by, body });
const saidBy = async (response: Response): Promise<readonly [number, string]> => [
  response.status,
  ((await response.json()) as Problem).type,
];
const read = async (world: World, path = place(1)): Promise<Capsule> =>
  (await (await world.request("GET", path)).json()) as Capsule;

test("[HC1] a capsule is given to who knows its place, and replaced by a higher counter alone", async () => {
  const world = openWorld();
  const [phone, laptop] = [await world.person(1), await world.person(2)];
  expect(await saidBy(await world.request("GET", place(1)))).toEqual([404, "NotFound"]);
  expect((await put(world, phone, capsuleOf(7))).status).toBe(204);
  const expiresAtMs = START_MS + CAPSULE_LIFE_MS;
  expect(await read(world)).toEqual({ capsule: capsuleOf(7).capsule, counter: 7, expiresAtMs });
  expect((await put(world, phone, capsuleOf(7))).status).toBe(204);
  expect(await saidBy(await put(world, laptop, capsuleOf(6)))).toEqual([409, "CounterOld"]);
  expect((await put(world, laptop, capsuleOf(8))).status).toBe(204);
  expect(await read(world)).toMatchObject({ counter: 8 });
  expect(await saidBy(await world.request("GET", place(2)))).toEqual([404, "NotFound"]);
  expect(await saidBy(await world.request("GET", PATHS.capsule("x")))).toEqual([404, "NotFound"]);
});

test("[HC2] nobody writes over a capsule without its key, nor writes one without a mailbox", async () => {
  const world = openWorld();
  const [alice, mallory] = [await world.person(1), await world.person(2)];
  await put(world, alice, capsuleOf(1));
  const other = capsuleOf(99, { putKey: toBase64url(filled(32, 6)) });
  expect(await saidBy(await put(world, mallory, other))).toEqual([409, "TagTaken"]);
  const stranger = await put(world, world.stranger(3), capsuleOf(99));
  expect(await saidBy(stranger)).toEqual([401, "SignatureInvalid"]);
  const unsigned = await world.request("PUT", place(1), { body: capsuleOf(99) });
  expect(await saidBy(unsigned)).toEqual([401, "SignatureInvalid"]);
  expect(await read(world)).toMatchObject({ counter: 1 });
});

test("[HC3] the largest capsule passes, and what is larger or malformed is refused whole", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const largest = toBase64url(filled(CAPSULE_BYTES_MAX, 9));
  expect((await put(world, alice, capsuleOf(1, { capsule: largest }))).status).toBe(204);
  expect((await read(world)).capsule).toBe(largest);
  const over = toBase64url(filled(CAPSULE_BYTES_MAX + 1, 9));
  const malformed = [400, "BodyMalformed"];
  for (const more of [
    { capsule: over },
    { capsule: "" },
    { capsule: "*" },
    { counter: -1 },
    { counter: 1.5 },
    { counter: 2 ** 53 },
    { putKey: toBase64url(filled(31, 1)) },
    { more: 1 } as object,
  ]) {
    expect(await saidBy(await put(world, alice, { ...capsuleOf(2), ...more }))).toEqual(malformed);
  }
  const flood = { ...capsuleOf(2), capsule: "A".repeat(CAPSULE_JSON_BYTES_MAX) };
  expect(await saidBy(await put(world, alice, flood))).toEqual([413, "BodyTooLarge"]);
  const wrongPlace = await put(world, alice, capsuleOf(2), PATHS.capsule("AAAA"));
  expect(await saidBy(wrongPlace)).toEqual([404, "NotFound"]);
  expect(await read(world)).toMatchObject({ counter: 1 });
});

test("[HC4] a mailbox begins few places and writes seldom, whatever others do", async () => {
  const world = openWorld();
  const [alice, mallory] = [await world.person(1), await world.person(2)];
  for (let n = 0; n < CAPSULES_PER_MAILBOX_MAX; n += 1) {
    expect((await put(world, mallory, capsuleOf(1), place(50 + n))).status).toBe(204);
  }
  expect(await saidBy(await put(world, mallory, capsuleOf(1), place(99)))).toEqual([
    507,
    "TooMany",
  ]);
  const answers: number[] = [];
  for (let n = 2; n < CAPSULE_PUTS_BURST + 2; n += 1) {
    answers.push((await put(world, mallory, capsuleOf(n), place(50))).status);
  }
  expect(answers.filter((it) => it === 429)).toHaveLength(CAPSULES_PER_MAILBOX_MAX + 1);
  expect((await put(world, alice, capsuleOf(1))).status).toBe(204);
});

test("[HM8] whose account left a capsule here is let in without an invitation, a few times", async () => {
  const token = filled(16, 9);
  const relay = { registration: "invite", operatorTokenHash: tokenHashOf(token) } as const;
  const world = openWorld({ relay });
  const register = (by: Person, more: object): Promise<Response> => {
    const body = { publicKey: toBase64url(by.publicKey), ...more };
    return world.request("POST", PATHS.mailboxes, { by, body });
  };
  const alice = world.stranger(1);
  expect((await register(alice, { inviteToken: toBase64url(token) })).status).toBe(201);
  expect((await put(world, alice, capsuleOf(7))).status).toBe(204);
  expect((await put(world, alice, capsuleOf(1), place(2))).status).toBe(204);
  const shown = { place: toBase64url(filled(16, 1)), putKey: toBase64url(filled(32, 5)) };
  const closed = [403, "RegistrationClosed"];
  const wrong = { ...shown, putKey: toBase64url(filled(32, 6)) };
  expect(await saidBy(await register(world.stranger(2), { capsule: wrong }))).toEqual(closed);
  const nowhere = { ...shown, place: toBase64url(filled(16, 3)) };
  expect(await saidBy(await register(world.stranger(2), { capsule: nowhere }))).toEqual(closed);
  for (let n = 0; n < CAPSULE_ADMISSIONS_BURST; n += 1) {
    expect((await register(world.stranger(10 + n), { capsule: shown })).status).toBe(201);
  }
  expect(await saidBy(await register(world.stranger(50), { capsule: shown }))).toEqual(closed);
  // More places let in nobody more.
  const second = { ...shown, place: toBase64url(filled(16, 2)) };
  expect(await saidBy(await register(world.stranger(51), { capsule: second }))).toEqual(closed);
});
