// The console's addresses. Pages beyond the queue are loaded when they are opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { AppShell } from './app-shell.tsx';
import { readCaseFilter } from './queue/case-filter.ts';
import { QueueRoute, SecondOpinionsRoute } from './queue/queue-routes.tsx';

const root = createRootRoute({ component: AppShell });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/queue' });
  },
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

export const router = createRouter({
  routeTree: root.addChildren([home, queue, second, entries, entry, versions, relays]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
