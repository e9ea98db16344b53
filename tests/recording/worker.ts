/** The command's worker, its cloud recorded. */
import './start';
import '../../cli/local/worker';
