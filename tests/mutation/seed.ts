/** Property tests of one seed: a mutant that is killed today must not survive tomorrow by chance. What fails is not made smaller. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 5, endOnFailure: true });
