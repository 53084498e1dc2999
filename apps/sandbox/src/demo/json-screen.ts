import type { Screen } from './screen.ts'

/** One JSON object per call on standard output and nothing else; for people, standard error. */
export function createJsonScreen(out: NodeJS.WritableStream, err: NodeJS.WritableStream): Screen {
  return {
    pending: () => undefined,
    row({ service, upstream, operation, verdict, status, token, cached, ms }, wrong) {
      const call = { service, upstream, operation, verdict, status, token, cached, ms }
      out.write(`${JSON.stringify(call)}\n`)
      for (const fault of wrong) err.write(`${service} ${operation}: ${fault}\n`)
    },
    note: (text) => void err.write(`${text}\n`),
    page: (text) => void err.write(text),
  }
}
