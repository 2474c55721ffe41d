#!/usr/bin/env node
// Committed rather than built, so that npm can link the command before `prepare` has compiled it.
import '../dist/main.js';
