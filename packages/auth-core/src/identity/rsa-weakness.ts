import { Buffer } from 'node:buffer'

/**
 * Why an RSA public key is not to be relied on, or `undefined` when nothing speaks against it: a modulus
 * outside 2048 to 4096 bits (RFC 7518 3.3 sets the lower bound, the price of a verification the upper), an
 * exponent that is even, 1, or longer than 32 bits, or a modulus of the ROCA family (CVE-2017-15361).
 *
 * @param n modulus, base64url as in a JWK
 * @param e public exponent, likewise
 */
export function rsaWeakness(n: string, e: string): string | undefined {
  const modulus = toBigInt(n)
  const exponent = toBigInt(e)
  const bits = modulus.toString(2).length
  if (bits < 2048 || bits > 4096) return `an RSA modulus of ${bits} bits`
  if (exponent < 3n || exponent % 2n === 0n || exponent >= 2n ** 32n) return 'an unsafe RSA exponent'
  if (modulus % 2n === 0n) return 'an even RSA modulus'
  if (isRoca(modulus)) return 'an RSA modulus that can be factored (ROCA)'
  return undefined
}

function toBigInt(base64url: string): bigint {
  // Beyond any size that is accepted, and before any arithmetic that would be slow.
  const bytes = Buffer.from(base64url, 'base64url').subarray(0, 1024)
  return BigInt(`0x0${bytes.toString('hex')}`)
}

/**
 * The primes of the faulty library are powers of 65537 modulo the product of the first primes, and so is their
 * product. An honest modulus looks like this by chance once in about 2^27 keys.
 */
function isRoca(modulus: bigint): boolean {
  return powersOf65537.every(([prime, powers]) => powers.has(modulus % prime))
}

const powersOf65537: readonly (readonly [bigint, ReadonlySet<bigint>])[] = oddPrimesUpTo(167).map(
  (prime) => [BigInt(prime), powersModulo(BigInt(prime))] as const,
)

function powersModulo(prime: bigint): ReadonlySet<bigint> {
  const powers = new Set<bigint>()
  for (let power = 1n; !powers.has(power); power = (power * 65537n) % prime) powers.add(power)
  return powers
}

function oddPrimesUpTo(limit: number): number[] {
  const primes: number[] = []
  for (let n = 3; n <= limit; n += 2) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes
}
