/** What comes to somebody, put into their database by hand: in whatever order a test likes. */
import { takeFacts } from "../../sync/contact/devices.ts";
import { heedGone } from "../../sync/devices/revoke.ts";
import { takeSupplied } from "../../sync/group/take-welcome.ts";
import type { OpenContext } from "../../sync/receive/open-context.ts";
import type { WriteTx } from "../../sync/store/store.ts";
import { selfOf } from "./forge.ts";
import type { Person } from "./person.ts";
import { deviceOf } from "./three-devices.ts";

/** `c`: the channel that it is of, there. */
export type Arrival = (tx: WriteTx, context: OpenContext, c: number) => Promise<unknown>;

/** Who a device is to itself, with nothing outside of its database. */
export async function contextOf(person: Person): Promise<OpenContext> {
  const nothing = (): void => undefined;
  const effects = new Proxy({}, { get: () => nothing }) as OpenContext["effects"];
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(9);
  return { self: await selfOf(person), nowMs: person.timers.now(), random, effects };
}

export const supplied =
  (bytes: Uint8Array): Arrival =>
  (tx, context, c) =>
    takeSupplied(tx, context, c, bytes);

/** What `person` knows of the devices of their account. */
export async function factsOf(person: Person): Promise<Arrival> {
  const account = await person.account();
  const device = await deviceOf(person);
  const { facts = [] } = (await person.rows("contacts")).find((it) => it.state === "self") ?? {};
  return async (tx, context) => {
    const contact = await tx.get("contacts", account);
    if (contact === undefined) throw new Error("a contact");
    const { said } = await takeFacts(tx, contact.accountKey, contact, facts, device);
    await tx.put("contacts", { ...contact, ...said });
    await heedGone(tx, context);
  };
}
