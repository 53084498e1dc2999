import { abortable } from './abortable.ts'

/** Waits; rejects with the signal's reason when it aborts first, and leaves no timer behind. */
export async function wait(seconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000)
  })
  try {
    await abortable(elapsed, signal)
  } finally {
    clearTimeout(timer)
  }
}
