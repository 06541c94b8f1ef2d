/** Time zones that the browser knows, and the one that is set, which it may know by another name. */
export function timeZones(current: string): string[] {
  const known = Intl.supportedValuesOf('timeZone')
  return known.includes(current) ? known : [current, ...known]
}
