/** What is said about a person's devices and where their history lives, in English. Part of en.ts. */
import { figuresOf, pluralOf } from "./plural.ts";

const plural = pluralOf("en");
const figures = figuresOf("en");

export const devicesEn = {
  list: "Your devices",
  thisDevice: "This device",
  unnamed: "Device without a name",
  added: (when: string): string => `added ${when}`,
  heard: (when: string): string => `last heard of ${when}`,
  neverHeard: "not heard of yet",
  rename: "Rename",
  renameOf: (name: string): string => `Rename ${name}`,
  remove: "Remove",
  removeOf: (name: string): string => `Remove ${name}`,
  renameHeading: "Name of the device",
  nameOfDevice: "Device name",
  save: "Save",
  cancel: "Cancel",
  callMe: "Change my name",
  callMeHeading: "Change my name",
  myName: "My name",
  callMeHint: "Your contacts and your other devices see the new name.",

  removeHeading: (name: string): string => `Remove ${name}?`,
  removeBody:
    "It gets nothing from now on, and what it still writes counts nowhere. What is on it already stays on it. This cannot be undone: to use it again, link it anew.",
  removeKeep:
    "It has linked these devices. Untick those that you do not know; they are removed with it.",
  removeConfirm: "Remove the device",
  errors: {
    unknown: "This device is none of your account’s any more.",
    isThis: "That is this device. Sign out of it instead.",
    isOut: "This device was removed from your account itself.",
    tooMany: "Your account has had more devices than can be kept track of. This one stays.",
  },
  removed: (name: string): string => `${name} is removed.`,

  signOut: "Sign out",
  signOutHeading: "Sign out of this device?",
  signOutBody:
    "Everything that Kith keeps in this browser is erased: your keys, your name, all messages.",
  signOutTold: "Your contacts and your other devices are told that this one is gone.",
  signOutOthers: (names: string): string => `All of it stays on: ${names}.`,
  signOutPartly: (count: number): string =>
    `${plural(count, { one: "# entry is", other: "# entries are" })} on this device alone, as far as your others have told.`,
  signOutOnly:
    "No other device of yours holds all of this. What your contacts hold they keep, but without another device, a backup or your recovery words you cannot come back to it.",
  signOutWaiting: (count: number): string =>
    plural(count, {
      one: "# message is still waiting to be sent, and may be lost.",
      other: "# messages are still waiting to be sent, and may be lost.",
    }),
  signOutOffline:
    "There is no connection now. Nobody can be told that this device is gone: remove it on another one as well.",
  signOutConfirm: "Sign out and erase",
  signingOut: "Telling the others, then erasing…",
  notTold:
    "Not everybody could be told that this device is gone. Remove it on another device of yours as well.",
  erase: "Erase this device",
  eraseNow: "Erase now",
  erasing: "This browser is being erased…",
  eraseFailed: "The browser did not let everything go. Close other windows of Kith, and try again.",

  outHeading: "This device was removed from your account",
  outBody:
    "Another device of yours has removed it, or you began to sign out. It gets nothing any more, and nobody takes what is written here. What is on it you can read until you erase it.",
  outErase: "Erase this device",
  outComposer: "This device was removed from your account: nothing can be sent from it.",

  /** `name` null: ourselves. */
  newDevice: (name: string | null, when: string): string =>
    name === null
      ? `A device was added to your account, ${when}. If that was not you, remove it in the settings.`
      : `${name} added a device, ${when}. It reads what you write from then on.`,
  goneDevice: (name: string | null, when: string): string =>
    name === null
      ? `A device was removed from your account, ${when}.`
      : `${name} removed a device, ${when}. What you write does not reach it any more.`,

  whereHeading: "Where my history lives",
  whereBody:
    "No server keeps your messages. Each device holds its own copy, and so do the people in a chat: whatever one loses, the others bring back.",
  entries: (count: number): string => plural(count, { one: "# entry", other: "# entries" }),
  complete: "complete",
  behind: (count: number): string => `${figures(count)} behind`,
  nothingYet: "nothing yet, as far as it has told",
  share: (held: number, all: number): string => `${figures(held)} of ${figures(all)}`,
  myDevices: "My devices",
  perChat: "Chats and their people",
  nobodyElse: "Nobody else has told what they hold.",
  holdsAll: "holds all of it",
  onlyCopyHeading: "This device is the only copy",
  onlyCopyBody:
    "If it is lost, only what your contacts hold can come back. Link another device, or write a backup.",
  partCopyHeading: (count: number): string =>
    plural(count, {
      one: "# entry is on this device alone",
      other: "# entries are on this device alone",
    }),
  partCopyBody:
    "Your other devices have not told yet that they hold all of it. Open Kith on one of them, and they bring each other up to date; or write a backup.",
  backupNever: "No backup was written on this device.",
  backupAt: (when: string): string => `Last backup: ${when}.`,
  kept: "The browser has promised to keep this data.",
  notKept: "The browser may delete this data when space runs out.",
  arriving: "Your history is arriving",
  arrivingOf: (held: number, all: number): string =>
    `${figures(held)} of ${figures(all)} entries are here`,
};
