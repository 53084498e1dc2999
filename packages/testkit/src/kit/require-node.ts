/** What the gateway that is started needs, and `engines` asks for. */
const oldest = 24

/**
 * Says which Node is needed, before something that an older one does not have is missed.
 *
 * @param version as in `24.1.0`
 * @throws {TypeError}
 */
export function requireNode(version: string): void {
  if (Number.parseInt(version, 10) >= oldest) return
  throw new TypeError(
    `@countersign/testkit starts a gateway, which needs Node ${oldest} or newer, and this is ${version}: ` +
      'run these tests with that one; @countersign/client itself works from Node 20 on',
  )
}
