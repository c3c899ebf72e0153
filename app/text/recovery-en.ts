/** Recovery words, backups, coming back, safety numbers, in English. Part of en.ts. */
import { pluralOf } from "./plural.ts";

const plural = pluralOf("en");

export const recoveryEn = {
  heading: "Recovery and backup",
  words: "Recovery words",
  exportBackup: "Export backup",
  importBackup: "Import backup",
  restore: "Restore",
  cancel: "Cancel",
  wordsOpen:
    "Your recovery words are not written down yet. If you lose all your devices, nothing else brings your account back.",
  wordsKept: "You wrote your recovery words down. No device keeps them any more.",
  keptBy: (device: string, when: string): string =>
    `Another device of yours said so on ${when}: ${device === "" ? "one without a name" : device}. If that was not you, remove that device, and export a backup.`,
  lastBackup: (when: string): string => `Last backup from this device: ${when}`,
  noBackup: "This device has written no backup yet.",
  offer:
    "Write down 24 words, and you can come back even if every device of yours is lost. It takes five minutes.",
  show: {
    lead: "Write these 24 words on paper, in their order. Whoever has them is you: show them to nobody, and do not photograph them.",
    list: "Your 24 recovery words",
    next: "I have written them down",
    loading: "Fetching your words…",
  },
  check: {
    lead: "Show that the paper is complete: type these three words from it.",
    word: (place: number): string => `Word ${place}`,
    wrong: (place: number): string => `That is not word ${place}. Look at your paper again.`,
    confirm: "Confirm",
    again: "Show the words again",
  },
  kept: "Done. From now on no device keeps these words: your paper is the only copy. Keep it where you would keep a passport.",
  keptEarlier:
    "You wrote your recovery words down earlier, and no device keeps them any more. Whoever has the paper can restore your account.",
  restoring: {
    heading: "Restore your account",
    lead: "Type the 24 words from your paper. Your contacts and groups come back at once, and your messages from your contacts and your other devices.",
    field: "Recovery words",
    hint: "With spaces between them. The first four letters of each are enough.",
    elsewhere: "My relay was another one",
    relay: "Address of the relay",
    submit: "Restore",
    working: "Fetching your account…",
    orBackup: "Do you have a backup file?",
    nothingFound:
      "This relay has nothing for these words. If your account was at another relay, give its address. Otherwise you can go on with the same account, empty: who has you as a contact reaches you again once you meet.",
    name: "Your name",
    goOnEmpty: "Go on without it",
  },
  wordsErrors: {
    tooLong: "That is far more than 24 words.",
    unknown: (place: number): string => `Word ${place} is none of the list.`,
    nearest: (words: string): string => `Did you mean ${words}?`,
    or: " or ",
    count: (words: number, expected: number): string =>
      `${plural(words, { one: "That is # word", other: "Those are # words" })}; there have to be ${expected}.`,
    checksum:
      "One of the words is another, or two have changed places. Compare them with your paper.",
  },
  errors: {
    relayUrl: "This is no address of a relay. It looks like https://relay.example.",
    capsuleVersion: "A newer Kith wrote what lies at the relay. Reload Kith, then try again.",
    capsuleForged:
      "What lies at the relay was damaged or altered. Nothing was restored. Try another relay, or a backup file; or go on with the same account, empty: your other devices and your contacts have the rest.",
    notAge: "This is no backup file.",
    ageUnknown: "This file was made by a program that Kith does not know.",
    locked: "This passphrase does not open the file.",
    lockedWords: "These words do not open the file.",
    foreign: "The file opens, but Kith did not write it.",
    version: "A newer Kith wrote this file. Reload Kith, then try again.",
    damaged:
      "The file is damaged: a part of it is missing, altered or out of place. Nothing of it was taken in. Try another copy.",
    otherAccount: "This backup is of another account. Nothing of it was taken in.",
    otherWords: "These words are of another account than the backup.",
    needsWords:
      "This file brings back your messages, and your 24 recovery words bring back your account. Type the words as well.",
    fileUnreadable: "The browser could not read the file. Choose it again.",
    notSaved: "The file could not be written. Is there room on the disk?",
    notTried:
      "This device had too little free memory to work with the passphrase. Close other tabs and programs, then try again.",
    noKey:
      "Your other device has written the words down, and this one has not heard how to seal a file to them yet. Use a passphrase.",
  },
  exporting: {
    lead: "A backup holds your account and all messages that are on this device. Nobody opens it without what you choose here. The program “age” opens it too.",
    lock: "Open it with",
    locks: { passphrase: "A passphrase", words: "My recovery words" },
    passphrase: "Passphrase",
    again: "Passphrase again",
    hint: "At least 12 characters. Four words that have nothing to do with each other are good.",
    tooShort: "Use at least 12 characters.",
    differs: "The two are not the same.",
    wordsHint: "You need no passphrase: your 24 words open the file.",
    wordsOpen:
      "You have not written them down yet. Do that as well (Settings, Recovery words): without them nobody opens this file.",
    save: "Save the file",
    key: "Making a key from the passphrase…",
    working: "Writing the backup…",
    saved: (entries: number): string =>
      `${plural(entries, { one: "# entry is", other: "# entries are" })} in the file. Keep it somewhere else than on this device.`,
  },
  importing: {
    lead: "What is in the file is added to what is here. Nothing that you read, deleted or blocked since then comes back.",
    leadNew:
      "Your account and your messages come back as they were when the file was written. What came later comes from your contacts and your other devices.",
    file: "Backup file",
    passphrase: "Passphrase",
    submit: "Import",
    trying: "Trying the passphrase…",
    checking: "Checking the file…",
    working: "Taking it in…",
    stopped: "Stopped. What was taken in so far stays. Import the same file again for the rest.",
    done: "The backup was taken in.",
    progress: "How much of the file is done",
  },
  safety: {
    button: "Safety number",
    heading: (name: string): string => `Safety number with ${name}`,
    lead: (name: string): string =>
      `Compare these digits with those that ${name} sees, in person or in a call. If they are the same, nobody stands between you.`,
    digits: "Safety number",
    qr: "The safety number as a QR code",
    scanHint: (name: string): string =>
      `Or one of you scans the other’s code, here or with the camera of a phone: Kith opens and compares. Show ${name} this one.`,
    otherContact: (name: string): string =>
      `That is the code of another contact, and not ${name}’s.`,
    working: "Working it out…",
    isVerified: (name: string): string => `You have verified ${name}.`,
    notVerified: (name: string): string => `You have not verified ${name} yet.`,
    verify: "Mark as verified",
    unverify: "Take it back",
    badge: "Verified",
    stays:
      "The number stays the same as long as both of you have the same accounts, also when devices come and go. Somebody with another number is another account, whatever they call themselves.",
    match: (name: string): string =>
      `The code is right: this is ${name}, and nobody stands between you.`,
    noMatch:
      "This code is of none of your contacts. Either it was made for somebody else, or somebody stands between you. Compare the digits.",
    checkHeading: "A scanned safety number",
    codeMalformed: "This is no complete safety code. Scan it again.",
  },
};

export type RecoveryTexts = typeof recoveryEn;
