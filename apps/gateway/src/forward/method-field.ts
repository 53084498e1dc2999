import { percentDecoded } from '../edge/percent-decoded.ts'
import { parameterName } from '../edge/query-names.ts'

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

function inPairs(): FieldFinder {
  /** As much of it as has come; `undefined` within a value. */
  let name: string | undefined = ''
  return function find(piece) {
    for (const [at, pair] of piece.toString('latin1').split(/[&;]/).entries()) {
      if (at > 0) {
        if (name !== undefined && isMethod(name)) return true
        name = ''
      }
      if (name === undefined) continue
      const end = pair.indexOf('=')
      name = (name + (end === -1 ? pair : pair.slice(0, end))).replace(padding, '')
      if (end !== -1 && isMethod(name)) return true
      if (end !== -1 || name.length > longestName) name = undefined
    }
    return false
  }
}

function isMethod(name: string): boolean {
  return parameterName(name) === '_method'
}

/** Longest header section of a part. */
const longestHead = 8 * 1024
const disposition = /(?:^|[\r\n])content-disposition[ \t]*:/gi
const named = /[;\s]name\*?\d*\*?\s*=\s*["']?(?:[\w-]*'[\w-]*')?[\s[\]]*_method(?![\w-])/

function inParts(): FieldFinder {
  let held = ''
  return function find(piece) {
    const text = held + piece.toString('latin1')
    let from = Math.max(0, text.length - 'content-disposition'.length - 64)
    for (const { index } of text.matchAll(disposition)) {
      const head = text.slice(index, index + longestHead)
      const end = head.search(/\r?\n\r?\n/)
      if (
        named.test(
          percentDecoded(head.slice(0, end === -1 ? undefined : end))
            .replaceAll('\\', '')
            .toLowerCase(),
        )
      )
        return true
      if (end === -1 && head.length < longestHead) {
        from = Math.min(from, index)
        break
      }
    }
    held = text.slice(from)
    return false
  }
}
