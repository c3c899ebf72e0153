/**
 * What a tab may call in the engine: the commands of a device, part by part, by name. A command that
 * joins one of these parts can be called from a tab with nothing else to write.
 */
import { assert } from "../../crypto/base/assert.ts";
import { ok, type Result } from "../../crypto/base/result.ts";
import type { Device } from "../../sync/device.ts";

/** Every method of every part is a command that is answered once. */
export type Parts = {
  readonly device: Pick<
    Device,
    "start" | "invite" | "acceptInvite" | "admit" | "push" | "send" | "markRead" | "decide"
  >;
} & Pick<
  Device,
  | "acts"
  | "backup"
  | "chats"
  | "devices"
  | "expiry"
  | "groups"
  | "linking"
  | "media"
  | "receipts"
  | "recovery"
  | "rooms"
  | "safety"
>;

export type Part = keyof Parts;
export type Method<P extends Part> = keyof Parts[P] & string;

type Command = (...args: never[]) => unknown;
type Of<P extends Part, M extends Method<P>> = Extract<Parts[P][M], Command>;
export type Args<P extends Part, M extends Method<P>> = Parameters<Of<P, M>>;

/** Why the engine could not do a thing, whatever was called. */
export type EngineFailure =
  /** It died after it took the command, which may or may not have happened. */
  | { readonly type: "EngineGone" }
  /** Too many commands wait already; this one was not taken. */
  | { readonly type: "EngineBusy" }
  | { readonly type: "StorageFull" }
  | { readonly type: "StorageFailed" };

type Answered<Value> = [Value] extends [Result<infer Good, infer Bad>]
  ? Result<Good, Bad | EngineFailure>
  : Result<Value, EngineFailure>;

/** The command's own answer, or why there was none. */
export type AnswerTo<P extends Part, M extends Method<P>> = Answered<Awaited<ReturnType<Of<P, M>>>>;

/** A call on its way: plain data, for structured clone. */
export type Call = {
  readonly part: Part;
  readonly method: string;
  readonly args: readonly unknown[];
};
export type Answer = Result<unknown, unknown>;

/** Does in `device` what was called, and answers it as a `Result`. Throws what the command throws. */
export async function perform(device: Device, { part, method, args }: Call): Promise<Answer> {
  const commands: Parts[Part] = part === "device" ? device : device[part];
  const command: unknown = Reflect.get(commands, method);
  assert(typeof command === "function", "both ends of the door are of one build");
  const value: unknown = await Reflect.apply(command, commands, args);
  return isResult(value) ? value : ok(value);
}

const isResult = (value: unknown): value is Answer =>
  typeof value === "object" && value !== null && "ok" in value;
