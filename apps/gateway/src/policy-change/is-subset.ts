/** Is everything of the first set in the second? */
export function isSubset<T>(set: ReadonlySet<T>, of: ReadonlySet<T>): boolean {
  return [...set].every((item) => of.has(item))
}
