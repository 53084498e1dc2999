import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { findOnPath } from './find-on-path.ts'

/** Which processor core a process is held on: the subject has one for itself. */
export type Role = 'subject' | 'load'

const taskset = availableParallelism() > 1 ? findOnPath('taskset') : undefined
const cores: Readonly<Record<Role, string>> = { subject: '0', load: '1' }

/** Are processes held on cores here? Needs two cores and `taskset`; without, ratios are noisier. */
export const holdsCores = taskset !== undefined

/** A command that runs on the core of this role. `taskset` becomes the command, so its pid is the command's. */
export function onCore(role: Role, command: string, args: readonly string[]): [string, string[]] {
  return taskset ? [taskset, ['-c', cores[role], command, ...args]] : [command, [...args]]
}

/** Holds a process that already runs, with all of its threads. */
export function holdCore(role: Role, pid: number): void {
  if (taskset) spawnSync(taskset, ['-a', '-c', '-p', cores[role], String(pid)])
}
