/** Where what is. Pages beside the inbox are loaded when they are opened. */
import type { QueryClient } from '@tanstack/react-query'
import { createRouter } from '@tanstack/react-router'
import { Nowhere } from './entry/nowhere.tsx'
import { accountRoutes } from './routes/account.ts'
import { contact, contacts } from './routes/contacts.ts'
import { board, inbox, ticket } from './routes/inbox.ts'
import { home, join, resetPassword, root, setup, shell, signIn } from './routes/root.ts'
import { settingsRoutes } from './routes/settings.ts'
import { supervisorRoutes } from './routes/supervisor.ts'

const tree = root.addChildren([
  ...([signIn, join, setup, resetPassword] as const),
  shell.addChildren([
    home,
    inbox.addChildren([ticket]),
    board,
    contacts,
    contact,
    accountRoutes,
    supervisorRoutes,
    settingsRoutes,
  ]),
])

export function createAppRouter(client: QueryClient) {
  return createRouter({
    ...{ routeTree: tree, context: { client }, defaultPreload: 'intent', scrollRestoration: true },
    ...{ notFoundMode: 'root', defaultNotFoundComponent: Nowhere },
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
