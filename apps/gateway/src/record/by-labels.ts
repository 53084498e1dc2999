/**
 * One thing for each list of label values, made when it is first asked for. Found step by step through maps:
 * no text is put together and no object made to look something up.
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
    for (let at = 0; at < values.length - 1; at += 1) level = nextLevel(level, values[at] as string)
    const last = values.at(-1) ?? ''
    return (level.get(last) as Thing | undefined) ?? this.#add(level, last, values)
  }

  /** Everything that was asked for, with its values. */
  all(): readonly { readonly values: readonly string[]; readonly thing: Thing }[] {
    return this.#found
  }

  #add(level: Level<Thing>, last: string, values: readonly string[]): Thing {
    const thing = this.#make()
    level.set(last, thing)
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
