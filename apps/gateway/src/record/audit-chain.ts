import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '@countersign/auth-core'
import { printableJson } from './printable-json.ts'

/** The end of a chain: what the next line is bound to. */
export interface ChainHead {
  /** Number of the last line, counted from 1; 0 before the first. */
  readonly seq: number
  /** Its MAC, in hex. */
  readonly mac: string
}

/** Where every chain begins. */
export const chainStart: ChainHead = { seq: 0, mac: '0'.repeat(64) }

/** A line bound to the one before it, and the head that it makes. */
export interface SealedLine {
  /** JSON without a line break; `mac` is its last member. */
  readonly text: string
  readonly head: ChainHead
}

/**
 * Binds a line to all lines before it: HMAC-SHA256 (RFC 2104) under the key, over the MAC of the line before and
 * the text of this one. Without the key nobody can change, remove or reorder a line so that it does not show.
 *
 * @param line has members, and no `seq` among them
 */
export function sealLine(line: object, after: ChainHead, key: Secret): SealedLine {
  const seq = after.seq + 1
  const unsealed = `${printableJson(line).slice(0, -1)},"seq":${seq}}`
  const mac = macOf(unsealed, after, key)
  return { text: `${unsealed.slice(0, -1)},"mac":"${mac}"}`, head: { seq, mac } }
}

/** What a line of the record turned out to be. */
export type CheckedLine =
  | { readonly state: 'sealed'; readonly head: ChainHead; readonly line: Readonly<Record<string, unknown>> }
  | { readonly state: 'unsealed' }
  | { readonly state: 'broken'; readonly seq: number | undefined }

const sealed = /^(\{.*),"mac":"([0-9a-f]{64})"\}$/

/** Checks that a line follows this head. */
export function checkLine(text: string, after: ChainHead, key: Secret): CheckedLine {
  const [, body, mac] = sealed.exec(text) ?? []
  if (body === undefined || mac === undefined) return { state: 'unsealed' }
  const unsealed = `${body}}`
  const expected = Buffer.from(macOf(unsealed, after, key))
  const line = parseObject(unsealed)
  const seq = typeof line?.seq === 'number' ? line.seq : undefined
  if (line === undefined || seq !== after.seq + 1 || !timingSafeEqual(expected, Buffer.from(mac))) {
    return { state: 'broken', seq }
  }
  return { state: 'sealed', head: { seq, mac }, line }
}

/** The head that a line claims; for continuing a chain, whose check is `audit verify`. */
export function headOf(text: string): ChainHead | undefined {
  const [, body, mac] = sealed.exec(text) ?? []
  const seq = body === undefined ? undefined : parseObject(`${body}}`)?.seq
  return mac !== undefined && typeof seq === 'number' ? { seq, mac } : undefined
}

function macOf(unsealed: string, after: ChainHead, key: Secret): string {
  return createHmac('sha256', key.reveal()).update(after.mac).update('\n').update(unsealed).digest('hex')
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
