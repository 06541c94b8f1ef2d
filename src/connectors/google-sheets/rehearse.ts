/** For plans: a batch of writes is answered as if it had happened; whatever reads is asked for real. */
export function rehearseSheets({ method, url }: { method: string; url: string }): Response | null {
  if (method === 'GET' || /(:getByDataFilter|\/watch)$/.test(new URL(url).pathname)) return null
  return Response.json({})
}
