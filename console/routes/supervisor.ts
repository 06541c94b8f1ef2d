/** What supervisors look at. The charts come with the reports alone. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shell } from './root.ts'

const supervisor = createRoute({
  getParentRoute: () => shell,
  path: '/supervisor',
  component: lazyRouteComponent(() => import('../supervisor/layout.tsx'), 'SupervisorLayout'),
})
const up = { getParentRoute: () => supervisor }

const live = createRoute({
  ...up,
  path: '/',
  component: lazyRouteComponent(() => import('../supervisor/live.tsx'), 'Live'),
})
const workload = createRoute({
  ...up,
  path: '/workload',
  component: lazyRouteComponent(() => import('../supervisor/workload.tsx'), 'WorkloadPage'),
})
const reports = createRoute({
  ...up,
  path: '/reports',
  component: lazyRouteComponent(() => import('../supervisor/reports.tsx'), 'Reports'),
})
const breaches = createRoute({
  ...up,
  path: '/breaches',
  component: lazyRouteComponent(() => import('../supervisor/breaches.tsx'), 'Breaches'),
})

export const supervisorRoutes = supervisor.addChildren([live, workload, reports, breaches])
