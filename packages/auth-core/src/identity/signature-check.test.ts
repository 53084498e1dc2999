import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { CompactSign } from 'jose'
import { describe, expect, it } from 'vitest'
import { ecKey, edKey, rsaKey, type SigningKey } from '../../test/issuer-fixture.ts'
import { type SignatureAlgorithm, signatureAlgorithms } from './signature-algorithm.ts'
import { createSignatureCheck } from './signature-check.ts'

const keys: Readonly<Record<string, SigningKey>> = {
  RSA: rsaKey('k'),
  'P-256': ecKey('k', 'P-256'),
  'P-384': ecKey('k', 'P-384'),
  'P-521': ecKey('k', 'P-521'),
  Ed25519: edKey('k'),
}
const algorithms = Object.entries(signatureAlgorithms).map(([algorithm, { kty, crv }]) => ({
  algorithm: algorithm as SignatureAlgorithm,
  fitting: crv ?? kty,
}))
const others = algorithms.flatMap(({ algorithm, fitting }) =>
  Object.keys(keys)
    .filter((name) => name !== fitting)
    .map((name) => ({ algorithm, name })),
)

function keyOf(name: string): SigningKey {
  const key = keys[name]
  if (key === undefined) throw new TypeError(`no key ${name}`)
  return key
}

function publicKeyOf(name: string): KeyObject {
  return createPublicKey(keyOf(name).privateKey)
}

/** A JWS as the library makes it, taken apart. */
async function signedByJose(algorithm: SignatureAlgorithm, { privateKey }: SigningKey) {
  const jws = await new CompactSign(Buffer.from('{"sub":"svc-a"}'))
    .setProtectedHeader({ alg: algorithm })
    .sign(privateKey)
  const end = jws.lastIndexOf('.')
  return { signed: Buffer.from(jws.slice(0, end)), signature: Buffer.from(jws.slice(end + 1), 'base64url') }
}

describe.each(algorithms)('a signature of $algorithm', ({ algorithm, fitting }) => {
  const check = createSignatureCheck(algorithm, publicKeyOf(fitting))

  it('by jose is good, and over no other bytes', async () => {
    const { signed, signature } = await signedByJose(algorithm, keyOf(fitting))
    expect(await check(signed, signature)).toBe(true)
    signed[0] = (signed[0] ?? 0) ^ 1
    expect(await check(signed, signature)).toBe(false)
  })

  it('is bad with any one of its bits changed', async () => {
    const { signed, signature } = await signedByJose(algorithm, keyOf(fitting))
    for (const [at, byte] of signature.entries()) {
      const tampered = Buffer.from(signature)
      tampered[at] = byte ^ (1 << (at % 8))
      expect(await check(signed, tampered)).toBe(false)
    }
  })

  it('is bad when it is shorter or longer', async () => {
    const { signed, signature } = await signedByJose(algorithm, keyOf(fitting))
    const zero = Buffer.alloc(1)
    const lengths = [
      Buffer.alloc(0),
      signature.subarray(1),
      signature.subarray(0, -1),
      Buffer.concat([zero, signature]),
      Buffer.concat([signature, zero]),
      Buffer.concat([signature, signature]),
    ]
    for (const other of lengths) expect(await check(signed, other)).toBe(false)
  })

  it('is bad when it is all zeros, all ones, or of somebody else', async () => {
    const { signed, signature } = await signedByJose(algorithm, keyOf(fitting))
    const stranger =
      fitting === 'RSA' ? rsaKey('s') : fitting === 'Ed25519' ? edKey('s') : ecKey('s', fitting)
    const { signature: foreign } = await signedByJose(algorithm, stranger)
    for (const other of [Buffer.alloc(signature.length), Buffer.alloc(signature.length, 255), foreign]) {
      expect(await check(signed, other)).toBe(false)
    }
  })
})

describe('a signature made in another way', () => {
  const signed = Buffer.from('header.claims')
  const rsa = keyOf('RSA').privateKey
  const rsaChecks = algorithms.filter(({ fitting }) => fitting === 'RSA')

  it.each(rsaChecks)('than that of $algorithm is none of it', async ({ algorithm }) => {
    const check = createSignatureCheck(algorithm, publicKeyOf('RSA'))
    for (const { algorithm: other } of rsaChecks) {
      const jws = await signedByJose(other, keyOf('RSA'))
      expect(await check(jws.signed, jws.signature)).toBe(other === algorithm)
    }
  })

  it.each([0, 20, 31, 33, 222])('with a salt of %i bytes is none of PS256', async (saltLength) => {
    const check = createSignatureCheck('PS256', publicKeyOf('RSA'))
    const options = { key: rsa, padding: 6, saltLength }
    expect(await check(signed, sign('sha256', signed, options))).toBe(false)
    expect(await check(signed, sign('sha256', signed, { ...options, saltLength: 32 }))).toBe(true)
  })

  it.each(['P-256', 'P-384', 'P-521'])('in DER is none, with a key on %s', async (curve) => {
    const { algorithm, hash } = {
      'P-256': { algorithm: 'ES256', hash: 'sha256' } as const,
      'P-384': { algorithm: 'ES384', hash: 'sha384' } as const,
      'P-521': { algorithm: 'ES512', hash: 'sha512' } as const,
    }[curve as 'P-256']
    const check = createSignatureCheck(algorithm, publicKeyOf(curve))
    expect(await check(signed, sign(hash, signed, keyOf(curve).privateKey))).toBe(false)
  })

  it('with r and s changed about, zero or of the order is none of ES256', async () => {
    const check = createSignatureCheck('ES256', publicKeyOf('P-256'))
    const jws = await signedByJose('ES256', keyOf('P-256'))
    const [r, s] = [jws.signature.subarray(0, 32), jws.signature.subarray(32)]
    const zero = Buffer.alloc(32)
    const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
    for (const [one, other] of [
      [s, r],
      [zero, s],
      [r, zero],
      [order, s],
      [r, order],
    ] as const) {
      expect(await check(jws.signed, Buffer.concat([one, other]))).toBe(false)
    }
  })
})

describe('a key', () => {
  it.each(others)('that is $name is none for $algorithm', ({ algorithm, name }) => {
    expect(() => createSignatureCheck(algorithm, publicKeyOf(name))).toThrow(TypeError)
  })

  it('that is private, of less than 2048 bits, or on another curve is refused', () => {
    const short = createPublicKey(rsaKey('short', { bits: 2040 }).privateKey)
    const koblitz = createPublicKey(ecKey('k', 'secp256k1').privateKey)
    expect(() => createSignatureCheck('RS256', keyOf('RSA').privateKey)).toThrow(TypeError)
    expect(() => createSignatureCheck('PS256', short)).toThrow(/2040 bits/)
    expect(() => createSignatureCheck('ES256', koblitz)).toThrow(TypeError)
  })
})

describe('what is slow', () => {
  it.each(algorithms)('goes to a thread, and nothing else does: $algorithm', ({ algorithm, fitting }) => {
    const check = createSignatureCheck(algorithm, publicKeyOf(fitting))
    const length = { 'P-256': 64, 'P-384': 96, 'P-521': 132, Ed25519: 64 }[fitting] ?? 256
    const verdict = check(Buffer.from('x'), Buffer.alloc(length, 1))
    expect(verdict instanceof Promise).toBe(algorithm === 'ES384' || algorithm === 'ES512')
  })
})
