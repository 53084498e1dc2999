import { createDice, type Dice } from './dice.ts'
import * as pieces from './hostile-pieces.ts'

/** One case of a campaign; made again from seed and number alone. */
export interface Case {
  readonly seed: number
  readonly at: number
  /** A byte for each character, with placeholders for credentials. */
  readonly text: string
  /** Methods of the requests in it, as far as they are still whole. */
  readonly methods: readonly string[]
  /** Every request ends where it says: its connection can carry the next case. */
  readonly framed: boolean
  /** There is no good credential in it: nothing of it may go upstream. */
  readonly hopeless: boolean
}

/** The case of that number. */
export function generateCase(seed: number, at: number): Case {
  const dice = createDice(seed, at)
  const hopeless = dice.once(5)
  const count = dice.once(8) ? 2 : 1
  const isRough = dice.once(3)
  const requests = Array.from({ length: count }, (_, nth) =>
    generateRequest(dice, { id: requestId(at, nth), hopeless, isRough }),
  )
  const whole = requests.map(({ text }) => text).join('')
  const isMutated = isRough && dice.once(2)
  return {
    seed,
    at,
    text: isMutated ? mutateBytes(dice, whole) : whole,
    methods: requests.map(({ method }) => method),
    framed: !isMutated && requests.every(({ framed }) => framed),
    // A bad credential that was tampered with may be a good one.
    hopeless: hopeless && !isMutated,
  }
}

/** The number of the case from a request id, wherever the id is found. */
export function caseOfRequestId(id: string): number | undefined {
  const [, at] = /^case-(\d+)-\d-/.exec(id) ?? []
  return at === undefined ? undefined : Number(at)
}

/** With a check sum: an id that was tampered with must not become another case's. */
function requestId(at: number, nth: number): string {
  return `case-${at}-${nth}-${createDice(at, nth).below(0xffffffff).toString(36)}`
}

interface Plan {
  readonly id: string
  readonly hopeless: boolean
  /** May end somewhere else than it says. */
  readonly isRough: boolean
}

interface Generated {
  readonly text: string
  readonly method: string
  readonly framed: boolean
}

function generateRequest(dice: Dice, { id, hopeless, isRough }: Plan): Generated {
  const isDoubtful = isRough && dice.once(2)
  const [method, target] = generateLine(dice, isRough)
  const fields = some(dice, pieces.harmlessFields, 4)
  if (isDoubtful) fields.push(...some(dice, pieces.doubtfulFields, 2))
  const isBare = target.includes(' ') || target === ''
  const { framing, body, framed } = isDoubtful ? doubtfulBody(dice) : plainBody(dice, method)
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: g',
    generateCredential(dice, { hopeless, target }),
    `X-Request-ID: ${id}`,
    ...shuffled(dice, [...fields, ...framing]),
  ]
  const text = `${lines.join('\r\n')}\r\n\r\n${body}`
  return { text, method, framed: framed && !isDoubtful && !isBare && method !== 'TRACE' }
}

/** HEAD only where requests are certain to be what they were: its answers are read in another way. */
function generateLine(dice: Dice, isRough: boolean): readonly [method: string, target: string] {
  const [method, target] = dice.once(2)
    ? dice.pick(pieces.allowed)
    : ([dice.pick(pieces.methods), generateTarget(dice)] as const)
  return [isRough && method === 'HEAD' ? 'GET' : method, target]
}

/** A token in the target is known as one when it is the caller's own; anybody else's is some text. */
function generateCredential(dice: Dice, { hopeless, target }: { hopeless: boolean; target: string }): string {
  if (hopeless) return dice.pick(pieces.badCredentials)
  return target.includes('$') ? 'Authorization: Bearer $J' : dice.pick(pieces.credentials)
}

function generateTarget(dice: Dice): string {
  let target = dice.pick(pieces.paths)
  for (let round = dice.pick([0, 0, 0, 0, 0, 1, 1, 2, 3]); round > 0; round--) {
    const at = dice.below(target.length + 1)
    const piece = dice.once(4) ? escaped(target[at] ?? 'a') : dice.pick(pieces.targetPieces)
    const replaced = dice.once(2) ? 0 : Math.min(dice.below(4), target.length - at)
    target = target.slice(0, at) + piece + target.slice(at + replaced)
  }
  return target
}

function escaped(char: string): string {
  return `%${(char.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`
}

interface Body {
  readonly framing: readonly string[]
  readonly body: string
  readonly framed: boolean
}

function plainBody(dice: Dice, method: string): Body {
  if (method === 'GET' || method === 'HEAD' || dice.once(3)) return { framing: [], body: '', framed: true }
  const content = dice.pick(['ab', '{"role":"viewer"}', 'access_token=$J', 'x'.repeat(3000)])
  const filled = content.includes('$') ? 'access_token=x' : content
  if (dice.once(2)) return { framing: [`Content-Length: ${filled.length}`], body: filled, framed: true }
  const chunk = `${filled.length.toString(16)}\r\n${filled}\r\n0\r\n\r\n`
  return { framing: ['Transfer-Encoding: chunked'], body: chunk, framed: true }
}

function doubtfulBody(dice: Dice): Body {
  if (dice.once(3))
    return { framing: [], body: dice.pick(['', 'ab', '0\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n']), framed: false }
  if (dice.once(3))
    return {
      framing: [`Content-Length: ${dice.below(6)}`],
      body: 'abcdef'.slice(dice.below(6)),
      framed: false,
    }
  const body = `${dice.pick(pieces.chunkSizes)}\r\nab\r\n${dice.pick(pieces.ends)}`
  return { framing: ['Transfer-Encoding: chunked'], body, framed: false }
}

function mutateBytes(dice: Dice, text: string): string {
  let mutated = text
  for (let round = 1 + dice.below(3); round > 0; round--) {
    const at = dice.below(mutated.length + 1)
    const length = dice.pick([0, 0, 1, 1, 2, 8])
    const inserted = dice.pick([dice.pick(pieces.bytePieces), '', String.fromCharCode(dice.below(256))])
    mutated = mutated.slice(0, at) + inserted + mutated.slice(at + length)
  }
  return dice.once(6) ? mutated.slice(0, dice.below(mutated.length + 1)) : mutated
}

function some<Item>(dice: Dice, items: readonly Item[], most: number): Item[] {
  return Array.from({ length: dice.below(most + 1) }, () => dice.pick(items))
}

function shuffled<Item>(dice: Dice, items: readonly Item[]): Item[] {
  const left = [...items]
  return items.map(() => left.splice(dice.below(left.length), 1)[0] as Item)
}
