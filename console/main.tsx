import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Problem } from './api/client.ts'
import { createAppRouter } from './router.tsx'
import './styles.css'
import { applyTheme } from './ui/theme.ts'

applyTheme()

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // What the hub refuses it will refuse again; a lost connection comes back.
      retry: (count, error) => count < 3 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
})
const router = createAppRouter(client)

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)
