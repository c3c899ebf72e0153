/**
 * What the relay, and whoever listens on the way to it, gets to see of a conversation.
 *
 * [WT1] No message, no name and no secret of an invite link is in any frame, request, answer, line of
 * the relay's output or byte of its files, in whatever form programs write texts. [WT2] A canary that
 * is planted in each of those places, in each of those forms, is found.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { expect } from "@playwright/test";

import { parseInviteLink } from "../../crypto/invite/link.ts";
import { type RelayProcess, startRelay } from "./relay-process.ts";
import { formsOf, leaksOf, newCanary, type Place } from "./tap/canary.ts";
import { startEcho } from "./tap/echo.ts";
import { tapWire } from "./tap/wire-tap.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

/** Its database, the journal of that, its key, and whatever else it keeps. */
async function filesOf({ dataPath }: RelayProcess): Promise<readonly Place[]> {
  const entries = await readdir(dataPath, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return await Promise.all(
    files.map(async ({ parentPath, name }) => ({
      where: `file ${name}`,
      bytes: await readFile(join(parentPath, name)),
    })),
  );
}

const outputOf = (relay: RelayProcess): Place => ({
  where: "output of the relay",
  bytes: Buffer.from(relay.output()),
});

function secretOf(link: string): Buffer {
  const invite = parseInviteLink(link);
  if (!invite.ok) throw new Error(invite.error.type);
  return Buffer.from(invite.value.secret);
}

test("[WT1] names, messages and secrets of links are nowhere on the way, nor at the relay @chromium", async ({
  newcomer,
  relay,
}) => {
  await using tap = await tapWire(relay.port);
  const [alice, bob] = await Promise.all([newcomer(tap.url), newcomer(tap.url)]);
  const [herName, hisName] = [newCanary(), newCanary()];
  const texts = Array.from({ length: 6 }, newCanary);
  const [note = "", first = "", second = "", draft = "", waiting = "", late = ""] = texts;

  await alice.start(herName);
  await alice.open("Note to self");
  await alice.say(note);
  const link = await alice.invite();
  await bob.accept(link, hisName);
  await bob.say(first);
  await alice.open(hisName);
  await alice.sees(first);
  await alice.field.pressSequentially(draft);
  await expect(bob.presence).toHaveText(`${herName} is writing…`);
  await alice.say(`and ${second} in the middle`);
  await bob.seesState(first, "Read");

  // What waits for her lies at the relay: in its files before it is killed, and after.
  await alice.leave();
  await bob.say(waiting);
  await bob.seesState(waiting, "Sent");
  const filesWithMail = await filesOf(relay);
  await relay.kill();
  await bob.say(late);
  await relay.start();
  await bob.seesState(late, "Sent");
  const back = await alice.comeBack();
  await back.sees(late);
  await bob.seesState(late, "Read");

  const places = [...tap.heard(), ...filesWithMail, ...(await filesOf(relay)), outputOf(relay)];
  const heard = new Set(places.map(({ where }) => where));
  expect([...heard]).toEqual(
    expect.arrayContaining(["frame to the relay", "frame from the relay", "request body"]),
  );
  expect([...heard]).toEqual(expect.arrayContaining(["answer body", "file relay.sqlite"]));
  for (const canary of [herName, hisName, ...texts, secretOf(link)]) {
    expect(leaksOf(canary, places)).toEqual([]);
  }
});

test("[WT2] the tap finds a canary in every frame, request and answer, in every form @chromium", async ({
  page,
}) => {
  await using echo = await startEcho();
  await using tap = await tapWire(echo.port);
  const canary = newCanary();
  const forms = [...formsOf(canary)];
  await page.goto(tap.url);
  for (const [name, form] of forms) {
    // Percent signs take the place of bytes that are no text; what is text stays as it is.
    const inUrl = form.includes(0) ? newCanary() : form.toString();
    await page.evaluate(
      async ({ bytes, query }) => {
        const body = Uint8Array.from(bytes);
        await (await fetch(`/echo?${query}`, { method: "POST", body })).arrayBuffer();
        // A worker that outlives its page, and whose sockets Playwright does not see.
        const { port } = new SharedWorker("/worker.js");
        port.start();
        port.postMessage(body);
        await new Promise((resolve) => port.addEventListener("message", resolve));
      },
      { bytes: [...form], query: inUrl },
    );
    const found = new Set(leaksOf(canary, tap.heard()));
    const places = ["request body", "answer body", "frame to the relay", "frame from the relay"];
    if (!form.includes(0)) places.push("request line and headers");
    expect(places.filter((where) => !found.has(`${where}: ${name}`))).toEqual([]);
  }
});

test("[WT2] the search finds a canary in the relay's output and in its files @chromium", async () => {
  const [printed, stored] = [newCanary(), newCanary()];
  await using relay = await startRelay({ KITH_PUBLIC_URL: `https://${printed}.example` });
  expect(leaksOf(printed, [outputOf(relay)])).toEqual(["output of the relay: raw"]);
  expect(leaksOf(stored, await filesOf(relay))).toEqual([]);

  const path = join(relay.dataPath, "planted.sqlite");
  using database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; CREATE TABLE planted (form TEXT, value BLOB)");
  const insert = database.prepare("INSERT INTO planted VALUES (?, ?)");
  for (const [name, form] of formsOf(stored)) {
    insert.run(name, form);
    await writeFile(join(relay.dataPath, name), form);
    const found = leaksOf(stored, await filesOf(relay));
    expect(found).toEqual(
      expect.arrayContaining([`file planted.sqlite-wal: ${name}`, `file ${name}: ${name}`]),
    );
  }
});
