/**
 * A moment as options name it: `2026-01-05T12:00:00Z`, or a day, which begins at midnight UTC. Whatever else
 * `Date.parse` takes for one, `1` or a time of this machine's zone, may mean another moment than it says.
 *
 * @returns milliseconds since the Unix epoch; `NaN` for what is no moment
 */
export function parseTime(text: string): number {
  return form.test(text) ? Date.parse(text) : Number.NaN
}

const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/
