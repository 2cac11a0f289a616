// biome-ignore lint/complexity/noBannedTypes: replaced by scripts/schema.ts
export interface DB {}
