import { fieldValues } from '@countersign/testkit'
import { expect } from 'vitest'
import { type HostileRow, hostileTables } from '../support/hostile-table.ts'
import { request } from '../support/request.ts'
import type { Stage } from '../support/stage.ts'

/** The cases are those of the W3C's own suite for Trace Context; so are most of the literals. */
const id = '12345678901234567890123456789012'
const parent = '1234567890123456'
const good = `traceparent: 00-${id}-${parent}-00`

/** What must go upstream: exactly one valid traceparent, with this trace id or a new one, and this tracestate. */
function goesUpstream(stage: Stage, traceId: string | 'new', state: string | undefined): void {
  const headers = stage.first.requests[0]?.headers ?? []
  const parents = fieldValues(headers, 'traceparent')
  expect(parents).toEqual([expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/)])
  const [, trace, span] = parents[0]?.split('-') ?? []
  if (traceId === 'new') expect(trace).not.toBe(id)
  else expect(trace).toBe(traceId)
  expect(trace).not.toMatch(/^0+$/)
  expect(span).not.toMatch(/^(?:0+|1234567890123456)$/)
  expect(fieldValues(headers, 'tracestate')).toEqual(state === undefined ? [] : [state])
  expect(fieldValues(headers, 'baggage')).toEqual([])
  expect(stage.audit().find(({ traceparent }) => traceparent === parents[0])).toBeDefined()
}

type Case = readonly [name: string, fields: readonly string[], state?: string]

function row(traceId: string | 'new'): (one: Case) => HostileRow {
  return ([name, fields, state]) => ({
    name: `K109 ${name}`,
    send: request('GET /u1/public/x', ...fields),
    status: 200,
    upstream: 1,
    expect: (stage) => goesUpstream(stage, traceId, state),
  })
}

const continued: readonly Case[] = [
  ['traceparent alone', [`traceparent: 00-${id}-${parent}-01`]],
  ['TraceParent', [`TraceParent: 00-${id}-${parent}-01`]],
  ['TrAcEpArEnT', [`TrAcEpArEnT: 00-${id}-${parent}-01`]],
  ['TRACEPARENT', [`TRACEPARENT: 00-${id}-${parent}-01`]],
  ['a future version', [`traceparent: cc-${id}-${parent}-01`]],
  ['a future version that says more', [`traceparent: cc-${id}-${parent}-01-what-the-future-will-be-like`]],
  ['flags that nobody knows yet', [`traceparent: 00-${id}-${parent}-ff`]],
  ['white space before it', [`traceparent: \t 00-${id}-${parent}-01`]],
  ['white space behind it', [`traceparent: 00-${id}-${parent}-01 \t`]],
  ['both', [good, 'tracestate: foo=1,bar=2'], 'foo=1,bar=2'],
  ['tracestate under other names', [good, 'trace-state: foo=1', 'trace.state: foo=1']],
  ['TraceState', [good, 'TraceState: foo=1'], 'foo=1'],
  ['an empty tracestate', [good, 'tracestate:']],
  ['an empty one behind another', [good, 'tracestate: foo=1', 'tracestate:'], 'foo=1'],
  ['an empty one before another', [good, 'tracestate:', 'tracestate: foo=1'], 'foo=1'],
  [
    'several fields, in order',
    [good, 'tracestate: foo=1,bar=2', 'tracestate: rojo=1,congo=2', 'tracestate: baz=3'],
    'foo=1,bar=2,rojo=1,congo=2,baz=3',
  ],
  ['a key twice', [good, 'tracestate: foo=1,foo=1']],
  ['a key twice with two values', [good, 'tracestate: foo=1,foo=2']],
  ['a key in two fields', [good, 'tracestate: foo=1', 'tracestate: foo=2']],
  ['every character of a key', [good, `tracestate: ${everyKey()}=1`], `${everyKey()}=1`],
  [
    'every character of a tenant’s key',
    [good, `tracestate: ${everyKey()}@a-z0-9_-*/=1`],
    `${everyKey()}@a-z0-9_-*/=1`,
  ],
  ['every character of a value', [good, `tracestate: foo=${everyValue()}`], `foo=${everyValue()}`],
  ['white space around members', [good, 'tracestate: foo=1 \t , \t bar=2, \t baz=3 \t'], 'foo=1,bar=2,baz=3'],
  ['a blank in a key', [good, 'tracestate: foo =1']],
  ['a key in capitals', [good, 'tracestate: FOO=1']],
  ['a dot in a key', [good, 'tracestate: foo.bar=1']],
  ['no vendor behind @', [good, 'tracestate: foo@=1,bar=2']],
  ['no tenant before @', [good, 'tracestate: @foo=1,bar=2']],
  ['@ twice', [good, 'tracestate: foo@@bar=1,bar=2']],
  ['two vendors', [good, 'tracestate: foo@bar@baz=1,bar=2']],
  ['32 members', [good, `tracestate: ${members(32)}`], members(32)],
  ['33 members', [good, `tracestate: ${members(33)}`]],
  ['a key of 256', [good, `tracestate: foo=1,${'z'.repeat(256)}=1`], `foo=1,${'z'.repeat(256)}=1`],
  ['a key of 257', [good, `tracestate: foo=1,${'z'.repeat(257)}=1`]],
  [
    'a tenant of 241 and a vendor of 14',
    [good, `tracestate: ${'t'.repeat(241)}@${'v'.repeat(14)}=1`],
    `${'t'.repeat(241)}@${'v'.repeat(14)}=1`,
  ],
  ['a tenant of 242', [good, `tracestate: ${'t'.repeat(242)}@v=1`]],
  ['a vendor of 15', [good, `tracestate: t@${'v'.repeat(15)}=1`]],
  ['= in a value', [good, 'tracestate: foo=bar=baz']],
  ['no value', [good, 'tracestate: foo=,bar=3']],
]

