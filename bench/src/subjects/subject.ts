import type { Stage } from '../stage.ts'

/** Something that forwards requests, and is measured. */
export interface Subject {
  readonly name: string
  /** For people. */
  readonly title: string
  /** Does the upstream get a token of the token endpoint, or the caller's own? */
  readonly mints: boolean
  /** Why it cannot take part on this machine. */
  unavailable(): string | undefined
  /** Starts it on the subject's core, in front of the stage's upstream. */
  start(stage: Stage): Promise<Server>
}

/** A subject that runs. */
export interface Server extends AsyncDisposable {
  readonly port: number
  /** Process id, which is also the id of its process group. */
  readonly pid: number
}
