import { createPublicKey, type KeyObject, randomBytes } from 'node:crypto'

/** An RSA public key of these lengths in bits, multiples of eight, that nobody ever made: it verifies nothing. */
export function rsaPublicKey(modulusBits: number, exponentBits: number): KeyObject {
  const [n, e] = [oddNumber(modulusBits, 0x80), oddNumber(exponentBits, 0x40)]
  const jwk = { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') }
  return createPublicKey({ key: jwk, format: 'jwk' })
}

function oddNumber(bits: number, firstByte: number): Buffer {
  const bytes = randomBytes(bits / 8)
  bytes[0] = firstByte
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 1
  return bytes
}
