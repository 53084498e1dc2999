/**
 * A path with its variables encoded, each as exactly one segment: `` path`/api/accounts/${id}/members` ``.
 *
 * @throws {TypeError} an id that no segment can hold: empty, `.` or `..`
 */
export function path(literals: TemplateStringsArray, ...ids: readonly string[]): string {
  return String.raw({ raw: literals }, ...ids.map(encodeSegment))
}

/**
 * One path segment, whatever the value contains. `.` and `..` have no encoded form that survives the parsing
 * of a URL, so they are refused rather than sent to another operation.
 *
 * @throws {TypeError} for an empty value, `.` and `..`
 */
export function encodeSegment(value: string): string {
  if (typeof value !== 'string' || value === '' || value === '.' || value === '..')
    throw new TypeError(`${JSON.stringify(value)} cannot be a segment of a path`)
  return encodeURIComponent(value)
}
