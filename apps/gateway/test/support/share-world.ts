import { afterAll, afterEach, beforeAll, beforeEach, type TestContext } from 'vitest'

/**
 * Opens one world for the tests of a file or of a `describe`, and another for each test that is tried again: a second
 * try finds nothing of what the first has left behind. Not for tests that run at the same time.
 *
 * @param open told of the test that is tried again, of none at the start
 * @param use called with the world in which the coming tests play
 */
export function shareWorld<World extends AsyncDisposable>(
  open: (again?: TestContext['task']) => Promise<World>,
  use: (world: World) => void,
): void {
  let shared: World | undefined
  let own: World | undefined
  beforeAll(async () => {
    shared = await open()
    use(shared)
  })
  afterAll(() => shared?.[Symbol.asyncDispose]())

  beforeEach(async ({ task }) => {
    if ((task.result?.retryCount ?? 0) === 0) return
    own = await open(task)
    use(own)
  })
  afterEach(async () => {
    const done = own
    own = undefined
    if (shared) use(shared)
    await done?.[Symbol.asyncDispose]()
  })
}
