/** What is said while a device is linked, in English. Part of en.ts. */

export const linkingEn = {
  devices: "Devices",
  you: (name: string, account: string): string => `You are ${name}. Account: ${account}`,
  button: "Link a device",
  firstButton: "Link another device",
  heading: "Link a device",
  body: {
    member:
      "Open Kith on the other device, and scan this code with its camera, or paste the link there.",
    new: "On a device that you already use, open Settings, Link a device, and scan this code or paste the link.",
  },
  making: "Making a code…",
  qr: "The code as a QR code",
  link: "Device link",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "Copying did not work. Select the link and copy it by hand.",
  expires: "It works for ten minutes, and for one device.",
  receivedHeading: "Or use the other device’s code",
  received: "Link from the other device",
  use: "Use it",
  meeting: "Waiting for the other device…",
  compareHeading: "Do both screens show the same seven pictures?",
  pictures: "Seven pictures",
  compareMember: (name: string): string =>
    `“${name}” will read and write everything as you do. Go on only if that device is yours and in front of you.`,
  compareNew: (name: string): string =>
    `This device will be one of ${name}’s. Compare the pictures, and agree on the other device.`,
  match: "They match",
  cancel: "Cancel",
  granting: "Handing over the account…",
  linkedMember: "The device is linked. It fetches your messages by itself.",
  linkedNew: "This device is linked.",
  silence:
    "Nothing has come from the other device yet. If Kith was closed or reloaded there, begin again on both.",
  beginAgain: "Begin again",
  pictureName: (name: string): string => name,
  errors: {
    malformed: "This is not a complete device link. Copy it again, all of it.",
    expired:
      "This code has expired, or the clock of one of the devices is wrong. Begin again with a new code.",
    ended: "This was ended in another window, or Kith had to restart.",
    bothMembers:
      "Both devices are set up already. Linking joins a new device to one that is in use.",
    bothNew: "Neither device is set up yet. Press Start on one of them first.",
    otherRelay: (address: string): string =>
      `Your account lives at ${address}. Open Kith at that address on the new device, and link it there.`,
    used: "Another device was quicker with this code. If that was not yours, cancel on the other device; then begin again.",
    forged:
      "What came is not what the code promises. Nothing was linked; begin again with a new code.",
    cancelled: "The other device has ended this. Nothing was linked.",
    tooMany: (limit: number): string =>
      `Your account has ${limit} devices, and that is the limit. Remove one first.`,
    tooLong: "Your account holds more than can be handed to a new device.",
    storage: "The browser’s storage did not take the account. Free some space and try again.",
  },
};
