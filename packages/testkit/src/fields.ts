/** Header or trailer fields in order of arrival, unchanged in spelling, duplicates kept. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** Every value of a field, in order; names compare without regard to case. */
export function fieldValues(fields: Fields, name: string): string[] {
  return fields.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
}
