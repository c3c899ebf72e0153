import { describe, expect, test } from "vitest";

import { toBase64url } from "../../crypto/base/base64url.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { makeDevice } from "../../crypto/identity/device.ts";
import { makeKemKeyPair } from "../../crypto/kem.ts";
import { linkTagsOf } from "../../crypto/link/code.ts";
import { commitmentOf, makeHello, openHello, sealHello } from "../../crypto/link/hello.ts";
import { Chance } from "../sim/chance.ts";
import {
  at,
  codeOf,
  failure,
  hasNothing,
  liesAt,
  linkUp,
  meet,
  pair,
  recordsAt,
  show,
  use,
} from "./link-steps.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

describe.each(["phone", "laptop"] as const)("the %s shows the code", (first) => {
  test("[LK8] [LK10] who has the code and answers in another's place is betrayed by the pictures", async () => {
    const them = await pair();
    const { relay, phone, laptop } = them;
    const random = new Chance(1, "mallory").bytes;
    const [shower, scanner] = first === "phone" ? [phone, laptop] : [laptop, phone];
    const shown = await show(them, shower);
    const code = codeOf(shown);
    const tag = toBase64url(linkTagsOf(code).scanner);
    relay.between = async (request, next) => {
      const isTheirs = request.method === "GET" && request.url.endsWith(tag);
      const answer = await next(request);
      if (!isTheirs || answer.status !== 200) return answer;
      const held = (await answer.json()) as { readonly expiresAtMs: number };
      const record = toBase64url(sealHello(code, "scanner", malloryAs(first, random), random));
      return Response.json({ ...held, record });
    };
    expect(await use(them, scanner, shown)).toBeNull();
    await them.pass(3 * SECOND_MS);
    expect(at(phone, "compare").sas).not.toEqual(at(laptop, "compare").sas);

    phone.device.linking.cancel();
    await them.pass(4 * SECOND_MS);
    expect(phone.status?.linking).toBeNull();
    expect(failure(laptop)).toBe("LinkCancelled");
    await hasNothing(laptop);
  });

  test("[LK9] a hello that is played back ends the link, and nothing is left of it", async () => {
    const them = await pair();
    const { relay, phone, laptop } = them;
    const [shower, scanner] = first === "phone" ? [phone, laptop] : [laptop, phone];
    const kept = new Map<string, string>();
    relay.between = async (request, next) => {
      const answer = await next(request);
      if (request.method !== "GET" || answer.status !== 200) return answer;
      const held = (await answer.json()) as { readonly record: string };
      // What lay first at any address is what lies at each from then on.
      const record = kept.get("first") ?? held.record;
      kept.set("first", record);
      return Response.json({ ...held, record });
    };
    await meet(them, shower, scanner);
    const answers = [shower, scanner].map((it) => it.status?.linking?.type);
    expect(answers).toContain("failed");
    phone.device.linking.confirm();
    await them.pass(4 * SECOND_MS);
    await hasNothing(laptop);
    expect([phone, laptop].map((it) => it.status?.linking?.type)).not.toContain("linked");
  });
});

/** Somebody who chose keys without knowing those of the shower. */
function malloryAs(
  shower: "phone" | "laptop",
  random: Chance["bytes"],
): ReturnType<typeof makeHello> {
  const { sigKey, dhKey } = makeDevice(random);
  if (shower === "phone") {
    const kemKey = makeKemKeyPair(random).publicKey;
    return makeHello({ role: "new", sigKey, dhKey, kemKey, name: "Firefox" }, random);
  }
  const device = random(16);
  return makeHello({ role: "member", accountKey: sigKey, device, name: "phone" }, random);
}

test("[LK8] nobody passes for who shows the code", async () => {
  const them = await pair();
  const { relay, phone, laptop } = them;
  const random = new Chance(1, "mallory").bytes;
  const shown = await show(them, phone);
  const code = codeOf(shown);
  const tag = toBase64url(linkTagsOf(code).shower);
  relay.between = async (request, next) => {
    const answer = await next(request);
    if (request.method !== "GET" || !request.url.endsWith(tag) || answer.status !== 200)
      return answer;
    const held = (await answer.json()) as { readonly expiresAtMs: number };
    const hello = malloryAs("laptop", random);
    expect(commitmentOf(hello)).not.toEqual(code.commitment);
    const record = toBase64url(sealHello(code, "shower", hello, random));
    expect(openHello(code, "shower", sealHello(code, "shower", hello, random), 0).ok).toBe(false);
    return Response.json({ ...held, record });
  };
  expect(await use(them, laptop, shown)).toBeNull();
  await them.pass(3 * SECOND_MS);
  expect(failure(laptop)).toBe("LinkForged");
  // Its hello is gone: the phone does not go on comparing.
  await them.pass(2 * SECOND_MS);
  expect(failure(phone)).toBe("LinkCancelled");
  await hasNothing(laptop);
});

