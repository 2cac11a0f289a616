// What a run found, in lines for people: what was read, what was left out and why, what came out.
import type { Analysis } from './analysis.ts';

/** Holds counts and names of columns only, never what a report says. */
export function describeSummary(analysis: Omit<Analysis, 'explanation'>): string {
  const { rows, senders, candidates, leftOut, byCategory, broken, firstBroken } = analysis;
  const lines = [`${rows} reports of ${senders} senders: ${candidates} candidates`];
  for (const [category, count] of Object.entries(byCategory)) lines.push(`  ${category}: ${count}`);
  if (Object.keys(leftOut).length > 0) lines.push('left out, reports by reason:');
  for (const [reason, count] of Object.entries(leftOut)) lines.push(`  ${reason}: ${count}`);
  if (broken > 0) {
    lines.push(`broken records, not read: ${broken}; the first (the header is record 1):`);
    for (const { file, record, fault } of firstBroken) lines.push(`  ${file} record ${record}: ${fault}`);
  }
  if (analysis.repeated > 0) lines.push(`reports given more than once, counted once: ${analysis.repeated}`);
  if (analysis.unknownSpamTypes > 0) {
    lines.push(`reports of an unknown spam type, taken as other: ${analysis.unknownSpamTypes}`);
  }
  if (analysis.minReporters === 'not_applied') {
    lines.push('--min-reporters was not applied: no file has a column 신고자 (reporter)');
  }
  for (const file of analysis.converted) lines.push(`${file}: read as CP949`);
  return `${lines.join('\n')}\n`;
}
