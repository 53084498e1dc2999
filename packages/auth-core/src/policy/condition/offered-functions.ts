/** Look at each item of a list. They do not nest: their cost stays linear in what a caller sends. */
export const macros: readonly string[] = ['all', 'exists', 'exists_one', 'filter', 'map']

/** Functions that a condition may call: `size(request.body.items)`. */
export const functions: readonly string[] = [
  'has',
  'size',
  'int',
  'double',
  'string',
  'timestamp',
  'duration',
]

/** Methods that a condition may call: `request.path.name.startsWith("team-")`. Times are in UTC. */
export const methods: readonly string[] = [
  ...macros,
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'size',
  'lowerAscii',
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfWeek',
  'getHours',
  'getMinutes',
]

/** Does this method look at each item of a list? */
export function isMacro(name: string): boolean {
  return macros.includes(name)
}
