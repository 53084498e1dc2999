import { vi } from 'vitest'

const { waitFor, waitUntil } = vi

vi.waitFor = (callback, options) => waitFor(callback, patient(options))
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options))

/** As long as `expect.poll` waits: a second, the default of vitest, is nothing on a busy machine. */
function patient<Options extends { timeout?: number }>(options: number | Options = {} as Options): Options {
  const own = typeof options === 'number' ? ({ timeout: options } as Options) : options
  return { timeout: 60_000, ...own }
}
