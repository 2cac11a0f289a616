// Made from openapi.yaml by `npm run generate`; not to be edited.
export interface paths {
    "/oauth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchange a signed assertion for an access token
         * @description RFC 6749 client credentials with RFC 7523 `private_key_jwt`. The assertion is an ES256 JWT with
         *     iss = sub = the client id, aud = the issuer or this endpoint, exp at most 5 minutes ahead and a
         *     `jti` that is used once.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/oauth-authorization-server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Authorization server metadata (RFC 8414) */
        get: operations["getAuthorizationServerMetadata"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that sign access tokens (RFC 7517) */
        get: operations["getTokenKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/organizations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All organisations, by name */
        get: operations["listOrganizations"];
        put?: never;
        /** Register an organisation */
        post: operations["createOrganization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All clients, revoked ones too */
        get: operations["listClients"];
        put?: never;
        /**
         * Register a client of an organisation with its public key
         * @description The role must fit the organisation's kind, else 409 `role_does_not_fit`.
         */
        post: operations["createClient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/{clientId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A client */
                clientId: components["parameters"]["ClientId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke a client
         * @description Its tokens are refused by every instance within 5 seconds. Revoking twice is fine.
         */
        delete: operations["revokeClient"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/{clientId}/keys": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A client */
                clientId: components["parameters"]["ClientId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register a further key of a client, for rotation */
        post: operations["addClientKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/clients/{clientId}/keys/{kid}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A client */
                clientId: components["parameters"]["ClientId"];
                /** @description A key */
                kid: components["parameters"]["Kid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove one key of a client
         * @description It signs nothing from then on, and the access tokens that the client got before are refused within 5 seconds.
         *     409 `last_key` for its only one: revoke the client instead.
         */
        delete: operations["removeClientKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/submissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Own submissions, newest first */
        get: operations["listSubmissions"];
        put?: never;
        /**
         * Hand in candidates
         * @description JSON up to 10,000 candidates; NDJSON or CSV with a header line up to 1,000,000 rows and 256 MiB,
         *     streamed. All accepted rows are durable with the 201, or none is. Bad rows never fail the good ones:
         *     fetch them from the submission's errors. A field or column that is not in CandidateRow refuses the
         *     whole body.
         *
         *     The body may come packed, with `Content-Encoding: gzip` or `br`; every limit is on what it unpacks to, and
         *     what unpacks to over 250 times its size is refused (413). A packed body that ends early is
         *     `incomplete_body`, one that is damaged or goes on after its end `invalid_encoding`: nothing of it is stored.
         */
        post: operations["createSubmission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/submissions/{submissionId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
            };
            cookie?: never;
        };
        /** A submission with the outcomes so far */
        get: operations["getSubmission"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/submissions/{submissionId}/errors": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
            };
            cookie?: never;
        };
        /**
         * The refused rows, in order
         * @description As a JSON page, or with `Accept: text/csv` as one CSV of all of them.
         */
        get: operations["listSubmissionErrors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/submissions/{submissionId}/candidates": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
            };
            cookie?: never;
        };
        /** The accepted rows, in order */
        get: operations["listCandidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/submissions/{submissionId}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw what is still pending
         * @description What is decided stays decided. Withdrawing twice is fine. The answer shows the outcomes afterwards.
         */
        post: operations["withdrawSubmission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/outcomes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The carrier's feed: one item for each decision on a candidate of its own
         * @description In order, none skipped, none twice. `next` is never null: keep it and give it back as `after`.
         *
         *     With `wait` and nothing new, the answer comes with the next decision, or without items once the wait is over;
         *     at once where too many wait already, and when the server stops. Whoever follows asks again with `next`.
         */
        get: operations["listOutcomes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queue */
        get: operations["listCases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lease the next unclaimed cases for 15 minutes
         * @description No two reviewers get the same. Cases leased to the caller already are not given again.
         */
        post: operations["claimCases"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{caseId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A case */
                caseId: components["parameters"]["CaseId"];
            };
            cookie?: never;
        };
        /** A case with its evidence, decisions and entry */
        get: operations["getCase"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{caseId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A case */
                caseId: components["parameters"]["CaseId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide a case
         * @description 409 `stale_revision` when the case changed since it was read, `already_decided` when it is settled,
         *     `second_reviewer_required` when the same person confirms their own decision on a protected value,
         *     `own_submission` when the decider's organisation submitted the candidate, `claimed_by_other` when the case is
         *     leased to someone else. Two people are two persons who signed in: a system may propose, never confirm.
         */
        post: operations["decideCase"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Decide up to 10,000 cases at once, all or nothing
         * @description A conflict names each case that stands in the way in `errors`, by pointer.
         */
        post: operations["decideCases"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{decisionId}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A decision */
                decisionId: components["parameters"]["DecisionId"];
            };
            cookie?: never;
        };
        /**
         * What the caller decided lately, and what of it is listed already
         * @description 404 for whatever is not a decision of the caller's own of the last hour to verify or to reject.
         */
        get: operations["getUndo"];
        put?: never;
        /**
         * Take back a decision, and all that were made with it, all or nothing
         * @description For whoever made it, within 60 seconds, while nothing of it is published. The cases are what they were before; the
         *     decisions stay on record, each with one that undoes it; the carriers' feed says `undone` of each candidate.
         *
         *     409 `published_already` when a value is listed: it can be released, urgently if need be; `stale_revision` when a
         *     case, or the case of a code that the decision struck, changed since; `undo_too_late`.
         */
        post: operations["undoDecision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/{decisionId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A decision */
                decisionId: components["parameters"]["DecisionId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Release urgently what a decision listed, and all that were made with it
         * @description For whoever made it, within an hour: what is published already, or about to be, is gone by a version of its own, at
         *     once, with the reason `agency_correction`. The cases stay verified. 409 `not_listed` when nothing of it is listed.
         */
        post: operations["releaseDecided"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/protected/{list}/{value}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        /** Whether and why a value is protected */
        get: operations["getProtectedValue"];
        /**
         * Protect a value
         * @description Listing it then needs two different people of the agency. A value that is listed by one person's
         *     decision leaves the list with the next version.
         */
        put: operations["protectValue"];
        post?: never;
        /**
         * Lift the protection of a value
         * @description Special numbers (112, 119 …) stay protected, 409 `always_protected`.
         */
        delete: operations["unprotectValue"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The lists, with their state */
        get: operations["listLists"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        /** A list's state, and what waits for the next version */
        get: operations["getList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/manifest": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        /** The signed state of the list */
        get: operations["getManifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        /** The history, newest first */
        get: operations["listVersions"];
        put?: never;
        /**
         * Publish what is decided now
         * @description 409 `mass_change_held` when the version would add or remove more than the brake allows and
         *     `confirmMassChange` is not true. Who confirms is recorded with the version.
         */
        post: operations["publishVersion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A version */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        /** A version of the present epoch */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/versions/{version}/snapshot": {
        parameters: {
            query: {
                /** @description The epoch that is held */
                epoch: components["parameters"]["Epoch"];
            };
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A version */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        /**
         * All lines of a version
         * @description Immutable. As CSV, or where `Accept` prefers it in the compact form of the list format (section 14): the same
         *     lines in less than half of the bytes. 410 `epoch_gone` for another epoch, 404 for a version that never was,
         *     410 `version_gone` for one no longer held.
         */
        get: operations["getSnapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/versions/{version}/diff": {
        parameters: {
            query: {
                /** @description The epoch that is held */
                epoch: components["parameters"]["Epoch"];
                /** @description The version that is held */
                from: components["parameters"]["From"];
            };
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A version */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        /**
         * The net change from one version to another
         * @description Immutable. As CSV, or as `Accept` asks for it, as JSON or in the compact form of the list format (section 14).
         */
        get: operations["getDiff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/diff": {
        parameters: {
            query: {
                /** @description The epoch that is held */
                epoch: components["parameters"]["Epoch"];
                /** @description The version that is held */
                from: components["parameters"]["From"];
            };
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        /**
         * The net change from a version to the one in force
         * @description `Content-Location` names the immutable diff. 410 `diff_gone` (with a link to the snapshot) when `from`
         *     is too old, 400 when it is above the version in force.
         */
        get: operations["getDiffToCurrent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/events": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        /**
         * Server-sent events of new versions
         * @description Event `version` with data `{list, epoch, version, digest}`: the one in force at once, then each new
         *     one. A comment every 15 seconds keeps the connection alive.
         *
         *     An event is a hint to sync, and only the newest matters: versions in between are not told one by one, neither
         *     to a reader that reads slower than they come nor to one that reconnects, since one diff leads over all of
         *     them. `Last-Event-ID` therefore says which event need not come again: with the id of the version in force
         *     nothing comes until the next one; with any other, that one comes at once.
         *
         *     A connection ends when its token expires, within 5 seconds of its client's revocation, when its reader takes
         *     nothing for half a minute, and when the server stops; `retry` says when to come again. 429
         *     `too_many_connections` when the organisation has its share, 503 `overloaded` when the server is full:
         *     the manifest's `poll` paces who is without events.
         */
        get: operations["followList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/receipts": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Acknowledge what is held
         * @description A compact JWS signed with the caller's own client key, `typ` `receipt+jwt`. 409 `digest_mismatch` when
         *     its digest or count is not that version's, 410 `epoch_gone` when it is of another epoch; both are recorded
         *     all the same.
         */
        post: operations["createReceipt"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        /** What is listed, by value */
        get: operations["listEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/entries/{value}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        /**
         * Why is this blocked, since when, by whom, until when
         * @description The entry as it stands or last stood, its decisions, and its history over versions.
         */
        get: operations["getEntry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/entries/{value}/release": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a value off the list
         * @description With `urgent` it is gone by a version of its own, at once. 409 `not_listed` when it is not listed and
         *     no decision to list it waits for publication.
         */
        post: operations["releaseEntry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/entries/{value}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        /**
         * Proof that a value is, or is not, in a version
         * @description Of the version in force, or with `version` and `epoch` of any version that is still held. The manifest of
         *     that very version comes with it; of a past one it is signed anew with the times of its publication, so it may
         *     have expired: it is good for a proof of history and for nothing else. Proofs of past versions are made one
         *     after another; where too many wait, 503.
         */
        get: operations["getProof"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pull-authorization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether this caller may pull
         * @description For a cache in front, which asks with its reader's own credentials before it serves what it holds (nginx:
         *     `auth_request`). An answer is good for the request that it was asked for, and not to be kept.
         */
        get: operations["authorizePull"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The root-signed set of manifest keys */
        get: operations["getKeySet"];
        /**
         * Put a root-signed key set into force
         * @description For rotating a manifest key and for dropping a stolen one; the root key may be on another machine. The first
         *     key signs from then on, the others are accepted. Refused unless the pinned root key signed it, its `sequence`
         *     rose, and the server that answers holds one of its keys. All manifests are signed anew in the same instant.
         */
        put: operations["importKeySet"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys of the exchange itself, public halves only */
        get: operations["getSigningKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/token-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that sign access tokens */
        get: operations["listTokenKeys"];
        put?: never;
        /**
         * Announce a new key for access tokens
         * @description Each server signs with it once it holds the private half; the keys before it stay accepted.
         */
        post: operations["addTokenKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/token-keys/{kid}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A key */
                kid: components["parameters"]["Kid"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Refuse what a token key signed, within 5 seconds
         * @description 409 `last_key` while the server that answers holds no other one.
         */
        delete: operations["removeTokenKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/relays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fleet: what each relay last acknowledged */
        get: operations["listRelays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All people, by e-mail address */
        get: operations["listUsers"];
        put?: never;
        /**
         * Add a person; they come in by the invitation
         * @description The answer holds the one-time link of the invitation, which is shown this once. Without `organizationId` a
         *     reviewer, lead or auditor belongs to the agency that was registered first, an administrator to the operator.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        /** A person */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change name, role or state of a person
         * @description Another role, or a suspension, signs the person out everywhere. 409 `last_administrator` for who is the only
         *     administrator left.
         */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/v1/users/{userId}/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A new invitation, which lets the person set password and authenticator anew
         * @description An earlier invitation is void. What the person signs in with stays good until the new one is accepted.
         */
        post: operations["inviteUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/users/{userId}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign a person out everywhere */
        delete: operations["revokeUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/opening": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What an invitation is for, and the secret for the authenticator
         * @description The token is what stands behind `#/invitation/` in the link. Opening it twice gives the same secret.
         */
        post: operations["openInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/invitations/acceptance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set password and authenticator, and sign in
         * @description Good once. `email` is only looked at for the first administrator, whose address nobody knows yet.
         *     401 `invalid_credentials` when the code is not the authenticator's of this moment.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sign-in-methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people sign in here */
        get: operations["getSignInMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in with password and authenticator code
         * @description Sets the cookie `chadan_session` (HttpOnly, SameSite=Strict). 401 `invalid_credentials` never says which part
         *     was wrong. After five failures in a row each further attempt has to wait, twice as long each time (429, Retry-After).
         */
        post: operations["createSession"];
        /** Sign out */
        delete: operations["revokeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set another password */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the caller is signed in */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /** Sign out everywhere */
        delete: operations["revokeSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/passkey-challenge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to sign in with a passkey */
        post: operations["createPasskeyChallenge"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with a passkey */
        post: operations["createPasskeySession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/passkeys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Own passkeys */
        get: operations["listPasskeys"];
        put?: never;
        /** Register a passkey */
        post: operations["addPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/passkeys/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin to register a passkey */
        post: operations["createPasskeyOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/passkeys/{passkeyId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A passkey */
                passkeyId: components["parameters"]["PasskeyId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Remove an own passkey */
        delete: operations["revokePasskey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/provider-request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin to sign in at the OpenID provider
         * @description 404 when the settings name no provider. The browser goes to `location`; the provider sends it back to the
         *     callback below, which leads on to `/`.
         */
        post: operations["createProviderRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session/provider-callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the OpenID provider sends the browser back to
         * @description Known by its verified e-mail address: who has no account here, or a suspended one, is refused.
         */
        get: operations["createProviderSession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/desk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits, in numbers */
        get: operations["getDesk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{caseId}/claim": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A case */
                caseId: components["parameters"]["CaseId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Give a leased case back */
        delete: operations["releaseClaim"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/cases/{caseId}/impact": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A case */
                caseId: components["parameters"]["CaseId"];
            };
            cookie?: never;
        };
        /**
         * What blocking the value would have blocked
         * @description Messages of the last 7 days that relays report to have seen or blocked: of the number, or for an originator
         *     code of the code and of the numbers whose evidence names it.
         */
        get: operations["getCaseImpact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/decisions/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a decision on many cases would change */
        post: operations["previewDecisions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/protected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Protected values, by list and value */
        get: operations["listProtectedValues"];
        put?: never;
        /**
         * Protect many values, all or nothing
         * @description CSV with a header line: `list,value,kind` and perhaps `note`, in any order, at most 10,000 rows. A fault in any row refuses all, with a pointer to each.
         */
        post: operations["protectValues"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/impact": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        /** What the next version would block, and no longer block */
        get: operations["getPendingImpact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/entries/{value}/statement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        /** Why this is blocked, to print */
        get: operations["getStatement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/lists/{list}/enforcement": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Report what was blocked, in sums
         * @description A value that is reported again for the same time by the same relay is left as it was: a repeat is safe.
         *     Nothing personal is taken: no recipient, no message.
         */
        post: operations["reportEnforcement"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/submissions/{submissionId}/candidates/{candidateId}/information": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
                /** @description A candidate */
                candidateId: components["parameters"]["CandidateId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Answer what the agency asked about a candidate
         * @description The case goes back to the queue with the flag `information_given`. 409 `nothing_asked` when the agency does not wait
         *     for an answer.
         */
        post: operations["addInformation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/appeals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Appeals, those due first; a carrier or relay sees its own */
        get: operations["listAppeals"];
        put?: never;
        /**
         * Object to a value being listed
         * @description By a carrier or a relay for itself, by the agency on behalf of a caller (`onBehalfOf`). Due in 3 working days by
         *     default. 409 `not_listed` when the value is not listed, `already_exists` when the same party's appeal on it is open.
         */
        post: operations["createAppeal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/appeals/{appealId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An appeal */
                appealId: components["parameters"]["AppealId"];
            };
            cookie?: never;
        };
        /** An appeal */
        get: operations["getAppeal"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/appeals/{appealId}/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An appeal */
                appealId: components["parameters"]["AppealId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept or deny an appeal
         * @description Accepted, the entry is released, with `urgent` by a version of its own. 409 `already_decided`; `second_reviewer_required`
         *     for who filed it.
         */
        post: operations["decideAppeal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/appeals/{appealId}/withdrawal": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An appeal */
                appealId: components["parameters"]["AppealId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an appeal back
         * @description By the party that filed it. Withdrawing twice is fine; 409 `already_decided`.
         */
        post: operations["withdrawAppeal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, when, from where; newest first
         * @description Each event holds the hash of the one before it. As `application/x-ndjson` or `text/csv` all that match, oldest first.
         *     `chadan audit verify` recomputes the chain from the NDJSON.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Submitted, verified, rejected, listed, released, blocked
         * @description By category, carrier, relay, reseller and period, over whole days in the agency's time zone; at most 3 years.
         */
        get: operations["getStatistics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alive */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether this server can do its work, and what will go wrong soon
         * @description 503 while a check fails that is this server's own: a load balancer takes it away. What all servers share only warns:
         *     `degraded`, 200. With `strict=true` a warning is 503 too, for a monitor that knows the status alone.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus metrics */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This contract */
        get: operations["getContract"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This contract, readable */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/redoc.js": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The script of the readable contract */
        get: operations["getDocsScript"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description Opaque identifier
         * @example 1042
         */
        Id: string;
        /**
         * Format: uuid
         * @description RFC 9562 UUID
         * @example 7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44
         */
        Uuid: string;
        /**
         * Format: date-time
         * @description RFC 3339 in UTC
         * @example 2026-11-24T02:15:00.000Z
         */
        Time: string;
        /**
         * @description Last day in force in the agency's time zone, or `permanent`
         * @example 2027-02-21
         */
        Until: string;
        /**
         * @description A list
         * @example sender-numbers
         * @enum {string}
         */
        ListId: "sender-numbers" | "originator-codes";
        /**
         * @description 0 is the empty list
         * @example 12
         */
        VersionNumber: number;
        /**
         * @description Root of the hash tree over the lines (list format §5)
         * @example 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
         */
        Digest: string;
        /**
         * @description Hash over all versions so far (list format §6)
         * @example eb928ef91580b37ce2ed8c473e10b12a35cbc8ab8513a9071bee4aca9fa8edd3
         */
        Chain: string;
        /**
         * @description A count
         * @example 17136
         */
        Count: number;
        /**
         * @description Compact JWS (RFC 7515)
         * @example eyJhbGciOiJFUzI1NiJ9.e30.AA
         */
        CompactJws: string;
        /** @description Header `value,category,until`, then every line in bytewise order */
        SnapshotCsv: string;
        /** @description Header `op,value,category,until`, then removals, then additions */
        DiffCsv: string;
        /** @description The compact form of the CSV, in bytes (list format, section 14) */
        Compact: string;
        /**
         * @description Kind of spam
         * @example gambling
         * @enum {string}
         */
        Category: "gambling" | "illegal_loan" | "drugs" | "adult" | "smishing" | "stock" | "finance" | "telecom" | "driver" | "real_estate" | "nightlife" | "prostitution" | "account_rental" | "game" | "fortune" | "travel" | "education" | "job" | "payment_code" | "impersonation" | "other";
        /**
         * @description What the value is
         * @example sender_number
         * @enum {string}
         */
        CandidateType: "sender_number" | "originator_code";
        /**
         * @description State of a candidate
         * @example pending
         * @enum {string}
         */
        CandidateStatus: "pending" | "info_requested" | "verified" | "rejected" | "withdrawn";
        /**
         * @description State of a case
         * @example open
         * @enum {string}
         */
        CaseStatus: "open" | "awaiting_second" | "verified" | "rejected" | "withdrawn";
        /**
         * @description What a reviewer should notice
         * @example protected
         * @enum {string}
         */
        CaseFlag: "protected" | "unregistrable" | "reopened" | "information_requested" | "information_given";
        /**
         * @description Class of a sender number
         * @example mobile
         * @enum {string}
         */
        NumberClass: "mobile" | "landline" | "voip" | "representative" | "toll_free" | "premium" | "service" | "virtual" | "special" | "international";
        /**
         * @description Why a candidate is rejected
         * @example not_spam
         * @enum {string}
         */
        RejectReason: "invalid" | "unallocated" | "protected" | "insufficient_evidence" | "not_spam" | "undetermined" | "number_theft_victim" | "number_reassigned" | "duplicate";
        /**
         * @description Why an entry is released
         * @example appeal_accepted
         * @enum {string}
         */
        ReleaseReason: "appeal_accepted" | "expired" | "number_terminated" | "number_reassigned" | "submitter_withdrew" | "agency_correction";
        /**
         * @description A name
         * @example KT
         */
        Name: string;
        /**
         * @description Free text for the record
         * @example checked by telephone
         */
        Note: string;
        /**
         * @description Cursor of the next page; null at the end
         * @example null
         */
        Next: string | null;
        /**
         * @description Kind of organisation
         * @example carrier
         * @enum {string}
         */
        OrganizationKind: "carrier" | "agency" | "relay" | "operator";
        /**
         * @description What a client does here
         * @example carrier
         * @enum {string}
         */
        ClientRole: "carrier" | "relay" | "agency" | "auditor" | "admin";
        /** @description RFC 9457 problem details */
        Problem: {
            /**
             * @description Always `about:blank`; the code tells problems apart
             * @example about:blank
             */
            type: string;
            /**
             * @description The status in words
             * @example Conflict
             */
            title: string;
            /**
             * @description HTTP status
             * @example 409
             */
            status: number;
            code: components["schemas"]["ProblemCode"];
            /**
             * @description What happened and what to do
             * @example The case changed since you read it: read it again.
             */
            detail?: string;
            /**
             * @description The X-Request-Id of this answer
             * @example 5c1e6a52-7d0f-4d5b-8b1a-0d2a6f0b9c11
             */
            requestId?: string;
            /** @description Each fault of the input */
            errors?: components["schemas"]["FieldError"][];
            /**
             * @description With `diff_gone`: where the snapshot is
             * @example /v1/lists/sender-numbers/versions/12/snapshot?epoch=7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44
             */
            snapshot?: string;
        };
        /**
         * @description Stable, for programs
         * @example stale_revision
         * @enum {string}
         */
        ProblemCode: "invalid_request" | "invalid_json" | "invalid_csv" | "invalid_ndjson" | "invalid_encoding" | "unknown_column" | "incomplete_body" | "too_many_rows" | "invalid_cursor" | "invalid_value" | "version_above_current" | "invalid_receipt" | "invalid_token" | "invalid_credentials" | "insufficient_scope" | "cross_site_request" | "not_found" | "method_not_allowed" | "already_exists" | "role_does_not_fit" | "client_revoked" | "idempotency_key_reused" | "submission_in_progress" | "stale_revision" | "already_decided" | "second_reviewer_required" | "own_submission" | "claimed_by_other" | "nothing_asked" | "published_already" | "undo_too_late" | "last_administrator" | "always_protected" | "not_listed" | "mass_change_held" | "last_key" | "key_set_refused" | "key_set_rollback" | "keys_missing" | "history_set_back" | "digest_mismatch" | "diff_gone" | "epoch_gone" | "version_gone" | "range_not_satisfiable" | "payload_too_large" | "unsupported_media_type" | "unsupported_encoding" | "too_many_connections" | "too_many_attempts" | "rate_limited" | "database_unavailable" | "overloaded" | "internal_error";
        /** @description One fault of the input */
        FieldError: {
            /**
             * @description Where: an RFC 6901 pointer into the body, or `?name`, `{name}` or a header's name
             * @example /cases/3/revision
             */
            pointer: string;
            /**
             * @description The rule that was broken
             * @example required
             */
            code: string;
            /**
             * @description In words
             * @example must be an integer
             */
            detail: string;
        };
        /** @description RFC 6749 §5.2 */
        OAuthError: {
            /**
             * @description RFC 6749 error
             * @example invalid_client
             * @enum {string}
             */
            error: "invalid_request" | "invalid_client" | "invalid_grant" | "unauthorized_client" | "unsupported_grant_type" | "invalid_scope" | "temporarily_unavailable" | "server_error";
            /**
             * @description In words
             * @example the assertion was used before
             */
            error_description?: string;
        };
        /** @description RFC 6749 §4.4 with RFC 7523 §2.2 */
        TokenRequest: {
            /**
             * @description Always client_credentials
             * @example client_credentials
             */
            grant_type: string;
            /**
             * @description Always the JWT bearer type
             * @example urn:ietf:params:oauth:client-assertion-type:jwt-bearer
             */
            client_assertion_type: string;
            /**
             * @description The signed assertion
             * @example eyJhbGciOiJFUzI1NiJ9.e30.AA
             */
            client_assertion: string;
            /**
             * @description If sent, the same as the assertion's sub
             * @example 7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44
             */
            client_id?: string;
            /**
             * @description Space-separated; all the role's scopes by default
             * @example pull
             */
            scope?: string;
        };
        /** @description RFC 6749 §5.1 */
        Token: {
            /**
             * @description RFC 9068 JWT
             * @example eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.AA
             */
            access_token: string;
            /**
             * @description RFC 6750
             * @example Bearer
             * @enum {string}
             */
            token_type: "Bearer";
            /**
             * @description Seconds
             * @example 600
             */
            expires_in: number;
            /**
             * @description Granted scopes
             * @example pull
             */
            scope: string;
        };
        /** @description RFC 8414 */
        AuthorizationServerMetadata: {
            /**
             * @description The issuer
             * @example http://127.0.0.1:8080
             */
            issuer: string;
            /**
             * @description Where tokens come from
             * @example http://127.0.0.1:8080/oauth/token
             */
            token_endpoint: string;
            /**
             * @description Keys that sign access tokens
             * @example http://127.0.0.1:8080/.well-known/jwks.json
             */
            jwks_uri: string;
            /**
             * @description Grants
             * @example [
             *       "client_credentials"
             *     ]
             */
            grant_types_supported: string[];
            /**
             * @description None: there is no authorization endpoint
             * @example []
             */
            response_types_supported: string[];
            /**
             * @description Client authentication
             * @example [
             *       "private_key_jwt"
             *     ]
             */
            token_endpoint_auth_methods_supported: string[];
            /**
             * @description Algorithms
             * @example [
             *       "ES256"
             *     ]
             */
            token_endpoint_auth_signing_alg_values_supported: string[];
            /**
             * @description Scopes
             * @example [
             *       "submit",
             *       "pull"
             *     ]
             */
            scopes_supported: string[];
            /**
             * @description The readable contract
             * @example http://127.0.0.1:8080/docs
             */
            service_documentation?: string;
        };
        /** @description An ES256 public key (RFC 7517, RFC 7518 §6.2) */
        JsonWebKey: {
            /**
             * @description Key type
             * @example EC
             * @enum {string}
             */
            kty: "EC";
            /**
             * @description Curve
             * @example P-256
             * @enum {string}
             */
            crv: "P-256";
            /**
             * @description X coordinate
             * @example f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU
             */
            x: string;
            /**
             * @description Y coordinate
             * @example x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0
             */
            y: string;
            /**
             * @description The RFC 7638 thumbprint
             * @example cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s
             */
            kid?: string;
            /**
             * @description For signatures
             * @example sig
             * @enum {string}
             */
            use?: "sig";
            /**
             * @description Algorithm
             * @example ES256
             * @enum {string}
             */
            alg?: "ES256";
        };
        /** @description The keys that sign lists */
        SigningKeys: {
            rootKey: components["schemas"]["JsonWebKey"];
            /**
             * @description The server that answers holds the private half and renews the key set by itself
             * @example false
             */
            rootKeyHere: boolean;
            /**
             * @description The key set in force; null before the first was imported
             * @example null
             */
            keySet: components["schemas"]["CompactJws"] | null;
            /**
             * @description Its sequence
             * @example 29924757
             */
            sequence: number | null;
            /**
             * @description When it expires
             * @example 2027-02-22T02:15:00.000Z
             */
            expiresAt: components["schemas"]["Time"] | null;
            /**
             * @description Those of the key set, then those that only the server that answers knows
             * @example []
             */
            manifestKeys: components["schemas"]["ManifestKey"][];
        };
        /** @description A key that signs manifests */
        ManifestKey: {
            key: components["schemas"]["JsonWebKey"];
            /**
             * @description The server that answers signs with it; its signatures count; it is in no key set
             * @example signing
             * @enum {string}
             */
            state: "signing" | "accepted" | "unused";
            /**
             * @description The server that answers holds the private half
             * @example true
             */
            here: boolean;
        };
        /** @description The keys that sign access tokens */
        TokenKeys: {
            /**
             * @description Those that are accepted, newest first
             * @example []
             */
            items: components["schemas"]["TokenKey"][];
            next: components["schemas"]["Next"];
        };
        /** @description A key that signs access tokens */
        TokenKey: {
            key: components["schemas"]["JsonWebKey"];
            /**
             * @description The server that answers signs with it; its signatures count
             * @example signing
             * @enum {string}
             */
            state: "signing" | "accepted";
            /**
             * @description The server that answers holds the private half
             * @example true
             */
            here: boolean;
            createdAt: components["schemas"]["Time"];
        };
        /** @description RFC 7517 §5 */
        JsonWebKeySet: {
            /**
             * @description The keys
             * @example []
             */
            keys: components["schemas"]["JsonWebKey"][];
        };
        /** @description An organisation to register */
        NewOrganization: {
            name: components["schemas"]["Name"];
            kind: components["schemas"]["OrganizationKind"];
        };
        /** @description A party of the exchange */
        Organization: {
            id: components["schemas"]["Id"];
            name: components["schemas"]["Name"];
            kind: components["schemas"]["OrganizationKind"];
            createdAt: components["schemas"]["Time"];
        };
        /** @description A page of organisations */
        OrganizationPage: {
            /**
             * @description Organisations
             * @example []
             */
            items: components["schemas"]["Organization"][];
            next: components["schemas"]["Next"];
        };
        /** @description A client to register */
        NewClient: {
            organizationId: components["schemas"]["Uuid"];
            name: components["schemas"]["Name"];
            role: components["schemas"]["ClientRole"];
            publicKey: components["schemas"]["JsonWebKey"];
        };
        /** @description A further key */
        NewClientKey: {
            publicKey: components["schemas"]["JsonWebKey"];
        };
        /** @description A system that signs in with a key of its own */
        Client: {
            id: components["schemas"]["Id"];
            organizationId: components["schemas"]["Id"];
            organization: components["schemas"]["Name"];
            name: components["schemas"]["Name"];
            role: components["schemas"]["ClientRole"];
            /**
             * @description What its tokens may do
             * @example [
             *       "submit"
             *     ]
             */
            scopes: string[];
            /**
             * @description Its public keys, newest first
             * @example []
             */
            keys: components["schemas"]["JsonWebKey"][];
            createdAt: components["schemas"]["Time"];
            /**
             * @description When it was revoked
             * @example null
             */
            revokedAt: components["schemas"]["Time"] | null;
        };
        /** @description A page of clients */
        ClientPage: {
            /**
             * @description Clients
             * @example []
             */
            items: components["schemas"]["Client"][];
            next: components["schemas"]["Next"];
        };
        /**
         * @description One row. `type`, `value`, `category` and one of `reports`, `score` are needed. A row's own faults never
         *     refuse the body: they are found in the submission's errors, so the types here are stated in words.
         */
        CandidateRow: {
            /**
             * @description CandidateType, always stated, never guessed
             * @example sender_number
             */
            type?: unknown;
            /**
             * @description Text: a number in any accepted spelling, or a code
             * @example 010-0000-0000
             */
            value?: unknown;
            /**
             * @description Category
             * @example gambling
             */
            category?: unknown;
            /**
             * @description Integer ≥ 0: reports received
             * @example 120
             */
            reports?: unknown;
            /**
             * @description Integer ≥ 0: distinct reporters
             * @example 45
             */
            reporters?: unknown;
            /**
             * @description RFC 3339 time
             * @example 2026-11-20T00:00:00Z
             */
            firstSeen?: unknown;
            /**
             * @description RFC 3339 time, not before firstSeen
             * @example 2026-11-22T09:30:00Z
             */
            lastSeen?: unknown;
            /**
             * @description `report`, `spam_trap` or `own_traffic`
             * @example report
             */
            source?: unknown;
            /**
             * @description Number from 0 to 1
             * @example 0.97
             */
            score?: unknown;
            /**
             * @description Name and version of the model that scored
             * @example text-screen/2
             */
            model?: unknown;
            /**
             * @description Code of the first sender
             * @example 123456789
             */
            originatorCode?: unknown;
            /**
             * @description Numbers in the text to call back (array, or text)
             * @example 02-000-0000
             */
            callbackNumber?: unknown;
            /**
             * @description The relay operator the messages came through
             * @example relay one
             */
            relay?: unknown;
            /**
             * @description Resellers, first sender first (array)
             * @example [
             *       "reseller a",
             *       "reseller b"
             *     ]
             */
            chain?: unknown;
            /**
             * @description A message sample; masked on the way in
             * @example [Web발신] …
             */
            sample?: unknown;
            /**
             * @description A URL in the messages; its query is masked
             * @example https://example.com/x
             */
            url?: unknown;
            /**
             * @description Report ids (array)
             * @example [
             *       "20261120-1"
             *     ]
             */
            reportIds?: unknown;
            /**
             * @description Free text for the reviewer
             * @example seen in three waves
             */
            note?: unknown;
        };
        /** @description Candidates as JSON */
        NewSubmission: {
            /**
             * @description The rows
             * @example [
             *       {
             *         "type": "sender_number",
             *         "value": "010-0000-0000",
             *         "category": "gambling",
             *         "reports": 120
             *       }
             *     ]
             */
            candidates: components["schemas"]["CandidateRow"][];
        };
        /** @description received = accepted + invalid + duplicates; accepted = newCases + joinedCases + alreadyListed */
        SubmissionReceipt: {
            id: components["schemas"]["Id"];
            submittedAt: components["schemas"]["Time"];
            received: components["schemas"]["Count"];
            accepted: components["schemas"]["Count"];
            invalid: components["schemas"]["Count"];
            newCases: components["schemas"]["Count"];
            joinedCases: components["schemas"]["Count"];
            alreadyListed: components["schemas"]["Count"];
            duplicates: components["schemas"]["Count"];
        };
        /** @description A submission and what became of it so far */
        Submission: {
            id: components["schemas"]["Id"];
            submittedAt: components["schemas"]["Time"];
            received: components["schemas"]["Count"];
            accepted: components["schemas"]["Count"];
            invalid: components["schemas"]["Count"];
            newCases: components["schemas"]["Count"];
            joinedCases: components["schemas"]["Count"];
            alreadyListed: components["schemas"]["Count"];
            duplicates: components["schemas"]["Count"];
            outcomes: components["schemas"]["OutcomeCounts"];
        };
        /** @description Candidates by state; pending includes those the agency asked about */
        OutcomeCounts: {
            pending: components["schemas"]["Count"];
            verified: components["schemas"]["Count"];
            rejected: components["schemas"]["Count"];
            withdrawn: components["schemas"]["Count"];
        };
        /** @description A page of submissions */
        SubmissionPage: {
            /**
             * @description Submissions
             * @example []
             */
            items: components["schemas"]["SubmissionReceipt"][];
            next: components["schemas"]["Next"];
        };
        /** @description A refused row */
        SubmissionError: {
            /**
             * @description 1 is the first after the header
             * @example 8
             */
            row: number;
            /**
             * @description The value as given, cut to 64 characters
             * @example 0000
             */
            value: string;
            /**
             * @description Stable, for programs
             * @example anonymous
             */
            code: string;
            /**
             * @description What to do about it
             * @example the sender withheld the number
             */
            detail: string;
        };
        /** @description A page of refused rows */
        SubmissionErrorPage: {
            /**
             * @description Refused rows
             * @example []
             */
            items: components["schemas"]["SubmissionError"][];
            next: components["schemas"]["Next"];
        };
        /** @description An accepted row */
        Candidate: {
            id: components["schemas"]["Id"];
            /**
             * @description 1 is the first after the header
             * @example 1
             */
            row: number;
            type: components["schemas"]["CandidateType"];
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            /**
             * @description As submitted
             * @example 010-0000-0000
             */
            rawValue: string;
            category: components["schemas"]["Category"];
            status: components["schemas"]["CandidateStatus"];
            caseId: components["schemas"]["Id"];
        };
        /** @description A page of candidates */
        CandidatePage: {
            /**
             * @description Candidates
             * @example []
             */
            items: components["schemas"]["Candidate"][];
            next: components["schemas"]["Next"];
        };
        /** @description A decision on a candidate of the caller */
        Outcome: {
            candidateId: components["schemas"]["Id"];
            submissionId: components["schemas"]["Id"];
            /**
             * @description Row of the submission
             * @example 1
             */
            row: number;
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            list: components["schemas"]["ListId"];
            /**
             * @description What was decided; `undone`: the agency took its last decision back, and what held before it holds again
             * @example verified
             * @enum {string}
             */
            outcome: "verified" | "rejected" | "info_requested" | "undone";
            /**
             * @description Why it was rejected
             * @example null
             */
            reason: components["schemas"]["RejectReason"] | null;
            /**
             * @description The category decided
             * @example gambling
             */
            category: components["schemas"]["Category"] | null;
            /**
             * @description Last day in force
             * @example 2027-02-21
             */
            until: components["schemas"]["Until"] | null;
            /**
             * @description What the agency asks with info_requested; its other notes stay with it
             * @example null
             */
            question: string | null;
            decidedAt: components["schemas"]["Time"];
        };
        /** @description A part of the feed */
        OutcomeFeed: {
            /**
             * @description Outcomes in order
             * @example []
             */
            items: components["schemas"]["Outcome"][];
            /**
             * @description Give it back as `after`; never null
             * @example NDI
             */
            next: string;
        };
        /** @description One value under review */
        Case: {
            id: components["schemas"]["Id"];
            list: components["schemas"]["ListId"];
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            /**
             * @description As people write it
             * @example 010-0000-0000
             */
            display: string;
            /**
             * @description Null for originator codes
             * @example mobile
             */
            numberClass: components["schemas"]["NumberClass"] | null;
            category: components["schemas"]["Category"];
            status: components["schemas"]["CaseStatus"];
            /**
             * @description Over all carriers
             * @example 391
             */
            reports: number;
            /**
             * @description Distinct carriers
             * @example 2
             */
            carriers: number;
            /**
             * @description Highest, 0 to 1
             * @example 0.97
             */
            score: number | null;
            /**
             * @description Earliest
             * @example null
             */
            firstSeen: components["schemas"]["Time"] | null;
            /**
             * @description Latest
             * @example null
             */
            lastSeen: components["schemas"]["Time"] | null;
            /**
             * @description What to notice
             * @example [
             *       "protected"
             *     ]
             */
            flags: components["schemas"]["CaseFlag"][];
            /**
             * @description Rises with every change
             * @example 3
             */
            revision: number;
            /**
             * @description The lease in force
             * @example null
             */
            claim: components["schemas"]["Claim"] | null;
            openedAt: components["schemas"]["Time"];
        };
        /** @description A lease */
        Claim: {
            /**
             * @description Name of the reviewer
             * @example Kim
             */
            name: string;
            /**
             * @description The reviewer
             * @example 7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44
             */
            by: string;
            until: components["schemas"]["Time"];
        };
        /** @description A page of cases */
        CasePage: {
            /**
             * @description Cases
             * @example []
             */
            items: components["schemas"]["Case"][];
            next: components["schemas"]["Next"];
        };
        /** @description What was leased */
        ClaimedCases: {
            /**
             * @description Cases
             * @example []
             */
            items: components["schemas"]["Case"][];
        };
        /** @description A case with all that is known of it */
        CaseDetail: {
            id: components["schemas"]["Id"];
            list: components["schemas"]["ListId"];
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            /**
             * @description As people write it
             * @example 010-0000-0000
             */
            display: string;
            /**
             * @description Null for originator codes
             * @example mobile
             */
            numberClass: components["schemas"]["NumberClass"] | null;
            category: components["schemas"]["Category"];
            status: components["schemas"]["CaseStatus"];
            /**
             * @description Over all carriers
             * @example 391
             */
            reports: number;
            /**
             * @description Distinct carriers
             * @example 2
             */
            carriers: number;
            /**
             * @description Highest, 0 to 1
             * @example 0.97
             */
            score: number | null;
            /**
             * @description Earliest
             * @example null
             */
            firstSeen: components["schemas"]["Time"] | null;
            /**
             * @description Latest
             * @example null
             */
            lastSeen: components["schemas"]["Time"] | null;
            /**
             * @description What to notice
             * @example [
             *       "protected"
             *     ]
             */
            flags: components["schemas"]["CaseFlag"][];
            /**
             * @description Rises with every change
             * @example 3
             */
            revision: number;
            /**
             * @description The lease in force
             * @example null
             */
            claim: components["schemas"]["Claim"] | null;
            openedAt: components["schemas"]["Time"];
            /**
             * @description Of every carrier, newest first, at most 1,000
             * @example []
             */
            evidence: components["schemas"]["Evidence"][];
            /**
             * @description In order
             * @example []
             */
            decisions: components["schemas"]["Decision"][];
            /**
             * @description Cases that share an originator code with this one, at most 100
             * @example []
             */
            related: components["schemas"]["RelatedCase"][];
            /**
             * @description Originator codes that the evidence names, or the code itself
             * @example []
             */
            codes: components["schemas"]["CodeTrace"][];
            /**
             * @description Messages of the evidence, those first that most other cases have too
             * @example []
             */
            samples: components["schemas"]["SampleMatch"][];
            /**
             * @description The entry in force
             * @example null
             */
            entry: components["schemas"]["Entry"] | null;
        };
        /** @description What is seen with an originator code, over the latest 10,000 rows of evidence that name it */
        CodeTrace: {
            /**
             * @description The code
             * @example 123456789
             */
            code: string;
            /**
             * @description Numbers whose evidence names it
             * @example 41
             */
            numbers: number;
            /**
             * @description How many of these are verified, and not released as a mistake or upon appeal
             * @example 7
             */
            verified: number;
            /**
             * @description How many of these in a malignant category
             * @example 3
             */
            strikes: number;
            /**
             * @description The case of the code itself
             * @example null
             */
            caseId: components["schemas"]["Id"] | null;
            /**
             * @description State of that case
             * @example open
             */
            status: components["schemas"]["CaseStatus"] | null;
            /**
             * @description Chains seen with it, most frequent first
             * @example []
             */
            chains: string[][];
            /**
             * @description Relays seen with it, most frequent first
             * @example []
             */
            relays: components["schemas"]["RelayCount"][];
        };
        /** @description How often evidence names a relay */
        RelayCount: {
            /**
             * @description Relay operator
             * @example relay one
             */
            relay: string;
            /**
             * @description Rows of evidence
             * @example 12
             */
            count: number;
        };
        /** @description A message, and who else is reported for the very same one (over the 10,000 rows found first) */
        SampleMatch: {
            /**
             * @description SHA-256 of the sample before masking
             * @example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
             */
            sampleHash: string;
            /**
             * @description Masked sample; null when it was erased after its time
             * @example [Web발신] …
             */
            sample: string | null;
            /**
             * @description Other cases whose evidence has it
             * @example 17
             */
            numbers: number;
            /**
             * @description Reports of these
             * @example 230
             */
            reports: number;
        };
        /** @description A case that shares an originator code */
        RelatedCase: {
            id: components["schemas"]["Id"];
            list: components["schemas"]["ListId"];
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            /**
             * @description As people write it
             * @example 010-0000-0000
             */
            display: string;
            category: components["schemas"]["Category"];
            status: components["schemas"]["CaseStatus"];
        };
        /** @description What one row of a carrier says */
        Evidence: {
            candidateId: components["schemas"]["Id"];
            /**
             * @description The carrier
             * @example KT
             */
            organization: string;
            submittedAt: components["schemas"]["Time"];
            status: components["schemas"]["CandidateStatus"];
            /**
             * @description As submitted
             * @example 010-0000-0000
             */
            rawValue: string;
            category: components["schemas"]["Category"];
            /**
             * @description Reports
             * @example 391
             */
            reports: number | null;
            /**
             * @description Distinct reporters
             * @example 12
             */
            reporters: number | null;
            /**
             * @description First seen
             * @example null
             */
            firstSeen: components["schemas"]["Time"] | null;
            /**
             * @description Last seen
             * @example null
             */
            lastSeen: components["schemas"]["Time"] | null;
            /**
             * @description Where it was seen
             * @example report
             */
            source: string | null;
            /**
             * @description 0 to 1
             * @example 0.85
             */
            score: number | null;
            /**
             * @description The model that scored
             * @example text-screen/2
             */
            model: string | null;
            /**
             * @description Code of the first sender
             * @example 123456789
             */
            originatorCode: string | null;
            /**
             * @description Numbers to call back
             * @example []
             */
            callbackNumber: string[];
            /**
             * @description Relay operator
             * @example null
             */
            relay: string | null;
            /**
             * @description Resellers, first sender first
             * @example []
             */
            chain: string[];
            /**
             * @description Masked sample
             * @example [Web발신] …
             */
            sample: string | null;
            /**
             * @description SHA-256 of the sample before masking
             * @example null
             */
            sampleHash: string | null;
            /**
             * @description URL without its query
             * @example null
             */
            url: string | null;
            /**
             * @description Report ids
             * @example []
             */
            reportIds: string[];
            /**
             * @description For the reviewer
             * @example null
             */
            note: string | null;
            /**
             * @description What the carrier answered when asked, in order
             * @example []
             */
            information: components["schemas"]["Information"][];
            /**
             * @description When sample, URL and note were erased after their time; the hash stays
             * @example null
             */
            erasedAt: components["schemas"]["Time"] | null;
        };
        /** @description How many, and of which cases */
        NewClaims: {
            /**
             * @description At most so many
             * @example 20
             */
            limit: number;
            list?: components["schemas"]["ListId"];
            category?: components["schemas"]["Category"];
            /**
             * @description Which queue
             * @default open
             * @example open
             * @enum {string}
             */
            status: "open" | "awaiting_second";
            /**
             * @description Reports over all carriers
             * @example 50
             */
            minReports?: number;
            flag?: components["schemas"]["CaseFlag"];
        };
        /**
         * @description The verdict
         * @example verify
         * @enum {string}
         */
        Verdict: "verify" | "reject" | "request_info";
        /** @description A decision on one case */
        NewDecision: {
            verdict: components["schemas"]["Verdict"];
            /**
             * @description The revision that was read
             * @example 3
             */
            revision: number;
            category?: components["schemas"]["Category"];
            reason?: components["schemas"]["RejectReason"];
            until?: components["schemas"]["Until"];
            note?: components["schemas"]["Note"];
        };
        /** @description A case as it was read */
        CaseRevision: {
            id: components["schemas"]["Id"];
            /**
             * @description The revision that was read
             * @example 3
             */
            revision: number;
        };
        /** @description One decision on many cases */
        NewDecisions: {
            /**
             * @description The cases
             * @example [
             *       {
             *         "id": "1042",
             *         "revision": 3
             *       }
             *     ]
             */
            cases: components["schemas"]["CaseRevision"][];
            verdict: components["schemas"]["Verdict"];
            category?: components["schemas"]["Category"];
            reason?: components["schemas"]["RejectReason"];
            until?: components["schemas"]["Until"];
            note?: components["schemas"]["Note"];
        };
        /** @description A decision, never changed afterwards */
        Decision: {
            id: components["schemas"]["Id"];
            caseId: components["schemas"]["Id"];
            /**
             * @description The verdict
             * @example verify
             * @enum {string}
             */
            verdict: "verify" | "reject" | "request_info" | "release" | "undo";
            /**
             * @description What came of it
             * @example verified
             * @enum {string}
             */
            effect: "verified" | "rejected" | "info_requested" | "awaiting_second" | "released" | "undone";
            /**
             * @description Category decided
             * @example gambling
             */
            category: components["schemas"]["Category"] | null;
            /**
             * @description Last day in force
             * @example permanent
             */
            until: components["schemas"]["Until"] | null;
            /**
             * @description A RejectReason or ReleaseReason
             * @example null
             */
            reason: string | null;
            /**
             * @description For the record
             * @example null
             */
            note: string | null;
            /**
             * @description An emergency release
             * @example false
             */
            urgent: boolean;
            /**
             * @description The decision that this one takes back
             * @example null
             */
            undoes: components["schemas"]["Id"] | null;
            /**
             * @description The responsible organisation
             * @example KISA
             */
            organization: string;
            /**
             * @description The reviewer
             * @example 7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44
             */
            decidedBy: string;
            /**
             * @description Name of the reviewer
             * @example Kim
             */
            decidedByName: string;
            decidedAt: components["schemas"]["Time"];
        };
        /** @description What came of a decision on many cases; decisionId is one of the decisions, and stands for them all where they are undone */
        DecisionSummary: {
            /**
             * @description Cases decided
             * @example 120
             */
            decided: number;
            decisionId: components["schemas"]["Id"];
            /**
             * @description Of these, waiting for a second person
             * @example 0
             */
            awaitingSecond: number;
        };
        /** @description What a person decided lately, and can undo until a moment; what of it is listed already, and the impact of that */
        Undo: {
            /**
             * @description Decisions that were made at once
             * @example 120
             */
            decisions: number;
            /**
             * @description Values that are listed by them already: with any, nothing can be undone
             * @example 0
             */
            listed: number;
            until: components["schemas"]["Time"];
            impact: components["schemas"]["Impact"];
        };
        /** @description What came of an undo */
        UndoSummary: {
            /**
             * @description Decisions taken back
             * @example 120
             */
            undone: number;
        };
        /** @description What came of many releases */
        ReleaseSummary: {
            /**
             * @description Values released
             * @example 120
             */
            released: number;
        };
        /**
         * @description Why a value is protected
         * @example bank
         * @enum {string}
         */
        ProtectionKind: "special" | "bank" | "government" | "default_code" | "opt_out" | "other";
        /** @description Why to protect */
        NewProtection: {
            /**
             * @description Why
             * @example bank
             * @enum {string}
             */
            kind: "bank" | "government" | "default_code" | "opt_out" | "other";
            note?: components["schemas"]["Note"];
        };
        /** @description A value that two people must agree to list */
        ProtectedValue: {
            list: components["schemas"]["ListId"];
            /**
             * @description Canonical form
             * @example +82112
             */
            value: string;
            kind: components["schemas"]["ProtectionKind"];
            /**
             * @description For the record
             * @example null
             */
            note: string | null;
            /**
             * @description Who; null when by rule
             * @example null
             */
            protectedBy: string | null;
            /**
             * @description When; null when by rule
             * @example null
             */
            protectedAt: components["schemas"]["Time"] | null;
        };
        /** @description Why to release */
        NewRelease: {
            reason: components["schemas"]["ReleaseReason"];
            note?: components["schemas"]["Note"];
            /**
             * @description By a version of its own, at once
             * @default false
             * @example true
             */
            urgent: boolean;
        };
        /** @description The state of a list */
        List: {
            id: components["schemas"]["ListId"];
            epoch: components["schemas"]["Uuid"];
            version: components["schemas"]["VersionNumber"];
            count: components["schemas"]["Count"];
            digest: components["schemas"]["Digest"];
            chain: components["schemas"]["Chain"];
            publishedAt: components["schemas"]["Time"];
            pending: components["schemas"]["PendingChange"];
        };
        /** @description What the next version would change */
        PendingChange: {
            added: components["schemas"]["Count"];
            removed: components["schemas"]["Count"];
            /**
             * @description The mass-change brake holds it until it is confirmed
             * @example false
             */
            held: boolean;
        };
        /** @description All lists */
        ListPage: {
            /**
             * @description Lists
             * @example []
             */
            items: components["schemas"]["List"][];
            next: components["schemas"]["Next"];
        };
        /** @description A version of a list */
        Version: {
            version: components["schemas"]["VersionNumber"];
            publishedAt: components["schemas"]["Time"];
            added: components["schemas"]["Count"];
            removed: components["schemas"]["Count"];
            count: components["schemas"]["Count"];
            digest: components["schemas"]["Digest"];
            chain: components["schemas"]["Chain"];
            /**
             * @description For the record
             * @example null
             */
            note: string | null;
            /**
             * @description The client that published it; null: the exchange by itself
             * @example null
             */
            publishedBy: components["schemas"]["Id"] | null;
            /**
             * @description Who let it pass though the mass-change brake held it; null: the brake did not hold it
             * @example null
             */
            confirmedBy: components["schemas"]["Id"] | null;
        };
        /** @description A page of versions */
        VersionPage: {
            /**
             * @description Versions
             * @example []
             */
            items: components["schemas"]["Version"][];
            next: components["schemas"]["Next"];
        };
        /** @description How to publish */
        NewVersion: {
            note?: components["schemas"]["Note"];
            /**
             * @description Let a version pass that the brake holds
             * @default false
             * @example false
             */
            confirmMassChange: boolean;
        };
        /** @description One line of a list, as it stands or last stood */
        Entry: {
            list: components["schemas"]["ListId"];
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            /**
             * @description As people write it
             * @example 010-0000-0000
             */
            display: string;
            category: components["schemas"]["Category"];
            until: components["schemas"]["Until"];
            /**
             * @description State of the entry
             * @example listed
             * @enum {string}
             */
            status: "listed" | "released" | "expired";
            /**
             * @description The responsible organisation
             * @example KISA
             */
            organization: string;
            decisionId: components["schemas"]["Id"];
            listedIn: components["schemas"]["VersionNumber"];
            listedInEpoch: components["schemas"]["Uuid"];
            listedAt: components["schemas"]["Time"];
            /**
             * @description The first version without it
             * @example null
             */
            removedIn: components["schemas"]["VersionNumber"] | null;
            /**
             * @description The epoch of that version
             * @example null
             */
            removedInEpoch: components["schemas"]["Uuid"] | null;
            /**
             * @description A ReleaseReason, `changed` (another line took its place) or `protected`
             * @example null
             */
            removalReason: string | null;
        };
        /** @description A page of entries */
        EntryPage: {
            /**
             * @description Entries
             * @example []
             */
            items: components["schemas"]["Entry"][];
            next: components["schemas"]["Next"];
        };
        /** @description An entry with its decisions and its history */
        EntryDetail: {
            list: components["schemas"]["ListId"];
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            /**
             * @description As people write it
             * @example 010-0000-0000
             */
            display: string;
            category: components["schemas"]["Category"];
            until: components["schemas"]["Until"];
            /**
             * @description State of the entry
             * @example listed
             * @enum {string}
             */
            status: "listed" | "released" | "expired";
            /**
             * @description The responsible organisation
             * @example KISA
             */
            organization: string;
            decisionId: components["schemas"]["Id"];
            listedIn: components["schemas"]["VersionNumber"];
            listedInEpoch: components["schemas"]["Uuid"];
            listedAt: components["schemas"]["Time"];
            /**
             * @description The first version without it
             * @example null
             */
            removedIn: components["schemas"]["VersionNumber"] | null;
            /**
             * @description The epoch of that version
             * @example null
             */
            removedInEpoch: components["schemas"]["Uuid"] | null;
            /**
             * @description A ReleaseReason, `changed` (another line took its place) or `protected`
             * @example null
             */
            removalReason: string | null;
            caseId: components["schemas"]["Id"];
            /**
             * @description All decisions on the value
             * @example []
             */
            decisions: components["schemas"]["Decision"][];
            /**
             * @description All appeals on the value, newest first; only reviewers and auditors see them
             * @example []
             */
            appeals: components["schemas"]["Appeal"][];
            /**
             * @description Each time it was listed, newest first
             * @example []
             */
            history: components["schemas"]["Entry"][];
        };
        /** @description A line */
        DiffLine: {
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            category: components["schemas"]["Category"];
            until: components["schemas"]["Until"];
        };
        /** @description The net change from one version to another */
        Diff: {
            list: components["schemas"]["ListId"];
            epoch: components["schemas"]["Uuid"];
            from: components["schemas"]["VersionNumber"];
            to: components["schemas"]["VersionNumber"];
            /**
             * @description Lines gone
             * @example []
             */
            removed: components["schemas"]["DiffLine"][];
            /**
             * @description Lines new
             * @example []
             */
            added: components["schemas"]["DiffLine"][];
        };
        /** @description List format §6 */
        Proof: {
            list: components["schemas"]["ListId"];
            epoch: components["schemas"]["Uuid"];
            version: components["schemas"]["VersionNumber"];
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            /**
             * @description The lines of the leaf
             * @example []
             */
            lines: string[];
            /**
             * @description Bottom up
             * @example []
             */
            siblings: components["schemas"]["Digest"][];
            manifest: components["schemas"]["CompactJws"];
        };
        /** @description What a relay last acknowledged of a list */
        Relay: {
            clientId: components["schemas"]["Id"];
            /**
             * @description The operator
             * @example Relay One
             */
            organization: string;
            /**
             * @description The client
             * @example gateway-1
             */
            name: string;
            list: components["schemas"]["ListId"];
            /**
             * @description The gravest that is to be said: `silent` never acknowledged anything, `old_epoch` acknowledged a history
             *     that is no more, `wrong` something else than was published as that version, `stale` lacks a version for
             *     5 minutes or has not come for as long as a manifest is good, `behind` lacks a version, `current`.
             * @example current
             * @enum {string}
             */
            state: "current" | "behind" | "stale" | "wrong" | "old_epoch" | "silent";
            /**
             * @description Epoch of the newest receipt; null when there is none
             * @example 7d0f9e0a-3c1b-4f57-9a65-0c2f6d1b8e44
             */
            epoch: components["schemas"]["Uuid"] | null;
            /**
             * @description Version acknowledged, in that epoch; null when none
             * @example 12
             */
            version: components["schemas"]["VersionNumber"] | null;
            /**
             * @description Versions behind; null without a receipt of the present epoch
             * @example 0
             */
            lagVersions: number | null;
            /**
             * @description Seconds since the first version it lacks; 0 when current, null without a receipt of the present epoch
             * @example 0
             */
            lagSeconds: number | null;
            /**
             * @description Whether it holds what was verified; null without a receipt of the present epoch
             * @example true
             */
            digestMatches: boolean | null;
            /**
             * @description When it was received
             * @example null
             */
            receiptAt: components["schemas"]["Time"] | null;
            /**
             * @description When its newest wrong receipt came; it stays once it is right again
             * @example null
             */
            wrongAt: components["schemas"]["Time"] | null;
            /**
             * @description When it last fetched manifest, snapshot or diff of the list; up to 5 seconds late
             * @example 2026-11-24T02:15:00.000Z
             */
            lastPullAt: components["schemas"]["Time"] | null;
            /**
             * @description Whether it follows the events, on whichever server; up to 35 seconds late
             * @example true
             */
            connected: boolean;
        };
        /** @description All relays */
        RelayPage: {
            /**
             * @description Relays and lists
             * @example []
             */
            items: components["schemas"]["Relay"][];
            next: components["schemas"]["Next"];
        };
        /**
         * Format: date
         * @description A day in the agency's time zone
         * @example 2026-11-24
         */
        Day: string;
        /**
         * @description E-mail address; case does not matter
         * @example reviewer@example.org
         */
        Email: string;
        /**
         * @description What a person may do: reviewer → review; lead → review, publish; admin → admin; auditor → audit
         * @example reviewer
         * @enum {string}
         */
        UserRole: "reviewer" | "lead" | "admin" | "auditor";
        /**
         * @description State of a person
         * @example active
         * @enum {string}
         */
        UserState: "invited" | "active" | "suspended";
        /**
         * @description A one-time secret
         * @example q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA
         */
        Secret: string;
        /**
         * @description A password, 12 characters or more; any characters, spaces too
         * @example correct horse battery staple
         */
        Password: string;
        /**
         * @description What the authenticator shows (RFC 6238); each is good once
         * @example 492039
         */
        TotpCode: string;
        /**
         * @description base64url without padding
         * @example q83vEjRWeJA
         */
        Base64Url: string;
        /**
         * @description A parameter of the provider's answer
         * @example SplxlOBeZQQYbYS6WxSbIA
         */
        ProviderText: string;
        /** @description A person to add */
        NewUser: {
            email: components["schemas"]["Email"];
            name?: components["schemas"]["Name"];
            role: components["schemas"]["UserRole"];
            organizationId?: components["schemas"]["Uuid"];
        };
        /** @description What to change */
        UserChange: {
            name?: components["schemas"]["Name"];
            role?: components["schemas"]["UserRole"];
            /**
             * @description Shut out until it is taken back
             * @example true
             */
            suspended?: boolean;
        };
        /** @description A person who signs in to the console */
        User: {
            id: components["schemas"]["Id"];
            email: components["schemas"]["Email"];
            name: components["schemas"]["Name"];
            role: components["schemas"]["UserRole"];
            state: components["schemas"]["UserState"];
            organizationId: components["schemas"]["Id"];
            /**
             * @description The organisation that the person acts for
             * @example KISA
             */
            organization: string;
            /**
             * @description Passkeys registered
             * @example 1
             */
            passkeys: number;
            createdAt: components["schemas"]["Time"];
            /**
             * @description When the person last signed in
             * @example null
             */
            lastSignInAt: components["schemas"]["Time"] | null;
        };
        /** @description A page of people */
        UserPage: {
            /**
             * @description People
             * @example []
             */
            items: components["schemas"]["User"][];
            next: components["schemas"]["Next"];
        };
        /** @description A way in, good once; whoever has the link is taken for the person */
        Invitation: {
            /**
             * @description The link to hand over; its secret is behind #, so that no server on the way sees it
             * @example http://127.0.0.1:8080/#/invitation/q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA
             */
            url: string;
            expiresAt: components["schemas"]["Time"];
        };
        /** @description A person who was just added */
        InvitedUser: {
            id: components["schemas"]["Id"];
            email: components["schemas"]["Email"];
            name: components["schemas"]["Name"];
            role: components["schemas"]["UserRole"];
            state: components["schemas"]["UserState"];
            organizationId: components["schemas"]["Id"];
            /**
             * @description The organisation that the person acts for
             * @example KISA
             */
            organization: string;
            /**
             * @description Passkeys registered
             * @example 1
             */
            passkeys: number;
            createdAt: components["schemas"]["Time"];
            /**
             * @description When the person last signed in
             * @example null
             */
            lastSignInAt: components["schemas"]["Time"] | null;
            invitation: components["schemas"]["Invitation"];
        };
        /** @description What stands in the link */
        InvitationToken: {
            token: components["schemas"]["Secret"];
        };
        /** @description Whom an invitation is for, and the secret to put into an authenticator */
        OpenedInvitation: {
            email: components["schemas"]["Email"];
            name: components["schemas"]["Name"];
            role: components["schemas"]["UserRole"];
            /**
             * @description The organisation that the person acts for
             * @example KISA
             */
            organization: string;
            expiresAt: components["schemas"]["Time"];
            /**
             * @description Base32, to type in
             * @example JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP
             */
            totpSecret: string;
            /**
             * @description The same as a URI, to show as a QR code
             * @example otpauth://totp/chadan:reviewer%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=chadan
             */
            totpUri: string;
        };
        /** @description How the person will sign in */
        InvitationAcceptance: {
            token: components["schemas"]["Secret"];
            email?: components["schemas"]["Email"];
            name?: components["schemas"]["Name"];
            password: components["schemas"]["Password"];
            totp: components["schemas"]["TotpCode"];
        };
        /** @description How people sign in here */
        SignInMethods: {
            /**
             * @description With password and authenticator code
             * @example true
             */
            password: boolean;
            /**
             * @description With a passkey; browsers want https, or http://localhost
             * @example true
             */
            passkey: boolean;
            /**
             * @description Name of the OpenID provider; null where the settings name none
             * @example null
             */
            provider: string | null;
        };
        /** @description Who signs in */
        NewSession: {
            email: components["schemas"]["Email"];
            /**
             * @description The password
             * @example correct horse battery staple
             */
            password: string;
            totp: components["schemas"]["TotpCode"];
        };
        /**
         * @description Who is signed in. With the cookie every request that changes something must carry `csrfToken` in the header
         *     `X-CSRF-Token`, and come from the exchange's own pages.
         */
        Session: {
            id: components["schemas"]["Id"];
            user: components["schemas"]["User"];
            /**
             * @description What the person may do
             * @example [
             *       "review"
             *     ]
             */
            scopes: string[];
            method: components["schemas"]["SignInMethod"];
            /**
             * @description For the header X-CSRF-Token
             * @example q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA
             */
            csrfToken: string;
            startedAt: components["schemas"]["Time"];
            idleAt: components["schemas"]["Time"];
            expiresAt: components["schemas"]["Time"];
        };
        /**
         * @description How the person signed in
         * @example password
         * @enum {string}
         */
        SignInMethod: "password" | "passkey" | "provider" | "invitation";
        /** @description Where a person is signed in */
        SessionSummary: {
            id: components["schemas"]["Id"];
            /**
             * @description The one that asks
             * @example true
             */
            current: boolean;
            method: components["schemas"]["SignInMethod"];
            /**
             * @description Where it was begun
             * @example 192.0.2.7
             */
            address: string | null;
            /**
             * @description The browser
             * @example Mozilla/5.0
             */
            userAgent: string | null;
            startedAt: components["schemas"]["Time"];
            seenAt: components["schemas"]["Time"];
        };
        /** @description All sessions */
        SessionPage: {
            /**
             * @description Sessions
             * @example []
             */
            items: components["schemas"]["SessionSummary"][];
            next: components["schemas"]["Next"];
        };
        /** @description The password in use, and the one to come */
        PasswordChange: {
            /**
             * @description The password in use
             * @example correct horse battery staple
             */
            password: string;
            totp: components["schemas"]["TotpCode"];
            newPassword: components["schemas"]["Password"];
        };
        /** @description PublicKeyCredentialDescriptorJSON (WebAuthn) */
        PasskeyDescriptor: {
            id: components["schemas"]["Base64Url"];
            /**
             * @description Always public-key
             * @example public-key
             * @enum {string}
             */
            type: "public-key";
        };
        /** @description PublicKeyCredentialParameters (WebAuthn) */
        PasskeyParameters: {
            /**
             * @description Always public-key
             * @example public-key
             * @enum {string}
             */
            type: "public-key";
            /**
             * @description COSE algorithm
             * @example -7
             */
            alg: number;
        };
        /** @description PublicKeyCredentialRpEntity (WebAuthn) */
        PasskeyParty: {
            /**
             * @description The host of the exchange
             * @example chadan.example
             */
            id: string;
            /**
             * @description Its name
             * @example chadan
             */
            name: string;
        };
        /** @description PublicKeyCredentialUserEntityJSON (WebAuthn) */
        PasskeyUser: {
            id: components["schemas"]["Base64Url"];
            /**
             * @description E-mail address
             * @example reviewer@example.org
             */
            name: string;
            /**
             * @description Name
             * @example Kim
             */
            displayName: string;
        };
        /** @description AuthenticatorSelectionCriteria (WebAuthn) */
        PasskeySelection: {
            /**
             * @description It knows whose it is
             * @example required
             * @enum {string}
             */
            residentKey: "required";
            /**
             * @description The same for older browsers
             * @example true
             */
            requireResidentKey: boolean;
            /**
             * @description By finger, face or PIN
             * @example required
             * @enum {string}
             */
            userVerification: "required";
        };
        /** @description PublicKeyCredentialCreationOptionsJSON (WebAuthn) */
        PasskeyOptions: {
            rp: components["schemas"]["PasskeyParty"];
            user: components["schemas"]["PasskeyUser"];
            challenge: components["schemas"]["Base64Url"];
            /**
             * @description Algorithms taken
             * @example []
             */
            pubKeyCredParams: components["schemas"]["PasskeyParameters"][];
            /**
             * @description Milliseconds
             * @example 300000
             */
            timeout: number;
            /**
             * @description No attestation is asked for
             * @example none
             * @enum {string}
             */
            attestation: "none";
            authenticatorSelection: components["schemas"]["PasskeySelection"];
            /**
             * @description Registered already
             * @example []
             */
            excludeCredentials: components["schemas"]["PasskeyDescriptor"][];
        };
        /** @description PublicKeyCredentialRequestOptionsJSON (WebAuthn) */
        PasskeyRequest: {
            challenge: components["schemas"]["Base64Url"];
            /**
             * @description The host of the exchange
             * @example chadan.example
             */
            rpId: string;
            /**
             * @description Milliseconds
             * @example 300000
             */
            timeout: number;
            /**
             * @description By finger, face or PIN
             * @example required
             * @enum {string}
             */
            userVerification: "required";
        };
        /** @description The fields of an AuthenticatorAttestationResponse */
        NewPasskey: {
            name?: components["schemas"]["Name"];
            id: components["schemas"]["Base64Url"];
            clientDataJSON: components["schemas"]["Base64Url"];
            attestationObject: components["schemas"]["Base64Url"];
        };
        /** @description The fields of an AuthenticatorAssertionResponse */
        PasskeyAssertion: {
            id: components["schemas"]["Base64Url"];
            clientDataJSON: components["schemas"]["Base64Url"];
            authenticatorData: components["schemas"]["Base64Url"];
            signature: components["schemas"]["Base64Url"];
        };
        /** @description A registered passkey */
        Passkey: {
            id: components["schemas"]["Id"];
            name: components["schemas"]["Name"];
            createdAt: components["schemas"]["Time"];
            /**
             * @description Last used to sign in
             * @example null
             */
            usedAt: components["schemas"]["Time"] | null;
        };
        /** @description All passkeys */
        PasskeyPage: {
            /**
             * @description Passkeys
             * @example []
             */
            items: components["schemas"]["Passkey"][];
            next: components["schemas"]["Next"];
        };
        /** @description The first step of OpenID Connect */
        ProviderRequest: {
            /**
             * @description Where the browser is to go
             * @example https://id.example/auth?client_id=chadan
             */
            location: string;
        };
        /** @description What waits; a count is exact up to 10,000, and 10,001 says that there are more */
        Desk: {
            /**
             * @description Cases open
             * @example 1042
             */
            open: number;
            /**
             * @description Cases that wait for a second person
             * @example 3
             */
            awaitingSecond: number;
            /**
             * @description Cases leased to the caller
             * @example 20
             */
            mine: number;
            /**
             * @description Appeals not decided
             * @example 4
             */
            appeals: number;
            /**
             * @description Of these past their due day
             * @example 1
             */
            lateAppeals: number;
        };
        /** @description What relays saw of the value, in sums */
        Impact: {
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
            messages: components["schemas"]["Count"];
            /**
             * @description Relays that saw any of them
             * @example 3
             */
            relays: number;
        };
        /** @description What the next version changes, in messages of the last 7 days */
        PendingImpact: {
            added: components["schemas"]["Impact"];
            removed: components["schemas"]["Impact"];
        };
        /** @description What a decision would change */
        DecisionPreview: {
            /**
             * @description Cases that can be decided so
             * @example 118
             */
            decided: number;
            /**
             * @description Of these, waiting for a second person afterwards
             * @example 0
             */
            awaitingSecond: number;
            /**
             * @description Values that the next version would list or list otherwise
             * @example 118
             */
            listed: number;
            /**
             * @description Candidates whose carriers would be told
             * @example 240
             */
            candidates: number;
            /**
             * @description Carriers that would be told
             * @example 3
             */
            organizations: number;
            /**
             * @description Cases in the way; with any of them nothing would be decided
             * @example 2
             */
            refused: number;
            /**
             * @description The first of these
             * @example []
             */
            refusals: components["schemas"]["FieldError"][];
            impact: components["schemas"]["Impact"];
        };
        /** @description A page of protected values */
        ProtectedValuePage: {
            /**
             * @description Protected values
             * @example []
             */
            items: components["schemas"]["ProtectedValue"][];
            next: components["schemas"]["Next"];
        };
        /** @description What came of many protections */
        ProtectionSummary: {
            /**
             * @description Values protected
             * @example 120
             */
            protected: number;
        };
        /** @description The answer to the agency's question */
        NewInformation: {
            /**
             * @description Masked on the way in, as samples are
             * @example seen in three waves, all to the same callback number
             */
            text: string;
        };
        /** @description What a carrier answered */
        Information: {
            /**
             * @description The answer; null when it was erased after its time
             * @example seen in three waves
             */
            text: string | null;
            givenAt: components["schemas"]["Time"];
        };
        /** @description Messages of one value */
        EnforcementCount: {
            /**
             * @description Canonical, or in any accepted spelling
             * @example +821000000000
             */
            value: string;
            /**
             * @description Messages blocked because of it
             * @example 391
             */
            blocked: number;
            /**
             * @description Messages seen of it, blocked or not
             * @example 391
             */
            seen?: number;
        };
        /** @description Sums of a stretch of time */
        NewEnforcement: {
            from: components["schemas"]["Time"];
            to: components["schemas"]["Time"];
            /**
             * @description A count for each value
             * @example []
             */
            counts: components["schemas"]["EnforcementCount"][];
        };
        /**
         * @description State of an appeal
         * @example filed
         * @enum {string}
         */
        AppealStatus: "filed" | "accepted" | "denied" | "withdrawn";
        /** @description Why a value should not be listed */
        NewAppeal: {
            list: components["schemas"]["ListId"];
            /**
             * @description Canonical, or in any accepted spelling
             * @example +821000000000
             */
            value: string;
            /**
             * @description The reasons given
             * @example The number was given to a new subscriber in October.
             */
            statement: string;
            /**
             * @description How to reach who objects; seen by the agency alone
             * @example desk@relay.example
             */
            contact?: string;
            /**
             * @description Who called the agency; only the agency files for others
             * @example the subscriber
             */
            onBehalfOf?: string;
        };
        /** @description An objection to a value being listed */
        Appeal: {
            id: components["schemas"]["Id"];
            list: components["schemas"]["ListId"];
            /**
             * @description Canonical form
             * @example +821000000000
             */
            value: string;
            /**
             * @description As people write it
             * @example 010-0000-0000
             */
            display: string;
            category: components["schemas"]["Category"];
            status: components["schemas"]["AppealStatus"];
            /**
             * @description Past its due day and not decided
             * @example false
             */
            late: boolean;
            dueOn: components["schemas"]["Day"];
            /**
             * @description The reasons given; null when they were erased after their time
             * @example The number was given to a new subscriber in October.
             */
            statement: string | null;
            /**
             * @description How to reach who objects
             * @example null
             */
            contact: string | null;
            /**
             * @description Who called the agency
             * @example null
             */
            onBehalfOf: string | null;
            /**
             * @description The organisation that filed it
             * @example Relay One
             */
            organization: string;
            filedBy: components["schemas"]["Id"];
            /**
             * @description The person or client that filed it
             * @example gateway-1
             */
            filedByName: string;
            filedAt: components["schemas"]["Time"];
            /**
             * @description What was decided
             * @example null
             */
            outcome: components["schemas"]["AppealOutcome"] | null;
        };
        /** @description How an appeal ended */
        AppealOutcome: {
            /**
             * @description The grounds
             * @example the number was reassigned
             */
            note: string | null;
            /**
             * @description The decision that released the value; null when it was denied or not listed any more
             * @example null
             */
            releaseId: components["schemas"]["Id"] | null;
            decidedBy: components["schemas"]["Id"];
            /**
             * @description The person or client that decided
             * @example Kim
             */
            decidedByName: string;
            decidedAt: components["schemas"]["Time"];
        };
        /** @description A page of appeals */
        AppealPage: {
            /**
             * @description Appeals
             * @example []
             */
            items: components["schemas"]["Appeal"][];
            next: components["schemas"]["Next"];
        };
        /** @description How to end an appeal; to deny it, note says why */
        AppealDecision: {
            /**
             * @description The outcome
             * @example accepted
             * @enum {string}
             */
            outcome: "accepted" | "denied";
            note?: components["schemas"]["Note"];
            /**
             * @description Accepted: release by a version of its own, at once
             * @default false
             * @example true
             */
            urgent: boolean;
        };
        /** @description One field, before and after */
        AuditChange: {
            /**
             * @description Which
             * @example status
             */
            field: string;
            /**
             * @description Before; null when there was none
             * @example open
             */
            before: string | null;
            /**
             * @description After; null when there is none
             * @example verified
             */
            after: string | null;
        };
        /** @description Who acted */
        AuditActor: {
            /**
             * @description exchange: by itself; anonymous: nobody that is known
             * @example person
             * @enum {string}
             */
            kind: "client" | "person" | "exchange" | "anonymous";
            /**
             * @description The client's or person's id
             * @example null
             */
            id: components["schemas"]["Id"] | null;
            /**
             * @description Name as it is today, a client's after its organisation's; no part of the hash
             * @example Kim
             */
            name: string | null;
            /**
             * @description The organisation acted for
             * @example null
             */
            organizationId: components["schemas"]["Id"] | null;
        };
        /** @description One act, never changed afterwards */
        AuditEvent: {
            /**
             * @description Without holes, from 1
             * @example 1042
             */
            position: number;
            at: components["schemas"]["Time"];
            /**
             * @description operationId, or what the exchange does by itself
             * @example decideCase
             */
            operation: string;
            actor: components["schemas"]["AuditActor"];
            /**
             * @description Network address that the request came from
             * @example 192.0.2.7
             */
            address: string | null;
            /**
             * @description The X-Request-Id
             * @example 5c1e6a52-7d0f-4d5b-8b1a-0d2a6f0b9c11
             */
            requestId: string | null;
            /**
             * @description What was acted on
             * @example cases/1042
             */
            target: string;
            /**
             * @description Before and after
             * @example []
             */
            changes: components["schemas"]["AuditChange"][];
            previousHash: components["schemas"]["AuditHash"];
            hash: components["schemas"]["AuditHash"];
        };
        /**
         * @description SHA-256 over the event and the hash before it (docs/audit.md)
         * @example 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
         */
        AuditHash: string;
        /** @description A page of events */
        AuditEventPage: {
            /**
             * @description Events
             * @example []
             */
            items: components["schemas"]["AuditEvent"][];
            next: components["schemas"]["Next"];
        };
        /** @description Counts of a stretch of time */
        Figures: {
            /**
             * @description Candidates accepted
             * @example 1000
             */
            submitted: number;
            /**
             * @description Candidates verified; with categories and totals values decided
             * @example 900
             */
            verified: number;
            /**
             * @description Likewise rejected
             * @example 80
             */
            rejected: number;
            /**
             * @description Entries that came onto the lists
             * @example 850
             */
            listed: number;
            /**
             * @description Entries that left them
             * @example 12
             */
            released: number;
            /**
             * @description Messages that relays report as blocked
             * @example 123456
             */
            blocked: number;
        };
        /** @description Counts of one category, carrier, relay, reseller or period; 0 where a figure has no meaning there, as what is blocked has none for a carrier */
        FigureRow: {
            /**
             * @description Category, organisation, relay, reseller, or first day of the period
             * @example gambling
             */
            key: string;
            /**
             * @description Candidates accepted
             * @example 1000
             */
            submitted: number;
            /**
             * @description Candidates verified; with categories and totals values decided
             * @example 900
             */
            verified: number;
            /**
             * @description Likewise rejected
             * @example 80
             */
            rejected: number;
            /**
             * @description Entries that came onto the lists
             * @example 850
             */
            listed: number;
            /**
             * @description Entries that left them
             * @example 12
             */
            released: number;
            /**
             * @description Messages that relays report as blocked
             * @example 123456
             */
            blocked: number;
        };
        /** @description The figures of whole days */
        Statistics: {
            from: components["schemas"]["Day"];
            to: components["schemas"]["Day"];
            totals: components["schemas"]["Figures"];
            /**
             * @description By category
             * @example []
             */
            categories: components["schemas"]["FigureRow"][];
            /**
             * @description By the carrier that submitted
             * @example []
             */
            carriers: components["schemas"]["FigureRow"][];
            /**
             * @description By relay: candidates whose evidence names it as the way of the messages, and what its clients report as blocked
             * @example []
             */
            relays: components["schemas"]["FigureRow"][];
            /**
             * @description By reseller that evidence names, the 1,000 named most
             * @example []
             */
            resellers: components["schemas"]["FigureRow"][];
            /**
             * @description In order of time
             * @example []
             */
            periods: components["schemas"]["FigureRow"][];
            /**
             * @description From submission to decision; null without decisions
             * @example 3600
             */
            medianDecisionSeconds: number | null;
            /**
             * @description From decision to the last relay's receipt of the version with it; null without receipts
             * @example 4.2
             */
            medianReceiptSeconds: number | null;
        };
        /** @description Alive */
        Health: {
            /**
             * @description Always ok
             * @example ok
             * @enum {string}
             */
            status: "ok";
        };
        /** @description What must be up */
        Readiness: {
            /**
             * @description All of it: `degraded` when a check warns, `not_ready` when one fails, `stopping` once the server was asked to stop: send it nothing new
             * @example ready
             * @enum {string}
             */
            status: "ready" | "degraded" | "not_ready" | "stopping";
            /**
             * @description The database answers
             * @example true
             */
            database: boolean;
            /**
             * @description Its schema is this program's
             * @example true
             */
            migrated: boolean;
            /**
             * @description There is a key set
             * @example true
             */
            keys: boolean;
            /** @description What was looked at */
            checks: components["schemas"]["ReadinessCheck"][];
        };
        /** @description One thing that was looked at */
        ReadinessCheck: {
            /**
             * @description What
             * @example clock
             * @enum {string}
             */
            name: "database" | "pool" | "schema" | "keys" | "lists" | "clock" | "disk" | "publication";
            /**
             * @description How it stands
             * @example pass
             * @enum {string}
             */
            verdict: "pass" | "warn" | "fail";
            /**
             * @description What was found, and what to do
             * @example 0.0 s ahead of the database
             */
            detail: string;
        };
    };
    responses: {
        /** @description Refused (RFC 6749 §5.2) */
        OAuthError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description More than your share; try again after Retry-After seconds */
        OAuthTooMany: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["OAuthError"];
            };
        };
        /** @description The request is not as the contract says */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No valid token */
        Unauthorized: {
            headers: {
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token's scopes do not cover this */
        Forbidden: {
            headers: {
                "WWW-Authenticate": components["headers"]["WwwAuthenticate"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such thing, or it belongs to someone else */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It conflicts with the present state */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description It is no longer held */
        Gone: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is over the limit */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The media type or content coding is not taken here */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The range is outside the content */
        RangeNotSatisfiable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Understood, but not acceptable */
        Unprocessable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Wait for Retry-After seconds; the attempt was not looked at */
        TooManyAttempts: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What you hold is current */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description More than your share; try again after Retry-After seconds */
        TooMany: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Try again after Retry-After seconds; nothing was done */
        Unavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /** @description The `next` of the page before */
        Cursor: string;
        /** @description At most so many items */
        Limit: number;
        /** @description A client */
        ClientId: components["schemas"]["Uuid"];
        /** @description A key */
        Kid: string;
        /** @description A submission */
        SubmissionId: components["schemas"]["Id"];
        /** @description A candidate */
        CandidateId: components["schemas"]["Id"];
        /** @description A person */
        UserId: components["schemas"]["Uuid"];
        /** @description A passkey */
        PasskeyId: components["schemas"]["Id"];
        /** @description An appeal */
        AppealId: components["schemas"]["Id"];
        /** @description A case */
        CaseId: components["schemas"]["Id"];
        /** @description A decision */
        DecisionId: components["schemas"]["Id"];
        /** @description A list */
        ListId: components["schemas"]["Id"];
        /** @description A value, canonical or in any accepted spelling, URL-encoded */
        Value: string;
        /** @description A version */
        Version: components["schemas"]["VersionNumber"];
        /** @description The version that is held */
        From: components["schemas"]["VersionNumber"];
        /** @description The epoch that is held */
        Epoch: components["schemas"]["Uuid"];
        /** @description 304 when this ETag still holds */
        IfNoneMatch: string;
        /** @description A byte range */
        Range: string;
    };
    requestBodies: never;
    headers: {
        /** @description Where the new thing is */
        Location: string;
        /** @description The immutable address of this answer */
        ContentLocation: string;
        /** @description Strong validator */
        ETag: string;
        /** @description How long an answer may be kept */
        CacheControl: string;
        /** @description The session, HttpOnly and SameSite=Strict, or its end */
        SetCookie: string;
        /** @description Seconds to wait before the next try */
        RetryAfter: number;
        /** @description With `rate_limited`: what is left of the limit, and seconds until it begins anew (draft-ietf-httpapi-ratelimit-headers-10) */
        RateLimit: string;
        /** @description With `rate_limited`: the limit that was reached, its quota and its window in seconds */
        RateLimitPolicy: string;
        /** @description RFC 6750 challenge */
        WwwAuthenticate: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": components["schemas"]["TokenRequest"];
            };
        };
        responses: {
            /** @description An access token (RFC 9068) */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Token"];
                };
            };
            400: components["responses"]["OAuthError"];
            401: components["responses"]["OAuthError"];
            413: components["responses"]["OAuthError"];
            415: components["responses"]["OAuthError"];
            429: components["responses"]["OAuthTooMany"];
            503: components["responses"]["OAuthError"];
        };
    };
    getAuthorizationServerMetadata: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metadata */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationServerMetadata"];
                };
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooMany"];
        };
    };
    getTokenKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JsonWebKeySet"];
                };
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooMany"];
        };
    };
    listOrganizations: {
        parameters: {
            query?: {
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrganizationPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createOrganization: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOrganization"];
            };
        };
        responses: {
            /** @description Registered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Organization"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listClients: {
        parameters: {
            query?: {
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClientPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createClient: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClient"];
            };
        };
        responses: {
            /** @description Registered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeClient: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A client */
                clientId: components["parameters"]["ClientId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    addClientKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A client */
                clientId: components["parameters"]["ClientId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClientKey"];
            };
        };
        responses: {
            /** @description Registered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Client"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    removeClientKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A client */
                clientId: components["parameters"]["ClientId"];
                /** @description A key */
                kid: components["parameters"]["Kid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSubmissions: {
        parameters: {
            query?: {
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmissionPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createSubmission: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Makes a repeat safe: the same key with the same body gives the first answer again (200); with
                 *     another body 422 `idempotency_key_reused`. Bodies are compared by media type and unpacked bytes:
                 *     the same file, packed or not, is the same body.
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSubmission"];
                "application/x-ndjson": string;
                "text/csv": string;
            };
        };
        responses: {
            /** @description This body was stored before under this Idempotency-Key: the first answer again */
            200: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmissionReceipt"];
                };
            };
            /** @description Stored */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmissionReceipt"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSubmission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The submission */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSubmissionErrors: {
        parameters: {
            query?: {
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The refused rows */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmissionErrorPage"];
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listCandidates: {
        parameters: {
            query?: {
                /** @description Only candidates in this state */
                status?: components["schemas"]["CandidateStatus"];
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CandidatePage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    withdrawSubmission: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The submission afterwards */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Submission"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listOutcomes: {
        parameters: {
            query?: {
                /** @description The `next` of the page before; without it the feed begins at its beginning */
                after?: string;
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
                /** @description How many seconds to wait at most when there is nothing new */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The next items, perhaps none */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OutcomeFeed"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listCases: {
        parameters: {
            query?: {
                /** @description Only cases in this state */
                status?: components["schemas"]["CaseStatus"];
                /** @description Only cases of this list */
                list?: components["schemas"]["ListId"];
                /** @description Only cases of this category */
                category?: components["schemas"]["Category"];
                /** @description Only cases with at least so many reports */
                minReports?: number;
                /** @description Only cases with this flag */
                flag?: components["schemas"]["CaseFlag"];
                /** @description Only numbers of this class */
                numberClass?: components["schemas"]["NumberClass"];
                /** @description Only cases leased to the caller (true) or not (false) */
                mine?: boolean;
                /** @description Only cases leased to someone (true) or to no one (false) */
                claimed?: boolean;
                /** @description A value, in any accepted spelling, or the beginning of a canonical one */
                q?: string;
                /** @description Order of the page; `reports` is most first */
                sort?: "reports" | "oldest" | "newest";
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CasePage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    claimCases: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClaims"];
            };
        };
        responses: {
            /** @description The leased cases, perhaps none */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClaimedCases"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A case */
                caseId: components["parameters"]["CaseId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The case */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaseDetail"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    decideCase: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A case */
                caseId: components["parameters"]["CaseId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDecision"];
            };
        };
        responses: {
            /** @description Decided */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    decideCases: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDecisions"];
            };
        };
        responses: {
            /** @description All decided */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionSummary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUndo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A decision */
                decisionId: components["parameters"]["DecisionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The decision, and all that were made with it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Undo"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    undoDecision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A decision */
                decisionId: components["parameters"]["DecisionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All taken back */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UndoSummary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    releaseDecided: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A decision */
                decisionId: components["parameters"]["DecisionId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All released */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseSummary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProtectedValue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is protected */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProtectedValue"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    protectValue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProtection"];
            };
        };
        responses: {
            /** @description Protected */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProtectedValue"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    unprotectValue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Not protected any more */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listLists: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All lists on one page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getList: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["List"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getManifest: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 when this ETag still holds */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The manifest, a compact JWS */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "application/jwt": components["schemas"]["CompactJws"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listVersions: {
        parameters: {
            query?: {
                /** @description A past epoch, for the record; without it the present one */
                epoch?: components["schemas"]["Uuid"];
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VersionPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    publishVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["NewVersion"];
            };
        };
        responses: {
            /** @description Nothing changed: the version in force */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            /** @description A new version is in force */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A version */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Version"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSnapshot: {
        parameters: {
            query: {
                /** @description The epoch that is held */
                epoch: components["parameters"]["Epoch"];
            };
            header?: {
                /** @description 304 when this ETag still holds */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description A byte range */
                Range?: components["parameters"]["Range"];
            };
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A version */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The snapshot */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": components["schemas"]["SnapshotCsv"];
                    "application/vnd.chadan.compact": components["schemas"]["Compact"];
                };
            };
            /** @description The bytes asked for with Range */
            206: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": components["schemas"]["SnapshotCsv"];
                    "application/vnd.chadan.compact": components["schemas"]["Compact"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            416: components["responses"]["RangeNotSatisfiable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDiff: {
        parameters: {
            query: {
                /** @description The epoch that is held */
                epoch: components["parameters"]["Epoch"];
                /** @description The version that is held */
                from: components["parameters"]["From"];
            };
            header?: {
                /** @description 304 when this ETag still holds */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description A byte range */
                Range?: components["parameters"]["Range"];
            };
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A version */
                version: components["parameters"]["Version"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The diff */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": components["schemas"]["DiffCsv"];
                    "application/json": components["schemas"]["Diff"];
                    "application/vnd.chadan.compact": components["schemas"]["Compact"];
                };
            };
            /** @description The bytes asked for with Range */
            206: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": components["schemas"]["DiffCsv"];
                    "application/json": string;
                    "application/vnd.chadan.compact": components["schemas"]["Compact"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            416: components["responses"]["RangeNotSatisfiable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDiffToCurrent: {
        parameters: {
            query: {
                /** @description The epoch that is held */
                epoch: components["parameters"]["Epoch"];
                /** @description The version that is held */
                from: components["parameters"]["From"];
            };
            header?: {
                /** @description 304 when this ETag still holds */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
                /** @description A byte range */
                Range?: components["parameters"]["Range"];
            };
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The diff */
            200: {
                headers: {
                    "Content-Location": components["headers"]["ContentLocation"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": components["schemas"]["DiffCsv"];
                    "application/json": components["schemas"]["Diff"];
                    "application/vnd.chadan.compact": components["schemas"]["Compact"];
                };
            };
            /** @description The bytes asked for with Range */
            206: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": components["schemas"]["DiffCsv"];
                    "application/json": string;
                    "application/vnd.chadan.compact": components["schemas"]["Compact"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            416: components["responses"]["RangeNotSatisfiable"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    followList: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent by clients that reconnect */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/jwt": components["schemas"]["CompactJws"];
            };
        };
        responses: {
            /** @description Recorded */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            410: components["responses"]["Gone"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listEntries: {
        parameters: {
            query?: {
                /** @description A value, in any accepted spelling, or the beginning of a canonical one */
                q?: string;
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntryPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entry */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EntryDetail"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    releaseEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewRelease"];
            };
        };
        responses: {
            /** @description The decision to release it */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Decision"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getProof: {
        parameters: {
            query?: {
                /** @description A version that is still held; with `epoch` */
                version?: components["schemas"]["VersionNumber"];
                /** @description The epoch of `version` */
                epoch?: components["schemas"]["Uuid"];
            };
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The proof */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proof"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["Gone"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    authorizePull: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It may */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getKeySet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key set, a compact JWS */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "application/jwt": components["schemas"]["CompactJws"];
                };
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    importKeySet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/jwt": components["schemas"]["CompactJws"];
            };
        };
        responses: {
            /** @description In force */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys in force, and what the server that answers holds */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKeys"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listTokenKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those that are accepted, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenKeys"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    addTokenKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewClientKey"];
            };
        };
        responses: {
            /** @description Announced */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenKeys"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    removeTokenKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A key */
                kid: components["parameters"]["Kid"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listRelays: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All relay clients that are not revoked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RelayPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            /** @description Added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitedUser"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The person */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description The person afterwards */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    inviteUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The invitation */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A person */
                userId: components["parameters"]["UserId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    openInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationToken"];
            };
        };
        responses: {
            /** @description The invitation */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenedInvitation"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationAcceptance"];
            };
        };
        responses: {
            /** @description Signed in */
            201: {
                headers: {
                    "Set-Cookie": components["headers"]["SetCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyAttempts"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSignInMethods: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The methods */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInMethods"];
                };
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooMany"];
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSession"];
            };
        };
        responses: {
            /** @description Signed in */
            201: {
                headers: {
                    "Set-Cookie": components["headers"]["SetCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyAttempts"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out; leases of cases are free again */
            204: {
                headers: {
                    "Set-Cookie": components["headers"]["SetCookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description Set; all other sessions of the person are over */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyAttempts"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All sessions on one page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out, here too */
            204: {
                headers: {
                    "Set-Cookie": components["headers"]["SetCookie"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPasskeyChallenge: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Options for navigator.credentials.get */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPasskeySession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasskeyAssertion"];
            };
        };
        responses: {
            /** @description Signed in */
            201: {
                headers: {
                    "Set-Cookie": components["headers"]["SetCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPasskeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All on one page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    addPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPasskey"];
            };
        };
        responses: {
            /** @description Registered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Passkey"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPasskeyOptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Options for navigator.credentials.create */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasskeyOptions"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokePasskey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A passkey */
                passkeyId: components["parameters"]["PasskeyId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createProviderRequest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where to go */
            201: {
                headers: {
                    "Set-Cookie": components["headers"]["SetCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProviderRequest"];
                };
            };
            400: components["responses"]["BadRequest"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createProviderSession: {
        parameters: {
            query?: {
                /** @description As the provider sends it */
                code?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                state?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                iss?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                session_state?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                error?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                error_description?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                error_uri?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                scope?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                authuser?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                hd?: components["schemas"]["ProviderText"];
                /** @description As the provider sends it */
                prompt?: components["schemas"]["ProviderText"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page that leads on to `/`, or to `/#/sign-in/refused` */
            200: {
                headers: {
                    "Set-Cookie": components["headers"]["SetCookie"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["BadRequest"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getDesk: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The numbers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Desk"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    releaseClaim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A case */
                caseId: components["parameters"]["CaseId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is free */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCaseImpact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A case */
                caseId: components["parameters"]["CaseId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sums over the relays */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Impact"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    previewDecisions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewDecisions"];
            };
        };
        responses: {
            /** @description What would come of it; nothing was done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DecisionPreview"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listProtectedValues: {
        parameters: {
            query?: {
                /** @description Only of this list */
                list?: components["schemas"]["ListId"];
                /** @description Only of this kind */
                kind?: "bank" | "government" | "default_code" | "opt_out" | "other";
                /** @description A value, in any accepted spelling, or the beginning of a canonical one */
                q?: string;
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProtectedValuePage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    protectValues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description Protected */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProtectionSummary"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getPendingImpact: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sums over the relays */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingImpact"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getStatement: {
        parameters: {
            query?: {
                /** @description Language of the statement */
                language?: "ko" | "en";
            };
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
                /** @description A value, canonical or in any accepted spelling, URL-encoded */
                value: components["parameters"]["Value"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statement of reasons */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    reportEnforcement: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A list */
                list: components["parameters"]["ListId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewEnforcement"];
            };
        };
        responses: {
            /** @description Recorded */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    addInformation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A submission */
                submissionId: components["parameters"]["SubmissionId"];
                /** @description A candidate */
                candidateId: components["parameters"]["CandidateId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewInformation"];
            };
        };
        responses: {
            /** @description Recorded; the candidate is pending again */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Candidate"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAppeals: {
        parameters: {
            query?: {
                /** @description Only appeals in this state */
                status?: components["schemas"]["AppealStatus"];
                /** @description Only those past their due day and not decided (true), or the others (false) */
                late?: boolean;
                /** @description Only of this list */
                list?: components["schemas"]["ListId"];
                /** @description Only on this value, in any accepted spelling; needs list */
                value?: string;
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppealPage"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    createAppeal: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAppeal"];
            };
        };
        responses: {
            /** @description Filed */
            201: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appeal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAppeal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An appeal */
                appealId: components["parameters"]["AppealId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The appeal */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appeal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    decideAppeal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An appeal */
                appealId: components["parameters"]["AppealId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AppealDecision"];
            };
        };
        responses: {
            /** @description The appeal afterwards */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appeal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    withdrawAppeal: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An appeal */
                appealId: components["parameters"]["AppealId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The appeal afterwards */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appeal"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /** @description Not before this time */
                from?: components["schemas"]["Time"];
                /** @description Before this time */
                to?: components["schemas"]["Time"];
                /** @description Who acted: a person's name, e-mail or id, a client's name or id */
                actor?: string;
                /** @description Only this operation */
                operation?: string;
                /** @description Only on this, such as `cases/1042` */
                target?: string;
                /** @description The `next` of the page before */
                cursor?: components["parameters"]["Cursor"];
                /** @description At most so many items */
                limit?: components["parameters"]["Limit"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, or with another Accept all of them in order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEventPage"];
                    "application/x-ndjson": string;
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getStatistics: {
        parameters: {
            query: {
                /** @description First day */
                from: components["schemas"]["Day"];
                /** @description Last day */
                to: components["schemas"]["Day"];
                /** @description Length of a period */
                interval?: "day" | "week" | "month" | "half_year";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statistics"];
                    "text/csv": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooMany"];
            503: components["responses"]["Unavailable"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["BadRequest"];
        };
    };
    getReadiness: {
        parameters: {
            query?: {
                /** @description Answer 503 for a warning too */
                strict?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            400: components["responses"]["BadRequest"];
            /** @description Not ready, and why */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Text exposition format */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest"];
        };
    };
    getContract: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooMany"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooMany"];
        };
    };
    getDocsScript: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The script */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/javascript": string;
                };
            };
            400: components["responses"]["BadRequest"];
            429: components["responses"]["TooMany"];
        };
    };
}
