import { randomFillSync } from 'node:crypto'

const pool = Buffer.allocUnsafe(8 * 1024)
let used = pool.length

/** So many random bytes as hexadecimal digits. Drawn from a pool: one call into the system for hundreds of ids. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}
