import type { IncomingHttpHeaders } from 'node:http'
import { flatText } from '../flat-text.ts'
import { randomHex } from './random-hex.ts'

/** A place in a trace (W3C Trace Context, level 2). */
export interface TraceContext {
  /** 32 hexadecimal digits, lower case. */
  readonly traceId: string
  /** 16 hexadecimal digits, lower case. */
  readonly spanId: string
  /** Bit 0: sampled; bit 1: the trace id is random. */
  readonly flags: number
  readonly tracestate: string | undefined
}

const traceparentForm = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const knownFlags = 0b11

/**
 * The place that a caller says its request has; `undefined` when it says none, or says it in a form that a
 * reader may not continue: then a new trace begins, and its `tracestate` belongs to nobody.
 */
export function readTraceContext(headers: IncomingHttpHeaders): TraceContext | undefined {
  const { traceparent, tracestate } = headers
  if (typeof traceparent !== 'string') return undefined
  const [, version, traceId = '', spanId = '', flags = '', rest] = traceparentForm.exec(traceparent) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return {
    traceId,
    spanId,
    flags: Number.parseInt(flags, 16) & knownFlags,
    tracestate: readTracestate(tracestate),
  }
}

/** The gateway's own place: within the caller's trace, or at the beginning of a new one. */
export function ownTraceContext(caller: TraceContext | undefined): TraceContext {
  const spanId = randomHex(8)
  if (caller) return { ...caller, spanId }
  return { traceId: randomHex(16), spanId, flags: 0b10, tracestate: undefined }
}

/** As version 00 writes it, whatever version was read. */
export function writeTraceparent({ traceId, spanId, flags }: TraceContext): string {
  return flatText(`00-${traceId}-${spanId}-0${flags}`)
}

const mostMembers = 32
const memberForm =
  /^([a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])$/

/** Every member in order, or nothing where one of them is malformed, said twice, or one too many. */
function readTracestate(header: unknown): string | undefined {
  if (typeof header !== 'string') return undefined
  const members = header
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '')
  if (members.length === 0 || members.length > mostMembers) return undefined
  const keys = members.map((member) => memberForm.exec(member)?.[1])
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return undefined
  return members.join(',')
}
