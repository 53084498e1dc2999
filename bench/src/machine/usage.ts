import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** What the operating system says a process and its children have used. */
export interface Usage {
  /** In user and kernel mode, in microseconds. */
  readonly cpuMicroseconds: number
  /** Resident now, in bytes. */
  readonly residentBytes: number
  /** Most ever resident since {@link forgetPeak}, in bytes. */
  readonly peakBytes: number
}

/** Linux counts CPU time for user space in hundredths of a second, whatever the kernel's own tick. */
const microsecondsPerTick = 10_000

/** Usage of a process group, from /proc: a server may do its work in children. */
export function usageOf(group: number): Usage {
  const members = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => memberOf(pid, group))
  return {
    cpuMicroseconds: sum(members.map(({ cpuMicroseconds }) => cpuMicroseconds)),
    residentBytes: sum(members.map(({ residentBytes }) => residentBytes)),
    peakBytes: sum(members.map(({ peakBytes }) => peakBytes)),
  }
}

/** Lets {@link Usage.peakBytes} start again from what is resident now (proc(5), clear_refs). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Reads the fields of `/proc/PID/stat`; the name in parentheses may contain anything. */
export function parseStat(stat: string): { readonly group: number; readonly cpuMicroseconds: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // Counted from the state, which is field 3 of proc(5): pgrp is 5, utime 14, stime 15.
  const ticks = Number(fields[11]) + Number(fields[12])
  return { group: Number(fields[2]), cpuMicroseconds: ticks * microsecondsPerTick }
}

function memberOf(pid: string, group: number): Usage[] {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    if (stat.group !== group) return []
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return [
      {
        cpuMicroseconds: stat.cpuMicroseconds,
        residentBytes: kilobytes(status, 'VmRSS') * 1024,
        peakBytes: kilobytes(status, 'VmHWM') * 1024,
      },
    ]
  } catch {
    return [] // gone meanwhile
  }
}

function kilobytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
