import type { YAMLParseError } from 'yaml'

/**
 * The errors of a YAML document without those that only follow from the first: once a bracket is lost, every
 * token after it is unexpected.
 */
export function tellingErrors(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  return errors.filter(({ code }, at) => at === 0 || !following.has(code))
}

const following: ReadonlySet<string> = new Set(['UNEXPECTED_TOKEN', 'BAD_INDENT'])
