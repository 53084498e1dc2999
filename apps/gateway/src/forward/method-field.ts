import { percentDecoded } from '../edge/percent-decoded.ts'

/** Told each piece of a body in turn. @returns true once the pieces so far name the field */
export type FieldFinder = (piece: Buffer) => boolean

/**
 * Looks for a field `_method` in a form, by which many servers take a POST for another method (Rails, Laravel, Spring,
 * Symfony), and so for another operation. They read forms of both kinds, and some take a body without a type for one.
 *
 * @param types every Content-Type of the request
 * @returns `undefined` for a body that is no form
 */
export function methodFieldFinder(types: readonly string[]): FieldFinder | undefined {
  const type = types.join().toLowerCase()
  if (type.includes('multipart/')) return inParts()
  return type === '' || type.includes('x-www-form-urlencoded') ? inPairs() : undefined
}

/** Longest beginning of a name that is remembered: longer ones are not this one. */
const longestName = 1024
/** What servers drop in front of a name. */
const padding = /^(?:[\s+[\]]|%(?:0[9ad]|20|5b|5d))+/i
/** Each letter may be escaped. What throws nothing away and decodes nothing costs the same for whatever comes. */
const field = new RegExp(
  [
    '(?:^|[&;])(?:[\\s+[\\]]|%(?:0[9ad]|20|5b|5d))*',
    ...[...'_method'].map((letter) => `(?:${letter}|%${hex(letter)}|%${hex(letter.toUpperCase())})`),
    '(?:[[\\].\\s+=&;\0]|%(?:0[09ad]|20|2e|3d|5b|5d))',
  ].join(''),
  'i',
)

function hex(letter: string): string {
  return letter.charCodeAt(0).toString(16)
}

function inPairs(): FieldFinder {
  /** The beginning of the name that is arriving. */
  let held = ''
  return function find(piece) {
    const text = held + piece.toString('latin1')
    if (field.test(text)) return true
    const last = Math.max(text.lastIndexOf('&'), text.lastIndexOf(';'))
    const name = text.slice(last + 1).replace(padding, '')
    held = name.includes('=') || name.length > longestName ? notTheName : name
    return false
  }
}

const notTheName = '-'

/** Longest header section of a part that is looked at, in characters. */
const longestHead = 8 * 1024
const disposition = /(?:^|[\r\n])content-disposition/i
const endOfHead = /\r?\n\r?\n/
const named = /[;\s]name\*?\d*\*?\s*=\s*["']?(?:[\w-]*'[\w-]*')?[\s[\]]*_method(?![\w-])/

/** Looks at each character once or twice, also when they come one by one. */
function inParts(): FieldFinder {
  /** The end of what has come, in which something may begin. */
  let before = ''
  /** Of the part whose head is arriving. */
  let head: string[] | undefined
  let length = 0

  /** @returns where to go on; `undefined` when more must come */
  function toHead(text: string): string | undefined {
    const found = disposition.exec(text)
    before = found ? '' : text.slice(-'\ncontent-dispositio'.length)
    if (!found) return undefined
    head = []
    length = 0
    return text.slice(found.index + found[0].length)
  }
  function toItsEnd(text: string, parts: string[]): string | undefined {
    const found = endOfHead.exec(text)
    const end = found?.index ?? Math.max(0, text.length - 3)
    parts.push(text.slice(0, end))
    length += end
    before = found ? '' : text.slice(end)
    return found || length > longestHead ? text.slice(end) : undefined
  }

  return function find(piece) {
    let rest: string | undefined = piece.toString('latin1')
    while (rest !== undefined) {
      const text: string = before + rest
      if (head === undefined) rest = toHead(text)
      else {
        rest = toItsEnd(text, head)
        if (rest === undefined) return false
        if (namesMethod(head.join('').slice(0, longestHead))) return true
        before = ''
        head = undefined
      }
    }
    return false
  }
}

function namesMethod(head: string): boolean {
  return named.test(percentDecoded(head).replaceAll('\\', '').toLowerCase())
}
