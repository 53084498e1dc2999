/**
 * A function that hands on what it is given when this turn of the event loop has read all that has arrived, in the
 * order in which it came: one step after the other for all of them, so that a step's code is in the processor's caches
 * for all but the first. What comes alone waits for no timer. See
 * docs/adr/0011-what-arrives-together-is-handled-together.md.
 *
 * @param handle leaves nothing to throw: who came behind would not be handled
 */
export function together<Item>(handle: (item: Item) => void): (item: Item) => void {
  let arrived: Item[] = []
  const handleAll = (): void => {
    const items = arrived
    arrived = []
    for (const item of items) handle(item)
  }
  return (item) => {
    if (arrived.push(item) === 1) setImmediate(handleAll)
  }
}
