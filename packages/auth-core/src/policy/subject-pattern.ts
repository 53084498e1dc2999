/** Which subjects are meant: one, or all that a pattern fits. */
export interface SubjectPattern {
  /** As it is written. */
  readonly source: string
  readonly isExact: boolean
  matches(subject: string): boolean
  /** Is there a subject that both fit? */
  overlaps(other: SubjectPattern): boolean
  /** A subject that fits. */
  readonly example: string
}

/** Longest pattern, in characters, and the most wildcards in one. */
const maxLength = 1024
const maxWildcards = 4

/**
 * What is wrong with a pattern for subjects, or `undefined`. A `*` stands for one whole segment between `:` and
 * `/`; the first segment is never one, and a part of a segment neither, so that `repo:org/app:*` is nothing of
 * `repo:org/app-evil`.
 */
export function subjectPatternFlaw(source: string): string | undefined {
  if (source.length > maxLength) return `is longer than ${maxLength} characters`
  const segments = source.split(/[:/]/)
  const wildcards = segments.filter((segment) => segment === '*').length
  if (segments.some((segment) => segment !== '*' && segment.includes('*')) || segments[0] === '*') {
    return 'has a "*" that is not a whole segment behind the first ":" or "/"'
  }
  return wildcards > maxWildcards ? `has more than ${maxWildcards} "*"` : undefined
}

/**
 * Compiles a pattern, the only place where one is anchored: segments and separators are compared one by one
 * from the first to the last, in time linear in the subject.
 *
 * @throws {TypeError} a pattern with a flaw
 */
export function compileSubjectPattern(source: string): SubjectPattern {
  const flaw = subjectPatternFlaw(source)
  if (flaw !== undefined) throw new TypeError(`the subject ${flaw}`)
  const parts = partsOf(source)
  const isExact = !parts.includes('*')
  return {
    source,
    isExact,
    example: source.replaceAll('*', 'any'),
    matches: isExact
      ? (subject) => subject === source
      : (subject) => subject.length <= maxLength && fits(parts, partsOf(subject)),
    overlaps: (other) => {
      const others = partsOf(other.source)
      const fit = (part: string, at: number) => part === '*' || others[at] === '*' || part === others[at]
      return parts.length === others.length && parts.every(fit)
    },
  }
}

/** Segments, with the separators between them. */
function partsOf(text: string): readonly string[] {
  return text.split(/([:/])/)
}

function fits(parts: readonly string[], subject: readonly string[]): boolean {
  return (
    parts.length === subject.length &&
    parts.every((part, at) => (part === '*' ? subject[at] !== '' : part === subject[at]))
  )
}
