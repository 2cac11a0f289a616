// Says after the tests which ones did not run, for they need more than npm installs.
process.stdout.write('\nLeft out, for it needs bash and curl: npm run test:walk (the walk of the README)\n');
process.stdout.write(
  'Left out, for it needs pg_dump and pg_basebackup: npm run test:restore (backup, restore, a new epoch)\n',
);
