/** Oracle: handshake and ratchet of one pairwise session, as one object that changes in place. */
import { type OracleDevice, party } from "./identity.ts";
import {
  box,
  type Bytes,
  cat,
  dh,
  fromLe,
  H,
  K,
  kemDecap,
  kemEncap,
  kemKeys,
  le,
  open,
  seal,
  unbox,
  verify,
  xPublic,
} from "./primitives.ts";

type Take = (bytes: number) => Bytes;
const hex = (bytes: Bytes): string => Buffer.from(bytes).toString("hex");
const root = (k: Bytes, ss: Bytes, ...tr: Bytes[]): { rk: Bytes; ck: Bytes; nhk: Bytes } => {
  const p = K(64, k, "root", ss, ...tr);
  const t = p.slice(32);
  return { rk: p.slice(0, 32), ck: K(32, t, "ck"), nhk: K(32, t, "nhk") };
};

export class OracleSession {
  th: Bytes = new Uint8Array(0);
  private ad: Bytes = new Uint8Array(0);
  private rk: Bytes = new Uint8Array(0);
  private epoch = 0;
  private sending: { ck: Bytes; hk: Bytes; n: number; pn: number; epoch: number } | null = null;
  private opening: Bytes | null = null;
  private prefix: Bytes | null = null;
  /** By tag: header key, epoch and every message key seen or derived so far, by number. */
  private readonly chains = new Map<
    string,
    { hk: Bytes; keys: Bytes[]; ck: Bytes; epoch: number }
  >();
  private ourTurn: { hk: Bytes; theirs: Bytes } | null = null;
  private expected: { hk: Bytes; secret: Bytes } | null = null;
  private readonly take: Take;

  constructor(take: Take) {
    this.take = take;
  }

  /** Alice's side, from a bundle's bytes. */
  initiate(self: OracleDevice, bundle: Bytes, psk: Bytes | null): void {
    const [spk, xpk] = [bundle.slice(5, 37), bundle.slice(37, 1_253)];
    const b = party(bundle.slice(1_261, 1_511));
    if (!verify(b.sigKey, bundle.slice(1_511), "prekeys", bundle.slice(0, 1_511))) {
      throw new Error("bundle");
    }
    const { ct, ss } = kemEncap(xpk, this.take(64));
    const ek = this.take(32);
    const rat = kemKeys(this.take(32));
    const nonce = this.take(24);
    const header = cat(self.certificate, xPublic(ek), rat.publicKey, bundle.slice(1, 5));
    const hidden = box(K(32, ss, "hs/hdr"), nonce, H(32, "hs/ad", b.id, xpk, ct), header);
    this.prefix = cat(H(16, "prekey", spk, xpk), ct, nonce, hidden);
    const a = party(self.certificate);
    const secrets = [dh(self.dhSecret, spk), dh(ek, b.dhKey), dh(ek, spk), ss];
    const made = [xPublic(ek), spk, xpk, ct, rat.publicKey];
    const { ck, nhk, hk0 } = this.begin(a.all, b.all, made, secrets, psk);
    this.sending = { ck, hk: hk0, n: 0, pn: 0, epoch: 0 };
    this.expected = { hk: nhk, secret: rat.secretKey };
  }

  /** Bob's side, from a first flight; returns its first message. */
  accept(
    self: OracleDevice,
    spkSecret: Bytes,
    xpkSeed: Bytes,
    psk: Bytes | null,
    message: Bytes,
  ): Bytes {
    const [spk, xpk] = [xPublic(spkSecret), kemKeys(xpkSeed)];
    if (hex(message.slice(0, 16)) !== hex(H(16, "prekey", spk, xpk.publicKey))) {
      throw new Error("prekey id");
    }
    const ct = message.slice(16, 1_136);
    const ss = kemDecap(ct, xpk.secretKey);
    const ad = H(32, "hs/ad", self.id, xpk.publicKey, ct);
    const hidden = message.slice(1_160, 2_678);
    const header = unbox(K(32, ss, "hs/hdr"), message.slice(1_136, 1_160), ad, hidden);
    const a = party(header.slice(0, 250));
    const [ek, rat] = [header.slice(250, 282), header.slice(282, 1_498)];
    const secrets = [dh(spkSecret, a.dhKey), dh(self.dhSecret, ek), dh(spkSecret, ek), ss];
    const made = [ek, spk, xpk.publicKey, ct, rat];
    const b = party(self.certificate);
    const { ck, nhk, hk0 } = this.begin(a.all, b.all, made, secrets, psk);
    this.chains.set(hex(K(16, hk0, "tag")), { hk: hk0, keys: [], ck, epoch: 0 });
    this.ourTurn = { hk: nhk, theirs: rat };
    return this.receive(message.slice(2_678));
  }

