import type { Operation } from '@countersign/auth-core'

/** As much of an operation as its route. */
export type Routed = Pick<Operation, 'name' | 'method' | 'template'>

/**
 * Finds operations that every request could both mean: of one method, with routes equal but for the names of
 * variables. `/a/b` beside `/a/{x}` is no overlap, the literal wins; where `/a/{x}/c` and `/a/b/{y}` cross, the one
 * request that fits both is refused when it comes, and each of the others has its operation.
 */
export class OverlapFinder {
  readonly #names = new Map<string, string>()

  /** Adds an operation. @returns the name of one that it overlaps with, if any */
  add({ name, method, template }: Routed): string | undefined {
    const shape = `${method} ${template.replace(/\{[^}]*\}/g, '{}')}`
    const overlap = this.#names.get(shape)
    this.#names.set(shape, overlap ?? name)
    return overlap
  }
}
