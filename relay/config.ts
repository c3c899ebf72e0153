/**
 * Everything a self-hoster can set, in one table: docs/self-hosting.md shows the same rows, and a test
 * holds them together. Read once; a wrong value, or a KITH_ name that nobody knows, stops the relay at the
 * door with a sentence.
 */
import type { BlockList } from "node:net";

import { err, ok, type Result } from "../crypto/base/result.ts";
import type { Registration } from "../sync/wire/http.ts";
import {
  BODY_BYTES_MAX,
  MAILBOX_BLOB_BYTES_MAX,
  MAILBOX_BYTES_MAX,
  MAILBOX_MESSAGES_MAX,
  MESSAGE_TTL_MS_MAX,
} from "../sync/wire/limits.ts";
import { parseProxies } from "./client-address.ts";
import { DEFAULT_SETTINGS, type RelaySettings } from "./limits.ts";
import { parsePushHosts, type PushHosts } from "./push/endpoint.ts";
import { FREE_BYTES_MIN } from "./store/disk-room.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const DAY_MS = 86_400_000;

export type LogLevel = "quiet" | "info";

export type Config = {
  readonly port: number;
  /** Null: every interface. */
  readonly host: string | null;
  readonly dataFolder: string;
  readonly appFolder: string;
  /** Origin only, without a slash at the end. */
  readonly publicUrl: string | null;
  readonly registration: Registration;
  readonly proxies: BlockList;
  readonly pushHosts: PushHosts;
  readonly log: LogLevel;
  readonly diskFreeBytesMin: number;
  readonly settings: RelaySettings;
};

/** `message` is a whole sentence for the operator; it never repeats a secret. */
export type ConfigError = { readonly type: "ConfigWrong"; readonly message: string };

type Setting = { readonly name: string; readonly fallback: string; readonly meaning: string };

/** The rows of docs/self-hosting.md, in its order. */
export const SETTINGS = [
  { name: "PORT", fallback: "8787", meaning: "TCP port of HTTP and WebSocket, 1 to 65535" },
  { name: "HOST", fallback: "", meaning: "Address to listen at; empty is every interface" },
  { name: "KITH_DATA", fallback: "./data", meaning: "Folder of the database and the relay's key" },
  { name: "KITH_APP", fallback: "./dist", meaning: "Folder of the built app that is served" },
  {
    name: "KITH_PUBLIC_URL",
    fallback: "",
    meaning:
      "Where people reach this relay, such as https://chat.example.org; shown with a QR code",
  },
  {
    name: "KITH_REGISTRATION",
    fallback: "open",
    meaning: "Who may create a mailbox: open, invite or closed",
  },
  {
    name: "KITH_TRUSTED_PROXY",
    fallback: "",
    meaning: "Proxies whose X-Forwarded-For counts: addresses, ranges, loopback, private",
  },
  {
    name: "KITH_PUSH_HOSTS",
    fallback: "",
    meaning: "Push services beyond those of the browsers: hosts, *.hosts, origins, any-public",
  },
  {
    name: "KITH_LOG",
    fallback: "info",
    meaning: "info prints counts once a minute; quiet, faults",
  },
  {
    name: "KITH_TTL_DAYS",
    fallback: `${MESSAGE_TTL_MS_MAX / DAY_MS}`,
    meaning: "Days that an unread message or a file is kept, 1 to 30",
  },
  {
    name: "KITH_MAILBOX_MESSAGES",
    fallback: `${MAILBOX_MESSAGES_MAX}`,
    meaning: "Messages that one mailbox holds, 100 to 100000",
  },
  {
    name: "KITH_MAILBOX_MIB",
    fallback: `${MAILBOX_BYTES_MAX / MIB}`,
    meaning: "MiB that one mailbox holds, 1 to 1024",
  },
  {
    name: "KITH_BLOB_MIB",
    fallback: `${MAILBOX_BLOB_BYTES_MAX / MIB}`,
    meaning: "MiB of files that one mailbox has here, 1 to 1000000",
  },
  {
    name: "KITH_DISK_FREE_MIB",
    fallback: `${FREE_BYTES_MIN / MIB}`,
    meaning: "New messages stop below this free space",
  },
  {
    name: "KITH_SOCKETS_MAX",
    fallback: `${DEFAULT_SETTINGS.socketsMax}`,
    meaning: "Connections at a time",
  },
  {
    name: "KITH_SOCKET_FRAMES_PER_SECOND",
    fallback: `${DEFAULT_SETTINGS.socketFramesPerSecond}`,
    meaning: "Frames that one connection may send",
  },
  {
    name: "KITH_TOKEN_PUTS_PER_SECOND",
    fallback: `${DEFAULT_SETTINGS.tokenPutsPerSecond}`,
    meaning: "Messages under one write token, after a burst of 60",
  },
  {
    name: "KITH_TOKEN_KIB_PER_SECOND",
    fallback: `${DEFAULT_SETTINGS.tokenBytesPerSecond / KIB}`,
    meaning: "KiB under one write token, after a burst of 8 MiB",
  },
] as const satisfies readonly Setting[];

type SettingName = (typeof SETTINGS)[number]["name"];
type Values = Readonly<Record<SettingName, string>>;
type Environment = Readonly<Record<string, string | undefined>>;

const wrong = (message: string): Result<never, ConfigError> =>
  err({ type: "ConfigWrong", message });