  private begin(a: Bytes[], b: Bytes[], made: Bytes[], secrets: Bytes[], psk: Bytes | null) {
    this.th = H(32, "hs/th", Uint8Array.of(1), ...a, ...b, ...made);
    this.ad = H(32, "ad", ...a, ...b);
    const prk = H(32, "hs/extract", ...secrets, psk ?? new Uint8Array(32));
    const { rk, ck, nhk } = root(prk, this.th);
    this.rk = rk;
    return { ck, nhk, hk0: K(32, prk, "hk0", this.th) };
  }

  /** Steps when it can and is asked to, or must: first answer, and leaving epoch 0. */
  send(payload: Bytes, step: boolean): Bytes {
    const turn = this.ourTurn;
    const must = this.sending === null || this.sending.epoch === 0;
    if (turn !== null && (step || must || this.sending!.n >= 32)) {
      const { ct, ss } = kemEncap(turn.theirs, this.take(64));
      const pair = kemKeys(this.take(32));
      const { rk, ck, nhk } = root(this.rk, ss, ct, pair.publicKey);
      this.rk = rk;
      this.epoch += 1;
      this.sending = { ck, hk: turn.hk, n: 0, pn: this.sending?.n ?? 0, epoch: this.epoch };
      this.opening = cat(ct, pair.publicKey);
      this.expected = { hk: nhk, secret: pair.secretKey };
      this.ourTurn = null;
    }
    const chain = this.sending!;
    const stepped = K(64, chain.ck, "step");
    chain.ck = stepped.slice(0, 32);
    const flags = Uint8Array.of(this.opening === null ? 0 : 1);
    const header = cat(le(chain.n, 4), le(chain.pn, 4), flags, this.opening ?? new Uint8Array(0));
    chain.n += 1;
    const tag = K(16, chain.hk, "tag");
    const nonce = this.take(24);
    const hidden = box(K(32, chain.hk, "hdr"), nonce, tag, header);
    const head = cat(tag, nonce, le(hidden.length, 2), hidden);
    const sealed = seal(stepped.slice(32), cat(this.ad, head), payload, this.take(24));
    return cat(this.prefix ?? new Uint8Array(0), head, sealed);
  }

  receive(message: Bytes): Bytes {
    const tag = hex(message.slice(0, 16));
    const end = 42 + fromLe(message.slice(40, 42));
    const head = message.slice(0, end);
    const read = (hk: Bytes): Bytes =>
      unbox(K(32, hk, "hdr"), message.slice(16, 40), message.slice(0, 16), message.slice(42, end));
    let chain = this.chains.get(tag);
    if (chain === undefined) {
      const expected = this.expected;
      if (expected === null || hex(K(16, expected.hk, "tag")) !== tag) throw new Error("tag");
      const header = read(expected.hk);
      const [ct, pk] = [header.slice(9, 1_129), header.slice(1_129)];
      const { rk, ck, nhk } = root(this.rk, kemDecap(ct, expected.secret), ct, pk);
      this.rk = rk;
      this.epoch += 1;
      chain = { hk: expected.hk, keys: [], ck, epoch: this.epoch };
      this.chains.set(tag, chain);
      this.ourTurn = { hk: nhk, theirs: pk };
      this.expected = null;
    }
    const n = fromLe(read(chain.hk).slice(0, 4));
    while (chain.keys.length <= n) {
      const stepped = K(64, chain.ck, "step");
      chain.ck = stepped.slice(0, 32);
      chain.keys.push(stepped.slice(32));
    }
    const payload = open(chain.keys[n]!, cat(this.ad, head), message.slice(end));
    if (this.sending !== null && chain.epoch > this.sending.epoch) {
      this.opening = null;
      this.prefix = null;
    }
    return payload;
  }
}
