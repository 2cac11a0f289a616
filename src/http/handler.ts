// Types that tie a handler to its operation of the contract: an undeclared status, a missing field or
// an unknown parameter does not compile. No code at run time.
import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import type { Actor, Caller } from './caller.ts';
import type { operations } from './generated/openapi.ts';

export type OperationId = keyof operations;

type Params<Op extends OperationId, In extends 'path' | 'query' | 'header'> =
  operations[Op]['parameters'] extends Record<In, infer P>
    ? P
    : operations[Op]['parameters'] extends Partial<Record<In, infer P>>
      ? NonNullable<P>
      : Record<never, never>;

type Content<Op extends OperationId> = operations[Op] extends { requestBody: { content: infer C } }
  ? C
  : operations[Op] extends { requestBody?: { content: infer C } }
    ? C
    : never;

/** A parsed JSON or form body; `undefined` where the operation streams or takes none. */
type Body<Op extends OperationId> =
  Content<Op> extends infer C
    ? 'application/json' extends keyof C
      ? C['application/json']
      : 'application/x-www-form-urlencoded' extends keyof C
        ? C['application/x-www-form-urlencoded']
        : 'application/jwt' extends keyof C
          ? string
          : 'text/csv' extends keyof C
            ? string
            : undefined
    : undefined;

/** A request that passed the contract: authenticated, authorised, validated. */
export interface OperationRequest<Op extends OperationId> {
  path: Params<Op, 'path'>;
  query: Params<Op, 'query'>;
  /** Headers that the contract names. */
  headers: Params<Op, 'header'>;
  body: Body<Op>;
  /** Who calls; only operations with `security: []` are without. */
  caller: Caller;
  /** The caller with where the request came from; `anonymous` in operations with `security: []`. */
  author: Actor;
  /** Media type of the request's body, without parameters; '' when there is none. */
  contentType: string;
  /** The response media type that the caller prefers among those declared. */
  accept: string;
  requestId: string;
  /** The unread request, for operations that stream their body. */
  raw: Request;
}

type KnownHeaders<H> = { [K in keyof H as string extends K ? never : K]: string };
type WithHeaders<R> = R extends { headers: infer H }
  ? keyof KnownHeaders<H> extends never
    ? { headers?: Record<string, string> }
    : { headers: KnownHeaders<H> & Record<string, string> }
  : { headers?: Record<string, string> };

type Payload<Type extends string> =
  | { type: Type; text: string }
  | { type: Type; file: string }
  | { type: Type; stream: Readable }
  | { type: Type; take: (request: Request, response: Response) => Promise<void> };

type ContentReply<C> =
  | Payload<keyof C & string>
  | ('application/json' extends keyof C ? { body: C['application/json'] } : never);

type ReplyOf<Status, R> = R extends { content: infer C }
  ? [C] extends [never]
    ? { status: Status } & WithHeaders<R>
    : { status: Status } & ContentReply<C> & WithHeaders<R>
  : { status: Status } & WithHeaders<R>;

type Responses<Op extends OperationId> = operations[Op]['responses'];

/** One reply type for each status that a handler may give; refusals are thrown as Problem. */
export type Reply<Op extends OperationId> = {
  [S in keyof Responses<Op>]: S extends 200 | 201 | 204
    ? ReplyOf<S, Responses<Op>[S]>
    : S extends 503
      ? ReadinessReply<Op, S>
      : never;
}[keyof Responses<Op>];

type ReadinessReply<Op extends OperationId, S extends keyof Responses<Op>> = Op extends 'getReadiness'
  ? ReplyOf<S, Responses<Op>[S]>
  : never;

export type Handler<Op extends OperationId> = (request: OperationRequest<Op>) => Promise<Reply<Op>>;

/** All handlers: as many as the contract has operations, no more and no fewer. */
export type Handlers = { [Op in OperationId]: Handler<Op> };
