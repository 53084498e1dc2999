/** What a gateway says of itself in its metrics, in MiB and as a count. */
export interface Usage {
  readonly residentMiB: number
  readonly heapMiB: number
  readonly openFiles: number
}

/** Reads the usage of the gateway whose admin listener is at this base URL. */
export async function readUsage(admin: string): Promise<Usage> {
  const text = await (await fetch(`${admin}/metrics`)).text()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  return {
    residentMiB: Math.round(value('process_resident_memory_bytes') / 2 ** 20),
    heapMiB: Math.round(value('nodejs_heap_size_used_bytes') / 2 ** 20),
    openFiles: value('process_open_fds'),
  }
}
