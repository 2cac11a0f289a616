// Submissions in words, for people at a terminal.
import type { components } from '../http/generated/openapi.ts';

type Schemas = components['schemas'];

/** The receipt, with the first of its refused rows and how to get them all. */
export function describeReceipt(
  receipt: Schemas['SubmissionReceipt'],
  errors: readonly Schemas['SubmissionError'][],
): string {
  const lines = [
    `submission ${receipt.id}`,
    `  received    ${count(receipt.received)}`,
    `  accepted    ${count(receipt.accepted)}  (${receipt.newCases} new, ${receipt.joinedCases} joined, ${receipt.alreadyListed} listed already)`,
    `  duplicates  ${count(receipt.duplicates)}`,
    `  invalid     ${count(receipt.invalid)}`,
  ];
  for (const { row, value, code, detail } of errors)
    lines.push(`    row ${row}  ${value}  ${code}: ${detail}`);
  if (receipt.invalid > errors.length && errors.length > 0)
    lines.push(`    … and ${receipt.invalid - errors.length} more`);
  if (errors.length > 0) lines.push(`  all of them: chadan submission ${receipt.id} --errors errors.csv`);
  return `${lines.join('\n')}\n`;
}

/** The receipt, and what became of the candidates so far. */
export function describeSubmission(submission: Schemas['Submission']): string {
  const { pending, verified, rejected, withdrawn } = submission.outcomes;
  return (
    describeReceipt(submission, []) +
    `  submitted   ${submission.submittedAt}\n` +
    `  outcomes    ${pending} pending, ${verified} verified, ${rejected} rejected, ${withdrawn} withdrawn\n`
  );
}

function count(number: number): string {
  return String(number).padStart(9);
}
