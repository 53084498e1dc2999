import { isNode, isScalar, type YAMLSeq } from 'yaml'
import type { TextEdit } from './text-edit.ts'

/**
 * Takes items out of a list, with the comments that stand directly above them. A list that comes out empty is
 * written `[]`.
 */
export function removeItems(text: string, list: YAMLSeq, gone: ReadonlySet<number>): TextEdit[] {
  if (gone.size === 0) return []
  const spans = list.items.map((item) => spanOf(item))
  if (list.flow) return removeFromFlow(spans, gone)
  const edits = spans
    .filter((_, index) => gone.has(index))
    .map(({ start, end }) => ({
      start: aboveComments(text, lineStart(text, start)),
      end: lineEnd(text, end),
      text: '',
    }))
  return gone.size === spans.length ? [emptyList(text, list), ...edits] : edits
}

/**
 * Replaces each item of a list of plain names by others; by none takes it out.
 *
 * @param names as many as the list has items; not all of them empty
 */
export function replaceItems(text: string, list: YAMLSeq, names: readonly (readonly string[])[]): TextEdit[] {
  const gone = new Set(names.flatMap((own, index) => (own.length === 0 ? [index] : [])))
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  const replaced = list.items.flatMap((item, index) => {
    const own = names[index] ?? []
    const { start, end } = spanOf(item)
    if (own.length === 0 || (own.length === 1 && isScalar(item) && own[0] === item.value)) return []
    const separator = list.flow ? ', ' : `${lineBreak}${text.slice(lineStart(text, start), start)}`
    return [{ start, end, text: own.join(separator) }]
  })
  return [...replaced, ...removeItems(text, list, gone)]
}

interface Span {
  readonly start: number
  readonly end: number
}

function spanOf(item: unknown): Span {
  const [start, end] = (isNode(item) ? item.range : undefined) ?? [0, 0]
  return { start, end }
}

/** From a removed item to the next one; at the end of the list from the last that stays. */
function removeFromFlow(spans: readonly Span[], gone: ReadonlySet<number>): TextEdit[] {
  const lastKept = spans.findLastIndex((_, index) => !gone.has(index))
  const edits = spans.flatMap(({ start }, index) => {
    const next = spans[index + 1]
    return gone.has(index) && index < lastKept && next ? [{ start, end: next.start, text: '' }] : []
  })
  const last = spans.at(-1)
  if (!last || lastKept === spans.length - 1) return edits
  const start = spans[lastKept]?.end ?? spans[0]?.start ?? last.end
  return [...edits, { start, end: last.end, text: '' }]
}

/** Behind the colon of the list's key: what is above the first item may be a comment of the key's. */
function emptyList(text: string, list: YAMLSeq): TextEdit {
  const first = aboveComments(text, lineStart(text, spanOf(list).start))
  const colon = text.lastIndexOf(':', Math.max(0, first - 1))
  return { start: colon + 1, end: colon + 1, text: ' []' }
}

/** The beginning of the comment lines that stand directly above a line. */
function aboveComments(text: string, start: number): number {
  let at = start
  while (at > 0) {
    const previous = lineStart(text, at - 1)
    if (!/^[ \t]*#/.test(text.slice(previous, at))) break
    at = previous
  }
  return at
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Behind the line break that ends the line; an end that is already behind one stays. */
function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset
  const end = text.indexOf('\n', offset)
  return end === -1 ? text.length : end + 1
}