test("[LK15] a relay cannot say that a device has joined", async () => {
  const them = await pair();
  const { relay, phone, laptop } = them;
  const shown = await show(them, laptop);
  expect(await use(them, phone, shown)).toBeNull();
  await them.pass(3 * SECOND_MS);
  laptop.crash();
  const tag = toBase64url(linkTagsOf(codeOf(shown)).shower);
  let lies = 0;
  relay.between = (request, next) => {
    if (request.method !== "GET" || !request.url.endsWith(tag)) return next(request);
    lies += 1;
    const record = toBase64url(new Uint8Array(16).fill(lies));
    return Response.json({ record, expiresAtMs: them.nowMs() + MINUTE_MS });
  };
  phone.device.linking.confirm();
  await them.pass(5 * SECOND_MS);
  expect(lies).toBeGreaterThan(2);
  expect(at(phone, "granting").type).toBe("granting");
});

test("[LK9] [LK12] [LK15] a grant that was altered makes nobody a device", async () => {
  const them = await pair();
  const { relay, phone, laptop } = them;
  const shown = await show(them, laptop);
  const tag = toBase64url(linkTagsOf(codeOf(shown)).grant);
  relay.between = async (request, next) => {
    const answer = await next(request);
    if (request.method !== "GET" || !request.url.endsWith(tag) || answer.status !== 200)
      return answer;
    const held = (await answer.json()) as { readonly record: string };
    const altered = `${held.record.slice(0, 900)}${held.record[900] === "A" ? "B" : "A"}`;
    return Response.json({ ...held, record: altered + held.record.slice(901) });
  };
  expect(await use(them, phone, shown)).toBeNull();
  await them.pass(3 * SECOND_MS);
  phone.device.linking.confirm();
  await them.pass(4 * SECOND_MS);
  expect(failure(laptop)).toBe("LinkForged");
  await them.pass(4 * SECOND_MS);
  expect(failure(phone)).toBe("LinkCancelled");
  await hasNothing(laptop);
});

test("[LK1] says when the relay cannot be reached, and waits for one that comes back", async () => {
  const them = await pair();
  const { phone, laptop, relay, outcome, killRelay } = them;
  killRelay(relay);
  expect(await outcome(phone.device.linking.show(""))).toEqual({
    ok: false,
    error: { type: "RelayUnreachable" },
  });
  expect(phone.status?.linking).toBeNull();
  relay.start();
  await them.pass(30 * SECOND_MS);
  await meet(them, phone, laptop);
  killRelay(relay);
  await them.pass(20 * SECOND_MS);
  relay.start();
  await them.pass(10 * SECOND_MS);
  phone.device.linking.confirm();
  await them.pass(5 * SECOND_MS);
  expect(at(laptop, "linked").role).toBe("new");
});

test("[LK1] a relay that is away when the person agrees grants nothing, and it is said", async () => {
  const them = await pair();
  const { phone, laptop, relay, killRelay } = them;
  await meet(them, phone, laptop);
  killRelay(relay);
  phone.device.linking.confirm();
  await them.pass(5 * SECOND_MS);
  expect(failure(phone)).toBe("RelayUnreachable");
  relay.start();
  await them.pass(11 * MINUTE_MS);
  expect(failure(laptop)).toBe("DeviceLinkExpired");
  await hasNothing(laptop);
});

test("[LK11] nothing is granted while the relay does not know the new device's token", async () => {
  const them = await pair();
  const { phone, laptop, relay } = them;
  // From the beginning: the card of the capsule is the same, and tells its token too.
  relay.between = (request, next) =>
    request.url.endsWith("/v1/tokens") ? new Response(null, { status: 503 }) : next(request);
  const shown = await show(them, phone);
  expect(await use(them, laptop, shown)).toBeNull();
  await them.pass(3 * SECOND_MS);
  phone.device.linking.confirm();
  await them.pass(SECOND_MS);
  expect(failure(phone)).toBe("RelayUnreachable");
  expect(await liesAt(them, codeOf(shown))).not.toContain("grant");
  await them.pass(5 * SECOND_MS);
  expect(failure(laptop)).toBe("LinkCancelled");
});