const begun: readonly Case[] = [
  ['neither', []],
  ['two of them', [`traceparent: 00-${id}-${parent}-01`, `traceparent: 00-${id}-${parent}-01`]],
  ['other names', [`trace-parent: 00-${id}-${parent}-01`, `trace.parent: 00-${id}-${parent}-01`]],
  ['version 00 that says more', [`traceparent: 00-${id}-${parent}-01-what-the-future-will-be-like`]],
  ['version 00 and a dot', [`traceparent: 00-${id}-${parent}-01.`]],
  ['a future version and a dot', [`traceparent: cc-${id}-${parent}-01.what-the-future-will-be-like`]],
  ['version ff', [`traceparent: ff-${id}-${parent}-01`]],
  ['a version that is no number', [`traceparent: .0-${id}-${parent}-01`]],
  ['a version too long', [`traceparent: 000-${id}-${parent}-01`]],
  ['a version too short', [`traceparent: 0-${id}-${parent}-01`]],
  ['trace id 0', [`traceparent: 00-${'0'.repeat(32)}-${parent}-01`]],
  ['a trace id that is no number', [`traceparent: 00-.${id.slice(1)}-${parent}-01`]],
  ['a trace id in capitals', [`traceparent: 00-${'A'.repeat(32)}-${parent}-01`]],
  ['a trace id too long', [`traceparent: 00-${id}3-${parent}-01`]],
  ['a trace id too short', [`traceparent: 00-${id.slice(1)}-${parent}-01`]],
  ['parent id 0', [`traceparent: 00-${id}-${'0'.repeat(16)}-01`]],
  ['a parent id that is no number', [`traceparent: 00-${id}-.${parent.slice(1)}-01`]],
  ['a parent id too long', [`traceparent: 00-${id}-${parent}7-01`]],
  ['a parent id too short', [`traceparent: 00-${id}-${parent.slice(1)}-01`]],
  ['flags that are no number', [`traceparent: 00-${id}-${parent}-.0`, 'tracestate: foo=1']],
  ['flags too long', [`traceparent: 00-${id}-${parent}-001`]],
  ['flags too short', [`traceparent: 00-${id}-${parent}-1`]],
  ['tracestate alone', ['tracestate: foo=1,bar=2']],
  ['baggage of 12 KB', [`baggage: ${'k=v,'.repeat(3000)}k=v`]],
]

hostileTables({
  'a trace that goes on': continued.map(row(id)),
  'a trace that begins here': begun.map(row('new')),
})

function members(count: number): string {
  return Array.from({ length: count }, (_, at) => `bar${at}=${at}`).join(',')
}

function everyKey(): string {
  return 'abcdefghijklmnopqrstuvwxyz0123456789_-*/'
}

function everyValue(): string {
  const codes = Array.from({ length: 0x7f - 0x20 }, (_, at) => String.fromCharCode(0x20 + at))
  return codes.filter((character) => character !== ',' && character !== '=').join('')
}
