// What a bench reports: one figure against its goal, and how it came about.

export interface Result {
  id: string;
  goal: string;
  figure: number;
  unit: string;
  met: boolean;
  details: Record<string, unknown>;
}
