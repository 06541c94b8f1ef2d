import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from './root.ts'

export const contacts = createRoute({
  getParentRoute: () => shell,
  path: '/contacts',
  component: lazyRouteComponent(() => import('../contacts/contacts.tsx'), 'Contacts'),
})
export const contact = createRoute({
  getParentRoute: () => shell,
  path: '/contacts/$id',
  component: lazyRouteComponent(() => import('../contacts/contact-page.tsx'), 'ContactPage'),
})