export function readConfig(environment: Environment): Result<Config, ConfigError> {
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith("KITH_") && SETTINGS.every((it) => it.name !== name),
  );
  if (unknown !== undefined) return wrong(`${unknown} is no setting of the relay.`);
  const values = valuesOf(environment);

  const numbers = readNumbers(values);
  if (!numbers.ok) return numbers;
  const publicUrl = readPublicUrl(values.KITH_PUBLIC_URL);
  if (!publicUrl.ok) return publicUrl;
  const proxies = parseProxies(values.KITH_TRUSTED_PROXY);
  if (!proxies.ok) {
    const { entry } = proxies.error;
    return wrong(`KITH_TRUSTED_PROXY: "${entry}" is no address, range, loopback or private.`);
  }
  const pushHosts = parsePushHosts(values.KITH_PUSH_HOSTS);
  if (!pushHosts.ok) {
    const { entry } = pushHosts.error;
    return wrong(`KITH_PUSH_HOSTS: "${entry}" is no host, origin of https or any-public.`);
  }
  const registration = oneOf(values.KITH_REGISTRATION, ["open", "invite", "closed"] as const);
  if (registration === undefined) return wrong("KITH_REGISTRATION is open, invite or closed.");
  const log = oneOf(values.KITH_LOG, ["quiet", "info"] as const);
  if (log === undefined) return wrong("KITH_LOG is info or quiet.");
  if (values.KITH_DATA === "" || values.KITH_APP === "") {
    return wrong("KITH_DATA and KITH_APP name folders; leave them out for the usual ones.");
  }

  return ok({
    port: numbers.value.port,
    host: values.HOST === "" ? null : values.HOST,
    dataFolder: values.KITH_DATA,
    appFolder: values.KITH_APP,
    publicUrl: publicUrl.value,
    registration,
    proxies: proxies.value,
    pushHosts: pushHosts.value,
    log,
    diskFreeBytesMin: numbers.value.diskFreeBytesMin,
    settings: numbers.value.settings,
  });
}

/** What `--print-config` shows: every setting with its value. None of them is a secret but a URL's part. */
export function printConfig(environment: Environment): string {
  const values = valuesOf(environment);
  const lines = SETTINGS.map(({ name }) => `${name}=${redacted(name, values[name])}`);
  return `${lines.join("\n")}\n`;
}

const valuesOf = (environment: Environment): Values =>
  Object.fromEntries(
    SETTINGS.map(({ name, fallback }) => [name, (environment[name] ?? fallback).trim()]),
  ) as Values;

/** Somebody may have put a password into the URL; it will be refused, but not repeated. */
function redacted(name: SettingName, value: string): string {
  return name === "KITH_PUBLIC_URL" ? value.replace(/\/\/[^/@]*@/u, "//[redacted]@") : value;
}

const oneOf = <Word extends string>(value: string, words: readonly Word[]): Word | undefined =>
  words.find((word) => word === value);

type Numbers = Pick<Config, "port" | "diskFreeBytesMin" | "settings">;

function readNumbers(values: Values): Result<Numbers, ConfigError> {
  const faults: string[] = [];
  const whole = (name: SettingName, min: number, max: number): number => {
    const value = /^\d{1,12}$/u.test(values[name]) ? Number(values[name]) : Number.NaN;
    if (value >= min && value <= max) return value;
    faults.push(`${name} is a whole number from ${min} to ${max}, not "${values[name]}".`);
    return min;
  };
  const numbers: Numbers = {
    port: whole("PORT", 1, 65_535),
    diskFreeBytesMin: whole("KITH_DISK_FREE_MIB", 1, 1_000_000) * MIB,
    settings: {
      ...DEFAULT_SETTINGS,
      messageTtlMs: whole("KITH_TTL_DAYS", 1, MESSAGE_TTL_MS_MAX / DAY_MS) * DAY_MS,
      slotTtlMs: Math.min(DEFAULT_SETTINGS.slotTtlMs, whole("KITH_TTL_DAYS", 1, 30) * DAY_MS),
      mailboxMessagesMax: whole("KITH_MAILBOX_MESSAGES", 100, 100_000),
      mailboxBytesMax: whole("KITH_MAILBOX_MIB", 1, 1_024) * MIB,
      mailboxBlobBytesMax: whole("KITH_BLOB_MIB", 1, 1_000_000) * MIB,
      socketsMax: whole("KITH_SOCKETS_MAX", 1, 1_000_000),
      socketFramesPerSecond: whole("KITH_SOCKET_FRAMES_PER_SECOND", 10, 1_000_000),
      tokenPutsPerSecond: whole("KITH_TOKEN_PUTS_PER_SECOND", 1, 1_000_000),
      tokenBytesPerSecond:
        whole("KITH_TOKEN_KIB_PER_SECOND", BODY_BYTES_MAX / KIB, 10_000_000) * KIB,
    },
  };
  const [fault] = faults;
  return fault === undefined ? ok(numbers) : wrong(fault);
}

function readPublicUrl(text: string): Result<string | null, ConfigError> {
  if (text === "") return ok(null);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username === "" &&
    url.password === "" &&
    url.pathname === "/" &&
    url.search === "" &&
    url.hash === "";
  return isOrigin
    ? ok(url.origin)
    : wrong(
        "KITH_PUBLIC_URL is an origin such as https://chat.example.org, without path or login.",
      );
}
