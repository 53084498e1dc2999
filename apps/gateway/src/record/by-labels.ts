/**
 * One thing for each list of label values, made when it is first asked for. Found step by step through maps:
 * no text is put together and no object made to look something up. From the last value to the first: ours go from the
 * one that has the most values to the one that has the fewest, and so there are few maps.
 */
export class ByLabels<Thing> {
  readonly #make: () => Thing
  readonly #found: { readonly values: readonly string[]; readonly thing: Thing }[] = []
  readonly #root: Level<Thing> = new Map()

  constructor(make: () => Thing) {
    this.#make = make
  }

  /** @param values as many as before, in the same order */
  of(...values: readonly string[]): Thing {
    let level = this.#root
    for (let at = values.length - 1; at > 0; at -= 1) level = nextLevel(level, values[at] as string)
    const first = values[0] ?? ''
    return (level.get(first) as Thing | undefined) ?? this.#add(level, first, values)
  }

  /** Everything that was asked for, with its values. */
  all(): readonly { readonly values: readonly string[]; readonly thing: Thing }[] {
    return this.#found
  }

  #add(level: Level<Thing>, first: string, values: readonly string[]): Thing {
    const thing = this.#make()
    level.set(first, thing)
    this.#found.push({ values, thing })
    return thing
  }
}

type Level<Thing> = Map<string, Level<Thing> | Thing>

function nextLevel<Thing>(level: Level<Thing>, value: string): Level<Thing> {
  const known = level.get(value) as Level<Thing> | undefined
  if (known) return known
  const made: Level<Thing> = new Map()
  level.set(value, made)
  return made
}
