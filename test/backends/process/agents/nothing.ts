/** Ends at once, without having loaded anything of ours. */
process.exitCode = 0;
