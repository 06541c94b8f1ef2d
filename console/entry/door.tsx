import type { ReactNode } from 'react'

/** What stands around every page of those who are not in yet. */
export function Door({ title, lead, children }: { title: string; lead?: string; children?: ReactNode }) {
  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <header className="flex flex-col items-center gap-3 text-center">
          <img src="/icon.svg" alt="" className="size-14" />
          <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
          {lead && <p className="text-quiet">{lead}</p>}
        </header>
        {children}
      </div>
    </main>
  )
}

export const Card = ({ children }: { children: ReactNode }) => (
  <div className="rounded-2xl border border-line bg-panel p-6 shadow-sm">{children}</div>
)
