/**
 * Every sentence of the app, in English: the catalogue's first language and its type. Placeholders
 * are functions, so a translation that forgets one, or a sentence, does not compile (docs/decisions/
 * 0045-a-typed-catalogue.md).
 */
import { chatMenuEn } from "./chat-menu-en.ts";
import { devicesEn } from "./devices-en.ts";
import { groupsEn } from "./groups-en.ts";
import { healingEn } from "./healing-en.ts";
import { linkingEn } from "./linking-en.ts";
import { mediaEn } from "./media-en.ts";
import { notificationsEn } from "./notifications-en.ts";
import { pluralOf } from "./plural.ts";
import { recoveryEn } from "./recovery-en.ts";
import { scanningEn } from "./scanning-en.ts";

const plural = pluralOf("en");

/** What modifier keys are called on the person's keyboard. */
type PrintedKeys = { readonly command: string; readonly alt: string };

type KeyGroup = {
  readonly title: string;
  readonly keys: readonly (readonly [pressed: string, what: string])[];
};

export const en = {
  languageName: "English",
  close: "Close",
  done: "Done",
  back: "Back to chats",
  tryAgain: "Try again",
  dismiss: "Not now",
  you: "You",

  onboarding: {
    heading: "Private chat that stays on your devices",
    invitedHeading: "You were invited to a private chat",
    body: "No phone number, no e-mail, no password. Pick a name your friends will know you by.",
    invitedBody: "Pick a name, and you are in. Only you two can read what is written.",
    name: "Your name",
    start: "Start",
    starting: "Making your keys…",
    nameEmpty: "Type a name first.",
    nameTooLong: (limit: number): string => `That name is too long: ${limit} bytes are the limit.`,
    inviteFailed: "You are set up, but the invite did not open.",
    goOnWithout: "Go on without it",
  },

  cleared: {
    heading: "Your storage was cleared",
    body: "Kith was used here before, but the browser has removed its data: your keys, your name and the messages on this device are gone.",
    why: "Browsers do this when space runs out, after a long time without a visit, or when site data is cleared by hand.",
    helpHeading: "What you can do",
    helpRestore:
      "With your 24 recovery words, or with a backup file, you are yourself again. Your messages come back from your friends’ devices.",
    helpOther:
      "If another browser or device of yours still has Kith, link this one to it. Nothing is lost there.",
    helpAgain:
      "If you have none of these, start again. You will be a new person to your friends: invite them anew, or ask them for a link.",
    startAgain: "Start again",
  },

  insecure: {
    heading: "This page needs https",
    body: (host: string): string =>
      `Kith encrypts on your device, and browsers allow that only on pages that came over https. ${host} was opened over plain http.`,
    help: "Ask whoever runs this server to put a certificate in front of it, and open the address again with https:// before it. On the server’s own machine, http://localhost works without one.",
  },

  unsupported: {
    heading: "This browser cannot run Kith",
    body: (missing: string): string => `It lacks something Kith cannot do without: ${missing}.`,
    help: "Update it, leave private browsing, or use a current version of Firefox, Chrome, Edge or Safari.",
  },

  noEngine: {
    heading: "Kith could not start",
    body: "A part of the app did not arrive, or the browser would not run it. Nothing was made yet, and nothing is lost.",
  },
  broken: {
    heading: "Kith could not open its storage",
    body: "The messages on this device could not be read. They may still be there: close other tabs of Kith, restart the browser, and try again.",
  },

  fault: {
    heading: "Something went wrong in Kith",
    body: "That is our mistake, not yours. Your messages are safe on this device; reloading usually helps.",
  },

  late: {
    heading: "This part of Kith is not here",
    body: "It could not be fetched. Check your connection, then reload: nothing that you wrote is lost.",
  },

  chats: {
    heading: "Chats",
    selfName: "Note to self",
    selfHint: "Only you see what you write here",
    unread: (count: number): string => plural(count, { one: "# unread", other: "# unread" }),
    request: "Message request",
    waiting: "Waiting for their answer",
    blocked: "Blocked",
    own: (text: string): string => `You: ${text}`,
    draft: (text: string): string => `Draft: ${text}`,
    writing: "writing…",
    nothingYet: "No messages yet",
    awaited: "Earlier messages are asked for…",
    firstHint: "Kith is for people you know. Send someone your link, and the chat appears here.",
    pickOne: "Pick a chat, or invite someone.",
    navigation: "Chats and settings",
    noneAbove: "This is the first chat",
    noneBelow: "This is the last chat",
    noUnreadAbove: "No unread chat above",
    noUnreadBelow: "No unread chat below",
  },

  invite: {
    button: "Invite someone",
    heading: "Invite someone",
    body: "Whoever opens this link can chat with you. It works once, and also while you are offline.",
    link: "Invite link",
    copy: "Copy",
    copied: "Copied",
    copyFailed: "Copying did not work. Select the link and copy it by hand.",
    share: "Share",
    shareText: "Chat with me on Kith",
    qr: "The invite link as a QR code",
    making: "Making a link…",
    unpublished:
      "You are offline. The link starts to work as soon as this device has reached the relay once.",
    receivedHeading: "Got a link?",
    received: "A link you received",
    open: "Open",
    confirmHeading: "Start a chat with whoever made this link?",
    confirmBody: "They will see your name and that you are here.",
    confirm: "Open the chat",
    opening: "Opening the chat…",
  },

  conversation: {
    messages: "Messages",
    message: "Message",
    placeholder: "Write a message",
    send: "Send",
    online: "online",
    lastSeen: (when: string): string => `last seen ${when}`,
    neverSeen: "not seen yet",
    writing: (name: string): string => `${name} is writing…`,
    today: "Today",
    yesterday: "Yesterday",
    justNow: "just now",
    newMessages: (count: number): string =>
      plural(count, { one: "# new message", other: "# new messages" }),
    newDivider: "New messages",
    jumpToLatest: "Jump to latest",
    emptySelf: "Notes, links, lists: what you write here is for you alone.",
    emptyDm: (name: string): string => `This is the start of your chat with ${name}. Say hello.`,
    emptyAwaited: "Earlier messages are asked for. They come when a device that has them is there.",
    late: "arrived late",
    clockAhead: "their clock is ahead",
    newerApp: "This needs a newer version of Kith.",
    arrived: (author: string, text: string): string => `${author}: ${text}`,
    info: "Message info",
    notFound: "This chat is not on this device.",
    sessionReset: (name: string, time: string): string =>
      `The encrypted session with ${name} was begun anew on ${time}. That happens when one side’s storage went back in time.`,
    missing: (count: number): string =>
      plural(count, {
        one: "# message has not arrived yet",
        other: "# messages have not arrived yet",
      }),
    characters: (count: number, limit: number): string =>
      `${new Intl.NumberFormat("en").format(count)} of ${new Intl.NumberFormat("en").format(limit)} characters`,
    tooLong: (over: number): string =>
      `Too long by ${plural(over, { one: "# character", other: "# characters" })}. Shorten it, or send it in parts.`,
    blockedComposer: (name: string): string => `You blocked ${name}.`,
    unblock: "Unblock",
  },

  actions: {
    menu: "Message actions",
    reply: "Reply",
    edit: "Edit",
    react: "React",
    forward: "Forward",
    pin: "Pin",
    unpin: "Unpin",
    star: "Star",
    unstar: "Remove star",
    copy: "Copy",
    info: "Info",
    deleteForMe: "Delete for me",
    deleteForAll: "Delete for everyone",
    pinDone: "Pinned",
    unpinDone: "No longer pinned",
    starDone: "Starred",
    unstarDone: "Star removed",
    editDone: "Message changed",
    deleteDone: "Message deleted",
    forwardDone: (count: number): string =>
      plural(count, { one: "Forwarded to # chat", other: "Forwarded to # chats" }),
    copyFailed: "Copying did not work.",
    reacted: (emoji: string): string => `You reacted ${emoji}`,
    unreacted: (emoji: string): string => `You took back ${emoji}`,
    reactedBy: (who: string): string => `by ${who}`,
    anyEmoji: "Any emoji",
    chooseChats: "Choose the chats that get it. They are not told who wrote it.",
    /** `name` null: oneself. */
    replyingTo: (name: string | null): string => `Reply to ${name ?? "you"}`,
    editing: "Edit your message",
    cancel: "Cancel",
    save: "Save",
    answerTo: "Answer to",
    forwarded: "Forwarded",
    edited: "edited",
    deletedByYou: "You deleted this message",
    deleted: "This message was deleted",
    missing: "The words of this message are not here",
    attachments: (count: number): string => plural(count, { one: "# file", other: "# files" }),
    pinnedMessage: "Pinned message",
    pinnedMessages: "Pinned messages",
    allPinned: (count: number): string => `All ${count}`,
    nonePinned: "Nothing is pinned in this chat.",
    starredMessages: "Starred messages",
    noneStarred: "Star a message, and you find it here. Only you see your stars.",
  },

  request: {
    heading: (name: string): string => `${name} wants to chat with you`,
    body: "You have not met here before. They will not know that you have seen this until you accept.",
    accept: "Accept",
    block: "Block",
  },

  states: {
    waiting: "Waiting to send",
    sent: "Sent",
    delivered: "Delivered",
    read: "Read",
    saved: "Saved",
  },

  info: {
    heading: "Message info",
    written: "Written",
    state: "State",
    from: "From",
    id: "Message id",
    versions: "Earlier versions",
    size: "Length",
    bytes: (count: number): string => plural(count, { one: "# byte", other: "# bytes" }),
    late: "It arrived after later messages, and stands where it was written.",
    clockAhead: "The writer’s clock was ahead of yours, so the time shown may be wrong.",
    waitingHelp: "It is kept safely on this device and goes out by itself.",
    sentHelp: "The relay keeps it until a device of theirs picks it up.",
    deliveredHelp: "It is on a device of theirs.",
    readHelp: "They have seen it.",
    savedHelp: "It is kept safely on this device.",
  },

  strip: {
    offline: "Offline. You can go on writing.",
    offlineWaiting: (count: number): string =>
      plural(count, {
        one: "Offline, # message will be sent when you’re back",
        other: "Offline, # messages will be sent when you’re back",
      }),
    refused: "The relay does not take this device at the moment. Kith tries again by itself.",
    notAdmitted:
      "This relay takes nobody without an invitation. Ask whoever runs it, or somebody on it, for a link.",
    connecting: "Connecting…",
    updating: (count: number): string => `Updating… ${new Intl.NumberFormat("en").format(count)}`,
    storageFull:
      "This device is out of space: new messages wait at the relay. Free some space, then reload.",
    storageFailed:
      "The browser’s storage failed: new messages wait at the relay. Reload to try again.",
    relayRenewed:
      "Your relay lost what it kept and starts anew. Everything on this device is safe; your contacts are told where you are.",
    clockOff: "This device’s clock seems wrong. Set it, so that messages show the right time.",
    update: "A new version is ready",
    updateNow: "Update",
    retired: "Kith was updated in another tab.",
    reload: "Reload",
    engineSlow: "Still starting… this takes longer than it should.",
  },

  settings: {
    heading: "Settings",
    open: "Settings",
    theme: "Appearance",
    themes: { system: "System", light: "Light", dark: "Dark" },
    accent: "Colour",
    accents: {
      violet: "Violet",
      blue: "Blue",
      teal: "Teal",
      green: "Green",
      amber: "Amber",
      rose: "Rose",
    },
    language: "Language",
    privacy: "Privacy",
    presence: "Show when I am online",
    presenceHint:
      "Your contacts see when you are here, and you when they are. Switched off, neither sees it.",
    storage: "Storage",
    persisted: "The browser keeps Kith’s data until you remove it.",
    notPersisted: "The browser may remove Kith’s data when space runs out.",
    persist: "Ask it to keep the data",
    persistRefused: "It said no. Installing Kith or using it more often usually changes that.",
    keys: "Keyboard",
    showKeys: "Show all shortcuts",
  },

  healing: healingEn,
  linking: linkingEn,
  devices: devicesEn,
  recovery: recoveryEn,

  media: mediaEn,

  chatMenu: chatMenuEn,

  scanning: scanningEn,

  groups: groupsEn,

  notifications: notificationsEn,

  switcher: {
    heading: "Go to a chat",
    field: "Find a chat",
    matches: "Matching chats",
    none: "No chat has that name.",
    found: (chats: number, doings: number): string =>
      [
        ...(chats === 0 ? [] : [plural(chats, { one: "# chat", other: "# chats" })]),
        ...(doings === 0 ? [] : [plural(doings, { one: "# action", other: "# actions" })]),
      ].join(", "),
  },

  keys: {
    heading: "Keyboard shortcuts",
    command: "Ctrl",
    alt: "Alt",
    groups: ({ command, alt }: PrintedKeys): readonly KeyGroup[] => [
      {
        title: "Everywhere",
        keys: [
          [`${command} + K`, "Go to a chat, or to anything else"],
          [`${alt} + ↑ ↓`, "Previous or next chat"],
          [`${alt} + Shift + ↑ ↓`, "Previous or next unread chat"],
          [`${command} + /`, "This list"],
          ["Esc", "Close, or back to the chats"],
        ],
      },
      {
        title: "In a chat",
        keys: [
          ["Enter", "Send"],
          ["Shift + Enter", "New line"],
          ["↑ ↓ Home End", "Move between messages"],
          ["Enter", "On a message: what one can do with it"],
          ["↑", "In an empty field: change your last message"],
          ["A … Z", "Start to write, wherever you are"],
        ],
      },
    ],
  },

  errors: {
    linkMalformed: "This is not a complete Kith invite link. Copy it again, all of it.",
    linkVersion: "This link was made by a newer Kith. Reload to update, then open it again.",
    linkExpired: "This invite has expired. Ask for a new one.",
    linkIsOwn: "This is your own invite link. Send it to somebody else.",
    inviteNotFound: "This invite was used up or withdrawn. Ask for a new one.",
    inviteForged: "This invite was altered on its way. Do not trust it; ask for a new one.",
    relayUnreachable: "The relay cannot be reached. Check your connection and try again.",
    registrationRefused: "This relay does not take new people.",
    notStarted: "Kith is not set up in this browser yet.",
    channelUnknown: "This chat is not on this device.",
    textEmpty: "A message needs some text.",
    notAllowed: "You cannot write here: the request is not accepted, or they are blocked.",
    messageUnknown: "This message is not on this device.",
    messageGone: "This message was deleted.",
    notYours: "Somebody else wrote this message: only they can change it.",
    emojiInvalid: "That is not a single emoji.",
    mentionsInvalid: "Too many people are named in this message.",
    engineGone:
      "Kith’s engine had to restart. Look whether the last step worked, and repeat it if it did not.",
    storageFull: "This device is out of space, so it was not saved. Free some space and try again.",
    storageFailed: "The browser’s storage failed, so it was not saved. Reload and try again.",
  },
};

/** What every language must say. */
export type Texts = typeof en;
