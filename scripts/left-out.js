// Says after the tests which ones did not run, for they need more than npm installs.
process.stdout.write('\nLeft out, for it needs bash and curl: npm run test:walk (the walk of the README)\n');
process.stdout.write(
  'Left out, for it needs Redis, Kannel, Kamailio, nginx and PostgreSQL: npm run test:gateways\n',
);
process.stdout.write('Left out, for it needs bash, curl, jq, openssl and Python: npm run test:examples\n');
