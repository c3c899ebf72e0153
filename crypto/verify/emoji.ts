/**
 * Short authentication strings: seven pictures of 64, 42 bits of a hash, which two screens show and
 * a person compares. Pictures and names are those of the Matrix specification ("SAS method:
 * emoji"), chosen to be told apart and named in any language; the names here are keys for the app.
 *
 * 42 bits are enough only where nobody can try: both sides must be bound to what is hashed before
 * either sees the other's part (crypto/link/). Rule [SA1] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";

export const SAS_EMOJI = 7;
const BITS_EACH = 6;

export type SasEmoji = { readonly emoji: string; readonly name: string };

const TABLE = `🐶 Dog, 🐱 Cat, 🦁 Lion, 🐎 Horse, 🦄 Unicorn, 🐷 Pig, 🐘 Elephant, 🐰 Rabbit,
  🐼 Panda, 🐓 Rooster, 🐧 Penguin, 🐢 Turtle, 🐟 Fish, 🐙 Octopus, 🦋 Butterfly, 🌷 Flower,
  🌳 Tree, 🌵 Cactus, 🍄 Mushroom, 🌏 Globe, 🌙 Moon, ☁️ Cloud, 🔥 Fire, 🍌 Banana,
  🍎 Apple, 🍓 Strawberry, 🌽 Corn, 🍕 Pizza, 🎂 Cake, ❤️ Heart, 😀 Smiley, 🤖 Robot,
  🎩 Hat, 👓 Glasses, 🔧 Spanner, 🎅 Santa, 👍 Thumbs up, ☂️ Umbrella, ⌛ Hourglass, ⏰ Clock,
  🎁 Gift, 💡 Light bulb, 📕 Book, ✏️ Pencil, 📎 Paperclip, ✂️ Scissors, 🔒 Lock, 🔑 Key,
  🔨 Hammer, ☎️ Telephone, 🏁 Flag, 🚂 Train, 🚲 Bicycle, ✈️ Aeroplane, 🚀 Rocket, 🏆 Trophy,
  ⚽ Ball, 🎸 Guitar, 🎺 Trumpet, 🔔 Bell, ⚓ Anchor, 🎧 Headphones, 📁 Folder, 📌 Pin`;

/** 64, in the order of their numbers. */
const EMOJI: readonly SasEmoji[] = TABLE.split(",").map((row) => {
  const [emoji = "", ...name] = row.trim().split(" ");
  return { emoji, name: name.join(" ") };
});
assert(EMOJI.length === 2 ** BITS_EACH, "a picture for each six bits");

/** Seven, of the hash's first 42 bits, the most significant first. */
export function emojiOf(hash: Uint8Array): readonly SasEmoji[] {
  assert(hash.length * 8 >= SAS_EMOJI * BITS_EACH, "enough bits for seven pictures");
  return Array.from({ length: SAS_EMOJI }, (_, i) => {
    const at = i * BITS_EACH;
    const two = ((hash[at >> 3] ?? 0) << 8) | (hash[(at >> 3) + 1] ?? 0);
    const picture = EMOJI[(two >> (16 - BITS_EACH - (at & 7))) & (2 ** BITS_EACH - 1)];
    assert(picture !== undefined, "six bits name one of 64");
    return picture;
  });
}
