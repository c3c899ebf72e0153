/** What is said of groups and in them, in English. Part of en.ts. */
import { figuresOf, listOf, pluralOf } from "./plural.ts";

const plural = pluralOf("en");
const figures = figuresOf("en");
const list = listOf("en");

/** Somebody's name; null: ourselves. */
export type Who = string | null;

const subject = (who: Who): string => who ?? "You";
const object = (who: Who): string => who ?? "you";

/** So many names are said; the rest is counted. */
const NAMED_MAX = 3;

function several(people: readonly Who[]): string {
  const names = people.map(object);
  if (names.length <= NAMED_MAX) return list(names);
  const more = names.length - NAMED_MAX + 1;
  return list([...names.slice(0, NAMED_MAX - 1), `${figures(more)} others`]);
}

export const groupsEn = {
  button: "New group",
  name: "Group name",
  topic: "Topic",
  topicOptional: "Topic (optional)",
  nameEmpty: "Give the group a name first.",
  create: "Create group",
  creating: "Making the group…",
  chooseMembers: "Who is in it from the start?",
  findContact: "Find a contact",
  noContacts:
    "You have no contacts yet. Make the group, and invite people with a link from its details.",
  allIn: "All of your contacts are in this group. Invite others with a link.",
  noneFound: "No contact has that name.",
  chosen: (count: number): string => plural(count, { one: "# chosen", other: "# chosen" }),
  history: "Earlier messages that newcomers can read",
  histories: { none: "None", week: "The last 7 days", all: "All" },
  historyHint: "From what the people in the group still have on their devices.",
  members: (count: number): string => plural(count, { one: "# member", other: "# members" }),
  memberList: "Members",
  findMember: "Find a member",
  roles: { owner: "Owner", admin: "Admin", member: "Member" },
  details: "Group details",
  hideDetails: "Hide details",
  heading: "Group",
  edit: "Edit group",
  save: "Save",
  saved: "Group changed",
  addButton: "Add member",
  addHeading: "Add members",
  add: "Add",
  adding: "Adding…",
  added: (count: number): string =>
    plural(count, { one: "# person added", other: "# people added" }),
  actionsOf: (name: string): string => `Actions for ${name}`,
  openChat: "Open chat",
  makeAdmin: "Make admin",
  makeMember: "Make ordinary member",
  makeOwner: "Make owner",
  remove: "Remove from group",
  removeHeading: (name: string): string => `Remove ${name} from the group?`,
  removeBody:
    "They get nothing that is written from now on. What they have received stays on their devices.",
  ownerHeading: (name: string): string => `Make ${name} an owner?`,
  ownerBody: "Owners can do everything here, and only a longer-serving owner can take it back.",
  roleDone: "Role changed",
  removeDone: "Removed from the group",
  leave: "Leave group",
  leaveHeading: "Leave this group?",
  leaveBody: "You get nothing that is written from now on. What you have stays on your devices.",
  leaveLastOwner: (name: string): string =>
    `You are its only owner. When you leave, ${name} becomes the owner.`,
  leaveAlone: "Nobody else is in it: nobody can write here any more after that.",
  cancel: "Cancel",
  startsHere: (name: string): string => `“${name}” begins here. Say hello.`,
  youWereRemoved: (by: string): string => `${by} removed you from this group.`,
  youLeft: "You left this group.",
  notIn: "You are not in this group.",
  unsent: "You had begun to write here:",
  copyUnsent: "Copy text",
  deletedBy: (name: string): string => `${name} deleted this message`,
  notAccepted: "Not accepted",
  notAcceptedHelp:
    "When it came, the group no longer allowed you to write. Only you see it; copy its words if you need them.",
  waiting: "Waiting to be let in",
  waitingBody:
    "You come in once a device of somebody who runs this group has seen that you used its link, or when they say yes.",
  refused: "You were not let into this group.",
  linkOver: "The link led nowhere any more when somebody of the group looked. Ask for a new one.",
  readers: "Who has it",
  reached: { read: "Read", delivered: "Delivered" },
  notYet: "Not yet",
  sentHelp: "Their relays keep it until everybody has picked it up.",
  deliveredHelp: "It is on a device of everybody in the group.",
  readHelp: "Everybody in the group has seen it.",
  writing: (names: readonly string[]): string => {
    if (names.length > NAMED_MAX) return `${names.length} people are writing…`;
    return `${list(names)} ${names.length === 1 ? "is" : "are"} writing…`;
  },

  links: {
    button: "Invite links",
    heading: "Invite links",
    body: "Whoever opens a link comes into the group, once a device of an admin has seen it.",
    make: "Make a link",
    making: "Making a link…",
    approval: "An admin has to approve each",
    uses: "How many may come",
    usesOf: (count: number | null): string =>
      count === null ? "Any number" : plural(count, { one: "# person", other: "# people" }),
    expiry: "Expires after",
    days: (count: number): string => plural(count, { one: "# day", other: "# days" }),
    none: "No link leads into this group.",
    list: "Links",
    byApproval: "with approval",
    used: (used: number, uses: number | null): string => {
      if (uses !== null) return `used ${used} of ${uses} times`;
      return used === 0
        ? "not used yet"
        : plural(used, { one: "used once", other: "used # times" });
    },
    until: (time: string): string => `until ${time}`,
    over: {
      withdrawn: "Withdrawn",
      used: "Used up",
      maker: "Ended: who made it is no admin any more",
      expired: "Expired",
    },
    madeBy: (who: Who): string => `by ${object(who)}`,
    show: "Show",
    withdraw: "Withdraw",
    withdrawn: "Link withdrawn",
    link: "Group link",
    qr: "The group link as a QR code",
    shareText: "Join our group on Kith",
    waiting: "Waiting to come in",
    waitingCount: (count: number): string =>
      plural(count, { one: "# person waits to come in", other: "# people wait to come in" }),
    look: "Look",
    giveUp: "Do not wait any longer",
    takeAway: "Take it off my list",
    memberHeading: (name: string): string => `You are in the group “${name}” already`,
    memberBody: "This link leads into it.",
    wasRemoved: "was removed before",
    byItself: "comes in by themselves in a moment",
    accept: "Accept",
    refuse: "Refuse",
    acceptOf: (name: string): string => `Accept ${name}`,
    refuseOf: (name: string): string => `Refuse ${name}`,
    accepted: (name: string): string => `${name} is in the group`,
    refusedDone: (name: string): string => `${name} was refused`,
    invitedHeading: "You were invited to a private group",
    invitedBody: "Pick a name, and you are in. Only its members can read what is written.",
    joinHeading: (name: string): string => `Join the group “${name}”?`,
    confirmHeading: "Join the group that this link leads to?",
    confirmBody: "Everybody in it will see your name, and that you came by this link.",
    elsewhere: (relay: string): string =>
      `The link leads to another relay, ${relay}. It knows what the group is called. Whoever runs it will see that you asked, and your internet address.`,
    askName: "Ask what it is called",
    confirm: "Join group",
    joining: "Joining…",
  },

  lines: {
    created: (by: Who, name: string): string => `${subject(by)} made the group “${name}”`,
    added: (by: Who, whom: readonly Who[]): string => `${subject(by)} added ${several(whom)}`,
    joined: (who: Who, by: Who): string =>
      `${subject(who)} came in by ${by === null ? "your link" : `a link of ${by}’s`}`,
    removed: (by: Who, whom: readonly Who[]): string => `${subject(by)} removed ${several(whom)}`,
    left: (who: Who): string => `${subject(who)} left`,
    role: {
      owner: (by: Who, whom: Who): string => `${subject(by)} made ${object(whom)} an owner`,
      admin: (by: Who, whom: Who): string => `${subject(by)} made ${object(whom)} an admin`,
      member: (by: Who, whom: Who): string =>
        `${subject(by)} made ${object(whom)} an ordinary member`,
    },
    renamed: (by: Who, name: string): string => `${subject(by)} called the group “${name}”`,
    topic: (by: Who, topic: string): string =>
      topic === "" ? `${subject(by)} removed the topic` : `${subject(by)} set the topic: ${topic}`,
    picture: (by: Who, isThere: boolean): string =>
      `${subject(by)} ${isThere ? "changed" : "removed"} the picture`,
    history: {
      none: (by: Who): string => `${subject(by)} decided that newcomers read nothing from before`,
      week: (by: Who): string => `${subject(by)} decided that newcomers read the last 7 days`,
      all: (by: Who): string => `${subject(by)} decided that newcomers read everything from before`,
    },
    other: (by: Who): string => `${subject(by)} changed something that needs a newer Kith`,
  },

  errors: {
    notMember: "You are not in this group any more.",
    roleTooLow: {
      admin: "Only admins and owners can do that.",
      owner: "Only owners can do that.",
      member: "Only members can do that.",
    },
    roleAboveOwn: "You cannot give a role that is higher than your own.",
    rankTooLow: "They have the same role and are in the group for longer, or a higher role.",
    targetNotMember: "They are not in the group any more.",
    alreadyMember: "They are in the group already.",
    sameRole: "They have that role already.",
    full: (limit: number): string => `The group is full: ${limit} people is the limit.`,
    nameTooLong: (limit: number): string => `That is too long: ${figures(limit)} bytes at most.`,
    contactUnknown: "Only contacts can be added. Invite others with a link.",
    uses: (limit: number): string => `A link works for 1 to ${figures(limit)} people.`,
    life: "A link works for a minute at least, and not for that long.",
    linksTooMany: (limit: number): string =>
      `${limit} links lead into this group, and that is the limit. Withdraw one first.`,
    linkUnknown: "That link is gone already.",
    joinUnknown: "They do not wait any more.",
  },
};
