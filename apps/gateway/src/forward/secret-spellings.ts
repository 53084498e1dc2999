import type { Minted } from '@countersign/auth-core'

type UpstreamToken = Minted['token']

/** Shorter ones would be found in what has nothing to do with them. */
const shortestSecret = 8

/** One of the ways in which a secret may be written. */
export interface Spelling {
  /** A character for each byte. */
  readonly text: string
  readonly bytes: Buffer
}

/** The spellings of what is shown with a token, worked out once for each. */
export function createSpellings(
  secretsOf: (value: string) => readonly string[],
): (token: UpstreamToken) => readonly Spelling[] {
  const known = new WeakMap<UpstreamToken, readonly Spelling[]>()
  return function spellingsOf(token) {
    let spellings = known.get(token)
    if (spellings === undefined) {
      spellings = secretSpellings(secretsOf(token.value.reveal()))
      known.set(token, spellings)
    }
    return spellings
  }
}

/**
 * The ways by which a secret is known in an answer: as it is, percent-encoded, escaped as in JSON or HTML, and in
 * Base64, wherever in the encoded text it begins.
 */
export function secretSpellings(secrets: readonly string[]): readonly Spelling[] {
  const known = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue
    const percent = encodeURIComponent(secret)
    known
      .add(secret)
      .add(percent)
      .add(percent.replaceAll(/%../g, (pair) => pair.toLowerCase()))
    const json = JSON.stringify(secret).slice(1, -1)
    known.add(json).add(json.replaceAll('/', '\\/'))
    for (const [characters, written] of escapes) known.add(secret.replaceAll(characters, written))
    for (const before of [0, 1, 2]) {
      const encoded = insideBase64(secret, before)
      known.add(encoded).add(encoded.replaceAll('+', '-').replaceAll('/', '_'))
    }
  }
  return [...known].map((spelling) => {
    const bytes = Buffer.from(spelling, 'utf8')
    return { text: bytes.toString('latin1'), bytes }
  })
}

/** What libraries escape beyond need: in JSON those of Go, of Java (Gson) and of .NET, in HTML, and by Handlebars. */
const escapes: readonly (readonly [RegExp, (character: string) => string])[] = [
  [/["\\<>&]/g, (character) => (/["\\]/.test(character) ? `\\${character}` : unicode(character))],
  [/["\\<>&=']/g, (character) => (/["\\]/.test(character) ? `\\${character}` : unicode(character))],
  [/["\\<>&+'`]/g, (character) => (character === '\\' ? '\\\\' : unicode(character, 'upper'))],
  [/[&<>"']/g, (character) => named.get(character) ?? `&#${character.charCodeAt(0)};`],
  [/[&<>"'`=]/g, (character) => named.get(character) ?? `&#x${hex(character).toUpperCase()};`],
]
const named: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
])

function unicode(character: string, letters: 'upper' | 'lower' = 'lower'): string {
  const digits = hex(character).padStart(4, '0')
  return `\\u${letters === 'upper' ? digits.toUpperCase() : digits}`
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16)
}

/** What Base64 makes of it behind that many bytes (modulo 3), without the characters that its neighbours change. */
function insideBase64(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret, 'utf8')])
  return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
}
