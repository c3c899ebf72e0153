/** The part of known-answers.ts that is about an account's own devices, its recovery and its files. */
import { toHex } from "../../../crypto/base/hex.ts";
import { linkJoinedOf, linkOf, linkTagsOf, linkVoucherOf } from "../../../crypto/link/code.ts";
import { sealGrant } from "../../../crypto/link/grant.ts";
import { commitmentOf, linkSasOf, sealHello } from "../../../crypto/link/hello.ts";
import { sealBlob } from "../../../crypto/media/blob.ts";
import { capsulePutHashOf } from "../../../crypto/public/relay-ids.ts";
import { blobIdOf, deleteKeyHashOf } from "../../../crypto/public/blob-id.ts";
import {
  capsuleKeysOf,
  capsulePutKeyOf,
  sealCapsule,
} from "../../../crypto/recovery/capsule.ts";
import { encodeCapsule } from "../../../crypto/recovery/capsule-content.ts";
import { wordsOf } from "../../../crypto/recovery/words.ts";
import { emojiOf } from "../../../crypto/verify/emoji.ts";
import { safetyCodeOf, safetyNumberOf } from "../../../crypto/verify/safety-number.ts";
import { grantContentOf, meetingOf } from "../../crypto/link/linking.ts";
import { bytesOf, NOW_MS, personOf, randomOf, textOf, unwrap } from "../../crypto/people.ts";

type Answers = Readonly<Record<string, string>>;

export function recovery(): Answers {
  const alice = personOf(1);
  const keys = capsuleKeysOf(alice.recovery);
  const putKey = capsulePutKeyOf(keys, bytesOf(32, 4));
  const { introduction } = grantContentOf(alice, personOf(2).self.keys);
  const { bytes } = unwrap(
    encodeCapsule(
      {
        author: alice.self.certificate.device,
        counter: 3,
        writtenAtMs: NOW_MS,
        self: introduction,
        relays: [{ url: "https://relay.example", relayId: bytesOf(32, 4) }],
        contacts: [
          { introduction: grantContentOf(personOf(2), alice.self.keys).introduction, row: textOf("Bob") },
        ],
        channels: [{ channel: bytesOf(16, 5), row: textOf("a channel") }],
        row: textOf("ours"),
      },
      alice.self.keys.sigSecret,
    ),
  );
  return {
    words: wordsOf(alice.recovery).join(" "),
    place: toHex(keys.place),
    writeKey: toHex(keys.writeKey),
    putKey: toHex(putKey),
    putHash: toHex(capsulePutHashOf(putKey)),
    content: toHex(bytes),
    capsule: toHex(unwrap(sealCapsule(keys, textOf("content"), randomOf(12)))),
  };
}

export function blobs(): Answers {
  const small = sealBlob(bytesOf(32, 15), textOf("a small file"));
  const large = sealBlob(bytesOf(32, 16), randomOf(13)(40_000));
  return {
    small: toHex(small.sealed),
    smallId: toHex(small.reference.id),
    largeId: toHex(large.reference.id),
    plainId: toHex(blobIdOf(textOf("any bytes"))),
    deleteHash: toHex(deleteKeyHashOf(bytesOf(32, 17))),
  };
}

export function verification(): Answers {
  const [alice, bob] = [personOf(1), personOf(2)].map((it) => it.accountKeys.publicKey);
  return { number: safetyNumberOf(alice!, bob!), code: toHex(safetyCodeOf(alice!, bob!)) };
}

export function linking(): Answers {
  const { code, shower, scanner, newcomer, member, transcript } = meetingOf("member");
  const content = grantContentOf(member, newcomer.device);
  const tags = linkTagsOf(code);
  return {
    link: linkOf("https://kith.example/", code),
    tags: [tags.scanner, tags.shower, tags.grant].map(toHex).join(" "),
    voucher: [tags.voucher, linkVoucherOf(code)].map(toHex).join(" "),
    joined: toHex(linkJoinedOf(code)),
    commitment: toHex(commitmentOf(shower)),
    memberHello: toHex(sealHello(code, "shower", shower, randomOf(14))),
    newHello: toHex(sealHello(code, "scanner", scanner, randomOf(15))),
    transcript: toHex(transcript),
    emoji: emojiOf(linkSasOf(transcript))
      .map((it) => it.name)
      .join(", "),
    grant: toHex(unwrap(sealGrant(code, transcript, newcomer.hello, content, randomOf(16)))),
  };
}
