/**
 * Linking a device, as the person sees it: show a code or use one, compare, agree. One link at a time;
 * what is not finished is gone when the device closes. docs/protocol/linking.md, rules [LK1] to [LK16].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { type LinkCode, linkJoinedOf, linkOf, linkTagsOf } from "../../crypto/link/code.ts";
import { linkSasOf } from "../../crypto/link/hello.ts";
import type { Self } from "../account/self.ts";
import type { UpkeepDeps } from "../account/upkeep.ts";
import { ownContact } from "../contact/contacts.ts";
import { cleanName } from "../payload/name.ts";
import { StorageError } from "../store/store.ts";
import { isDeviceOf, JOIN_TABLES, joinAccount, makeGrant, roomFor, takeGrant } from "./grant.ts";
import {
  codeToShow,
  codeToUse,
  linkPartyOf,
  meetAsScanner,
  meetAsShower,
  type Meeting,
  helloTagsOf,
  type Party,
  prepare,
} from "./meeting.ts";
import type { LinkError, LinkProgress } from "./progress.ts";
import { openRendezvous, type Rendezvous } from "./rendezvous.ts";

export type LinkingDeps = UpkeepDeps & {
  /** Where the app is served, without a fragment: what links begin with. */
  readonly appUrl: string;
  readonly self: () => Self | undefined;
  /** Null: nothing is going on. */
  readonly changed: (progress: LinkProgress | null) => void;
  /** This device has an account from now on. */
  readonly started: (self: Self) => void;
  readonly failed: (error: unknown) => void;
};

/** What a person may do. `name`: what a device without an account calls itself. */
export type LinkCommands = {
  /** Shows a code; settles when it is of use, or says why there is none. */
  readonly show: (name: string) => Promise<Result<void, LinkError>>;
  /** Uses the code that the other device shows; settles when it is clear that it is one. */
  readonly use: (link: string, name: string) => Promise<Result<void, LinkError>>;
  /** The person of the member has compared, and agrees. */
  readonly confirm: () => void;
  readonly cancel: () => void;
};
export type Linking = LinkCommands & { readonly close: () => void };

export const openLinking = (deps: LinkingDeps): Linking => new LinkDesk(deps);

type Attempt = {
  readonly rendezvous: Rendezvous;
  /** Nobody agrees to pictures that they did not see. */
  stage: "meeting" | "comparing" | "agreed" | "joined";
};

class LinkDesk implements Linking {
  readonly #deps: LinkingDeps;
  #attempt: Attempt | undefined;
  #isClosed = false;

  constructor(deps: LinkingDeps) {
    this.#deps = deps;
  }

