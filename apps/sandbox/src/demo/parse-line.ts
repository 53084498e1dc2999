/** A line of JSON as a part wrote it; anything else, such as a warning of the runtime, is nobody's answer. */
export function parseLine(line: string) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
