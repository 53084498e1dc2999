/**
 * A function that hands on what it is given when this turn of the event loop has read all that has arrived, in the
 * order in which it came: one step after the other for all of them, so that a step's code is in the processor's caches
 * for all but the first. What comes alone waits for no timer. See
 * docs/adr/0011-what-arrives-together-is-handled-together.md.
 *
 * Each is handled in the asynchronous context that it came in, since it is by a promise that it waits: an instrumented
 * HTTP server has put its span there, and what came in the same turn is no part of that.
 */
export function together<Item>(handle: (item: Item) => void): (item: Item) => void {
  let end: Promise<void> | undefined
  const endOfTurn = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        end = undefined
        resolve()
      })
    })
  return (item) => {
    end ??= endOfTurn()
    end.then(() => handle(item))
  }
}