test("[LK10] an account that got its tenth device meanwhile grants no eleventh", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  await meet(them, phone, laptop);
  await phone.change(async (tx) => {
    const [own] = await tx.range("contacts", "primary", {});
    const live = Array.from({ length: 10 }, (_, n) => `${n}`.repeat(32));
    if (own !== undefined) await tx.put("contacts", { ...own, live });
  });
  phone.device.linking.confirm();
  await them.pass(5 * SECOND_MS);
  expect(failure(phone)).toBe("DevicesTooMany");
  expect(failure(laptop)).toBe("LinkCancelled");
  await hasNothing(laptop);
});

test("[LK3] a relay that takes nobody says so", async () => {
  const them = await pair();
  them.relay.registration = "closed";
  them.killRelay(them.relay);
  them.relay.start();
  await them.pass(30 * SECOND_MS);
  const { phone, laptop } = them;
  expect(await use(them, laptop, await show(them, phone))).toBeNull();
  await them.pass(3 * SECOND_MS);
  expect(failure(laptop)).toBe("RegistrationRefused");
  await hasNothing(laptop);
});

test("[LK7] a second device with the same code is told that somebody was quicker", async () => {
  const them = await world(["phone", "laptop", "thief"], { newcomers: ["laptop", "thief"] });
  const { phone, laptop, thief } = them;
  const shown = await show(them, phone);
  expect(await use(them, thief, shown)).toBeNull();
  await them.pass(3 * SECOND_MS);
  expect(await use(them, laptop, shown)).toBeNull();
  await them.pass(3 * SECOND_MS);
  expect(failure(laptop)).toBe("LinkUsed");
  expect(at(phone, "compare").sas).toEqual(at(thief, "compare").sas);
});

test("[LK4] [LK12] a device that is closed in the middle has nothing half made, and links later", async () => {
  for (const who of ["phone", "laptop"] as const) {
    const them = await pair();
    const { phone, laptop, relay } = them;
    await meet(them, laptop, phone);
    them[who].crash();
    await them.pass(5 * SECOND_MS);
    (who === "phone" ? laptop : phone).device.linking.cancel();
    await them.pass(5 * SECOND_MS);
    const asked = recordsAt(relay);
    await them.pass(30 * SECOND_MS);
    expect(recordsAt(relay)).toBe(asked);
    await hasNothing(laptop);
    await them[who].wake();
    await them.pass(10 * SECOND_MS);
    expect(them[who].status?.linking).toBeNull();
    await linkUp(them, laptop, phone);
    expect(await laptop.account()).toBe(await phone.account());
  }
});

test("[LK12] a disk that takes nothing leaves a device without an account", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  await meet(them, phone, laptop);
  laptop.isDiskFull = true;
  phone.device.linking.confirm();
  await them.pass(5 * SECOND_MS);
  laptop.isDiskFull = false;
  await hasNothing(laptop);
  expect(failure(laptop)).toBe("StorageFailed");
  await them.pass(15 * SECOND_MS);
  await linkUp(them, phone, laptop);
  expect(await laptop.account()).toBe(await phone.account());
});

test("[LK16] neither status nor errors hold a secret once the code is not shown any more", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  const told: string[] = [];
  for (const who of [phone, laptop]) {
    who.device.status(({ linking }) => {
      if (linking?.type !== "shown") told.push(JSON.stringify(linking));
    });
  }
  const shown = await show(them, phone);
  const { secret } = codeOf(shown);
  expect(await use(them, laptop, shown)).toBeNull();
  await them.pass(3 * SECOND_MS);
  phone.device.linking.confirm();
  await them.pass(5 * SECOND_MS);
  expect(told.some((it) => it.includes("linked"))).toBe(true);
  const fragment = shown.slice(shown.indexOf("#") + 1);
  for (const it of told) {
    expect(it).not.toContain(fragment);
    expect(it).not.toContain(toHex(secret));
    expect(it).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
});
