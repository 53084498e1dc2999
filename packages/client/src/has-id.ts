/** Accepts an object with an `id` that is text; the rest of its type is taken on trust. */
export function hasId<T extends { readonly id: string }>(value: unknown): value is T {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
}
