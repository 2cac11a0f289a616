// The console's addresses. Pages beyond the queue are loaded when they are opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { AppShell, firstPage } from './app-shell.tsx';
import { readCaseFilter } from './queue/case-filter.ts';
import { QueueRoute, SecondOpinionsRoute } from './queue/queue-routes.tsx';
import { useScopes } from './session/use-session.ts';

/** Behind the session gate: the page that the person's role begins with. */
function Home() {
  return <Navigate to={firstPage(useScopes())} replace />;
}

const root = createRootRoute({ component: AppShell });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: Home,
});

const queue = createRoute({
  getParentRoute: () => root,
  path: '/queue',
  validateSearch: readCaseFilter,
  component: QueueRoute,
});

const second = createRoute({
  getParentRoute: () => root,
  path: '/second-opinions',
  validateSearch: readCaseFilter,
  component: SecondOpinionsRoute,
});

const entries = createRoute({
  getParentRoute: () => root,
  path: '/entries',
  validateSearch: (search: Record<string, unknown>): { list?: string; q?: string } => ({
    ...(typeof search['list'] === 'string' && { list: search['list'] }),
    ...(search['q'] !== undefined && { q: String(search['q']) }),
  }),
  component: lazyRouteComponent(() => import('./entries/entries-page.tsx'), 'EntriesPage'),
});

const entry = createRoute({
  getParentRoute: () => root,
  path: '/entries/$list/$value',
  component: lazyRouteComponent(() => import('./entries/entry-page.tsx'), 'EntryPage'),
});

const versions = createRoute({
  getParentRoute: () => root,
  path: '/versions',
  validateSearch: (search: Record<string, unknown>): { list?: string; from?: number; to?: number } => ({
    ...(typeof search['list'] === 'string' && { list: search['list'] }),
    ...(typeof search['from'] === 'number' && { from: search['from'] }),
    ...(typeof search['to'] === 'number' && { to: search['to'] }),
  }),
  component: lazyRouteComponent(() => import('./versions/versions-page.tsx'), 'VersionsPage'),
});

const relays = createRoute({
  getParentRoute: () => root,
  path: '/relays',
  component: lazyRouteComponent(() => import('./relays/relays-page.tsx'), 'RelaysPage'),
});

const appeals = createRoute({
  getParentRoute: () => root,
  path: '/appeals',
  component: lazyRouteComponent(() => import('./appeals/appeals-page.tsx'), 'AppealsPage'),
});

const statistics = createRoute({
  getParentRoute: () => root,
  path: '/statistics',
  component: lazyRouteComponent(() => import('./statistics/statistics-page.tsx'), 'StatisticsPage'),
});

const protectedValues = createRoute({
  getParentRoute: () => root,
  path: '/protected',
  component: lazyRouteComponent(() => import('./protected/protected-page.tsx'), 'ProtectedPage'),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  component: lazyRouteComponent(() => import('./audit/audit-page.tsx'), 'AuditPage'),
});

const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
});

const account = createRoute({
  getParentRoute: () => root,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    queue,
    second,
    entries,
    entry,
    appeals,
    versions,
    relays,
    statistics,
    protectedValues,
    audit,
    people,
    account,
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