  readonly show: LinkCommands["show"] = async (typed) => {
    const { appUrl, changed } = this.#deps;
    const party = await this.#party(typed);
    if (!party.ok) return party;
    const { role } = party.value;
    const code = codeToShow(party.value, this.#deps);
    const attempt = this.#begin(code);
    const ready = await prepare(party.value, code, attempt.rendezvous);
    if (this.#attempt !== attempt) return err({ type: "LinkCancelled" });
    if (!ready.ok) {
      this.cancel();
      return ready;
    }
    changed({
      type: "shown",
      role,
      link: linkOf(appUrl, code),
      expiresAtMs: code.expiresAtS * 1_000,
    });
    this.#run(attempt, () => meetAsShower(this.#deps, party.value, code, attempt.rendezvous));
    return ok(undefined);
  };

  readonly use: LinkCommands["use"] = async (link, typed) => {
    const role = this.#deps.self() === undefined ? "new" : "member";
    const code = codeToUse(link, role, this.#deps);
    if (!code.ok) return code;
    const party = await this.#party(typed);
    if (!party.ok) return party;
    const attempt = this.#begin(code.value);
    this.#deps.changed({ type: "meeting", role });
    this.#run(attempt, () =>
      meetAsScanner(this.#deps, party.value, code.value, attempt.rendezvous),
    );
    return ok(undefined);
  };

  readonly confirm = (): void => {
    if (this.#attempt?.stage !== "comparing") return;
    this.#attempt.stage = "agreed";
    this.#attempt.rendezvous.hurry();
  };

  readonly cancel = (): void => {
    // What is done is done, and the other device is told.
    if (this.#attempt?.stage !== "joined") this.#fail(null);
  };

  readonly close = (): void => {
    this.#isClosed = true;
    this.#end();
  };

  async #party(typed: string): Promise<Result<Party, LinkError>> {
    const { store, self } = this.#deps;
    const member = self();
    if (member === undefined) {
      const name = cleanName(typed);
      return name.ok ? ok(linkPartyOf(undefined, name.value, this.#deps)) : name;
    }
    const room = roomFor(await store.read(["contacts"], (tx) => ownContact(tx, member)));
    return room.ok ? ok(linkPartyOf(member, member.name, this.#deps)) : room;
  }

  #begin(code: LinkCode): Attempt {
    if (this.#attempt !== undefined) this.cancel();
    const rendezvous = openRendezvous(this.#deps, code, () => this.#isClosed);
    const attempt: Attempt = { rendezvous, stage: "meeting" };
    this.#attempt = attempt;
    return attempt;
  }

  #end(): Rendezvous | undefined {
    const rendezvous = this.#attempt?.rendezvous;
    this.#attempt = undefined;
    rendezvous?.end();
    return rendezvous;
  }

  /** `why`: null needs no word. */
  #fail(why: LinkError | null): void {
    const rendezvous = this.#end();
    this.#deps.changed(why === null ? null : { type: "failed", why });
    rendezvous?.clear().catch(this.#deps.failed);
  }

  #run(attempt: Attempt, meet: () => Promise<Result<Meeting, LinkError>>): void {
    this.#finish(attempt, meet).catch((error: unknown) => {
      const isStorage = error instanceof StorageError;
      if (this.#attempt === attempt) this.#fail(isStorage ? { type: "StorageFailed" } : null);
      this.#deps.failed(error);
    });
  }

  async #finish(attempt: Attempt, meet: () => Promise<Result<Meeting, LinkError>>): Promise<void> {
    const met = await meet();
    const done = met.ok ? await this.#compare(attempt, met.value) : met;
    if (this.#attempt !== attempt) return;
    if (!done.ok) return this.#fail(done.error);
    this.#end();
    this.#deps.changed({ type: "linked", role: done.value });
    await attempt.rendezvous.clear();
  }

  /** The role in which we were linked. */
  async #compare(attempt: Attempt, met: Meeting): Promise<Result<Meeting["role"], LinkError>> {
    const name = cleanName(met.other.name);
    attempt.stage = "comparing";
    this.#deps.changed({
      type: "compare",
      role: met.role,
      sas: linkSasOf(met.transcript),
      name: name.ok ? name.value : "?",
    });
    const done =
      met.role === "member" ? await this.#grant(attempt, met) : await this.#join(attempt, met);
    return done.ok ? ok(met.role) : done;
  }

  /** Waits for the person's word, grants, and waits until the other device has taken it. */
  async #grant(
    attempt: Attempt,
    met: Extract<Meeting, { readonly role: "member" }>,
  ): Promise<Result<void, LinkError>> {
    const { rendezvous } = attempt;
    const { theirs } = helloTagsOf(met);
    const agreed = await rendezvous.until(async () => {
      const isGone = attempt.stage !== "agreed" && (await rendezvous.look(theirs)) === null;
      return isGone ? { type: "LinkCancelled" } : attempt.stage === "agreed";
    });
    if (!agreed.ok) return agreed;
    this.#deps.changed({ type: "granting" });
    const sealed = await makeGrant(this.#deps, met);
    if (!sealed.ok) return sealed;
    const left = await rendezvous.leave(linkTagsOf(met.code).grant, sealed.value);
    if (!left.ok) return left;
    return rendezvous.until(async () => {
      if (await isDeviceOf(this.#deps.store, met)) return true;
      const word = await rendezvous.look(theirs);
      if (word === null) return { type: "LinkCancelled" };
      return word !== undefined && equalBytes(word, linkJoinedOf(met.code));
    });
  }

  /** Waits for the grant, and becomes what it says. */
  async #join(
    attempt: Attempt,
    met: Extract<Meeting, { readonly role: "new" }>,
  ): Promise<Result<void, LinkError>> {
    const { rendezvous } = attempt;
    const { ours, theirs } = helloTagsOf(met);
    const found = await rendezvous.await(linkTagsOf(met.code).grant, async () =>
      (await rendezvous.look(theirs)) === null ? { type: "LinkCancelled" } : undefined,
    );
    if (!found.ok) return found;
    const joining = takeGrant(this.#deps, met, found.value);
    if (!joining.ok) return joining;
    const { lane, store, self, started } = this.#deps;
    const joined = await lane.run(async (): Promise<Result<void, LinkError>> => {
      if (this.#attempt !== attempt) return err({ type: "LinkCancelled" });
      // They pressed Start meanwhile: this device has an account of its own.
      if (self() !== undefined) return err({ type: "LinkSameRole", role: "member" });
      await store.write(JOIN_TABLES, (tx) => joinAccount(tx, joining.value));
      attempt.stage = "joined";
      started(joining.value.self);
      return ok(undefined);
    });
    // Whether or not the relay takes this word: we are what we are.
    if (joined.ok) await rendezvous.leave(ours, linkJoinedOf(met.code), { stays: "always" });
    return joined;
  }
}
