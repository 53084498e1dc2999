import { randomBytes } from 'node:crypto'

/** Ids of a few hundred requests. */
const poolBytes = 8 * 1024
let pool = Buffer.alloc(0)
let used = 0

/**
 * So many random bytes as hexadecimal digits. Taken from a pool that is drawn and spelt at once: two ids a
 * request cost 1 % of a small GET when each is spelt for itself.
 */
export function randomHex(bytes: number): string {
  if (used + 2 * bytes > pool.length) {
    pool = Buffer.from(randomBytes(poolBytes).toString('hex'), 'latin1')
    used = 0
  }
  used += 2 * bytes
  return pool.toString('latin1', used - 2 * bytes, used)
}
