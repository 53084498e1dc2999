/** What `engines` in package.json asks for. */
const oldest = 24

/**
 * Ends the process with exit code 2 where Node is too old to load the rest, which would end with a syntax error in
 * some dependency. It and its importer use nothing that an old Node does not have.
 *
 * @param version as in `v24.1.0`
 */
export function requireNode(version: string): void {
  if (Number(/^v(\d+)/.exec(version)?.[1]) >= oldest) return
  process.stderr.write(
    `countersign needs Node ${oldest} or newer, and this is ${version}. ` +
      'In a checkout `npx --no -- countersign` runs with the right one.\n',
  )
  process.exit(2)
}
