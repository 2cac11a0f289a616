// Under which the session is kept among what was read.
export const SESSION_KEY = ['session'] as const;
