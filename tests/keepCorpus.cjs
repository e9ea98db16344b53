// For every test file: what its clouds are sent is written down where somebody asked for it.
if (process.env.FORSETI_CORPUS)
  require('../packages/embedded-cloud/src/corpus/ask.ts').keepCorpus(process.env);
