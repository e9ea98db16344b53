// For every test file: what its clouds are asked is written down where somebody wants to know it.
if (process.env.FORSETI_CORPUS || process.env.FORSETI_PRIVILEGES) require('./recording/start.ts');
